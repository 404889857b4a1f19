"""Budgets from the columns to the plan, with the real runtime."""

from __future__ import annotations

import math
import pickle
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from berth_recsys import (
    Budget,
    InfeasibleError,
    InvalidInput,
    Plan,
    ladder_volume,
    slates,
    volume_ladder,
)
from berth_recsys.budgets.plan_explain import Explanation
from berth_recsys.budgets.plan_reasons import REASONS

from .budget_samples import many, sample
from .budget_twin import bound_of, cap_for, rows_of, used, violations

SEEDS = range(40)


@cache
def solved(seed: int) -> tuple[dict[str, Any], Plan]:
    """A sample and its plan: as good as it gets, or not that good."""
    given = sample(seed)
    with Budget(**given) as problem:
        return given, problem.solve(gap=(0.0, 0.01, 0.2)[seed % 3], seed=seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_keeps_every_limit(runtime: Path, seed: int) -> None:
    """Symptom: a person who gets two pushes, a budget that is over by one, a bound that its prices do not prove."""
    given, plan = solved(seed)
    assert violations(given, plan.send) == []
    values = np.asarray(given["value"], np.float32)
    assert plan.value == pytest.approx(values[plan.send].sum(dtype=np.float64), abs=1e-9)
    assert plan.value <= plan.bound and plan.status in ("certified", "partial")
    assert plan.bound == pytest.approx(bound_of(given, plan.prices.to_dict()), rel=1e-5, abs=1e-5)
    rows = [row for row, is_sent in zip(rows_of(given), plan.send.reshape(-1), strict=True) if is_sent]
    for (dimension, name), usage in plan.usage.to_dict().items():
        assert usage == pytest.approx(used(rows, dimension, name), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_stories_are_true(runtime: Path, seed: int) -> None:
    """Symptom: "too expensive" of what is sent; "the cap is full" of one who gets nothing; "full" of what has room."""
    given, plan = solved(seed)
    sent, rows = plan.send.reshape(-1), rows_of(given)
    counts = dict.fromkeys(REASONS, 0)
    for candidate in range(len(sent)):
        story = plan.explain(candidate)
        counts[story.reason] += 1
        assert (story.sent, story.candidate, story.person) == (sent[candidate], candidate, rows[candidate]["person"])
        assert story.margin == pytest.approx(story.value - sum(story.costs.values()), abs=1e-9)
        assert "sent" in str(story) and story.reason in REASONS
        check_story(story, given, rows, sent, plan)
    assert plan.reasons() == counts
    for person in {row["person"] for row in rows}:
        stories = plan.explain(person=person)
        assert [each.candidate for each in stories] == [c for c, row in enumerate(rows) if row["person"] == person]


def check_story(story: Explanation, given: dict[str, Any], rows: list[Any], sent: np.ndarray, plan: Any) -> None:
    """Holds what a story claims against the columns."""
    row = rows[story.candidate]
    excluded = "exclude" in given and bool(np.ravel(given["exclude"])[story.candidate])
    theirs = [c for c, each in enumerate(rows) if each["person"] == row["person"] and sent[c]]
    claims = {
        "sent": story.sent and story.margin > 0,
        "fills": story.sent and story.margin <= 0,
        "excluded": excluded,
        "no value": not story.sent and story.value <= 0,
        "price": not story.sent and story.margin <= 0 and sum(story.costs.values()) == pytest.approx(story.price),
        "cap": set(story.took_place) <= set(theirs) and is_cap_full(given, row, [rows[c] for c in theirs]),
        "full": any(plan.usage[key] + used([row], *key) > plan.budgets[key] for key in story.binding),
        "rest": not story.sent and story.margin > 0,
    }
    assert claims[story.reason] and (story.reason == "excluded") == excluded
    assert (story.reason in ("sent", "fills")) == bool(sent[story.candidate])
    if story.took_place:
        assert story.reason == "rest" or all(plan.explain(c).margin >= story.margin for c in story.took_place)


def is_cap_full(given: dict[str, Any], row: dict[str, Any], theirs: list[Any]) -> bool:
    """Whether one of the caps that a candidate needs is used up."""
    channel = given["caps"]["channel"].get(row["channel"])
    in_channel = sum(each["channel"] == row["channel"] for each in theirs)
    counted = sum(each["sends"] > 0 for each in theirs)
    in_person = cap_for(given["caps"]["person"], row["person"]) if row["sends"] > 0 else math.inf
    return in_channel >= cap_for(channel, row["person"]) or counted >= in_person


@pytest.mark.parametrize("seed", range(20))
def test_floors_are_kept_or_said_to_be_impossible(runtime: Path, seed: int) -> None:
    """Symptom: a plan that is 'certified' and misses a floor; "infeasible", and a relaxation that changes nothing."""
    given = sample(seed, with_floors=True)
    with Budget(**given) as problem:
        try:
            plan = problem.solve(gap=0.05)
        except InfeasibleError as error:
            assert error.relaxation and all(amount > 0 for amount in error.relaxation.values())
            assert error.conflict and "lower the floor" in str(error)
            floors = dict(given["floors"])
            for (dimension, name), amount in error.relaxation.items():
                floors[dimension] = {**floors[dimension], name: max(0.0, floors[dimension][name] - amount - 1e-6)}
            problem.what_if(floors=floors)  # raises, if that is not enough
            return
    missed = [text for text in violations(given, plan.send) if text.startswith("floors")]
    assert [text for text in violations(given, plan.send) if text not in missed] == []
    assert plan.status == "partial" or missed == []
    assert bool(missed) == bool(plan.shortfall.array.max(initial=0.0) > 1e-9)


def test_what_cannot_be_is_explained(runtime: Path) -> None:
    """Symptom: "infeasible", and a day of looking for the reason among 10^4 limits."""
    with Budget(
        np.ones((10, 2)),
        channel=["push", "email"],
        caps={"person": 1},
        budgets={"total": 9, "channel": {"push": 4}},
        floors={"channel": {"push": 2, "email": 7}},
        exclude=np.array([[False, True]] * 5 + [[False, False]] * 5),
    ) as problem:
        with pytest.raises(InfeasibleError) as caught:
            problem.solve()
        assert list(caught.value.conflict) == [("channel", "email")]
        assert caught.value.relaxation == {("channel", "email"): pytest.approx(2.0)}
        assert "at least 7 of channel email" in str(caught.value) and "by 2" in str(caught.value)
        again = pickle.loads(pickle.dumps(caught.value))
        assert (again.relaxation, str(again)) == (caught.value.relaxation, str(caught.value))
        relaxed = problem.what_if(floors={"channel": {"email": 5}})
        assert relaxed.status == "certified" and relaxed.usage.channel == {"push": 4.0, "email": 5.0}


def test_the_same_seed_is_the_same_plan(runtime: Path) -> None:
    """Symptom: another audience on each run; one that depends on what was solved before."""
    with Budget(**many(3000)) as problem:
        first = problem.solve(seed=3)
        problem.solve(seed=4, gap=0.1)
        again = problem.solve(seed=3)
    assert np.array_equal(first.send, again.send) and first.bound == again.bound
    assert np.array_equal(first.prices.array, again.prices.array)


def test_yesterdays_prices_save_passes(runtime: Path) -> None:
    """Symptom: each day begins from nothing; prices that were pickled are not the same."""
    given = many()
    with Budget(**given) as problem:
        first = problem.solve()
    kept = pickle.loads(pickle.dumps(first.prices))
    given["value"] = given["value"] * np.float32(1.01)
    with Budget(**given) as problem:
        again = problem.solve(warm=kept)
    assert again.passes < first.passes and again.gap <= 1e-3


def test_what_if_is_the_problem_with_other_limits(runtime: Path) -> None:
    """Symptom: what-if that forgets a limit, or that changes the problem itself."""
    given = many(3000)
    with Budget(**given) as problem:
        before = problem.solve()
        changed = problem.what_if({"campaign": {2: 10}}, warm=before)
        after = problem.solve()
    given["budgets"]["campaign"][2] = 10
    with Budget(**given) as problem:
        anew = problem.solve()
    assert changed.usage.campaign[2] <= 10 < before.usage.campaign[2] and violations(given, changed.send) == []
    assert changed.bound >= anew.value and anew.bound >= changed.value
    assert np.array_equal(before.send, after.send) and changed.budgets.campaign[2] == 10


def test_what_a_solve_does_not_take_is_said(runtime: Path) -> None:
    """Symptom: "_wanted() got an unexpected keyword argument"; a curve that fails, and nobody knows where."""
    given = {"value": np.ones((4, 2)), "channel": ["push", "email"], "caps": {"person": 1}}
    with Budget(**given, budgets={"total": 4, "channel": {"push": 4}}, floors={"channel": {"email": 3}}) as problem:
        with pytest.raises(InvalidInput, match="caps of a person are data"):
            problem.what_if(caps={"person": 2})
        with pytest.raises(InvalidInput, match=r"budgets\[1\] is None"):
            problem.curve("total", [4, None])  # type: ignore[list-item]
        with pytest.raises(InvalidInput, match=r"Did you mean \('channel', 'push'\)"):
            problem.curve("channel push", [4])
        with pytest.raises(InvalidInput, match="seconds above 0"):
            problem.solve(deadline_s=True)
        assert problem.solve(gap=np.float32(0.5), deadline_s=np.int64(60)).status == "certified"
    impossible = Budget(**given, budgets={"total": 9}, floors={"channel": {"email": 3, "push": 3}})
    with impossible, pytest.raises(InfeasibleError, match="With a budget of 8 for total: No plan keeps") as caught:
        impossible.curve("total", [8, 9])
    assert sum(caught.value.relaxation.values()) == 2


def test_the_curve_rises_and_flattens(runtime: Path) -> None:
    """Symptom: a budget that is worth less than a smaller one; slopes that are not those of the curve."""
    with Budget(**many(3000)) as problem:
        curve = problem.curve("total", [200, 400, 800, 1600, 100_000], gap=1e-3)
        one = problem.curve(("campaign", 1), [0, 5])
    assert len(curve) == 5 and curve.limit == ("total", None)
    assert np.all(curve.value[1:] >= curve.value[:-1] * (1 - 1e-3)) and np.all(curve.used <= curve.budget)
    assert np.all(curve.bound >= curve.value) and np.all(np.diff(curve.price) <= 1e-6) and curve.price[-1] == 0
    assert one.used.tolist() == [0, 5]


def test_the_ladder_is_the_threshold(runtime: Path) -> None:
    """Symptom: volumes that are not argmax U(k) - λk at the price of a message; a bound that it does not prove."""
    random = np.random.default_rng(2)
    gains = -np.sort(-random.random((4000, 5)), axis=1)
    utility = np.cumsum(np.concatenate([random.random((4000, 1)), gains], axis=1), axis=1)
    with Budget(**volume_ladder(utility), budgets={"total": 7000}) as problem:
        plan = problem.solve(gap=1e-4)
    volume = ladder_volume(plan.send)
    surplus = utility - utility[:, :1] - plan.prices.total * np.arange(6)
    everybody = np.arange(4000)
    assert volume.sum() <= 7000 and plan.status == "certified"
    assert np.mean(volume == np.argmax(surplus, axis=1)) > 0.99
    assert plan.bound == pytest.approx(surplus.max(axis=1).sum() + plan.prices.total * 7000, rel=1e-6)
    assert (surplus.max(axis=1) - surplus[everybody, volume]).sum() <= 1e-4 * plan.bound
    assert plan.value == pytest.approx((utility[everybody, volume] - utility[:, 0]).sum(), rel=1e-5)


def test_digests_are_options(runtime: Path) -> None:
    """Symptom: a digest that counts against one of its pieces only."""
    random = np.random.default_rng(3)
    person = np.repeat(np.arange(300), 8)
    made = slates(random.random(2400), person, random.integers(0, 40, 2400), 3, random.normal(size=(40, 6)))
    given = {"value": made.value, "person": made.person, "content": made.content}
    given["budgets"] = {"total": 200, "content": dict.fromkeys(np.unique(made.content[made.content >= 0]).tolist(), 15)}
    with Budget(**given) as problem:
        plan = problem.solve(gap=0.05)
    assert violations(given, plan.send) == [] and plan.sent > 100


@pytest.mark.parametrize(
    "given",
    [
        {"value": [], "person": []},
        {"value": np.empty((0, 3))},
        {"value": [], "person": [], "channel": [], "caps": {"channel": {"a": 1}}, "budgets": {"channel": {"a": 1}}},
        {"value": [], "person": [], "caps": {"person": [1, 1]}},
        {"value": -np.ones((5, 3)), "budgets": {"total": 3}},
        {"value": np.zeros((5, 3)), "budgets": {"total": 3}},
        {"value": np.ones((5, 3)), "budgets": {"total": 0}},
        {"value": np.ones((5, 3)), "caps": {"person": 0}},
        {"value": np.ones((5, 3)), "exclude": np.ones((5, 3), bool)},
    ],
)
def test_nothing_to_send(runtime: Path, given: dict[str, Any]) -> None:
    """Symptom: an error, a gap of NaN, or something sent, where there is nothing to send."""
    with Budget(**given) as problem:
        plan = problem.solve()
    assert plan.sent == 0 and plan.value == 0 and 0 <= plan.bound < 1e-6
    assert plan.status == "certified" and plan.gap <= 1e-3
    assert plan.send.shape == np.shape(given["value"]) and plan.status in plan._repr_html_()
    assert plan.to_frame().shape[0] == 0


def test_no_limits(runtime: Path) -> None:
    """Symptom: a problem without budgets is no problem."""
    with Budget([[1.0, 2.0, -1.0], [0.5, -3.0, 4.0]], caps={"person": 1}) as problem:
        plan = problem.solve()
    assert plan.send.tolist() == [[False, True, False], [False, False, True]] and plan.value == 6
    assert 6 <= plan.bound < 6 * (1 + 1e-6) and plan.status == "certified"
    assert len(plan.prices) == 0 and plan.explain((0, 0)).reason == "cap" and plan.explain((0, 2)).reason == "no value"
