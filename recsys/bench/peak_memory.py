"""How much memory a runtime takes at most: its processes and the files that it keeps in memory. Linux only."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from own_runtime import runtime_pid

_EVERY_S = 0.05
_IN_MEMORY = Path("/dev/shm")


class PeakMemory:
    """Watches the runtime in `$BERTH_RECSYS_DIR` from `start` to `stop`, twenty times a second."""

    def __init__(self) -> None:
        self._most = 0
        self._server = 0
        self._ends = threading.Event()
        self._watcher: threading.Thread | None = None

    def start(self) -> None:
        """Starts the runtime as well, if there is none."""
        self.stop()
        self._most, self._server = 0, runtime_pid()
        self._ends.clear()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def stop(self) -> int:
        """The most bytes at any time since `start`."""
        if self._watcher is not None:
            self._ends.set()
            self._watcher.join()
            self._watcher = None
        return self._most

    def _watch(self) -> None:
        while not self._ends.wait(_EVERY_S):
            self._most = max(self._most, _files_bytes() + sum(_resident_bytes(pid) for pid in _family(self._server)))


def _family(server: int) -> Iterator[int]:
    yield server
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):  # it has ended meanwhile
            continue
        if parent == server:
            yield int(process.name)


def _resident_bytes(pid: int) -> int:
    """Without what is mapped from files in memory, which is counted once, by the files."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has ended meanwhile
        return 0
    wanted = ("RssAnon:", "RssFile:")
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted))


def _files_bytes() -> int:
    """Of the runtime's folder in memory (`data-folder.ts`)."""
    found = os.stat(os.environ["BERTH_RECSYS_DIR"])
    folder = _IN_MEMORY / f"berth-recsys-{os.getuid()}-{found.st_dev}-{found.st_ino}"
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_blocks * 512
        except OSError:  # removed meanwhile
            continue
    return total
