"""Makes a trace of what was recorded: scaled in time, with short names, one line per sample."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from .scenario import SPEED, Expectation, Scenario

# Where every trace begins. Not 0, so that something can have happened before.
BEGIN_T = 100_000


class ShortNames:
    """The same short name for the same long one."""

    def __init__(self, prefix: str, known: dict[str, str]) -> None:
        self._prefix = prefix
        self._known = dict(known)

    def of(self, long: str) -> str:
        """Those that the scenario does not name are counted."""
        return self._known.setdefault(long, f"{self._prefix}{len(self._known) + 1}")


def scaled(samples: Iterable[dict], kernels: dict[str, str]) -> list[dict]:
    """Times and counters grow by `SPEED`, so that rates stay what they were."""
    samples = list(samples)
    first = samples[0]["t"]
    names = ShortNames("k", kernels)
    processes = ShortNames("p", {})

    def time(t: float | None) -> float | None:
        return None if t is None else max(0, round(BEGIN_T + (t - first) * SPEED))

    def counter(value: float | None, digits: int | None) -> float | None:
        return None if value is None else round(value * SPEED, digits)

    def of_kernel(seen: dict) -> dict:
        short = {"id": names.of(seen["id"]), "cpu_s": counter(seen["cpu_s"], 1), "input_t": time(seen["input_t"])}
        return {**seen, **short}

    def of_process(seen: dict) -> dict:
        owner = None if seen["kernel"] is None else names.of(seen["kernel"])
        counters = {"cpu_s": counter(seen["cpu_s"], 1), "io_bytes": counter(seen["io_bytes"], None)}
        return {**seen, "id": processes.of(seen["id"]), "kernel": owner, **counters}

    def of_sample(sample: dict) -> dict:
        if "failed" in sample:
            return {"t": time(sample["t"]), "failed": sample["failed"]}
        seen = sample["evidence"]
        evidence = {
            **seen,
            "kernels": [of_kernel(one) for one in seen["kernels"]],
            "processes": [of_process(one) for one in seen["processes"]],
            "input_t": time(seen["input_t"]),
        }
        return {"t": time(sample["t"]), "evidence": evidence}

    return [of_sample(sample) for sample in samples]


def trace_of(scenario: Scenario, samples: list[dict], source: str) -> dict:
    """The trace of a scenario whose samples have been scaled."""
    recorded = f" Recorded at {SPEED:g} times its speed." if source == "recorded" else ""
    return {
        "name": scenario.name,
        "why": scenario.why + recorded,
        "source": source,
        "policy": scenario.policy,
        "demand": [{"t": at_minute(minute), "waiting": waiting} for minute, waiting in scenario.demand],
        "expect": [expected(one) for one in scenario.expect],
        "samples": samples,
    }


def at_minute(minute: float) -> int:
    """The time of a scenario's minute in its trace."""
    return round(BEGIN_T + minute * 60)


def expected(one: Expectation) -> dict:
    """An expectation in the words of a trace."""
    subject = {"workspace": True} if one.kernel is None else {"kernel": one.kernel}
    return {"t_from": at_minute(one.start), "t_to": at_minute(one.end), **subject, "must": one.must}


def write_trace(folder: Path, trace: dict) -> Path:
    """Writes it as `<name>.json`: its head, then a line for each demand, expectation and sample."""
    path = folder / f"{trace['name']}.json"
    parts = [f"  {_json(key)}: {_lines(value)}" for key, value in trace.items()]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    return path


def _lines(value: object) -> str:
    if not isinstance(value, list) or not value:
        return _json(value)
    return "[\n" + ",\n".join(f"    {_json(one)}" for one in value) + "\n  ]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
