"""Whose the processes of this machine are, and what they have used: those of kernels, of terminals, and of neither.

A process is ours if it descends from a kernel or a terminal, or if it carries the mark of this server in its
environment: kernels and terminals hand it on, so that `nohup`, `setsid` and `tmux` cannot hide what they started.
Every process is looked at closely once; later only its counters are read.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .cpu_account import CpuAccount
from .left_out import is_holder, is_interactive_shell, is_monitor, waits_at_its_prompt
from .proc_files import CLOCK_TICKS, KeptFiles, ProcStat, arguments_of, process_ids, stat_of, variables_of

MARK = "BERTH_SERVER_ID"
"""The environment variable that says whose server's a process is."""

STRANGERS_FORGOTTEN_EVERY = 40
"""After so many looks processes that were no concern of ours are looked at again: process ids are used again."""

PROCESSES_MAX = 200
LEAST_SHARE = 0.01
LEAST_BYTES_A_SECOND = 10 * 1024
"""Of a processor, and of reading and writing: who uses less only wakes up now and then."""

_NOTEBOOK = b"JPY_SESSION_NAME"


@dataclass(frozen=True)
class Roots:
    """The processes below which something is ours, by their ids."""

    kernels: Mapping[int, str]
    terminals: Mapping[int, str]
    connection_files: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Sight:
    """What one look saw. A kernel whose process cannot be found has no seconds."""

    kernel_cpu_s: dict[str, float]
    kernel_pids: dict[str, set[int]]
    kernel_devices: dict[str, str]
    kernel_began_s: dict[str, float]
    """When its process began, since the machine was booted."""
    processes: list[dict[str, Any]]


@dataclass
class _Process:
    stat: ProcStat
    kernel: str | None
    terminal: str | None
    kind: str
    arguments: list[bytes]
    account: CpuAccount = field(default_factory=CpuAccount)
    kept_back_s: float = 0.0
    kept_back_bytes: int = 0
    told_s: float = 0.0
    told_bytes: int | None = None
    recent_s: float = 0.0
    recent_bytes: int = 0
    is_listed: bool = False
    is_told: bool = False
    was_waiting: bool = True


