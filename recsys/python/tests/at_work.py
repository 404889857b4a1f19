"""Acts while a process computes, however fast or slow the machine is."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

# A process that has computed for so long since it was looked at first is in the middle of its work.
WORK_S = 0.05
LOOK_EVERY_S = 0.002


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def cpu_s(pid: int) -> float:
    """The CPU time that a process has used, in seconds: 0 for one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def when_at_work(pids: Sequence[int], act: Callable[[], None]) -> Iterator[None]:
    """Does `act` once, as soon as the processes compute; fails the block in which they never did."""
    before = sum(map(cpu_s, pids))
    left, acted = threading.Event(), threading.Event()

    def watch() -> None:
        while not left.wait(LOOK_EVERY_S):
            if sum(map(cpu_s, pids)) >= before + WORK_S:
                acted.set()
                act()
                return

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        left.set()
        thread.join()
    assert acted.is_set(), f"{pids} have not computed for {WORK_S} s: nothing was done in the middle of their work"
