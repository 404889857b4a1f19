"""Budgets in the runtime, as the client's own code holds them: made, solved, stopped, and found again after a crash."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from berth_recsys.budgets.budget_handle import BudgetHandle, Column, RawSolution
from berth_recsys.deadline import Deadline
from berth_recsys.errors import Cancelled, DeadlineExceeded, InvalidInput, RuntimeCrashed
from berth_recsys.session import SESSION

from .at_work import children, when_at_work
from .conftest import runtime_pid
from .test_crashes import wait_gone

PEOPLE, OPTIONS = 1_000_000, 6
# A gap that no plan reaches, of so many people that looking for it takes a while.
ENDLESS: dict[str, Any] = {"gap": 0.0, "max_passes": 100_000}

Columns = dict[str, npt.NDArray[Any] | Column]


def given(people: int = PEOPLE, seed: int = 1) -> tuple[dict[str, Any], Columns]:
    """Everybody may get one of six options; a total, and a cap on each option."""
    value = np.random.default_rng(seed).random((people, OPTIONS), dtype=np.float32)
    spec = {
        "people": people,
        "candidates": people * OPTIONS,
        "options": OPTIONS,
        "limits": OPTIONS + 1,
        "incidences": OPTIONS * 2,
        "personCap": 1,
        "isDense": True,
    }
    columns: Columns = {
        "value": value.reshape(-1),
        "optionStart": np.arange(0, 2 * OPTIONS + 1, 2),
        "optionLimit": np.array([[0, 1 + option] for option in range(OPTIONS)]).reshape(-1),
        "optionWeight": np.ones(2 * OPTIONS),
        "optionChannel": np.zeros(OPTIONS, np.uint16),
        "cap": np.array([people * 0.6, *[people * 0.12] * OPTIONS]),
        "floor": np.zeros(OPTIONS + 1),
    }
    return spec, columns


def sent(solution: RawSolution, people: int = PEOPLE) -> npt.NDArray[np.bool_]:
    """Who gets which option."""
    bits = np.unpackbits(solution.arrays["send"], bitorder="little")[: people * OPTIONS]
    return bits.reshape(people, OPTIONS).astype(bool)


def assert_within_caps(solution: RawSolution, columns: Mapping[str, Any], people: int = PEOPLE) -> None:
    plan = sent(solution, people)
    assert plan.sum(axis=1).max() <= 1
    assert plan.sum() <= columns["cap"][0]
    assert (plan.sum(axis=0) <= columns["cap"][1:]).all()
    assert solution.result["value"] == pytest.approx(columns["value"].reshape(people, OPTIONS)[plan].sum(dtype=float))


def test_a_budget_is_solved_as_often_as_one_likes(runtime: Path) -> None:
    """Symptom: a second solve needs the data again, or gives another plan."""
    spec, columns = given()
    handle = BudgetHandle.create(spec, columns)
    first = handle.solve(gap=1e-3)
    assert first.result["status"] == "certified"
    assert_within_caps(first, columns)
    again = handle.solve(gap=1e-3)
    assert np.array_equal(first.arrays["send"], again.arrays["send"])
    half = handle.solve(gap=1e-3, prices=first.arrays["prices"], cap=columns["cap"] / 2)
    assert sent(half).sum() <= columns["cap"][0] / 2
    handle.close()
    handle.close()
    with pytest.raises(InvalidInput, match="closed"):
        handle.solve()


def test_columns_that_are_made_when_they_are_sent_are_never_there_as_a_whole(runtime: Path) -> None:
    """Symptom: values that are computed from two others need a third array as large as both."""
    people = 2_000_000
    spec, columns = given(people)
    value = columns["value"]
    longest = 0

    def read(start: int, stop: int) -> npt.NDArray[Any]:
        nonlocal longest
        longest = max(longest, stop - start)
        return value[start:stop].astype(np.float64)

    handle = BudgetHandle.create(spec, {**columns, "value": Column(people * OPTIONS, read)})
    solution = handle.solve(gap=0.1)
    handle.close()
    assert_within_caps(solution, columns, people)
    assert longest * 4 <= 16 * 2**20


def test_what_is_wrong_is_said_and_nothing_is_left(own_runtime: Path) -> None:
    """Symptom: a budget that was refused keeps its process and its files until the notebook ends."""
    spec, columns = given(100)
    nan = columns["value"].copy()
    nan[5] = np.nan
    for wrong, field in (
        (({**spec, "people": -1}, columns), "people"),
        ((spec, {**columns, "value": nan}), "value[5]"),
        ((spec, {name: column for name, column in columns.items() if name != "floor"}), "floor"),
    ):
        with pytest.raises(InvalidInput) as caught:
            BudgetHandle.create(*wrong)
        assert caught.value.field == field
    SESSION.connection(own_runtime).call("hello", {"version": 1})
    assert "budget=" not in SESSION.connection(own_runtime).call("metrics", {}).result["text"]


def test_a_solve_says_how_far_it_is_and_stops_where_one_has_seen_enough(runtime: Path) -> None:
    """Symptom: a progress line that waits for the end, or a plan that is lost because one did not want to wait."""
    spec, columns = given()
    handle = BudgetHandle.create(spec, columns)
    said: list[dict[str, Any]] = []

    def enough(progress: dict[str, Any]) -> bool:
        said.append(progress)
        return len(said) < 2

    solution = handle.solve(**ENDLESS, progress=enough)
    assert (solution.result["status"], solution.result["reason"]) == ("partial", "stopped")
    assert len(said) >= 2 and said[0]["done"] <= said[1]["done"]
    assert_within_caps(solution, columns)
    handle.close()


def test_the_best_plan_by_a_time_is_the_answer(runtime: Path) -> None:
    """Symptom: an hour's deadline that is kept by having no plan."""
    spec, columns = given()
    handle = BudgetHandle.create(spec, columns)
    solution = handle.solve(**ENDLESS, best_by_s=0.05)
    assert (solution.result["status"], solution.result["reason"]) == ("partial", "deadline")
    assert_within_caps(solution, columns)
    with pytest.raises(DeadlineExceeded):
        handle.solve(**ENDLESS, deadline=Deadline(0.05))
    assert handle.solve().result["status"] == "certified"
    handle.close()


