"""One budget problem solved by `berth_recsys` and by HiGHS, and what must hold between the two."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
from berth_recsys import Budget, InfeasibleError, Plan
from budget_highs import PRECISION, Optimum, integer_optimum, least_shortfall, linear_optimum
from budget_instances import Instance
from budget_rows import Rows, rows_of

GAP = 1e-3
"""What is wanted of a bound against the linear optimum, and of a plan where there are a thousand people to a limit."""
MANY = 1_000
ROUNDING = 1e-9
"""Relative: sums of the same numbers in another order."""
TINY = 1e-12


@dataclass
class Comparison:
    """What was measured; `faults` says what does not hold."""

    family: str
    number: int
    candidates: int
    people: int
    limits: int
    status: str
    passes: int = 0
    seconds: float = 0.0
    gap: float = 0.0
    excess: float = 0.0  # of our bound over HiGHS's optimum, relative
    short: float | None = None  # of our plan to HiGHS's bound of integer plans, relative; where that was asked for
    violations: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def has_many(self) -> bool:
        """Whether an integral plan as good as the linear optimum is asked for."""
        return self.people >= MANY * self.limits


def compare(instance: Instance, integer_limit_s: float = 0.0) -> Comparison:
    """Solves it twice; as an integer program as well where `integer_limit_s` says for how long."""
    rows = rows_of(instance.arguments)
    linear = linear_optimum(rows)
    start = time.perf_counter()
    size = {"candidates": len(rows.value), "people": rows.people, "limits": len(rows.names)}
    with Budget(**instance.arguments) as problem:
        try:
            plan = problem.solve(gap=GAP)
        except InfeasibleError as error:
            found = Comparison(instance.family, instance.number, **size, status="infeasible")
            found.seconds = time.perf_counter() - start
            found.faults = _infeasible_faults(rows, linear, error)
            return found
    found = Comparison(
        instance.family,
        instance.number,
        **size,
        status=plan.status,
        passes=plan.passes,
        seconds=time.perf_counter() - start,
        gap=plan.gap,
    )
    if linear.reached is None or linear.bound is None:
        found.faults = [f"HiGHS finds it infeasible, ours is {plan.status}"]
        return found
    found.excess = (plan.bound - linear.reached) / max(abs(linear.reached), TINY)
    used = rows.activity(plan.send.ravel().astype(np.float64))
    over, under = _broken(rows, plan.send, used)
    found.violations = len(over)
    found.faults = [*over, *under, *_misreported(rows, plan, used, under), *_faults(found, plan, linear, under)]
    if integer_limit_s > 0 and not under:
        best = integer_optimum(rows, integer_limit_s).bound
        if best is None:
            found.faults.append("HiGHS finds no integer plan")
            return found
        if np.isfinite(best):  # else HiGHS had too little time
            found.short = max(0.0, best - plan.value) / max(abs(best), TINY)
        if plan.value > best + PRECISION * abs(best):
            found.faults.append(f"value {plan.value!r} above the integer optimum {best!r}")
    return found


def _broken(rows: Rows, send: np.ndarray, used: np.ndarray) -> tuple[list[str], list[str]]:
    """Caps that a plan is over, with candidates that must not be sent; and floors that it is under."""
    slack = ROUNDING * np.maximum(1, used)
    kinds = [*map(str, rows.names), *("a person's cap" for _ in range(len(rows.names), len(rows.low)))]
    over = [
        f"{kinds[row]}: {used[row]:.12g} over {rows.high[row]:.12g}" for row in np.flatnonzero(used > rows.high + slack)
    ]
    under = [
        f"{kinds[row]}: {used[row]:.12g} under {rows.low[row]:.12g}" for row in np.flatnonzero(used < rows.low - slack)
    ]
    excluded = int(send.ravel()[~rows.is_open].sum())
    return over + ([f"{excluded} excluded candidates are sent"] if excluded else []), under


def _misreported(rows: Rows, plan: Plan, used: np.ndarray, under: list[str]) -> list[str]:
    """What a plan says of itself that is not so."""
    true = float(rows.value[plan.send.ravel()].sum())
    wrong = [
        f"{name}: says that {plan.usage[name]:.12g} is used, {own:.12g} is"
        for name, own in zip(rows.names, used[: len(rows.names)], strict=True)
        if not abs(plan.usage[name] - own) <= ROUNDING * max(1, own)
    ]
    if not abs(plan.value - true) <= ROUNDING * max(1, abs(true)):
        wrong.append(f"says that it is worth {plan.value!r}, {true!r} it is")
    if not under and not abs(plan.gap - (plan.bound - plan.value) / max(abs(plan.bound), TINY)) <= ROUNDING:
        wrong.append(f"says that the gap is {plan.gap!r}, between {plan.bound!r} and {plan.value!r}")
    return wrong


def _faults(found: Comparison, plan: Plan, linear: Optimum, under: list[str]) -> list[str]:
    low, high = linear.reached, linear.bound
    scale = max(abs(low), TINY)
    checks = [
        (plan.bound >= low - PRECISION * scale, f"bound {plan.bound!r} below the optimum {low!r}"),
        (under or plan.value <= high + ROUNDING * scale, f"value {plan.value!r} above the optimum {high!r}"),
        (found.excess <= GAP, f"bound {found.excess:.3%} above the linear optimum"),
        (not found.has_many or found.gap <= GAP, f"gap {found.gap:.3%} with many people to a limit"),
        (plan.status in ("certified", "partial"), f"status {plan.status}"),
        (plan.status != "certified" or (found.gap <= GAP and not under), f"certified, with {found.gap:.3%} {under}"),
    ]
    return [what for holds, what in checks if not holds]


def _infeasible_faults(rows: Rows, linear: Optimum, error: InfeasibleError) -> list[str]:
    if linear.reached is not None:
        return [f"infeasible, while HiGHS reaches {linear.reached!r}"]
    least, given = least_shortfall(rows), 0.0
    low = rows.low.copy()
    for place, name in enumerate(rows.names):
        way = error.relaxation.get(name, 0.0)
        low[place] = max(0.0, low[place] - way)
        given += way
    eased = linear_optimum(Rows(**{**vars(rows), "low": low}))
    checks = [
        (len(error.conflict) > 0, "no limit is named as conflicting"),
        (eased.reached is not None, f"infeasible even when floors give way by {given!r}"),
        (given <= least * (1 + GAP) + np.count_nonzero(low), f"floors give way by {given!r}, {least!r} would do"),
    ]
    return [what for holds, what in checks if not holds]
