"""Tells whoever asks Jupyter for its last activity, a Hub or a culler, what was judged: it can only be later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

KEY = "berth"


def publish_last_activity(settings: dict[str, Any], judgements: Sequence[dict[str, Any]], now_ms: int) -> None:
    """Notes when the workspace was last active, if it is judged to be."""
    for judgement in judgements:
        at_ms = judgement.get("lastActiveMs")
        if judgement["subject"]["kind"] != "workspace" or judgement["activity"] != "active" or at_ms is None:
            continue
        at = datetime.fromtimestamp(min(at_ms, now_ms) / 1000, tz=timezone.utc)
        times = settings.setdefault("last_activity_times", {})
        times[KEY] = max(at, times.get(KEY, at))
