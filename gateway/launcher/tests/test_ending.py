"""How an attempt ended is recorded truly, whatever way it was."""

import json
import os
import signal
import subprocess

import pytest
from conftest import LAUNCHER, PYTHON, command_line, is_alive, wait_for


def test_exception_leaves_its_last_line_and_place(attempt):
    """Symptom: a failed run says 'exit code 1' and nothing of the reason."""
    script = "def f():\n    raise KeyError(1)\ntry:\n    f()\nexcept KeyError as e:\n    raise RuntimeError('no data') from e"
    result = attempt.order(script).run()
    rank = attempt.rank()
    assert (result["exitCode"], result["signal"], rank["exitCode"]) == (1, None, 1)
    assert (rank["lastError"], rank["lastErrorAt"]) == ("RuntimeError: no data", "main.py, line 6")


@pytest.mark.parametrize(
    ("script", "want_error", "want_at"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'", "main.py, line 1"),
        ("x = 1\ndef (", "SyntaxError: invalid syntax", "main.py, line 2"),
        ("import json\njson.loads('{')", "json.decoder.JSONDecodeError", "main.py, line 2"),
        ("raise ValueError('x' * 900)", "ValueError: " + "x" * 488, "main.py, line 1"),
        ("import sys; sys.exit('bye')", None, None),
    ],
)
def test_errors_that_users_meet_first(attempt, script, want_error, want_at):
    """Symptom: import failures, syntax errors or errors inside libraries are not recognised, or point into a library."""
    assert attempt.order(script).run()["exitCode"] == 1
    rank = attempt.rank()
    assert rank["lastErrorAt"] == want_at
    assert rank["lastError"] is None if want_error is None else rank["lastError"].startswith(want_error)
    assert len(rank["lastError"] or "") <= 500


def test_error_that_was_handled_is_not_reported_for_a_success(attempt):
    """Symptom: a green run shows a red error."""
    attempt.order("import traceback\ntry: 1/0\nexcept ZeroDivisionError: traceback.print_exc()").run()
    assert (attempt.rank()["exitCode"], attempt.rank()["lastError"]) == (0, None)


