"""Who gets what on which channel, within budgets: the object that people hold."""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterable
from types import TracebackType
from typing import Any, NoReturn

import numpy as np

from ..deadline import Deadline
from ..errors import InvalidInput
from .budget_curve import Curve
from .budget_data import BudgetData, budget_data, with_limits
from .budget_handle import BudgetHandle
from .budget_limits import is_number, label
from .budget_plan import Plan
from .budget_solution import InfeasibleError
from .budget_wire import columns_of, solution_of, spec_of
from .quiet_hours import QuietHours
from .solve_progress import Progress, SolveReporter
from .warm_prices import carried_over


class Budget:
    """A budget problem: send what is worth most, within what each person may get and what there is in all.

    Candidates are pairs of a person and an option; an option is a piece of content on a channel at a time. Each is sent
    or not.

    value      real[P, J]: the same J options for everybody; or, with `person`, real[V]: what each candidate is worth.
               Finite, converted to float32; what is not worth more than 0 is sent only where a floor wants it
    person     int[V], from 0, in order: whose candidate it is. Who has none may be left out
    option     int[V], from 0: which option it is; the columns below then have one entry for each option. Where it is
               not given they have one for each candidate, or, with [P, J], for each of the J
    channel, slot, campaign   names: integers (negative: none), texts, or categories
    content    the same, or [n, k] for slates: -1 where there are fewer; each content once
    sends      real, from 0, 1 by default: how much it counts against every budget but attention. 0 (in-app) counts
               against no person's cap either
    attention  real, from 0: how much it counts against budgets["attention"]
    caps       what one person may get, in messages: {"person": 3, "channel": {"push": 1}}; a number, or one for each
               person (math.inf: no cap). Those of channels hold within the person's
    budgets    what there is in all: {"total": n, "channel": {name: n}, "slot": …, "campaign": …, "content": {…} or an
               array for 0 … n - 1, "attention": x}. math.inf is no limit, but one that `what_if` and `curve` may set
    floors     what there must be at least, in the same form
    exclude    bool in the shape of value, True: must not be sent; or a pair (persons, options)
    quiet      QuietHours(…): nothing is sent while it is night where the person lives
    name       for people: it appears in the metrics
    device     "cpu", "cuda" or "auto"
    timeout_s  seconds for making it; None: no limit

    Arrays may be memory maps; they are read a million candidates at a time, and must not change as long as the problem
    is used. Raises InvalidInput that names all that is wrong, MemoryExceeded with what it would take, RuntimeMissing.
    Thread-safe. Use `with`, or `close()`; a problem goes as well when it is collected, and when the process ends.
    """

    def __init__(
        self,
        value: Any,
        person: Any = None,
        option: Any = None,
        channel: Any = None,
        slot: Any = None,
        campaign: Any = None,
        content: Any = None,
        sends: Any = None,
        attention: Any = None,
        caps: Any = None,
        budgets: Any = None,
        floors: Any = None,
        exclude: Any = None,
        quiet: QuietHours | None = None,
        name: str | None = None,
        device: str = "auto",
        timeout_s: float | None = None,
    ) -> None:
        deadline = Deadline(timeout_s)
        if device not in ("auto", "cpu", "cuda"):
            raise InvalidInput(f"device is {device!r}: want 'auto', 'cpu' or 'cuda'", "device")
        if name is not None and not isinstance(name, str):
            raise InvalidInput(f"name is {name!r}: want a text, or None", "name")
        self._data = budget_data(
            {
                "value": value,
                "person": person,
                "option": option,
                "channel": channel,
                "slot": slot,
                "campaign": campaign,
                "content": content,
                "sends": sends,
                "attention": attention,
                "caps": caps,
                "budgets": budgets,
                "floors": floors,
                "exclude": exclude,
                "quiet": quiet,
            }
        )
        self._handle = BudgetHandle.create(spec_of(self._data, name), columns_of(self._data), device, deadline)
        self._finalizer = weakref.finalize(self, self._handle.close)
        self._finalizer.atexit = False  # the connection's end frees the problem

    def solve(
        self,
        gap: float = 1e-3,
        deadline_s: float | None = None,
        warm: Any = None,
        seed: int = 0,
        max_passes: int = 2000,
        progress: Progress = None,
    ) -> Plan:
        """The best plan, and the bound that proves it.

        gap         wanted: (bound - value) / |bound|
        deadline_s  seconds after which the best plan so far is the answer: it keeps every cap, and says 'partial'. One
                    plan and one bound are made in any case
        warm        a plan of yesterday, its prices, or a dict by (dimension, name) or in the form of `budgets`: the
                    solve begins with them; limits that have none there begin at 0
        seed        decides between equals, and which people are sampled: the same seed, the same plan
        max_passes  over people, a sample of them or all
        progress    None: a line, after a second, where a person looks; True: also in a log; False: none; a function is
                    called with a SolveProgress and may return False: the best plan so far is the answer

        Raises InfeasibleError if no plan keeps the floors: with the limits that conflict, and by how much floors have
        to give way. Ctrl-C cancels it in the runtime as well; the problem can be used again. Raises RuntimeCrashed if
        the runtime dies in mid-solve; the next call starts it again.
        """
        return self._solved(self._data, _wanted(gap, deadline_s, seed, max_passes), warm, progress)

    def what_if(self, budgets: Any = None, floors: Any = None, warm: Any = None, **options: Any) -> Plan:
        """The plan with other budgets or floors, without sending the data again.

        budgets, floors  those that change, in the form of `Budget`; only what has a limit there. The others stay
        warm             as for `solve`: the plan to compare with is best
        options          those of `solve`

        The problem itself stays as it is. Values, exclusions and caps of a person are data: they need another Budget.
        Raises what `solve` raises.
        """
        data = with_limits(self._data, budgets, floors)
        progress = options.pop("progress", None)
        return self._solved(data, _wanted(**options), warm, progress)

    def curve(self, limit: Any, budgets: Iterable[float], warm: Any = None, **options: Any) -> Curve:
        """What a budget is worth: a plan for each of several amounts, each begun with the prices of the one before.

        limit    "total", "attention", or a pair such as ("channel", "push"), which has a budget in this problem
        budgets  the amounts
        options  those of `solve`

        Raises what `solve` raises; an InfeasibleError says at which amount.
        """
        key = self._data.limits.keys[self._data.limits.place(limit)]
        amounts = _amounts(budgets)
        plans: list[Plan] = []
        for amount in amounts:
            changed = {key[0]: amount if key[1] is None else {key[1]: amount}}
            try:
                plans.append(self.what_if(changed, warm=plans[-1] if plans else warm, **options))
            except InfeasibleError as error:
                raise InfeasibleError(
                    f"With a budget of {amount:g} for {label(key)}: {error}", error.conflict, error.relaxation
                ) from None
        return Curve(key, np.array(amounts, np.float64), plans)

    def close(self) -> None:
        """Lets the runtime forget the problem. Twice is no error; solving it afterwards is. Plans stay."""
        self._finalizer()

    def __len__(self) -> int:
        """Candidates."""
        return len(self._data.candidates)

    def __enter__(self) -> Budget:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        data = self._data
        return (
            f"<Budget of {len(data.candidates):,} candidates, {data.candidates.people:,} people, {len(data.table):,} "
            f"options, {len(data.limits):,} limits>"
        )

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Budget cannot be pickled: make it anew in the other process, and keep plan.prices")

    def _solved(self, data: BudgetData, wanted: dict[str, Any], warm: Any, progress: Progress) -> Plan:
        prices = None if warm is None else carried_over(data.limits, warm)
        is_changed = data is not self._data
        reporter = SolveReporter(progress)
        try:
            raw = self._handle.solve(
                **wanted,
                prices=prices,
                cap=data.limits.cap if is_changed else None,
                floor=data.limits.floor if is_changed else None,
                progress=reporter.report,
            )
        finally:
            reporter.end()
        return Plan(data, solution_of(raw, data.limits, len(data.candidates)))


