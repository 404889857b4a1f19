"""Which cells wait for a person to answer `input()`: as pages say, and, once they are closed, by what they missed."""

from __future__ import annotations

from typing import Any

from .front_end_input import FrontEndInput


class WaitingCells:
    """Of the kernels of one kernel manager."""

    def __init__(self, kernel_manager: Any, front_end: FrontEndInput) -> None:
        self._kernel_manager = kernel_manager
        self._front_end = front_end
        self._read: dict[str, tuple[int, int]] = {}
        self._missed: set[str] = set()

    def is_waiting(self, kernel_id: str) -> bool:
        """Whether its cell waits."""
        return self._front_end.is_waiting(kernel_id) or self._has_missed_prompt(kernel_id)

    def cell_ended(self, kernel_id: str) -> None:
        """Called when a cell has ended; a page that is closed can no longer say that nothing waits."""
        self._front_end.stop_waiting({kernel_id})
        self._has_missed_prompt(kernel_id)
        self._missed.discard(kernel_id)

    def keep_only(self, kernel_ids: set[str]) -> None:
        """Forgets the kernels that are gone."""
        self._missed &= kernel_ids
        for gone in self._read.keys() - kernel_ids:
            del self._read[gone]

    def _has_missed_prompt(self, kernel_id: str) -> bool:
        """Jupyter keeps what it could not send to a page that went away, questions among it."""
        kept = getattr(self._kernel_manager, "_kernel_buffers", {}).get(kernel_id)
        if not kept:
            self._missed.discard(kernel_id)
            return False
        messages = kept["buffer"]
        which, count = self._read.get(kernel_id, (0, 0))
        new = messages[count:] if which == id(messages) else messages
        if any(channel == "stdin" for channel, _ in new):
            self._missed.add(kernel_id)
        self._read[kernel_id] = (id(messages), len(messages))
        return kernel_id in self._missed
