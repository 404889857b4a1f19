"""Stopping reaches the code once, waits, and then leaves nothing."""

import json
import os
import signal
import time

import pytest
from conftest import is_alive, wait_for

CATCHES = """
import os, signal, sys, time
def on_term(*_):
    open('terms', 'a').write('x')
    while not os.path.exists('saved'): time.sleep(0.01)
    sys.exit(0)
signal.signal(signal.SIGTERM, on_term)
print('up')
while True: time.sleep(0.05)
"""

IGNORES = """
import os, signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(subprocess.Popen(['sleep', '1003'], start_new_session=True).pid)
print('up')
while True: time.sleep(0.05)
"""


def test_code_can_write_its_checkpoint_and_leave(attempt):
    """Symptom: cancelling loses the work since the last checkpoint; a second signal cuts the first one's work short."""
    attempt.order(CATCHES).launch()
    wait_for("the start", lambda: attempt.says("up"))
    attempt.stop()
    wait_for("SIGTERM", lambda: (attempt.work / "terms").exists())
    attempt.supervisor.send_signal(signal.SIGTERM)
    os.kill(attempt.rank()["launcherPid"], signal.SIGTERM)
    (attempt.work / "saved").touch()
    result = attempt.result()
    assert (result["exitCode"], result["stopped"], attempt.rank()["exitCode"]) == (0, "cancel", 0)
    assert (attempt.work / "terms").read_text() == "x"


def test_bare_signal_is_a_cancel(attempt):
    """Symptom: a machine that shuts down makes the run look failed."""
    attempt.order("import time\nprint('up')\nwhile True: time.sleep(0.05)").launch()
    wait_for("the start", lambda: attempt.says("up"))
    attempt.supervisor.send_signal(signal.SIGTERM)
    result = attempt.result()
    assert (result["exitCode"], result["signal"], result["stopped"]) == (None, "SIGTERM", "cancel")


def test_code_that_ignores_the_signal_is_ended_with_all_its_children(attempt):
    """Symptom: a cancelled run still occupies the GPU."""
    attempt.order(IGNORES, graceMs=700).launch()
    wait_for("the start", lambda: attempt.says("up"))
    begin = time.monotonic()
    result = attempt.stop().result()
    assert time.monotonic() - begin > 0.6
    assert (result["exitCode"], result["signal"], result["stopped"], result["oomKilled"]) == (
        None,
        "SIGKILL",
        "cancel",
        False,
    )
    assert attempt.rank()["signal"] == "SIGKILL"
    assert not is_alive(int(attempt.texts()[0])) and attempt.living() == []


def test_stop_order_alone_is_enough(attempt):
    """Symptom: the gateway dies between writing the order and sending the signal, and the run goes on."""
    attempt.order("import time\nprint('up')\nwhile True: time.sleep(0.05)").launch()
    wait_for("the start", lambda: attempt.says("up"))
    (attempt.dir / "stop.json").write_text('{"reason":"cancel","atMs":1}')
    assert attempt.result()["stopped"] == "cancel"


def test_stop_before_the_start_starts_nothing(attempt):
    """Symptom: a run that was cancelled in the queue trains after all."""
    attempt.order("open('ran', 'w')")
    (attempt.dir / "stop.json").write_text('{"reason":"cancel","atMs":1}')
    result = attempt.run()
    assert (result["exitCode"], result["signal"], result["stopped"]) == (None, None, "cancel")
    assert not (attempt.work / "ran").exists()


def test_deadline_stops_the_run(attempt):
    """Symptom: a run goes on beyond its time, or ends without having been asked to save."""
    script = CATCHES.replace("while not os.path.exists('saved'): time.sleep(0.01)", "pass")
    deadline = int(time.time() * 1000) + 1500
    result = attempt.order(script, deadlineMs=deadline).run()
    assert (result["stopped"], result["exitCode"]) == ("deadline", 0)
    assert deadline <= result["endedAtMs"] < deadline + 5000
    assert (attempt.work / "terms").read_text() == "x"


def test_reap_ends_what_a_killed_supervisor_left(attempt):
    """Symptom: after kill -9 of the launcher the training is a ghost: it runs, nobody shows or ends it."""
    attempt.order(IGNORES).launch()
    wait_for("the start", lambda: attempt.says("up"))
    attempt.supervisor.kill()
    attempt.supervisor.wait()
    assert len(attempt.living()) >= 2
    done = attempt.reap()
    assert (done.returncode, done.stderr) == (0, "")
    result = attempt.read("exit.json")
    assert (result["launcherKilled"], result["exitCode"], result["signal"]) == (True, None, None)
    assert attempt.living() == [] and not is_alive(int(attempt.texts()[0]))


def test_code_can_save_when_the_supervisor_was_killed(attempt):
    """Symptom: the death of the launcher costs the work since the last checkpoint."""
    attempt.order(CATCHES.replace("while not os.path.exists('saved'): time.sleep(0.01)", "pass")).launch()
    wait_for("the start", lambda: attempt.says("up"))
    attempt.supervisor.kill()
    attempt.supervisor.wait()
    assert attempt.reap().returncode == 0
    assert (attempt.work / "terms").read_text() == "x" and attempt.rank()["exitCode"] == 0


def test_reap_refuses_while_the_supervisor_lives(attempt):
    """Symptom: a gateway that errs about the launcher kills a healthy run."""
    attempt.order("import os, time\nprint('up')\nwhile not os.path.exists('go'): time.sleep(0.01)").launch()
    wait_for("the start", lambda: attempt.says("up"))
    done = attempt.reap()
    assert done.returncode == 3 and "is alive" in done.stderr
    assert attempt.read("exit.json") is None
    (attempt.work / "go").touch()
    assert attempt.result()["exitCode"] == 0
    before = attempt.read("exit.json")
    assert attempt.reap().returncode == 0 and attempt.read("exit.json") == before


@pytest.mark.parametrize("boot", ["same", "another"])
def test_reap_does_not_kill_a_stranger_with_a_recycled_pid(attempt, boot):
    """Symptom: after a reboot, or long after, the reaper kills an innocent process that got the pid."""
    import subprocess

    from berth_launcher.tree import boot_id

    stranger = subprocess.Popen(["sleep", "1004"])
    try:
        identity = f"linux:{boot_id() if boot == 'same' else '0-0'}:1"
        (attempt.dir / "ranks").mkdir()
        (attempt.dir / "launcher.json").write_text(json.dumps({"pid": stranger.pid, "identity": identity}))
        (attempt.dir / "ranks" / "0.json").write_text(
            json.dumps({"rank": 0, "pid": stranger.pid, "identity": identity})
        )
        assert attempt.reap().returncode == 0
        assert attempt.read("exit.json")["launcherKilled"] is True
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_reap_of_an_attempt_nobody_claimed_keeps_a_late_launcher_out(attempt):
    """Symptom: a launcher that was slow to start begins an attempt that is over already."""
    attempt.order("open('ran', 'w')")
    assert attempt.reap().returncode == 0
    attempt.launch().supervisor.wait(10)
    assert not (attempt.work / "ran").exists()
