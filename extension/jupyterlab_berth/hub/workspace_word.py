"""What Berth says of a whole workspace, read from what its Jupyter server answers to `GET /berth/activity`.

The answer comes from a program that belongs to the person whose server it is: everything in it is checked, and what is
missing or of another shape is no word at all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

ACTIVITIES = ("active", "idle", "unknown")
SWITCHED_OFF = ("switched-off", "dry-run")


class NoWord(Exception):
    """Why nothing is known of a workspace's activity. Never a reason to stop it."""


@dataclass(frozen=True)
class WorkspaceWord:
    """What Berth's judge says of a workspace. Ages are in seconds, by the clock of the server that answered."""

    activity: Literal["active", "idle", "unknown"]
    now_s: float
    """When it answered, in Unix seconds."""
    judged_ago_s: float
    """How old the judgement is."""
    for_s: float
    """How long it has been so."""
    idle_s: float
    """How long it has been seen idle without a break; time that nobody observed is not in it."""
    is_switched_off: bool
    """Whether Berth's policy says that nothing is stopped, is only on trial, or cannot be read."""
    own_limit: Literal["later", "over"] | None
    """Whether the time after which Berth's own policy stops it, snoozes included, is over; None: it names none."""


def read_word(answer: bytes) -> WorkspaceWord:
    """Reads the answer of a Jupyter server; raises NoWord, saying what is wrong with it."""
    try:
        view = json.loads(answer)
    except ValueError as error:  # also what is no UTF-8
        raise NoWord("the answer is not JSON") from error
    if _field(view, "judge", str, type(None)) is None or _field(view, "judgedMs", int, type(None)) is None:
        raise NoWord("nothing has judged it yet")
    now_ms = _field(view, "nowMs", int)
    judgement = _workspace(_field(view, "judgements", list))
    activity = _field(judgement, "activity", str)
    if activity not in ACTIVITIES:
        raise NoWord(f"there is no activity {activity[:40]!r}")
    after = _field(judgement, "next", dict)
    return WorkspaceWord(
        activity=activity,
        now_s=now_ms / 1000,
        judged_ago_s=(now_ms - view["judgedMs"]) / 1000,
        for_s=(now_ms - _field(judgement, "sinceMs", int)) / 1000,
        idle_s=_field(judgement, "idleMs", int) / 1000,
        is_switched_off=_is_switched_off(view, after),
        own_limit=_own_limit(after, now_ms),
    )


def _workspace(judgements: list[Any]) -> dict[str, Any]:
    for judgement in judgements:
        if _field(_field(judgement, "subject", dict), "kind", str) == "workspace":
            return judgement
    raise NoWord("the workspace has not been judged yet")


def _is_switched_off(view: dict[str, Any], after: dict[str, Any]) -> bool:
    stops = _field(view, "enabled", bool) and not _field(view, "dryRun", bool) and not _field(view, "problems", list)
    return not stops or after.get("hold") in SWITCHED_OFF


def _own_limit(after: dict[str, Any], now_ms: int) -> Literal["later", "over"] | None:
    at_ms = _field(after, "atMs", int, type(None))
    if at_ms is None:
        return None
    is_announced = _field(after, "warnedAtMs", int, type(None)) is not None
    return "over" if at_ms <= now_ms and is_announced and after.get("hold") is None else "later"


def _field(record: Any, name: str, *types: type) -> Any:
    if not isinstance(record, dict) or name not in record:
        raise NoWord(f"the answer has no {name}")
    value = record[name]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise NoWord(f"{name} in the answer is a {type(value).__name__}")
    return value