class ProcessTree:
    """Remembers the processes between looks. Not for machines without /proc."""

    def __init__(self, mark: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._mark = mark.encode()
        self._files = KeptFiles()
        self._ours: dict[int, _Process] = {}
        self._strangers: set[int] = set()
        self._just_begun: set[int] = set()
        self._notebooks: dict[str, bytes] = {}
        self._devices: dict[str, str] = {}
        self._looks = 0
        self._clock = clock
        self._looked_at = clock()

    def close(self) -> None:
        """Closes the files that are kept open."""
        self._files.close()

    def look(self, roots: Roots) -> Sight:
        """Looks at everything once."""
        present = process_ids()
        self._forget_strangers(present)
        self._read_known(present)
        self._adopt_roots(roots)
        self._meet_new(present, roots)
        for pid, process in self._ours.items():
            self._count(pid, process)
        return self._sight(roots)

    def _forget_strangers(self, present: set[int]) -> None:
        """A part at each look, so that no look has to do it all."""
        self._looks += 1
        turn = self._looks % STRANGERS_FORGOTTEN_EVERY
        known = self._strangers & present
        self._strangers = {pid for pid in known if pid % STRANGERS_FORGOTTEN_EVERY != turn}
        self._just_begun &= present

    def _read_known(self, present: set[int]) -> None:
        """Reads the counters of those known; those that have ended are taken off their parents' children."""
        ended = []
        for pid, process in self._ours.items():
            stat = self._files.stat(pid) if pid in present else None
            if stat is None or stat.start != process.stat.start:
                ended.append(pid)
                continue
            if stat.program != process.stat.program or not process.arguments:
                process.arguments = arguments_of(pid)
            if stat.program != process.stat.program and process.kind != "kernel":
                process.kind = self._kind(stat, process.arguments, self._ours.get(stat.parent))
            process.stat = stat
        gone = {pid: self._ours.pop(pid) for pid in ended}
        for pid, process in gone.items():
            self._files.forget(pid)
            parent = process.stat.parent
            while parent in gone:
                parent = gone[parent].stat.parent
            if parent in self._ours:
                self._ours[parent].account.child_ended(process.stat.cpu_s)

    def _adopt_roots(self, roots: Roots) -> None:
        for pids, is_kernel in ((roots.kernels, True), (roots.terminals, False)):
            for pid, name in pids.items():
                known = self._ours.get(pid)
                if known is None:
                    stat = self._files.stat(pid)
                    if stat is None:
                        continue
                    arguments = arguments_of(pid)
                    kind = "kernel" if is_kernel else self._kind(stat, arguments, None)
                    known = self._ours[pid] = _Process(stat, None, None, kind, arguments)
                if is_kernel and known.kernel != name:
                    known.kind = "kernel"
                    self._read_kernel(name, pid)
                known.kernel, known.terminal = (name, None) if is_kernel else (None, name)

    def _read_kernel(self, kernel: str, pid: int) -> None:
        variables = variables_of(pid)
        self._notebooks[kernel] = variables.get(_NOTEBOOK, b"")
        self._devices[kernel] = variables.get(b"CUDA_VISIBLE_DEVICES", b"").decode(errors="replace")

    def _meet_new(self, present: set[int], roots: Roots) -> None:
        unknown = present - self._ours.keys() - self._strangers - {os.getpid()}
        found = {pid: stat for pid in unknown if (stat := stat_of(pid)) is not None}
        # Parents first: a child of a new process can only be told by it.
        for pid in sorted(found, key=lambda one: (found[one].start, one)):
            self._meet(pid, found[pid], roots)
        for pid in [pid for pid in found if pid in self._strangers]:
            if found[pid].parent in self._ours:  # its parent had begun in the same instant
                self._strangers.discard(pid)
                self._meet(pid, found[pid], roots)

    def _meet(self, pid: int, stat: ProcStat, roots: Roots) -> None:
        arguments = arguments_of(pid)
        if not arguments and not stat.is_of_linux and pid not in self._just_begun:
            # Its program is being loaded, and has neither arguments nor an environment yet: the next look will tell.
            self._just_begun.add(pid)
            return
        self._just_begun.discard(pid)
        parent = self._ours.get(stat.parent)
        if parent is not None:
            kernel, terminal = parent.kernel, parent.terminal
        else:
            variables = variables_of(pid)
            if variables.get(MARK.encode()) != self._mark:
                self._strangers.add(pid)
                return
            terminal = roots.terminals.get(stat.session)
            kernel = roots.kernels.get(stat.session) or self._kernel_of(variables, roots)
        process = _Process(stat, kernel, terminal, self._kind(stat, arguments, parent), arguments)
        if parent is not None and parent.kind == "kernel" and self._is_the_kernel_itself(process, parent, roots):
            process.kind = "kernel"
        self._ours[pid] = process

    def _kernel_of(self, variables: dict[bytes, bytes], roots: Roots) -> str | None:
        """The one kernel whose notebook the variables name."""
        notebook = variables.get(_NOTEBOOK)
        kernels = [one for one in roots.kernels.values() if notebook and self._notebooks.get(one) == notebook]
        return kernels[0] if len(kernels) == 1 else None

    def _is_the_kernel_itself(self, process: _Process, parent: _Process, roots: Roots) -> bool:
        """Whether the parent is only a wrapper that has started the kernel: a fork has its parent's command line."""
        file = roots.connection_files.get(process.kernel or "", "").encode()
        return bool(file) and process.arguments != parent.arguments and any(file in one for one in process.arguments)

    @staticmethod
    def _kind(stat: ProcStat, arguments: list[bytes], parent: _Process | None) -> str:
        if is_monitor(stat.program) or (parent is not None and parent.kind == "monitor"):
            return "monitor"
        if is_holder(stat.program):
            return "holder"
        return "shell" if is_interactive_shell(stat.program, arguments) else "process"

    def _count(self, pid: int, process: _Process) -> None:
        """What is told of a process never falls, and does not move while a shell waits at its prompt."""
        seconds = process.account.update(process.stat)
        if process.kind not in ("process", "shell") or process.stat.state == "Z":
            process.is_told = False
            return
        transferred = self._files.io_bytes(pid)
        if process.kind == "shell" and waits_at_its_prompt(process.stat):
            process.kept_back_s = seconds - process.told_s
            process.kept_back_bytes = (transferred or 0) - (process.told_bytes or 0)
            process.recent_s, process.recent_bytes, process.was_waiting = 0.0, 0, True
            return
        told_s = max(process.told_s, seconds - process.kept_back_s)
        process.recent_s, process.told_s = told_s - process.told_s, told_s
        # A shell that has just written its prompt is not waiting yet: at two looks in a row it is at work.
        process.is_told = process.is_told or process.kind == "process" or not process.was_waiting
        process.was_waiting = False
        told_bytes = None if transferred is None else max(0, transferred - process.kept_back_bytes)
        process.recent_bytes = (told_bytes or 0) - (process.told_bytes or 0)
        process.told_bytes = told_bytes

    def _sight(self, roots: Roots) -> Sight:
        listed = set(roots.kernels.values())
        terminals = set(roots.terminals.values())
        seconds: dict[str, float] = {}
        pids: dict[str, set[int]] = {}
        told = []
        for pid, process in self._ours.items():
            kernel = process.kernel if process.kernel in listed else None
            if kernel is not None:
                pids.setdefault(kernel, set()).add(pid)
            if process.kind == "kernel" and kernel is not None:
                seconds[kernel] = seconds.get(kernel, 0.0) + process.account.seconds
            elif process.is_told:
                terminal = process.terminal if process.terminal in terminals else None
                told.append((pid, process, kernel, terminal))
        self._devices = {kernel: self._devices.get(kernel, "") for kernel in listed}
        self._notebooks = {kernel: self._notebooks.get(kernel, b"") for kernel in listed}
        self._choose([(pid, process) for pid, process, _, _ in told])
        evidence = [_evidence(*one) for one in told if one[1].is_listed]
        began = {
            kernel: self._ours[pid].stat.start / CLOCK_TICKS
            for pid, kernel in roots.kernels.items()
            if pid in self._ours
        }
        return Sight(seconds, pids, dict(self._devices), began, evidence)

    def _choose(self, told: list[tuple[int, _Process]]) -> None:
        """Those that work go first, then those that were listed before.

        Whoever is listed for the first time seems to have used all of it just now; so one that rests and wakes up for
        an instant must not take the place of another.
        """
        now = self._clock()
        seconds, self._looked_at = now - self._looked_at, now

        def rank(one: tuple[int, _Process]) -> tuple[bool, bool, float, int]:
            pid, process = one
            is_at_work = process.recent_s >= LEAST_SHARE * seconds
            is_at_work = is_at_work or process.recent_bytes >= LEAST_BYTES_A_SECOND * seconds
            return is_at_work, process.is_listed, process.recent_s, pid

        for place, (_, process) in enumerate(sorted(told, key=rank, reverse=True)):
            process.is_listed = place < PROCESSES_MAX


def _evidence(pid: int, process: _Process, kernel: str | None, terminal: str | None) -> dict[str, Any]:
    return {
        "id": f"{pid}-{process.stat.start}",
        "program": process.stat.program[:256],
        "kernel": kernel,
        "terminal": terminal,
        "cpu_s": round(process.told_s, 2),
        "io_bytes": process.told_bytes,
    }
