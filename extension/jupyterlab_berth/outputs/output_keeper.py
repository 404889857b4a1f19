"""Keeps what cells print, for the page that comes back.

It hears every kernel and keeps the newest execution of every cell, until a page says that it has saved it. Memory is
enough while the server runs, since kernels end with it; what is left then waits in a file for the next one. Executions
that have ended leave in the order in which they came: those of no known cell when a few newer ones of their kernel
have ended too, all others when there is no more room. What a person types in answer to `input()` is never among IOPub
messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..iopub_tap import IopubTap
from .execution import Execution, now_ms
from .kept_file import KeptFile

TOTAL_BYTES = 64 * 1024 * 1024
EXECUTIONS = 1000
UNKNOWN = 20
"""So many are kept without knowing their cell: what a page tells may come later than a quick cell's outputs."""

QUEUE_MS = 5000
"""A request that waits for a kernel which has been idle for so long has not reached it, or was dropped there."""


class OutputKeeper:
    """The executions of all kernels of one server."""

    def __init__(self, total_bytes: int = TOTAL_BYTES, clock: Callable[[], int] = now_ms) -> None:
        self._total_bytes = total_bytes
        self._clock = clock
        self._executions: dict[str, Execution] = {}
        self._sessions: dict[str, str] = {}
        self._idle_since: dict[str, int] = {}

    def start(self, tap: IopubTap, file: KeptFile) -> None:
        """Goes on with what the last server left, and begins to listen."""
        self._file = file
        self._executions = {execution.msg_id: execution for execution in file.take()}
        tap.listen(self.hear, self.end)

    def stop(self) -> None:
        """Leaves what is kept of known cells for the next server."""
        self._file.write([one for one in self._executions.values() if one.cell and one.code is not None])

    def hear(self, kernel: str, message: dict[str, Any]) -> None:
        """Takes in an IOPub message of a kernel."""
        parent = message.get("parent_header") or {}
        self._notice_new_process(kernel, message["header"].get("session", ""), parent.get("session", ""))
        self._notice_idleness(kernel, message)
        if message["header"]["msg_type"] == "update_display_data":  # also one that a widget or a thread makes
            self._update_displays(kernel, message["content"])
        if parent.get("msg_type") != "execute_request":
            return
        known = self._executions.get(parent["msg_id"])
        had_ended = known is not None and known.phase == "ended"
        execution = known or self._of(kernel, parent["msg_id"], "ended")  # until it says that it runs: threads go on
        execution.session = execution.session or parent.get("session", "")
        execution.hear(message)
        if execution.phase == "ended" and not had_ended:
            self._make_room(kernel)

    def assign(
        self, kernel: str, session: str, path: str, cells: Iterable[tuple[str, str]], is_known: bool = False
    ) -> None:
        """A page says which cells the requests `(msg_id, cell)` came from, and that it shows what they print.

        What those cells printed before is old now. `is_known`: they were told of before, so what is not kept any more
        is left out; another page may have run the cell again.
        """
        for msg_id, cell in cells:
            if is_known and msg_id not in self._executions:
                continue
            for known in self._of_cell(path, cell):
                if known.msg_id != msg_id:
                    del self._executions[known.msg_id]
            execution = self._of(kernel, msg_id)
            execution.session, execution.path, execution.cell = session, path, cell
        self._make_room(kernel)

    def clear(self, path: str, cells: Iterable[str]) -> None:
        """Forgets what these cells have printed, as the person did; what they print from now on is kept."""
        for cell in cells:
            for known in self._of_cell(path, cell):
                known.outputs.clear(wait=False)
                if known.phase == "ended":
                    del self._executions[known.msg_id]

    def forget(self, msg_ids: Iterable[str]) -> None:
        """A page has saved the outputs of these executions."""
        for msg_id in msg_ids:
            known = self._executions.get(msg_id)
            if known is not None and known.phase == "ended":
                del self._executions[msg_id]

    def of_notebook(self, path: str, is_watched: Callable[[Execution], bool]) -> list[dict[str, Any]]:
        """What is kept of a notebook's cells, for a page."""
        kept = [execution for execution in self._executions.values() if execution.cell and execution.path == path]
        return [execution.view(is_watched(execution)) for execution in kept]

    def keep_up_with(self, kernels: Iterable[str]) -> None:
        """Takes note of which kernels there are; what the others have printed stays."""
        running = set(kernels)
        for kernel in {execution.kernel for execution in self._executions.values()} - running:
            self.end(kernel)
        self._idle_since = {kernel: since for kernel, since in self._idle_since.items() if kernel in running}
        for kernel in self._idle_since:
            self._end_what_never_came(kernel)

    def end(self, kernel: str) -> None:
        """Nothing more will come of what a process of this kernel was asked."""
        self._sessions.pop(kernel, None)
        self._idle_since[kernel] = self._clock()
        for execution in self._executions.values():
            if execution.kernel == kernel:
                execution.phase = "ended"
        self._make_room(kernel)

    def _end_what_never_came(self, kernel: str) -> None:
        """A request can be lost between page and kernel: while one is restarted, is released or drops its queue."""
        asked = [one for one in self._executions.values() if one.kernel == kernel and one.phase != "ended"]
        if any(one.phase == "running" for one in asked):
            return
        for execution in asked:
            if self._clock() - max(execution.changed_ms, self._idle_since[kernel]) >= QUEUE_MS:
                execution.phase = "ended"

    def _notice_idleness(self, kernel: str, message: dict[str, Any]) -> None:
        """Since when it has nothing to do; it is not known of a kernel that has not said so."""
        if message["header"]["msg_type"] == "status":
            self._idle_since.pop(kernel, None)
            if message["content"]["execution_state"] == "idle":
                self._idle_since[kernel] = self._clock()

    def _of(self, kernel: str, msg_id: str, phase: str = "queued") -> Execution:
        known = self._executions.get(msg_id)
        if known is None:
            known = self._executions[msg_id] = Execution(kernel, msg_id, phase=phase)
        return known

    def _of_cell(self, path: str, cell: str) -> list[Execution]:
        return [known for known in self._executions.values() if known.cell == cell and known.path == path]

    def _notice_new_process(self, kernel: str, session: str, asker: str) -> None:
        """A kernel that was restarted speaks under another session. Some have none of their own and use the asker's."""
        if session == asker:
            return
        if self._sessions.get(kernel, session) != session:
            self.end(kernel)
        self._sessions[kernel] = session

    def _update_displays(self, kernel: str, content: dict[str, Any]) -> None:
        display_id = (content.get("transient") or {}).get("display_id")
        for execution in self._executions.values():
            if display_id is not None and execution.kernel == kernel:
                execution.outputs.update(display_id, content)

    def _make_room(self, kernel: str) -> None:
        unknown = [known for known in self._executions.values() if known.kernel == kernel and not known.cell]
        for known in [known for known in unknown if known.phase == "ended"][:-UNKNOWN]:
            del self._executions[known.msg_id]
        ended = [known for known in self._executions.values() if known.phase == "ended"]
        total = sum(known.outputs.size for known in self._executions.values())
        while ended and (total > self._total_bytes or len(self._executions) > EXECUTIONS):
            oldest = ended.pop(0)
            total -= oldest.outputs.size
            del self._executions[oldest.msg_id]
