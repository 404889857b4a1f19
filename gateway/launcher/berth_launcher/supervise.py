"""The supervisor of one attempt: claims it, starts it, stops it, leaves nothing of it behind, and says how it ended."""

import os
import signal
import subprocess
import time
import traceback

from berth_launcher.attempt import Attempt, AttemptError, claim, read_attempt, read_json
from berth_launcher.prctl import become_subreaper, die_with_parent
from berth_launcher.pump import Pump, exit_of
from berth_launcher.result import exit_record, reserve_result, write_result
from berth_launcher.segments import SegmentWriter
from berth_launcher.stopping import Stopping, stop_reason, sweep
from berth_launcher.torchrun import environment, launch_problem, main_command
from berth_launcher.tree import Process, identity_of

WATCH_S = 1.0  # how late a stop order or a deadline may be noticed; signals and exits wake us at once
STOPPING_S = 0.1
LOG_LIMITS = (1 << 20, 64)


def supervise(attempt_dir: str) -> int:
    own = identity_of(os.getpid())
    try:
        attempt, problem = read_attempt(attempt_dir), ""
    except AttemptError as error:
        attempt, problem = None, str(error)
    limits = (attempt.segment_bytes, attempt.max_segments) if attempt else LOG_LIMITS
    writer = SegmentWriter(os.path.join(attempt_dir, "logs", "launcher"), *limits)
    signals = StopSignals(Pump(writer))  # before the claim: from then on a signal must not kill us any more
    if own is None or not claim(attempt_dir, own):
        return 0
    os.chdir(attempt_dir)  # torchrun runs here: `-m` looks for modules in the current folder first
    reserve_result(attempt_dir)
    if attempt is None:
        writer.note(problem)
        record = exit_record(exit_code=2, launch_error=problem)
    else:
        record = Supervisor(attempt_dir, attempt, writer, signals).run()
    writer.close()
    return 0 if write_result(attempt_dir, record) else 1


class StopSignals:
    """Remembers that somebody asked us to stop; a second signal changes nothing."""

    def __init__(self, pump: Pump) -> None:
        self.pump = pump
        self.has_come = False
        pump.listen({signal.SIGTERM: self._remember, signal.SIGINT: self._remember})

    def _remember(self, _number: int, _frame: object) -> None:
        self.has_come = True


class Supervisor:
    def __init__(self, attempt_dir: str, attempt: Attempt, writer: SegmentWriter, signals: StopSignals) -> None:
        self._attempt_dir = attempt_dir
        self._attempt = attempt
        self._writer = writer
        self._signals = signals
        self._pump = signals.pump
        self._stopped: str | None = None
        self._stopping: Stopping | None = None
        self._main: Process | None = None
        self._main_status: int | None = None

    def run(self) -> dict:
        """Carries the attempt out and returns its result. Whatever goes wrong here, nothing of the attempt is left."""
        become_subreaper()
        oom_kills = _oom_kills()
        launch_error = None
        try:
            launch_error = self._start_unless_stopped()
            if self._main is not None:
                self._watch()
        except Exception as error:  # a bug of ours or a machine out of processes or handles: say so, and clean up
            launch_error = f"The launcher failed: {type(error).__name__}: {error}"
            self._writer.write("x", [(line, False) for line in traceback.format_exc().splitlines()])
        ranks = self._ranks()  # before the sweep, whose kills are ours
        us = Process(os.getpid(), os.getppid(), identity_of(os.getpid()) or "", False, False)
        stuck = sweep(self._attempt_dir, [us], self._reap_children)
        if stuck:
            self._writer.note(f"processes {stuck} do not die of SIGKILL; they are stuck in the kernel")
        self._pump.finish()
        return self._result(launch_error, ranks, _oom_kills() > oom_kills)

    def _start_unless_stopped(self) -> str | None:
        """Starts the main child; what speaks against it is returned and logged."""
        self._stopped = self._stop_reason()
        if self._stopped is not None:
            return None
        env = environment(self._attempt, self._attempt_dir)
        problem = launch_problem(self._attempt, env, self._attempt_dir)
        if problem is not None:
            self._writer.note(problem)
            return problem
        child = subprocess.Popen(
            main_command(self._attempt, self._attempt_dir),
            cwd=self._attempt_dir,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=_end_with_supervisor,
        )
        child.returncode = 0  # reaped by _reap_children, together with the orphans we adopt
        self._main = Process(child.pid, os.getpid(), identity_of(child.pid) or "", True, False)
        self._pump.attach(child.stdout, "o")
        self._pump.attach(child.stderr, "e")
        return None

    def _watch(self) -> None:
        while True:
            self._reap_children()
            if self._stopping is None and self._main_status is None:
                self._begin_stop()
            if self._stopping is None:
                if self._main_status is not None:
                    return
                self._pump.turn(self._watch_s())
            else:
                if not self._stopping.push(self._main if self._main_status is None else None):
                    return
                self._pump.turn(STOPPING_S)

    def _begin_stop(self) -> None:
        self._stopped = self._stop_reason()
        if self._stopped is not None:
            self._writer.note(f"stopping ({self._stopped}): SIGTERM now, SIGKILL after {self._attempt.grace_s:g} s")
            self._stopping = Stopping(self._attempt_dir, self._attempt.grace_s)

    def _stop_reason(self) -> str | None:
        return stop_reason(self._attempt_dir, self._signals.has_come, self._attempt.deadline_ms)

    def _watch_s(self) -> float:
        if self._attempt.deadline_ms is None:
            return WATCH_S
        return min(WATCH_S, max(0.01, self._attempt.deadline_ms / 1000 - time.time()))

    def _reap_children(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self._main is not None and pid == self._main.pid:
                self._main_status = status

    def _result(self, launch_error: str | None, ranks: list, has_oom_killed: bool) -> dict:
        launch_error = launch_error or next((rank["launchError"] for rank in ranks if rank.get("launchError")), None)
        code, signal_name = (None, None) if self._main_status is None else exit_of(self._main_status)
        if launch_error is not None:
            code, signal_name = 127, None
        by_us = self._stopping is not None and self._stopping.has_killed
        was_killed = "SIGKILL" in (signal_name, *(rank.get("signal") for rank in ranks))
        return exit_record(
            exit_code=code,
            signal_name=signal_name,
            stopped=self._stopped,
            oom_killed=was_killed and not by_us and has_oom_killed,
            launch_error=launch_error,
        )

    def _ranks(self) -> list:
        folder = os.path.join(self._attempt_dir, "ranks")
        try:
            names = [name for name in os.listdir(folder) if name.endswith(".json")]
        except OSError:
            return []
        documents = [read_json(os.path.join(folder, name)) for name in names]
        return [document for document in documents if isinstance(document, dict)]


def _end_with_supervisor() -> None:
    die_with_parent(signal.SIGTERM)


def _oom_kills() -> int:
    """How many processes the kernel killed for memory since boot; 0 where it does not say."""
    try:
        with open("/proc/vmstat", encoding="ascii") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("oom_kill ")), 0)
    except OSError:
        return 0
