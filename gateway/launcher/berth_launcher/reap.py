"""Ends what a dead supervisor left of its attempt, and writes the result it could not write any more."""

import os
import signal
import sys
import time

from berth_launcher.attempt import claim, read_json
from berth_launcher.result import exit_path, exit_record, write_result
from berth_launcher.stopping import sweep
from berth_launcher.tree import identity_of, is_from_another_boot, members, send, still_alive

IS_ALIVE = 3
PATIENCE_S = 2.0


def reap(attempt_dir: str) -> int:
    """0 when the attempt is over and has a result; 3 when its supervisor lives."""
    own = identity_of(os.getpid()) or ""
    claim(attempt_dir, own)  # an attempt that nobody claimed: from now on nobody will
    supervisor = read_json(os.path.join(attempt_dir, "launcher.json"))
    if not isinstance(supervisor, dict):
        supervisor = {}
    pid, identity = supervisor.get("pid"), str(supervisor.get("identity"))
    if isinstance(pid, int) and pid != os.getpid() and identity_of(pid) == identity:
        print(f"the supervisor of {attempt_dir} is alive (pid {pid}); stop it instead", file=sys.stderr)
        return IS_ALIVE
    stuck = [] if is_from_another_boot(identity) else _end_everyone(attempt_dir)
    if stuck:
        print(f"processes {stuck} do not die of SIGKILL; they are stuck in the kernel", file=sys.stderr)
    if os.path.exists(exit_path(attempt_dir)):
        return 0
    return 0 if write_result(attempt_dir, exit_record(launcher_killed=True)) else 1


def _end_everyone(attempt_dir: str) -> list:
    """SIGTERM through the tees, so that a rank gets it once; to ranks whose tee is dead directly; then SIGKILL."""
    recorded = _recorded(attempt_dir)
    everyone = members(attempt_dir, recorded)
    tees = {process.pid for process in everyone.values() if process.is_tee}
    for process in everyone.values():
        if process.is_tee or (process.pid in recorded and process.parent not in tees):
            send(process, signal.SIGTERM)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and members(attempt_dir, still_alive(everyone.values())):
        time.sleep(0.05)
    return sweep(attempt_dir, everyone.values())


def _recorded(attempt_dir: str) -> set:
    """The pids of ranks and tees on record that still are what they were."""
    folder, found = os.path.join(attempt_dir, "ranks"), set()
    names = os.listdir(folder) if os.path.isdir(folder) else []
    for name in names:
        rank = read_json(os.path.join(folder, name))
        if not isinstance(rank, dict):
            continue
        for pid_key, identity_key in (("pid", "identity"), ("launcherPid", "launcherIdentity")):
            pid, identity = rank.get(pid_key), rank.get(identity_key)
            if isinstance(pid, int) and isinstance(identity, str) and identity_of(pid) == identity:
                found.add(pid)
    return found
