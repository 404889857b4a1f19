"""Writes a trace down reading by reading."""

from __future__ import annotations

from collections.abc import Callable

from ..scenario import Scenario
from ..trace_file import BEGIN_T, at_minute

Seen = Callable[[float], dict]


def a_kernel(name: str = "a", **seen: object) -> dict:
    """An idle kernel without a GPU; `seen` says what is otherwise."""
    usual = {
        "id": name,
        "state": "idle",
        "path": f"{name}.ipynb",
        "name": f"{name}.ipynb",
        "cpu_s": 10.0,
        "executions": 1,
        "waits_input": False,
        "input_t": None,
        "gpu": "none",
        "gpu_util": None,
        "gpu_mem_mib": None,
    }
    return {**usual, **seen}


def evidence(*kernels: dict, **seen: object) -> dict:
    """A workspace with these kernels and nothing else; `seen` says what is otherwise."""
    usual: dict = {"processes": [], "terminals": [], "input_t": None, "tabs": 0, "leases": []}
    return {"kernels": list(kernels), **usual, **seen}


def a_lease(kernel: str | None, until_minute: float | None) -> dict:
    """A run that is attached."""
    until = None if until_minute is None else at_minute(until_minute)
    return {"id": "run-1", "why": "run train-7 is attached", "kernel": kernel, "until_t": until}


def readings(
    minutes: float, see: Seen, every: float = 1, clock: Callable[[float], float] = lambda minute: minute
) -> list:
    """A reading each `every` minutes. `see` returns evidence, or `{"failed": why}`; `clock` what the clock shows then."""
    count = int(minutes / every) + 1
    samples = []
    for minute in (index * every for index in range(count)):
        seen = see(minute)
        t = round(BEGIN_T + clock(minute) * 60)
        samples.append({"t": t, **(seen if "failed" in seen else {"evidence": seen})})
    return samples


def without(samples: list[dict], start: float, end: float) -> list[dict]:
    """Nobody read anything between these minutes."""
    return [one for one in samples if not at_minute(start) < one["t"] < at_minute(end)]


def synthetic(
    name: str,
    why: str,
    policy: dict,
    samples: list[dict],
    *expect: object,
    demand: tuple[tuple[float, bool], ...] = (),
) -> tuple[Scenario, list[dict]]:
    """A scenario together with its samples."""
    return Scenario(name, why, policy, 0, expect, demand=demand), samples  # type: ignore[arg-type]


def gpu(kind: str, util: float | None, mem: float | None = 40_000) -> dict:
    """What a kernel holds of a GPU."""
    return {"gpu": kind, "gpu_util": util, "gpu_mem_mib": mem}
