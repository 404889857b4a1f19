"""Tells pages over Jupyter's own event bus what has changed, so that none has to ask again and again."""

from __future__ import annotations

from typing import Any

from jupyter_events import EventLogger

from .view import is_moved, what_is_noticed

SCHEMA_ID = "https://events.berth.dev/activity/v1"

SUBJECT = {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["kernel", "workspace"]}}}
SIGNALS = {"type": "array", "items": {"type": "object", "required": ["signal", "counts", "text", "atMs"]}}
JUDGEMENT = {
    "type": "object",
    "required": ["subject", "name", "path", "activity", "sinceMs", "idleMs", "signals", "next"],
    "properties": {
        "subject": SUBJECT,
        "name": {"type": "string"},
        "path": {"type": ["string", "null"]},
        "signals": SIGNALS,
        "next": {"type": "object", "required": ["what", "atMs", "warnedAtMs", "limit", "policyOf", "hold"]},
    },
}
STOP = {
    "type": "object",
    "required": ["id", "subject", "name", "path", "kernelName", "atMs", "why", "signals", "open"],
    "properties": {
        "id": {"type": "string"},
        "subject": SUBJECT,
        "name": {"type": "string"},
        "path": {"type": ["string", "null"]},
        "kernelName": {"type": ["string", "null"]},
        "why": {"type": "string"},
        "signals": SIGNALS,
        "open": {"type": "array", "items": {"type": "string"}},
    },
}
VIEW = {
    "type": "object",
    "description": "The answer to GET berth/activity, without timelines.",
    "required": ["nowMs", "judge", "judgedMs", "enabled", "dryRun", "problems", "judgements", "stops", "asking"],
    "properties": {
        "nowMs": {"type": "integer"},
        "problems": {"type": "array", "items": {"type": "string"}},
        "judgements": {"type": "array", "items": JUDGEMENT},
        "stops": {"type": "array", "items": STOP},
        "asking": {"type": "array", "items": {"type": "string"}},
    },
}
SCHEMA = {
    "$id": SCHEMA_ID,
    "version": "1",
    "title": "What a person sees of activity",
    "personal-data": True,
    "description": "Emitted when what Berth judges of the kernels and the workspace of this server has changed.",
    "type": "object",
    "required": ["view"],
    "properties": {"view": VIEW},
}
"""As strict as pages need it: whoever may emit events on this server can emit this one, too."""


class ActivityEvents:
    """The events of one Jupyter server."""

    def __init__(self, event_logger: EventLogger) -> None:
        self._logger = event_logger
        self._told: tuple[str, dict[str, Any]] | None = None
        if SCHEMA_ID not in event_logger.schemas:
            event_logger.register_event_schema(SCHEMA)

    def tell(self, view: dict[str, Any]) -> None:
        """Tells the view, which has no timelines, unless a person would see no difference to the last one."""
        noticed = what_is_noticed(view)
        if self._told is not None and self._told[0] == noticed and not is_moved(self._told[1], view):
            return
        self._told = (noticed, view)
        self._logger.emit(schema_id=SCHEMA_ID, data={"view": view})

    def listening_pages(self) -> int | None:
        """How many pages are connected to the event bus: each open JupyterLab is, once. None: it cannot be told."""
        listeners = getattr(self._logger, "_modified_listeners", None)
        return len(listeners.get(SCHEMA_ID, ())) if isinstance(listeners, dict) else None
