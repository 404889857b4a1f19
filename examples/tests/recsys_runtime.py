"""A runtime of a test module's own: the variables of scripts that use it; it is ended with the module."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from test_train_notebook import EXAMPLES, PYTHON

REPOSITORY = EXAMPLES.parent
NODE = REPOSITORY / ".berth" / "tools" / "nodebin" / "node"
INSTALLED = {
    "PYTHONPATH": str(REPOSITORY / "recsys" / "python"),
    "BERTH_RECSYS_RUNTIME": str(REPOSITORY / "recsys" / "dist" / "runtime.mjs"),
}
GONE_WITHIN_S = 20

END_RUNTIME = """
import os, signal
from berth_recsys.folder import runtime_folder
from berth_recsys.session import SESSION
pid = SESSION.connection(runtime_folder(os.environ)).call("hello", {"version": 1}).result["pid"]
os.kill(pid, signal.SIGTERM)
print(pid)
"""


def is_running(pid):
    """Whether there is such a process; one that has ended and that nobody has asked about is none."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    try:
        return "State:\tZ" not in status.read_text()
    except OSError:
        return sys.platform != "linux"


@contextmanager
def own_runtime():
    """The variables of a script that uses a runtime of its own, which is ended afterwards."""
    ours = ("BERTH_", "PYTHONPATH", "MPL")
    env = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    folder = Path(tempfile.mkdtemp(prefix="berth-"))  # not tmp_path: a socket's path is short
    env |= {"MPLBACKEND": "Agg", "BERTH_RECSYS_DIR": str(folder), "BERTH_RECSYS_IDLE_S": "60"}
    if NODE.exists():
        env["BERTH_RECSYS_NODE"] = str(NODE)
    try:
        yield env
    finally:
        if (folder / "runtime.sock").exists():
            end_runtime(env)
        shutil.rmtree(folder)


def end_runtime(env):
    """Ends it, and waits until it is gone."""
    pid = int(subprocess.check_output([PYTHON, "-c", END_RUNTIME], env=env | INSTALLED, text=True, timeout=30))
    deadline = time.monotonic() + GONE_WITHIN_S
    while is_running(pid):
        assert time.monotonic() < deadline, f"the runtime, process {pid}, has not ended {GONE_WITHIN_S} s after SIGTERM"
        time.sleep(0.05)
