"""The tee of one rank: starts the user's process, keeps its output, records how it ended, and ends the same way.

The user's process leads a session of its own, so that a signal to the tee's group (torchrun sends those) reaches it only
through the tee, once. The tee itself prints nothing and never fails because of the disk.
"""

import os
import resource
import signal
import subprocess
import time

from berth_launcher.attempt import Attempt, AttemptError, now_ms, read_attempt, write_json
from berth_launcher.last_error import LastError
from berth_launcher.prctl import die_with_parent
from berth_launcher.pump import Pump, exit_of
from berth_launcher.segments import SegmentWriter
from berth_launcher.tree import identity_of

DRAIN_S = 2.0  # for pipes that a grandchild keeps open
BEYOND_GRACE_S = 5.0  # when nobody who supervises us is left to end the grace


def run_rank(attempt_dir: str) -> int:
    rank = os.environ.get("RANK", "")
    if not rank.isdigit():
        print("the environment variable RANK must be a number; torchrun or the supervisor sets it")
        return 2
    try:
        attempt = read_attempt(attempt_dir)
    except AttemptError as error:
        print(error)
        return 2
    die_with_parent(signal.SIGTERM)
    return Tee(attempt_dir, attempt, int(rank)).run()


class Tee:
    def __init__(self, attempt_dir: str, attempt: Attempt, rank: int) -> None:
        self._attempt = attempt
        folder = os.path.join(attempt_dir, "logs", str(rank))
        self._writer = SegmentWriter(folder, attempt.segment_bytes, attempt.max_segments)
        self._pump = Pump(self._writer)
        self._path = os.path.join(attempt_dir, "ranks", f"{rank}.json")
        self._state: dict = {"rank": rank, "launcherPid": os.getpid(), "launcherIdentity": identity_of(os.getpid())}
        self._last_error = LastError()
        self._must_stop = False
        self._stopped_at: float | None = None
        self._pid = 0

    def run(self) -> int:
        self._pump.listen({signal.SIGTERM: self._on_stop, signal.SIGINT: self._on_stop})
        if self._must_stop:
            return self._end_like(None, "SIGTERM")
        try:
            process = self._start()
        except OSError as error:
            return self._fail_to_start(error)
        self._pid = process.pid
        self._record({"pid": self._pid, "identity": identity_of(self._pid), "startedAtMs": now_ms()})
        self._pump.attach(process.stdout, "o")
        self._pump.attach(process.stderr, "e", self._last_error.see)
        status = self._wait()
        process.returncode = 0  # reaped here, not by subprocess
        ended_at_ms = now_ms()
        self._drain()
        code, signal_name = exit_of(status)
        self._record_end(ended_at_ms, code, signal_name)
        self._writer.close()
        return self._end_like(code, signal_name)

    def _on_stop(self, _number: int, _frame: object) -> None:
        self._must_stop = True

    def _start(self) -> subprocess.Popen:
        return subprocess.Popen(
            self._attempt.command,
            cwd=self._attempt.work_dir,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def _wait(self) -> int:
        while True:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                return status
            if self._must_stop:
                self._push_stop()
            self._pump.turn(1.0)

    def _push_stop(self) -> None:
        """One SIGTERM, whoever asked and how often; then, if everyone above is dead, the end of the grace."""
        if self._stopped_at is None:
            self._stopped_at = time.monotonic()
            os.kill(self._pid, signal.SIGTERM)
        elif time.monotonic() - self._stopped_at > self._attempt.grace_s + BEYOND_GRACE_S:
            try:
                os.killpg(self._pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                os.kill(self._pid, signal.SIGKILL)

    def _drain(self) -> None:
        until = time.monotonic() + DRAIN_S
        while self._pump.has_streams and time.monotonic() < until:
            self._pump.turn(until - time.monotonic())
        self._pump.finish()

    def _fail_to_start(self, error: OSError) -> int:
        what = f"cannot start {self._attempt.command[0]} in {self._attempt.work_dir}: {error.strerror}"
        self._writer.note(what)
        now = now_ms()
        self._record({"pid": None, "identity": None, "startedAtMs": now, "launchError": what})
        self._record({"endedAtMs": now, "exitCode": 127, "signal": None, "lastError": what, "lastErrorAt": None})
        self._writer.close()
        return 127

    def _record_end(self, ended_at_ms: int, code: int | None, signal_name: str | None) -> None:
        has_failed = code != 0
        self._record({
            'endedAtMs': ended_at_ms,
            'exitCode': code,
            'signal': signal_name,
            'lastError': self._last_error.text if has_failed else None,
            'lastErrorAt': self._last_error.location if has_failed else None,
        })  # fmt: skip

    def _record(self, fields: dict) -> None:
        self._state.update(fields)
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            write_json(self._path, self._state, in_place=True)
        except OSError as error:
            self._writer.note(f"cannot write {self._path}: {error.strerror}")

    def _end_like(self, code: int | None, signal_name: str | None) -> int:
        """Ends as the user's process did, so that torchrun sees and reports the truth."""
        if signal_name is None:
            return code or 0
        number = int(getattr(signal, signal_name, None) or signal_name[3:])
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the interesting core is the user's, not ours
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
        os.kill(os.getpid(), number)
        return 128 + number
