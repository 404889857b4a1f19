"""“Was this wrong?”: a trace, as in the corpus, of what was seen, with what a person says should have happened."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..private_files import write_json

WHY = "A person says that this was wrong."
REPORTS_MAX = 100
"""More are not kept: the oldest go first."""


def trace_of(
    readings: Sequence[dict[str, Any]], subject: dict[str, str], must: str, text: str, now_ms: int
) -> dict[str, Any]:
    """The trace: `must` is `keep` or `stop`, what should have happened to the subject by the last of the readings."""
    when = datetime.fromtimestamp(now_ms / 1000, tz=timezone.utc).strftime("%Y%m%dt%H%M%S")
    whom = {"workspace": True} if subject["kind"] == "workspace" else {"kernel": subject["id"]}
    first_t, last_t = readings[0]["t"], readings[-1]["t"]
    return {
        "name": f"report-{when}-{secrets.token_hex(3)}",
        "why": f"{WHY} {text}".strip(),
        "source": "recorded",
        "policy": {},
        "samples": list(readings),
        "demand": [],
        "expect": [{"t_from": min(first_t, last_t), "t_to": max(first_t, last_t), **whom, "must": must}],
    }


def write_report(folder: Path, trace: dict[str, Any]) -> Path:
    """Writes it where only this person can read it; says where that is."""
    path = folder / "reports" / f"{trace['name']}.json"
    write_json(path, trace)
    others = sorted(other for other in path.parent.glob("report-*.json") if other != path)
    for oldest in others[: max(0, len(others) + 1 - REPORTS_MAX)]:
        with suppress(OSError):
            oldest.unlink()
    return path
