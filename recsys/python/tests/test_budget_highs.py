"""Budgets against HiGHS: a fixed tenth of the proof `budget-highs`, and the rows it is asked about by enumeration."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from budget_comparison import compare
from budget_highs import integer_optimum, linear_optimum
from budget_instances import FAMILIES, make_instance
from budget_rows import rows_of

from berth_recsys import Budget

SEED = 9
TENTH = (3, 13, 23)
SMALL = 3_000
MIP_LIMIT_S = 2.0


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize("number", TENTH)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_bound_is_above_and_the_plan_below_the_optimum_of_highs(family: str, number: int) -> None:
    """Symptoms: a bound that a plan beats, a plan over a cap, a certificate wider than 0.1 %, floors not kept."""
    instance = make_instance(family, number, SEED)
    is_small = np.size(instance.arguments["value"]) <= SMALL
    assert compare(instance, MIP_LIMIT_S if is_small else 0.0).faults == []


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize("seed", range(12))
def test_tiny_problems_are_what_enumeration_says(seed: int) -> None:
    """Symptom: a column or a cap that the rows for HiGHS, or the solver, read otherwise than the documentation."""
    arguments = tiny(np.random.default_rng(seed))
    best = enumerated(arguments)
    rows = rows_of(arguments)
    assert integer_optimum(rows, 10.0).reached == pytest.approx(best, rel=1e-6, abs=1e-9)
    linear = linear_optimum(rows)
    assert linear.bound == pytest.approx(linear.reached, rel=1e-6, abs=1e-9)
    with Budget(**arguments) as problem:
        plan = problem.solve()
    assert plan.value <= best + 1e-9
    assert plan.bound >= linear.reached - 1e-9


def tiny(random: np.random.Generator) -> dict[str, Any]:
    """Up to eleven candidates with every column, and limits that are about half of what could be sent."""
    person = np.repeat([0, 1, 3], random.integers(1, 5, 3))
    count = len(person)
    channel = random.choice(["push", "email", "in-app"], count)
    content = random.permuted(np.tile([-1, 0, 1, 2], (count, 1)), axis=1)[:, :2]
    sends = np.where(channel == "in-app", 0, random.integers(1, 3, count))
    columns = {"slot": random.choice(["am", "pm"], count), "campaign": random.integers(0, 2, count)}
    budgets: dict[str, Any] = {"total": int(random.integers(1, 6)), "attention": float(random.uniform(0.5, 3))}
    for name, column in {"channel": channel, **columns, "content": content}.items():
        counted = np.unique(column[sends > 0])
        limited = random.permutation(counted[counted != -1] if name == "content" else counted)[:1]
        budgets[name] = {each: int(random.integers(0, 4)) for each in limited.tolist()}
    return {
        "value": random.uniform(-0.2, 1, count).astype(np.float32),
        "person": person,
        "channel": channel,
        "content": content,
        "sends": sends,
        "attention": np.round(random.uniform(0, 1, count), 3),
        "exclude": random.random(count) < 0.1,
        **columns,
        "caps": {"person": random.integers(0, 3, 5), "channel": {str(channel[0]): int(random.integers(0, 3))}},
        "budgets": budgets,
    }


def enumerated(arguments: dict[str, Any]) -> float:
    """The best of all plans, one after the other, read as the documentation says it."""
    value = arguments["value"].astype(float)
    return max(
        sum(value[each] for each in plan)
        for size in range(len(value) + 1)
        for plan in itertools.combinations(range(len(value)), size)
        if is_allowed(arguments, plan)
    )


def is_allowed(arguments: dict[str, Any], plan: tuple[int, ...]) -> bool:
    """Whether a plan keeps every cap and sends nothing that is excluded."""
    budgets, caps, sends = arguments["budgets"], arguments["caps"], arguments["sends"]

    def counted(column: str, name: Any) -> int:
        return sum(int(sends[each]) for each in plan if name in np.atleast_1d(arguments[column][each]).tolist())

    by_name = (
        (column, name, most)
        for column in ("channel", "slot", "campaign", "content")
        for name, most in budgets[column].items()
    )
    people = set(arguments["person"].tolist())
    return (
        not any(arguments["exclude"][each] for each in plan)
        and sum(int(sends[each]) for each in plan) <= budgets["total"]
        and sum(arguments["attention"][each] for each in plan) <= budgets["attention"] + 1e-12
        and all(counted(column, name) <= most for column, name, most in by_name)
        and all(
            sum(1 for each in plan if arguments["person"][each] == person and sends[each] > 0) <= caps["person"][person]
            for person in people
        )
        and all(
            sum(1 for each in plan if arguments["person"][each] == person and arguments["channel"][each] == channel)
            <= most
            for channel, most in caps["channel"].items()
            for person in people
        )
    )
