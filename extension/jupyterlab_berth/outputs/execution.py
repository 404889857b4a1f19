"""One execution of a cell, as far as IOPub messages tell of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .kept_outputs import KeptOutputs

EXECUTION_BYTES = 8 * 1024 * 1024
HEARD = 500
"""So many messages a page may be behind this server, or ahead of it, without showing one twice."""

LASTING = ("kernel", "msg_id", "path", "cell", "code", "count", "changed_ms")


def now_ms() -> int:
    """The time of this server, which also dates its files."""
    return int(time.time() * 1000)


@dataclass
class Execution:
    """What one execute_request has printed so far. `path` and `cell` are empty until a page has told them."""

    kernel: str
    msg_id: str
    session: str = ""
    path: str = ""
    cell: str = ""
    code: str | None = None
    count: int | None = None
    phase: str = "queued"
    """`queued`, `running` or `ended`."""
    changed_ms: int = field(default_factory=now_ms)
    outputs: KeptOutputs = field(default_factory=lambda: KeptOutputs(EXECUTION_BYTES))
    heard: deque[str] = field(default_factory=lambda: deque(maxlen=HEARD))

    def hear(self, message: dict[str, Any]) -> None:
        """Takes in a message that has this execution's request as its parent."""
        self.heard.append(message["header"]["msg_id"])
        self.changed_ms = now_ms()
        take = TAKE.get(message["header"]["msg_type"])
        if take is not None:
            take(self, message["content"])

    def view(self, is_watched: bool) -> dict[str, Any]:
        """For a page. `watched`: the page that started it or went on with it is there, so it is that one's to show."""
        return {
            "kernel": self.kernel,
            "msgId": self.msg_id,
            "cellId": self.cell,
            "code": self.code,
            "count": self.count,
            "phase": self.phase,
            "changedMs": self.changed_ms,
            "watched": is_watched,
            "outputs": self.outputs.as_json(),
            "clearNext": self.outputs.clear_next,
            "heard": list(self.heard),
        }

    def to_json(self) -> dict[str, Any]:
        """What is left of it when its kernel has ended."""
        return {key: getattr(self, key) for key in LASTING} | {"outputs": self.outputs.as_json()}

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Execution:
        """An execution of a kernel that is no more."""
        if not all(isinstance(entry[key], str) for key in ("kernel", "msg_id", "path", "cell")):
            raise TypeError("An execution of no cell.")
        execution = cls(**{key: entry[key] for key in LASTING}, phase="ended")
        for output in entry["outputs"]:
            execution.outputs.take(output)
        return execution


def _status(execution: Execution, content: dict[str, Any]) -> None:
    if content["execution_state"] == "busy":
        execution.phase = "running"
    elif content["execution_state"] == "idle":
        execution.phase = "ended"


def _input(execution: Execution, content: dict[str, Any]) -> None:
    if not isinstance(content["code"], str):
        raise TypeError("Code that is no text.")
    execution.code, execution.count = content["code"], content.get("execution_count")
    execution.phase = "running"


def _output(output_type: str) -> Callable[[Execution, dict[str, Any]], None]:
    return lambda execution, content: execution.outputs.take({**content, "output_type": output_type})


TAKE: dict[str, Callable[[Execution, dict[str, Any]], None]] = {
    "status": _status,
    "execute_input": _input,
    "clear_output": lambda execution, content: execution.outputs.clear(bool(content.get("wait"))),
    **{name: _output(name) for name in ("stream", "display_data", "execute_result", "error")},
}
