"""What a person sees of activity, and whether it has changed in a way that they would notice. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .judge_says import JudgeSays

NOTICED_MS = 1000
"""A countdown that moves by less is the same."""


def activity_view(
    says: JudgeSays | None,
    heard_ms: int | None,
    now_ms: int,
    stops: Sequence[dict[str, Any]],
    asking: Sequence[str],
    timelines: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The view of the contract. `heard_ms` is when the judge was heard, by the clock of this machine."""
    return {
        "nowMs": now_ms,
        "judge": None if says is None else says.judge,
        "judgedMs": heard_ms,
        "enabled": says is not None and says.enabled,
        "dryRun": says is not None and says.dry_run,
        "problems": [] if says is None else says.problems,
        "judgements": [] if says is None else says.judgements,
        "stops": list(stops),
        "asking": list(asking),
        "timelines": list(timelines),
    }


def what_is_noticed(view: dict[str, Any]) -> str:
    """Two views with the same text look the same to a person who does not look closely."""
    judgements = [
        {
            "subject": one["subject"],
            "name": one["name"],
            "path": one.get("path"),
            "activity": one["activity"],
            "signals": [[signal.get("signal"), signal.get("counts")] for signal in one["signals"]],
            "next": _noticed_step(one["next"], one["activity"]),
        }
        for one in view["judgements"]
    ]
    kept = {key: view[key] for key in ("judge", "enabled", "dryRun", "problems", "asking")}
    return json.dumps({**kept, "stops": [stop["id"] for stop in view["stops"]], "judgements": judgements})


def is_moved(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether any countdown of the same subjects is another."""
    return any(
        abs((old["next"].get("atMs") or 0) - (new["next"].get("atMs") or 0)) >= NOTICED_MS
        for old, new in zip(before["judgements"], now["judgements"], strict=False)
        if _counts_down(new)
    )


def _noticed_step(step: dict[str, Any], activity: str) -> dict[str, Any]:
    """Without the times: of what is active the end of its idle time moves on with every reading."""
    kept = {key: step.get(key) for key in ("what", "limit", "policyOf", "hold", "snoozeLeftMs", "snoozeStepMs")}
    is_announced = step.get("warnedAtMs") is not None
    return {**kept, "isAnnounced": is_announced, "ends": step.get("atMs") is not None and activity != "active"}


def _counts_down(judgement: dict[str, Any]) -> bool:
    return judgement["activity"] != "active" or judgement["next"].get("warnedAtMs") is not None
