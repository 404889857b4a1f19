"""Real processes that stand for kernels and terminals, for tests of what is seen of them."""

from __future__ import annotations

import os
import pty
import secrets
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jupyterlab_berth.activity.process_tree import MARK, ProcessTree, Roots, Sight

from .jupyter_servers import is_alive, wait_until

KERNEL = (
    "import sys\nfor line in sys.stdin:\n    exec(line.encode().decode('unicode_escape'))\n    print('ok', flush=True)"
)
# /proc counts in ticks, rounded down: what a test waits for is a little less than what is burnt.
BURN = "import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass\n"
WORKER = "worker-of-a-test"


class Machine:
    """What one Jupyter server would see: its kernels and terminals are processes of the test."""

    def __init__(self, folder: Path) -> None:
        self.mark = secrets.token_hex(8)
        self.tree = ProcessTree(self.mark)
        self.folder = folder
        self.kernels: dict[int, str] = {}
        self.terminals: dict[int, str] = {}
        self.connection_files: dict[str, str] = {}
        self._kernels: list[subprocess.Popen[str]] = []
        self._terminals: dict[int, int] = {}

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, MARK: self.mark, **more}

    def kernel(self, name: str = "k-1", **environment: str) -> Kernel:
        process = subprocess.Popen(
            [sys.executable, "-c", KERNEL],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment(**environment),
            start_new_session=True,
            cwd=self.folder,
        )
        self._kernels.append(process)
        self.kernels[process.pid] = name
        return Kernel(process)

    def terminal(self, name: str = "1") -> Terminal:
        """A shell on a terminal of its own."""
        pid, file = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execvpe("bash", ["bash", "--norc", "--noprofile"], self.environment(PS1="ready$ ", HISTFILE=""))
        self._terminals[pid] = file
        self.terminals[pid] = name
        terminal = Terminal(pid, file)
        terminal.read_until("ready$ ")
        return terminal

    def look(self) -> Sight:
        return self.tree.look(Roots(self.kernels, self.terminals, self.connection_files))

    def close(self) -> None:
        self.tree.close()
        for process in self._kernels:
            process.stdin.close()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
        for pid, file in self._terminals.items():
            os.kill(pid, signal.SIGKILL)
            os.close(file)
            os.waitpid(pid, 0)
        for pid in marked(self.mark):
            os.kill(pid, signal.SIGKILL)
            wait_until("what was left behind has ended", lambda pid=pid: not is_alive(pid))


class Kernel:
    """A process that runs what it is told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.pid = process.pid
        self._process = process

    def run(self, code: str) -> None:
        """Returns when it has run."""
        self.begin(code)
        assert self._process.stdout.readline() == "ok\n"

    def begin(self, code: str) -> None:
        self._process.stdin.write(code.encode("unicode_escape").decode() + "\n")
        self._process.stdin.flush()


class Terminal:
    """A shell, typed into."""

    def __init__(self, pid: int, file: int) -> None:
        self.pid = pid
        self._file = file
        self._read = ""

    def type(self, text: str) -> None:
        self._read = ""
        os.write(self._file, text.encode())

    def read_until(self, text: str) -> None:
        deadline = time.monotonic() + 20
        while text not in self._read:
            assert select.select([self._file], [], [], max(0, deadline - time.monotonic()))[0], self._read
            self._read += os.read(self._file, 4096).decode(errors="replace")

    def run(self, text: str) -> None:
        """Returns when the prompt is back."""
        self.type(f"{text}\n")
        self.read_until("ready$ ")


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    one = Machine(folder)
    try:
        yield one
    finally:
        one.close()


def marked(mark: str) -> list[int]:
    """The processes that carry a mark."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                if f"{MARK}={mark}".encode() in (path / "environ").read_bytes().split(b"\0"):
                    found.append(int(path.name))
    return found


def programs(sight: Sight) -> list[str]:
    return sorted(process["program"] for process in sight.processes)


def told(sight: Sight, program: str) -> dict:
    """The one process of that program."""
    found = [process for process in sight.processes if process["program"] == program]
    assert len(found) == 1, sight.processes
    return found[0]
