"""Ours, as a notebook sees it: `berth_recsys` in this process, the runtime behind its socket. Answers as `bench_loop` does."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import roofline
from bench_loop import serve
from berth_recsys import Budget
from budget_greedy import broken_caps
from budget_lp import Float64, bound_at
from budget_population import Population
from own_runtime import stop_runtime
from peak_memory import PeakMemory


class Ours:
    """One problem at a time, in a runtime of this bench's own."""

    def __init__(self) -> None:
        self._peak = PeakMemory()
        self._population: Population | None = None
        self._budget: Budget | None = None
        self._plan: Any = None
        self._bandwidth: dict[str, Any] = {}

    def load(self, problem: str) -> dict[str, float]:
        """Hands a problem over. The one before is let go."""
        self.close()
        self._peak.start()
        self._population = Population.read(Path(problem))
        start = time.perf_counter()
        self._budget = _budget_of(self._population)
        return {"handOverSeconds": time.perf_counter() - start}

    def solve(self, gap: float) -> dict[str, Any]:
        """From nothing: each time the same."""
        return self._solved(gap, None)

    def _solved(self, gap: float, warm: Any) -> dict[str, Any]:
        assert self._budget is not None
        start = time.perf_counter()
        self._plan = self._budget.solve(gap=gap, warm=warm, progress=False)
        seconds = time.perf_counter() - start
        plan = self._plan
        if not np.isfinite([plan.bound, plan.value, plan.gap]).all():
            raise ValueError(f"the plan proves nothing: bound {plan.bound}, value {plan.value}, {plan.status}")
        return {
            "seconds": seconds,
            "status": plan.status,
            "bound": plan.bound,
            "value": plan.value,
            "gap": plan.gap,
            "passes": plan.passes,
            "fullPasses": plan.full_passes,
            "certifications": plan.certifications,
        }

    def check(self) -> dict[str, Any]:
        """The last plan held against the problem. Raises ValueError if it is not worth what it says."""
        assert self._population is not None
        population, plan = self._population, self._plan
        usage = np.zeros(len(population.cap), np.int64)
        of_option, channel = population.limits_of_option, population.members["channel"]
        send = plan.send.reshape(-1)
        broken, value = 0, 0.0
        for part in population.parts():
            sent = send[part.all]
            option = part.option[sent]
            value += float(part.value[sent].sum(dtype=np.float64))
            usage += np.bincount(of_option[option].reshape(-1), minlength=len(usage))
            broken += broken_caps(population.rules, part.person[sent], channel[option])
        if abs(value - plan.value) > 1e-9 * abs(value):
            raise ValueError(f"the plan says that it is worth {plan.value}, and is worth {value}")
        bound = bound_at(population, self._prices())
        broken += int((usage > population.cap).sum())
        return {"violations": broken, "sent": int(send.sum()), "gap": (bound - value) / bound}

    def _prices(self) -> Float64:
        """In the order of the population's limits; those of caps are never below 0."""
        assert self._population is not None
        known = self._plan.prices.to_dict()
        keys = [
            (name, None if name == "total" else member)
            for name, caps in self._population.caps.items()
            for member in range(len(caps))
        ]
        return np.maximum(np.array([known[key] for key in keys]), 0)

    def next_day(self, problem: str, gap: float) -> dict[str, Any]:
        """Another problem of the same limits, begun with the prices of the last plan."""
        assert self._budget is not None
        prices = self._plan.prices
        self._budget.close()
        self._population = Population.read(Path(problem))
        self._budget = _budget_of(self._population)
        return {"solve": self._solved(gap, prices), "check": self.check()}

    def peak(self) -> dict[str, int]:
        """The most memory since `load`."""
        return {"rssBytes": self._peak.stop()}

    def describe_pass(self, problem: str) -> None:
        """Writes what budget-pass-node.ts needs beside the problem's columns; the problem that is loaded is let go."""
        population, folder = Population.read(Path(problem)), Path(problem)
        self._prices()[population.limits_of_option].sum(axis=1).tofile(folder / "price.f64")
        population.members["channel"].astype(np.uint16).tofile(folder / "channel.u16")
        counts = [np.bincount(part.person, minlength=part.people) for part in population.parts()]
        np.concatenate(([0], *counts)).cumsum().astype(np.uint32).tofile(folder / "start.u32")
        smoothing = next((step["smoothing"] for step in reversed(self._plan.history) if step.get("smoothing")), 0.01)
        (folder / "pass.json").write_text(json.dumps({"smoothing": smoothing, "rules": population.rules.__dict__}))
        self.close()

    def bandwidth(self) -> dict[str, float]:
        """Bytes per second that the memory gives, by the way it is measured."""
        if not self._bandwidth:
            self._bandwidth = roofline.numpy_bandwidth(int(os.environ["OMP_NUM_THREADS"]))
        return {name: rate() for name, rate in self._bandwidth.items()}

    def close(self) -> None:
        """Lets the problem go."""
        if self._budget is not None:
            self._budget.close()
            self._budget = None


def _budget_of(population: Population) -> Budget:
    budgets: dict[str, Any] = {
        name: int(caps[0]) if name == "total" else dict(enumerate(caps.tolist()))
        for name, caps in population.caps.items()
    }
    caps: dict[str, Any] = {"person": population.rules.person}
    if population.rules.channels is not None:
        caps["channel"] = dict(enumerate(population.rules.channels))
    is_dense = population.option is None
    return Budget(
        population.value.reshape(population.people, -1) if is_dense else population.value,
        person=population.person,
        option=population.option,
        **{name: members for name, members in population.members.items() if name != "total"},
        caps=caps,
        budgets=budgets,
    )


if __name__ == "__main__":
    ours = Ours()
    names = ("load", "solve", "check", "peak", "next_day", "describe_pass", "bandwidth", "close")
    try:
        serve({name: getattr(ours, name) for name in names})
    finally:
        ours.close()
        stop_runtime()
