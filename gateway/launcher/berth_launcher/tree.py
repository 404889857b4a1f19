"""Which processes belong to an attempt, and how to signal them without ever hitting a stranger.

A process belongs when its environment carries the marker variable, or when it descends from a process that does or from
one that we recorded. Both are needed: setproctitle wipes the environment that /proc shows, daemons leave the family.
Pids are recycled, so each kill compares the identity first, through a pidfd where the kernel has them.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from typing import NamedTuple

from berth_launcher.attempt import MARKER

IS_LINUX = sys.platform.startswith("linux")


PACKAGE_DIR = os.path.dirname(os.path.abspath(__file__))


def tee_arguments(attempt_dir: str) -> list:
    """What follows the interpreter on the command line of a tee; torchrun's own line ends with it too, but is longer."""
    return ["-I", "-S", PACKAGE_DIR, "rank", attempt_dir]


class Process(NamedTuple):
    pid: int
    parent: int
    identity: str
    is_marked: bool
    is_tee: bool


def identity_of(pid: int) -> str | None:
    """Equal for the same process, different for a recycled pid and after a reboot; None when there is none (or a zombie)."""
    if not IS_LINUX:
        return _ps_identity(pid)
    stat = _read_stat(pid)
    return None if stat is None else _linux_identity(stat)


def is_from_another_boot(identity: str) -> bool:
    return IS_LINUX and identity.startswith("linux:") and identity.split(":")[1] != boot_id()


def boot_id() -> str:
    for path in ("/proc/sys/kernel/random/boot_id", "/proc/stat"):  # gVisor has no boot_id; its btime serves as well
        try:
            with open(path, encoding="ascii") as file:
                text = file.read()
        except OSError:
            continue
        if path.endswith("boot_id"):
            return text.strip()
        for line in text.splitlines():
            if line.startswith("btime "):
                return "btime-" + line.split()[1]
    return "unknown"


def members(attempt_dir: str, roots: Iterable[int] = ()) -> dict:
    """The living processes of the attempt by pid: marked ones, `roots`' descendants and theirs; never us or our ancestors."""
    everyone = snapshot(attempt_dir)
    family = {pid for pid, process in everyone.items() if process.is_marked} | set(roots)
    children: dict = {}
    for process in everyone.values():
        children.setdefault(process.parent, []).append(process.pid)
    frontier = list(family)
    while frontier:
        for child in children.get(frontier.pop(), ()):
            if child not in family:
                family.add(child)
                frontier.append(child)
    spared = os.getpid()
    while spared in everyone:
        family.discard(spared)
        spared = everyone[spared].parent
    return {pid: everyone[pid] for pid in family if pid in everyone}


def still_alive(processes: Iterable[Process]) -> list:
    return [process.pid for process in processes if identity_of(process.pid) == process.identity]


def send(process: Process, signal_number: int) -> bool:
    """Signals `process` if it still is the one that was seen. False when it is gone."""
    handle = None
    if hasattr(os, "pidfd_open"):
        try:
            handle = os.pidfd_open(process.pid)
        except ProcessLookupError:
            return False
        except OSError:  # an old kernel or a sandbox without pidfds: the identity check alone must do
            pass
    try:
        if identity_of(process.pid) != process.identity:
            return False
        if handle is None:
            os.kill(process.pid, signal_number)
        else:
            signal.pidfd_send_signal(handle, signal_number)
        return True
    except (ProcessLookupError, PermissionError):
        return False
    finally:
        if handle is not None:
            os.close(handle)


def snapshot(attempt_dir: str) -> dict:
    return _linux_snapshot(attempt_dir) if IS_LINUX else _ps_snapshot(attempt_dir)


def _linux_snapshot(attempt_dir: str) -> dict:
    marker = os.fsencode(f"{MARKER}={attempt_dir}")
    tee_words = [*map(os.fsencode, tee_arguments(attempt_dir)), b""]
    boot = boot_id()
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        stat = _read_stat(int(name))
        if stat is None:
            continue
        is_marked = marker in _read_bytes(f"/proc/{name}/environ").split(b"\0")
        is_tee = is_marked and _read_bytes(f"/proc/{name}/cmdline").split(b"\0")[1:] == tee_words
        found[int(name)] = Process(int(name), int(stat[1]), _linux_identity(stat, boot), is_marked, is_tee)
    return found


def _read_stat(pid: int) -> list | None:
    """The fields of /proc/PID/stat from the state on; a process name may hold spaces and brackets. None for a zombie."""
    fields = _read_bytes(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return None if len(fields) < 20 or fields[0] in (b"Z", b"X") else fields


def _linux_identity(stat: list, boot: str | None = None) -> str:
    return f"linux:{boot or boot_id()}:{int(stat[19])}"


def _read_bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _ps_snapshot(attempt_dir: str) -> dict:
    found = {}
    tee_words = " ".join(["", *tee_arguments(attempt_dir), ""])
    own_pid, text = _ps("-axEww" if sys.platform == "darwin" else "axeww", "-o", "pid=,ppid=,state=,lstart=,command=")
    for line in text.splitlines():
        fields = line.split(None, 8)
        if len(fields) < 9 or fields[2].startswith("Z") or int(fields[0]) == own_pid:
            continue
        is_marked = f" {MARKER}={attempt_dir} " in fields[8] + " "
        is_tee = is_marked and tee_words in fields[8] and "torch.distributed.run" not in fields[8]
        pid = int(fields[0])
        found[pid] = Process(pid, int(fields[1]), "ps:" + " ".join(fields[3:8]), is_marked, is_tee)
    return found


def _ps_identity(pid: int) -> str | None:
    words = _ps("-o", "state=,lstart=", "-p", str(pid))[1].split()
    return None if len(words) != 6 or words[0].startswith("Z") else "ps:" + " ".join(words[1:])


def _ps(*arguments: str) -> tuple[int, str]:
    """The pid of ps itself, which is our child for a moment, and what it printed."""
    env = {**os.environ, "LC_ALL": "C"}
    with subprocess.Popen(["ps", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env) as process:
        return process.pid, process.communicate()[0].decode("utf-8", "replace")