def test_missing_script_is_explained(attempt):
    """Symptom: 'exit code 2' for a file that is not there."""
    assert attempt.order("", command=[PYTHON, "nope.py"]).run()["exitCode"] == 2
    assert "can't open file" in attempt.rank()["lastError"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_death_by_a_signal_is_recorded_by_its_name(attempt, number):
    """Symptom: a crash in native code looks like exit code 139, or like our own cancel."""
    result = attempt.order(f"import os; print('x', flush=True); os.kill(os.getpid(), {int(number)})").run()
    assert (result["exitCode"], result["signal"], result["stopped"], result["oomKilled"]) == (
        None,
        number.name,
        None,
        False,
    )
    assert (attempt.rank()["exitCode"], attempt.rank()["signal"]) == (None, number.name)
    assert attempt.texts() == ["x"]


def test_environment_of_a_process_run(attempt):
    """Symptom: a library thinks it is distributed, or checkpoints go nowhere."""
    script = "import json, os; print(json.dumps(dict(os.environ)))"
    attempt.order(script, env={"BERTH_RESUME": "1", "MPLBACKEND": "svg"}, deadlineMs=4_000_000_000_123).run()
    env = json.loads(attempt.texts()[0])
    want = {
        'RANK': '0', 'LOCAL_RANK': '0', 'WORLD_SIZE': '1', 'LOCAL_WORLD_SIZE': '1', 'BERTH_RUN_ID': 'r1',
        'BERTH_ATTEMPT': '1', 'BERTH_DEADLINE': '4000000000', 'BERTH_RESUME': '1', 'MPLBACKEND': 'svg',
        'PYTHONUNBUFFERED': '1', 'BERTH_ATTEMPT_DIR': str(attempt.dir),
    }  # fmt: skip
    assert {key: env.get(key) for key in want} == want
    assert int(env["OMP_NUM_THREADS"]) >= 1


def test_two_launchers_start_the_code_once(attempt):
    """Symptom: after a restart of the gateway the same training runs twice and both write one checkpoint."""
    attempt.order("open('ran', 'a').write('x')")
    first = attempt.launch().supervisor
    attempt.launch().result()
    assert (first.wait(10), attempt.supervisor.wait(10)) == (0, 0)
    attempt.launch().supervisor.wait(10)
    assert (attempt.work / "ran").read_text() == "x"
    assert attempt.read("launcher.json")["identity"].startswith("linux:")


@pytest.mark.parametrize(
    ("fields", "want_code", "want_text"),
    [
        ({"workDir": "/no/such/folder"}, 127, "The working folder /no/such/folder does not exist."),
        ({"python": "/no/python"}, 127, "The Python interpreter /no/python does not exist"),
        ({"command": ["/no/program"]}, 127, "The program /no/program does not exist"),
        ({"framework": "torchrun", "processes": 2}, 127, "PyTorch (torch) is not installed in"),
        ({"processes": 0, "framework": "mpi"}, 2, "processes=0: want an integer of at least 1"),
    ],
)
def test_what_cannot_start_says_why(attempt, fields, want_code, want_text):
    """Symptom: a run fails at once and nobody knows what is missing."""
    result = attempt.order("", **fields).run()
    assert result["exitCode"] == want_code and want_text in result["launchError"]
    assert want_text in attempt.texts("x", "launcher")[-1]


def test_program_that_the_kernel_refuses_says_why(attempt):
    """Symptom: a file that is no program passes the first checks, and the run ends without a word."""
    program = attempt.work / "tool"
    program.write_bytes(b"\0\1\2")
    program.chmod(0o755)
    result = attempt.order("", command=[str(program)]).run()
    assert result["exitCode"] == 127 and "Exec format error" in result["launchError"]
    assert attempt.rank()["exitCode"] == 127


def test_malformed_order_is_a_result_not_a_crash(attempt):
    """Symptom: the gateway waits for ever for an attempt whose order was cut off."""
    (attempt.dir / "attempt.json").write_text('{"version": 1,')
    result = attempt.run()
    assert result["exitCode"] == 2 and "is not valid JSON" in result["launchError"]


def test_hostile_folders_cannot_break_the_launcher(attempt):
    """Symptom: a user's json.py or select.py, in the work folder or on PYTHONPATH, is imported by the launcher."""
    for name in ("json", "select", "signal", "selectors", "subprocess", "attempt", "rank"):
        (attempt.work / f"{name}.py").write_text("raise SystemExit('hostile')")
    attempt.order("print('fine')", command=[PYTHON, "-I", "main.py"])
    result = attempt.run(cwd=attempt.work, env={"PYTHONPATH": str(attempt.work)})
    assert (result["exitCode"], attempt.texts()) == (0, ["fine"])
    assert list((attempt.dir.parent).rglob("__pycache__")) == []


def test_wrong_use_says_how(attempt):
    """Symptom: a typo in the gateway's command line looks like a crash."""
    for arguments in ([], ["run"], ["walk", str(attempt.dir)], ["run", "/no/such"]):
        done = subprocess.run([PYTHON, str(LAUNCHER), *arguments], capture_output=True, text=True)
        assert done.returncode == 2 and "usage:" in done.stderr


def test_nothing_of_the_attempt_survives_its_end(attempt):
    """Symptom: a daemon that the code started holds a GPU for ever; here one forgot its marker, one its family."""
    script = (
        "import os, subprocess\n"
        "a = subprocess.Popen(['sleep', '1001'], start_new_session=True)\n"
        "b = subprocess.Popen(['env', '-i', 'setsid', '-f', 'sleep', '1002'])\n"
        "b.wait(); print(a.pid)"
    )
    assert attempt.order(script).run()["exitCode"] == 0
    assert not is_alive(int(attempt.texts()[0]))
    assert _sleepers("1002") == []


def _sleepers(argument):
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if command_line(pid) == f"sleep\0{argument}\0".encode()]


def test_supervisor_lives_on_when_its_terminal_goes(attempt):
    """Symptom: closing the gateway's terminal (SIGHUP) ends the training."""
    script = "import os, time\nprint('up')\nwhile not os.path.exists('go'): time.sleep(0.01)"
    attempt.order(script).launch()
    wait_for("the start", lambda: attempt.says("up"))
    attempt.supervisor.send_signal(signal.SIGHUP)
    (attempt.work / "go").touch()
    assert attempt.result()["exitCode"] == 0
