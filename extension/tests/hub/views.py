"""What a Jupyter server answers to `GET /berth/activity`, for tests: as the contract says (gateway/src/contract)."""

from __future__ import annotations

import json
from typing import Any

NOW_MS = 1_800_000_000_000
MINUTE_MS = 60_000


def view(
    activity: str = "idle", *, idle_ms: int = 0, since_ms: int | None = None, after: Any = None, **top: Any
) -> dict:
    """One whose workspace has been judged a second ago. `after`: of `next`; `top`: of the whole."""
    judgement = {
        "subject": {"kind": "workspace"},
        "name": "workspace",
        "path": None,
        "activity": activity,
        "sinceMs": NOW_MS - idle_ms if since_ms is None else since_ms,
        "idleMs": idle_ms,
        "lastActiveMs": None,
        "signals": [],
        "next": {
            "what": "stop",
            "atMs": None,
            "warnedAtMs": None,
            "limit": None,
            "policyOf": "platform",
            "hold": "no-limit",
            "snoozeLeftMs": 0,
            "snoozeStepMs": 0,
            **(after or {}),
        },
    }
    kernel = {**judgement, "subject": {"kind": "kernel", "id": "k"}, "activity": "active"}
    return {
        "nowMs": NOW_MS,
        "judge": "gateway",
        "judgedMs": NOW_MS - 1000,
        "enabled": True,
        "dryRun": False,
        "problems": [],
        "judgements": [kernel, judgement],
        "stops": [],
        "asking": [],
        "timelines": [],
        **top,
    }


def own_limit(at_ms: int, *, warned: bool = True, hold: str | None = None) -> dict:
    """The `next` of a workspace for which Berth's policy has a limit."""
    return {"atMs": at_ms, "warnedAtMs": at_ms - 5 * MINUTE_MS if warned else None, "limit": "hard", "hold": hold}


def answer(*args: Any, **options: Any) -> bytes:
    """A view as it comes."""
    return json.dumps(view(*args, **options)).encode()