def _amounts(budgets: Any) -> list[float]:
    """The budgets of a curve. Raises InvalidInput."""
    if isinstance(budgets, (str, bytes)) or not isinstance(budgets, Iterable):
        raise InvalidInput(f"budgets is {budgets!r}: want several amounts, as [1000, 2000, 4000]", "budgets")
    amounts = list(budgets)
    for at, amount in enumerate(amounts):
        if not is_number(amount) or not amount >= 0:
            raise InvalidInput(f"budgets[{at}] is {amount!r}: want a number from 0, or math.inf for none", "budgets")
    return [float(amount) for amount in amounts]


def _wanted(
    gap: float = 1e-3, deadline_s: float | None = None, seed: int = 0, max_passes: int = 2000, **others: Any
) -> dict[str, Any]:
    """Checks what a solve is asked for. Raises InvalidInput."""
    for name in others:
        raise InvalidInput(
            f"{name} is nothing that a solve takes: want budgets, floors, gap, deadline_s, warm, seed, max_passes or "
            "progress. Values, exclusions and caps of a person are data: make another Budget",
            name,
        )
    if not is_number(gap) or not 0 <= gap <= 1:
        raise InvalidInput(f"gap is {gap!r}: want 0 … 1, as 0.001 for 0.1 %", "gap")
    if deadline_s is not None and not (is_number(deadline_s) and 0 < deadline_s < math.inf):
        raise InvalidInput(f"deadline_s is {deadline_s!r}: want seconds above 0, or None for no limit", "deadline_s")
    for name, number, most in (("seed", seed, 2**32 - 1), ("max_passes", max_passes, 100_000)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
            raise InvalidInput(f"{name} is {number!r}: want a whole number", name)
        if not (name == "seed" or number >= 1) or not 0 <= number <= most:
            raise InvalidInput(f"{name} is {number}: want {0 if name == 'seed' else 1} … {most:,}", name)
    best_by_s = None if deadline_s is None else float(deadline_s)
    return {"gap": float(gap), "best_by_s": best_by_s, "seed": int(seed), "max_passes": int(max_passes)}
