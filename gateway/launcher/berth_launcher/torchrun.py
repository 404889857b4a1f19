"""How the ranks of an attempt are started: command lines, environment, and what must be there beforehand.

What torchrun (torch.distributed.run) is told, and why:
- c10d on 127.0.0.1:0 with the attempt as its id: the system picks a free port, so that attempts never meet.
- --local-addr: without it the master's address is the host's own name, which need not resolve.
- --log-dir inside the attempt: without it every start leaves a folder in the temporary folder of the machine.
- its patience after SIGTERM exceeds our grace, so that ours is the one that counts; through the variable, because older
  versions reject the option. They (and only they) wait 30 s at most, whatever the grace.
- PET_* variables, defaults of its options, are withheld: a training operator's pod may carry some.
"""

import math
import os
import re
import shutil
import subprocess
import sys

from berth_launcher.attempt import MARKER, Attempt
from berth_launcher.tree import tee_arguments

_PROBE = 'import importlib.util, sys; sys.exit(0 if importlib.util.find_spec("torch") else 41)'
_PROBE_TIMEOUT_S = 60


def rank_command(attempt: Attempt, attempt_dir: str) -> list:
    return [attempt.python, *tee_arguments(attempt_dir)]


def main_command(attempt: Attempt, attempt_dir: str) -> list:
    if attempt.framework == "process":
        return rank_command(attempt, attempt_dir)
    return [
        attempt.python, '-m', 'torch.distributed.run', '--nnodes=1', f'--nproc-per-node={attempt.processes}',
        '--max-restarts=0', '--rdzv-backend=c10d', '--rdzv-endpoint=127.0.0.1:0',
        f'--rdzv-id=berth-{_file_name(attempt.run_id)}-{attempt.number}', '--local-addr=127.0.0.1',
        f'--log-dir={os.path.join(attempt_dir, "torchelastic")}', '--no-python',
        *(word.replace('$', '$$') for word in rank_command(attempt, attempt_dir)),
    ]  # fmt: skip


def _file_name(text: str) -> str:
    """torchrun names a folder after its id."""
    return re.sub(r"[^\w.-]", "-", text)


def environment(attempt: Attempt, attempt_dir: str) -> dict:
    env = {**os.environ, **attempt.env}
    env.setdefault("PYTHONUNBUFFERED", "1")
    env.setdefault("MPLBACKEND", "Agg")
    env.setdefault("OMP_NUM_THREADS", str(max(1, usable_cores() // attempt.processes)))
    env["BERTH_RUN_ID"] = attempt.run_id
    env["BERTH_ATTEMPT"] = str(attempt.number)
    env[MARKER] = attempt_dir
    env.pop("BERTH_DEADLINE", None)
    if attempt.deadline_ms is not None:
        env["BERTH_DEADLINE"] = str(attempt.deadline_ms // 1000)
    if attempt.framework == "process":
        env.update(RANK="0", LOCAL_RANK="0", WORLD_SIZE="1", LOCAL_WORLD_SIZE="1")
        return env
    env.setdefault("GLOO_SOCKET_IFNAME", "lo0" if sys.platform == "darwin" else "lo")
    env["TORCH_ELASTIC_SHUTDOWN_TIMEOUT"] = str(math.ceil(attempt.grace_s) + 1)
    return {key: value for key, value in env.items() if not key.startswith("PET_")}


def usable_cores() -> int:
    """What the scheduler lets us use: the affinity, and the quota of a container."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:
            quota, period = file.read().split()
        return cores if quota == "max" else min(cores, max(1, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError):
        return cores


def launch_problem(attempt: Attempt, env: dict, cwd: str) -> str | None:
    """Why this attempt cannot start, as a sentence; None when nothing speaks against it."""
    if not os.path.isdir(attempt.work_dir):
        return f"The working folder {attempt.work_dir} does not exist."
    if not _is_program(attempt.python, cwd, env):
        return f"The Python interpreter {attempt.python} does not exist or may not be executed."
    if not _is_program(attempt.command[0], attempt.work_dir, env):
        return f"The program {attempt.command[0]} does not exist or may not be executed (in {attempt.work_dir})."
    return _torch_problem(attempt, env, cwd) if attempt.framework == "torchrun" else None


def _is_program(name: str, cwd: str, env: dict) -> bool:
    if os.sep not in name:
        return shutil.which(name, path=env.get("PATH")) is not None
    path = os.path.join(cwd, name)
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _torch_problem(attempt: Attempt, env: dict, cwd: str) -> str | None:
    command = [attempt.python, "-c", _PROBE]
    try:
        done = subprocess.run(
            command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PROBE_TIMEOUT_S, check=False
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"The Python interpreter {attempt.python} does not run: {error}."
    if done.returncode == 0:
        return None
    if done.returncode == 41:
        return f'PyTorch (torch) is not installed in {attempt.python}, and the framework "torchrun" needs it.'
    last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
    return f"The Python interpreter {attempt.python} does not run: {last[0]}."
