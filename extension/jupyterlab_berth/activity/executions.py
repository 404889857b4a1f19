"""Counts the cells that kernels begin to run, by what they publish: messages of widgets are no cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .proc_files import now_since_boot_s

WORK = ("execute_request", "comm_open", "comm_msg", "comm_close")


class Executions:
    """A listener to the messages of all kernels."""

    def __init__(self, on_ended: Callable[[str], None]) -> None:
        """`on_ended` is called with the kernel whose cell has ended."""
        self._on_ended = on_ended
        self._begun: dict[str, int] = {}
        self._busy_s: dict[str, float] = {}

    def on_message(self, kernel_id: str, message: dict[str, Any]) -> None:
        """Called with everything that a kernel publishes."""
        kind = message["header"]["msg_type"]
        if kind == "execute_input":
            self._begun[kernel_id] = self._begun.get(kernel_id, 0) + 1
            self._on_ended(kernel_id)  # the one before may have ended with its kernel, which could not say so
        elif kind == "status" and _ends_a_cell(message):
            self._on_ended(kernel_id)
        elif kind == "status" and _begins_work(message) and (now_s := now_since_boot_s()) is not None:
            self._busy_s[kernel_id] = now_s

    def count(self, kernel_id: str) -> int:
        """How many cells it has begun since it is known."""
        return self._begun.get(kernel_id, 0)

    def last_busy_s(self, kernel_id: str) -> float | None:
        """When it last began to work, since the machine was booted; None: nobody has heard it."""
        return self._busy_s.get(kernel_id)

    def keep_only(self, kernel_ids: set[str]) -> None:
        """Forgets the kernels that are gone."""
        for gone in self._begun.keys() - kernel_ids:
            del self._begun[gone]
        for gone in self._busy_s.keys() - kernel_ids:
            del self._busy_s[gone]


def _ends_a_cell(status: dict[str, Any]) -> bool:
    is_of_cell = status["parent_header"].get("msg_type") == "execute_request"
    return is_of_cell and status["content"].get("execution_state") == "idle"


def _begins_work(status: dict[str, Any]) -> bool:
    """For a cell or a widget; questions that pages ask by themselves are no work."""
    return status["parent_header"].get("msg_type") in WORK and status["content"].get("execution_state") == "busy"
