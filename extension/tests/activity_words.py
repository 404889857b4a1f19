"""What agents and judges say, for tests: whole by the contract, with the parts that matter given."""

from __future__ import annotations

from typing import Any


def kernel(kernel_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": kernel_id,
        "state": "idle",
        "path": "a.ipynb",
        "name": "a.ipynb",
        "cpu_s": 0.0,
        "executions": 0,
        "waits_input": False,
        "input_t": None,
        "gpu": "none",
        "gpu_util": None,
        "gpu_mem_mib": None,
        **changes,
    }


def evidence(kernels: list[dict[str, Any]], processes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "kernels": kernels,
        "processes": processes,
        "terminals": [],
        "input_t": None,
        "tabs": 1,
        "leases": [],
    }


def judgement(subject: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    """`atMs` and `warnedAtMs` are those of its next step."""
    step = {
        "what": "release",
        "atMs": changes.pop("atMs", None),
        "warnedAtMs": changes.pop("warnedAtMs", None),
        "limit": "hard",
        "policyOf": "platform",
        "hold": None,
        "snoozeLeftMs": 0,
        "snoozeStepMs": 0,
    }
    return {
        "subject": subject or {"kind": "kernel", "id": "k-1"},
        "name": "a.ipynb",
        "path": "a.ipynb",
        "activity": "idle",
        "sinceMs": 0,
        "idleMs": 0,
        "lastActiveMs": None,
        "signals": [],
        "next": step,
        **changes,
    }


def order(order_id: str, kind: str, kernel_id: str | None = None) -> dict[str, Any]:
    signal = {"signal": "input", "counts": False, "text": "nobody typed", "atMs": 5}
    return {"id": order_id, "kind": kind, "kernel": kernel_id, "atMs": 7, "why": "it was idle", "signals": [signal]}


def says(judgements: Any = (), **changes: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "judge": "operator",
        "nowMs": 1,
        "cursor": None,
        "nextInMs": 1000,
        "judgements": list(judgements) if isinstance(judgements, tuple) else judgements,
        "orders": [],
        "snoozes": [],
        "dryRun": False,
        "enabled": True,
        "problems": [],
        **changes,
    }
