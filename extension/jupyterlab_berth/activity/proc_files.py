"""Reads what Linux says of a process in /proc, with files kept open where they are read again and again."""

from __future__ import annotations

import os
import resource
import time
from typing import NamedTuple

PROC = "/proc"
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
STAT_MAX_BYTES = 1024
IO_MAX_BYTES = 512
ENVIRON_MAX_BYTES = 256 * 1024
THREAD_OF_LINUX = 0x00200000
"""PF_KTHREAD: no program at all."""

OPEN_FILES_MAX = 256
"""Kept open at most: an open file saves half the time, and a server has better uses for most of its descriptors."""


class ProcStat(NamedTuple):
    """The fields of /proc/<pid>/stat that matter here."""

    program: str
    state: str
    parent: int
    group: int
    session: int
    terminal: int
    foreground: int
    is_of_linux: bool
    own_s: float
    reaped_s: float
    start: int

    @property
    def cpu_s(self) -> float:
        """Its own processor seconds and those of the children that it has waited for."""
        return self.own_s + self.reaped_s


def read_stat(text: bytes) -> ProcStat:
    """Reads the one line of /proc/<pid>/stat. The name may hold spaces and brackets, so it ends at the last one."""
    head, _, tail = text.rpartition(b")")
    rest = tail.split(None, 20)
    state, parent, group, session, terminal, foreground, flags = rest[:7]
    return ProcStat(
        program=head.partition(b"(")[2].decode(errors="replace"),
        state=state.decode(),
        parent=int(parent),
        group=int(group),
        session=int(session),
        terminal=int(terminal),
        foreground=int(foreground),
        is_of_linux=bool(int(flags) & THREAD_OF_LINUX),
        own_s=(int(rest[11]) + int(rest[12])) / CLOCK_TICKS,
        reaped_s=(int(rest[13]) + int(rest[14])) / CLOCK_TICKS,
        start=int(rest[19]),
    )


def read_io(text: bytes) -> int:
    """Bytes that went through `read` and `write`, from the first two lines of /proc/<pid>/io."""
    words = text.split(None, 4)
    return int(words[1]) + int(words[3])


def now_since_boot_s() -> float | None:
    """Now, in the clock of `ProcStat.start`; None where there is no such clock."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return None if clock is None else time.clock_gettime(clock)


def has_proc() -> bool:
    """Whether this machine has a Linux /proc at all."""
    return os.path.exists(f"{PROC}/self/stat")


def process_ids() -> set[int]:
    """Those of all processes that can be seen."""
    return {int(name) for name in os.listdir(PROC) if name.isdigit()}


def stat_of(pid: int) -> ProcStat | None:
    """None: it has ended."""
    text = _whole(f"{PROC}/{pid}/stat", STAT_MAX_BYTES)
    return None if text is None else read_stat(text)


def arguments_of(pid: int) -> list[bytes]:
    """Its command line; empty if it has ended."""
    text = _whole(f"{PROC}/{pid}/cmdline", ENVIRON_MAX_BYTES)
    return text.rstrip(b"\0").split(b"\0") if text else []


def variables_of(pid: int) -> dict[bytes, bytes]:
    """What it found in its environment when it began; empty where that cannot be read: it is another person's."""
    text = _whole(f"{PROC}/{pid}/environ", ENVIRON_MAX_BYTES) or b""
    pairs = (pair.partition(b"=") for pair in text.split(b"\0") if pair)
    return {name: value for name, _, value in pairs}


def _whole(path: str, most: int) -> bytes | None:
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        parts = []
        while most > 0 and (part := os.read(file, most)):
            parts.append(part)
            most -= len(part)
        return b"".join(parts)
    except OSError:
        return None
    finally:
        os.close(file)


class KeptFiles:
    """Files of /proc that are read at every look: open ones, as long as there are not too many."""

    def __init__(self) -> None:
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._most = OPEN_FILES_MAX if limit == resource.RLIM_INFINITY else min(OPEN_FILES_MAX, limit // 8)
        self._open: dict[tuple[int, str], int] = {}

    def stat(self, pid: int) -> ProcStat | None:
        """None: it has ended, whoever has its number now."""
        text = self._read(pid, "stat", STAT_MAX_BYTES)
        return None if text is None else read_stat(text)

    def io_bytes(self, pid: int) -> int | None:
        """None: it cannot be measured."""
        text = self._read(pid, "io", IO_MAX_BYTES)
        return read_io(text) if text else None

    def forget(self, pid: int) -> None:
        """Closes what is open of a process that has ended."""
        for name in ("stat", "io"):
            file = self._open.pop((pid, name), None)
            if file is not None:
                os.close(file)

    def close(self) -> None:
        """Closes all."""
        for pid in {pid for pid, _ in self._open}:
            self.forget(pid)

    def _read(self, pid: int, name: str, most: int) -> bytes | None:
        file = self._open.get((pid, name))
        try:
            if file is not None:
                return os.pread(file, most, 0)
            if len(self._open) >= self._most:
                return _whole(f"{PROC}/{pid}/{name}", most)
            file = self._open[pid, name] = os.open(f"{PROC}/{pid}/{name}", os.O_RDONLY)
            return os.pread(file, most, 0)
        except OSError:
            return None
