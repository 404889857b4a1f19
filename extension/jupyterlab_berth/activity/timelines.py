"""The timeline of each kernel, and of all that belongs to none, made of readings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

EVERYTHING_ELSE = "Terminals and the rest"


def timelines(readings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those of the kernels of the last reading that did not fail, then that of everything else."""
    seen = [reading["evidence"] for reading in readings if "evidence" in reading]
    if not seen:
        return []
    subjects = [(kernel["id"], kernel["name"]) for kernel in seen[-1]["kernels"]] + [(None, EVERYTHING_ELSE)]
    found: dict[str | None, list[dict[str, Any]]] = {kernel: [] for kernel, _ in subjects}
    before: tuple[float, dict[str | None, _Counters]] | None = None
    for reading in readings:
        at_ms = round(reading["t"] * 1000)
        if "evidence" not in reading:
            for kernel, points in found.items():
                if points or kernel is None:
                    points.append({"atMs": at_ms, "state": "unknown", "cpu": None, "gpu": None, "input": False})
            continue
        now = _counters(reading["evidence"])
        for kernel in found.keys() & now.keys():
            last = None if before is None else before[1].get(kernel)
            seconds = 0.0 if before is None else reading["t"] - before[0]
            found[kernel].append({"atMs": at_ms, **_point(now[kernel], last, seconds)})
        before = (reading["t"], now)
    return [{"kernel": kernel, "name": name, "points": found[kernel]} for kernel, name in subjects]


class _Counters:
    """What is compared between two readings: processor seconds by process, and the last input."""

    def __init__(self, state: str, gpu: float | None, input_t: float | None) -> None:
        self.state = state
        self.gpu = gpu
        self.input_t = input_t
        self.cpu_s: dict[str, float | None] = {}


def _counters(evidence: Mapping[str, Any]) -> dict[str | None, _Counters]:
    rest = _Counters("running" if evidence["processes"] else "quiet", None, evidence["input_t"])
    found: dict[str | None, _Counters] = {None: rest}
    for kernel in evidence["kernels"]:
        counters = found[kernel["id"]] = _Counters(kernel["state"], kernel["gpu_util"], kernel["input_t"])
        counters.cpu_s["kernel"] = kernel["cpu_s"]
    for process in evidence["processes"]:
        found.get(process["kernel"], rest).cpu_s[process["id"]] = process["cpu_s"]
    return found


def _point(now: _Counters, before: _Counters | None, seconds: float) -> dict[str, Any]:
    cpu = None if before is None or seconds <= 0 else _processors(now.cpu_s, before.cpu_s, seconds)
    is_input = before is not None and now.input_t is not None and (before.input_t or 0.0) < now.input_t
    return {"state": now.state, "cpu": cpu, "gpu": now.gpu, "input": is_input}


def _processors(now: Mapping[str, float | None], before: Mapping[str, float | None], seconds: float) -> float | None:
    """How many processors were busy; None if any of it was not measured."""
    if any(value is None for value in now.values()):
        return None
    used = sum(max(0.0, (value or 0.0) - (before.get(key) or 0.0)) for key, value in now.items())
    return round(used / seconds, 3)
