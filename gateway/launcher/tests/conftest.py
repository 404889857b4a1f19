"""Attempts as the gateway makes them: real folders, real processes, and waits for states that have a deadline."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).resolve().parents[1] / "berth_launcher"
PYTHON = os.path.realpath(sys.executable)
sys.dont_write_bytecode = True
sys.path.append(str(LAUNCHER.parent))


def wait_for(what, probe, timeout_s=20.0):
    """The first truthy value of `probe`; fails naming `what` after `timeout_s`."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        value = probe()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"waited {timeout_s} s in vain for {what}")


class AttemptFolder:
    def __init__(self, root, python=PYTHON):
        self.root = Path(os.path.realpath(root))
        self.dir = self.root / "attempt"
        self.work = self.root / "work"
        self.dir.mkdir(parents=True)
        self.work.mkdir()
        self.python = python
        self.supervisor = None

    def order(self, script="", **fields):
        """Writes attempt.json for `script`, whose file is main.py in the work folder."""
        (self.work / "main.py").write_text(script, encoding="utf-8")
        order = {
            'version': 1, 'runId': 'r1', 'attempt': 1, 'framework': 'process', 'python': self.python,
            'command': [self.python, '-u', 'main.py'], 'processes': 1, 'workDir': str(self.work), 'env': {},
            'segmentBytes': 1 << 20, 'maxSegments': 64, 'graceMs': 20_000, 'deadlineMs': None, **fields,
        }  # fmt: skip
        (self.dir / "attempt.json").write_text(json.dumps(order), encoding="utf-8")
        return self

    def launch(self, cwd=None, env=None, prefix=()):
        self.supervisor = subprocess.Popen(
            [*prefix, PYTHON, str(LAUNCHER), 'run', str(self.dir)],
            cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        return self

    def run(self, **options):
        return self.launch(**options).result()

    def result(self, timeout_s=30.0):
        result = wait_for("exit.json", lambda: self.read("exit.json"), timeout_s)
        if self.supervisor is not None:
            self.supervisor.wait(timeout_s)
        return result

    def read(self, name):
        try:
            return json.loads((self.dir / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def rank(self, number=0):
        return self.read(f"ranks/{number}.json")

    def segments(self, rank=0):
        return sorted((self.dir / "logs" / str(rank)).glob("*.jsonl"))

    def records(self, rank=0):
        lines = [line for path in self.segments(rank) for line in path.read_text(encoding="utf-8").split("\n")]
        return [json.loads(line) for line in lines if line]

    def texts(self, stream="o", rank=0):
        return [record["m"] for record in self.records(rank) if record["s"] == stream]

    def says(self, text, rank=0):
        """Whether a whole record of stdout equals `text`; for use while the segment still grows."""
        paths = self.segments(rank)
        return any(f'"s":"o","m":"{text}"'.encode() in path.read_bytes() for path in paths)

    def stop(self, reason="cancel"):
        (self.dir / "stop.json").write_text(json.dumps({"reason": reason, "atMs": 0}), encoding="utf-8")
        self.supervisor.send_signal(signal.SIGTERM)
        return self

    def reap(self):
        return subprocess.run(
            [PYTHON, str(LAUNCHER), "reap", str(self.dir)], capture_output=True, text=True, timeout=30
        )

    def living(self):
        """Pids that carry the attempt's marker, read independently of the launcher's own code."""
        marker = f"BERTH_ATTEMPT_DIR={self.dir}".encode()
        return [int(path.name) for path in Path("/proc").glob("[0-9]*") if marker in _environ(path)]

    def clean_up(self):
        if self.supervisor is not None and self.supervisor.poll() is None:
            self.supervisor.kill()
            self.supervisor.wait()
        for pid in self.living():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def _environ(path):
    try:
        return (path / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.fixture
def make_attempt(tmp_path):
    made = []

    def make(name="one", **options):
        made.append(AttemptFolder(tmp_path / name, **options))
        return made[-1]

    yield make
    for folder in made:
        folder.clean_up()


@pytest.fixture
def attempt(make_attempt):
    return make_attempt()
