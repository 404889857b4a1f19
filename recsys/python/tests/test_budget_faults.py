"""Budgets that are stopped, cancelled, late, lost or closed, with the real runtime."""

from __future__ import annotations

import gc
import math
import os
import pickle
import signal
import threading
import time
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from berth_recsys import Budget, InvalidInput, SolveProgress

from .at_work import children, when_at_work
from .budget_samples import many
from .conftest import runtime_pid


def test_a_stop_gives_the_best_so_far(runtime: Path) -> None:
    """Symptom: False from the progress function is ignored, or throws away what was found."""
    seen: list[SolveProgress] = []

    def stop(progress: SolveProgress) -> bool:
        seen.append(progress)
        return False

    with Budget(**many(200_000)) as problem:
        plan = problem.solve(gap=0.0, max_passes=100_000, progress=stop)
        assert (plan.status, plan.reason) == ("partial", "stopped")
        assert seen and seen[0].max_passes == 100_000 and seen[0].passes <= plan.passes
        assert np.all(plan.usage.array <= plan.budgets.array) and plan.value <= plan.bound
        assert problem.solve().status == "certified"


def test_a_deadline_gives_the_best_so_far(runtime: Path) -> None:
    """Symptom: an error instead of a plan when time is up; a plan that is over a cap."""
    given = many()
    with Budget(**given) as problem:
        plan = problem.solve(gap=0.0, max_passes=100_000, deadline_s=0.001)
    assert (plan.status, plan.reason) == ("partial", "deadline")
    assert np.all(plan.usage.array <= plan.budgets.array) and np.all(plan.send.sum(axis=1) <= 2)


def test_an_interrupt_cancels(own_runtime: Path) -> None:
    """Symptom: Ctrl-C does nothing for a minute, or the problem is lost with it."""
    main = threading.main_thread().ident
    assert main is not None
    with Budget(**many(200_000)) as problem:
        workers = children(runtime_pid(own_runtime))
        with (
            pytest.raises(KeyboardInterrupt),
            when_at_work(workers, lambda: signal.pthread_kill(main, signal.SIGINT)),
        ):
            problem.solve(gap=0.0, max_passes=100_000)
        assert problem.solve().status == "certified"


def test_a_lost_runtime_is_started_again(own_runtime: Path) -> None:
    """Symptom: after the runtime was killed, each solve says that it is gone."""
    given = many(3000)
    with Budget(**given) as problem:
        before = problem.solve()
        os.kill(runtime_pid(own_runtime), signal.SIGKILL)
        ends = time.monotonic() + 10
        while problem._handle._connection.alive:
            assert time.monotonic() < ends
        after = problem.solve()
    assert np.array_equal(before.send, after.send)


def test_a_problem_goes_when_nobody_holds_it(own_runtime: Path) -> None:
    """Symptom: the memory of every problem that a notebook has ever made."""
    problem = Budget(**many(100))
    plan = problem.solve()
    handle, gone = problem._handle, weakref.ref(problem)
    del problem
    gc.collect()
    assert gone() is None and handle._closed
    assert plan.explain(0).candidate == 0  # the plan stays
    with Budget(**many(100)) as closed:
        pass
    with pytest.raises(InvalidInput, match="closed"):
        closed.solve()
    closed.close()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"gap": -1}, "gap"),
        ({"gap": math.nan}, "gap"),
        ({"deadline_s": 0}, "deadline_s"),
        ({"seed": -1}, "seed"),
        ({"max_passes": 0}, "max_passes"),
        ({"max_passes": 1.5}, "max_passes"),
        ({"warm": "yesterday"}, "warm"),
    ],
)
def test_a_solve_refuses(runtime: Path, wrong: dict[str, Any], field: str) -> None:
    """Symptom: a wrong argument is taken for none."""
    with Budget(**many(10)) as problem:
        with pytest.raises(InvalidInput) as caught:
            problem.solve(**wrong)
        assert caught.value.field == field
        with pytest.raises(InvalidInput):
            problem.solve().explain(100)
        with pytest.raises(InvalidInput):
            problem.curve(("campaign", 77), [1])
    with pytest.raises(TypeError, match=r"keep plan\.prices"):
        pickle.dumps(problem)