def test_an_interrupt_cancels_the_solve_and_the_budget_can_be_used_again(own_runtime: Path) -> None:
    """Symptom: Ctrl-C ends the cell, and the runtime computes on for nobody."""
    spec, columns = given()
    handle = BudgetHandle.create(spec, columns)
    (child,) = children(runtime_pid(own_runtime))

    def interrupt(_: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        handle.solve(**ENDLESS, progress=interrupt)
    assert handle.solve().result["status"] == "certified"
    assert children(runtime_pid(own_runtime)) == [child]
    handle.close()


def test_a_budget_that_is_closed_in_a_solve_says_so(own_runtime: Path) -> None:
    """Symptom: "the process of the budget ended (SIGKILL); the next call starts it again", of what is closed."""
    budget = BudgetHandle.create(*given(), "cpu")

    def close(said: dict[str, Any]) -> None:
        budget.close()

    with pytest.raises(Cancelled, match="closed while it was solved"):
        budget.solve(**ENDLESS, progress=close)


def test_a_budget_s_process_that_is_killed_in_a_solve_is_started_again_by_the_next_one(own_runtime: Path) -> None:
    """Symptom: one fault in native code, and the data have to be sent again."""
    spec, columns = given()
    handle = BudgetHandle.create(spec, columns)
    want = handle.solve().arrays["send"]
    (child,) = children(runtime_pid(own_runtime))
    with when_at_work([child], lambda: os.kill(child, signal.SIGKILL)), pytest.raises(RuntimeCrashed):
        handle.solve(**ENDLESS)
    assert np.array_equal(handle.solve().arrays["send"], want)
    handle.close()


def test_a_budget_is_made_again_where_the_runtime_was_killed_or_this_process_has_forked(own_runtime: Path) -> None:
    """Symptom: a plan needs a new Budget because somebody ended the wrong process."""
    spec, columns = given(2000)
    handle = BudgetHandle.create(spec, columns)
    want = handle.solve().arrays["send"]
    server = runtime_pid(own_runtime)
    os.kill(server, signal.SIGKILL)
    wait_gone(server)
    assert np.array_equal(handle.solve().arrays["send"], want)
    child = os.fork()
    if child == 0:
        same = np.array_equal(handle.solve().arrays["send"], want)
        handle.close()
        os._exit(0 if same else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert np.array_equal(handle.solve().arrays["send"], want)
    handle.close()
