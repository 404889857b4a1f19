"""Who is told to stop, and when: one SIGTERM to every rank, the grace, then SIGKILL from the ranks up.

Ranks are told through their tees and torchrun is not told at all: were it, it would end with an error although every rank
left in good order. Only while there is no tee yet is the signal for torchrun, which then ends before it starts any.
"""

import os
import signal
import time
from collections.abc import Callable, Iterable

from berth_launcher.attempt import now_ms, read_json
from berth_launcher.tree import Process, members, send, still_alive

REPORT_S = 2.0  # for tees and torchrun to record the end of ranks that were killed
SWEEP_S = 10.0


def stop_reason(attempt_dir: str, was_signalled: bool, deadline_ms: int | None) -> str | None:
    path = os.path.join(attempt_dir, "stop.json")
    if os.path.exists(path):
        order = read_json(path)
        reason = order.get("reason") if isinstance(order, dict) else None
        return reason if isinstance(reason, str) and reason else "cancel"
    if was_signalled:
        return "cancel"
    return "deadline" if deadline_ms is not None and now_ms() >= deadline_ms else None


class Stopping:
    def __init__(self, attempt_dir: str, grace_s: float) -> None:
        self.has_killed = False
        self._attempt_dir = attempt_dir
        self._kill_at = time.monotonic() + grace_s
        self._told: set = set()

    def push(self, main: Process | None) -> bool:
        """Does what is due now; `main` is None when it has ended. False when nothing of the ranks is left to wait for."""
        everyone = members(self._attempt_dir, [os.getpid()])
        tees = [process for process in everyone.values() if process.is_tee]
        if main is None and not tees:
            return False
        now = time.monotonic()
        if now < self._kill_at:
            for process in tees or ([main] if main and not self._told else []):
                self._tell(process)
        else:
            self._kill(everyone, main, tees, with_reporters=now >= self._kill_at + REPORT_S)
        return True

    def _tell(self, process: Process) -> None:
        key = (process.pid, process.identity)
        if key not in self._told:
            self._told.add(key)
            send(process, signal.SIGTERM)

    def _kill(self, everyone: dict, main: Process | None, tees: list, with_reporters: bool) -> None:
        self.has_killed = True
        reporters = {process.pid for process in tees} | ({main.pid} if main else set())
        for process in everyone.values():
            if with_reporters or process.pid not in reporters:
                send(process, signal.SIGKILL)


def sweep(attempt_dir: str, known: Iterable[Process], reap_children: Callable[[], None] = lambda: None) -> list:
    """Kills what is left of the attempt and of the families of `known`. Returns who would not die (stuck in the kernel)."""
    until = time.monotonic() + SWEEP_S
    family = {process.pid: process for process in known}
    while True:
        reap_children()
        left = members(attempt_dir, still_alive(family.values()))
        left.pop(os.getpid(), None)
        if not left or time.monotonic() >= until:
            return sorted(left)
        family.update(left)  # a parent that dies first must not hide its children
        for process in left.values():
            send(process, signal.SIGKILL)
        time.sleep(0.01)
