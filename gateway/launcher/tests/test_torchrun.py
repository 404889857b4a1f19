"""Several ranks under torchrun: they find each other, end together, and their ends are told apart."""

import os
import shutil
import subprocess
import time

import pytest
from conftest import command_line, wait_for

TORCH_PYTHON = os.environ.get("BERTH_TEST_TORCH_PYTHON")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.skipif(not TORCH_PYTHON, reason="BERTH_TEST_TORCH_PYTHON is not set to a Python that has torch"),
]

REDUCE = """
import os, torch, torch.distributed as dist
dist.init_process_group('gloo')
value = torch.ones(1) * (dist.get_rank() + 1)
dist.all_reduce(value)
print('sum', value.item(), 'of', os.environ['WORLD_SIZE'], os.environ['LOCAL_RANK'], os.environ['MASTER_ADDR'], flush=True)
"""
# gloo may abort when the interpreter takes it down; that is the user's matter and not tested here
LEAVE = "dist.barrier(); dist.destroy_process_group(); os._exit(0)\n"

# without the process group: what a rank needs to show how it is told to stop
CATCHES = """
import os, signal, sys, time
rank = os.environ['RANK']
def on_term(*_):
    open('terms' + rank, 'a').write('x')
    if rank == '1': time.sleep(0.5)
    sys.exit(0)
signal.signal(signal.SIGTERM, on_term)
print('up', flush=True)
while True: time.sleep(0.05)
"""


@pytest.fixture
def make_torchrun(make_attempt):
    def make(script, name="one", processes=2, **fields):
        folder = make_attempt(name, python=TORCH_PYTHON)
        return folder.order(script, framework="torchrun", processes=processes, runId=name, **fields)

    return make


def _has_private_hostname():
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.run([unshare, "-u", "true"], capture_output=True).returncode == 0


def test_two_runs_at_once_on_a_machine_whose_name_does_not_resolve_and_one_fails(make_torchrun):
    """Symptoms: torchrun hangs on the host's name; two runs take each other's port; one rank fails and the other hangs in
    a collective for half an hour; the wrong rank is blamed."""
    prefix = ()
    if _has_private_hostname():
        prefix = ("unshare", "-u", "sh", "-c", 'hostname no-such-host.invalid; exec "$@"', "sh")
    good = make_torchrun(REDUCE + LEAVE, "one").launch(prefix=prefix)
    # Who fails is gone at once: while Python takes itself down, the other rank may notice, fail too, and be the first to end.
    fails = (
        "import os, sys\n"
        "sys.excepthook = lambda *error: (sys.__excepthook__(*error), sys.stdout.flush(), os._exit(1))\n"
        "if dist.get_rank() == 1: raise ValueError('bad batch')\n"
        "dist.all_reduce(value)\n"
    )
    bad = make_torchrun(REDUCE + fails, "two", graceMs=3000).launch(prefix=prefix)
    assert good.result(60)["exitCode"] == 0, good.records("launcher")
    result = bad.result(60)
    for run in (good, bad):
        for rank in (0, 1):
            assert run.texts(rank=rank) == [f"sum 3.0 of 2 {rank} 127.0.0.1"]
    assert [good.rank(rank)["exitCode"] for rank in (0, 1)] == [0, 0]
    assert result["exitCode"] == 1 and result["stopped"] is None
    failed, other = bad.rank(1), bad.rank(0)
    assert (failed["exitCode"], failed["lastError"], failed["lastErrorAt"]) == (
        1,
        "ValueError: bad batch",
        "main.py, line 9",
    )
    assert other.get("endedAtMs") is None or failed["endedAtMs"] <= other["endedAtMs"]
    assert result["endedAtMs"] - failed["endedAtMs"] < 10_000
    assert bad.living() == []


def test_rank_that_is_killed_is_told_by_its_signal(make_torchrun):
    """Symptom: a rank that the kernel killed looks as if it had failed by itself."""
    run = make_torchrun("import os\nif os.environ['RANK'] == '1': os.kill(os.getpid(), 9)\nwhile True: pass")
    result = run.launch().result(60)
    assert (result["exitCode"], result["oomKilled"]) == (1, False)
    assert (run.rank(1)["signal"], run.rank(0)["signal"]) == ("SIGKILL", "SIGTERM")
    assert any("SIGKILL" in text or "-9" in text for text in run.texts("e", "launcher"))


def test_stop_reaches_every_rank_once_and_our_grace_is_the_one_that_counts(make_torchrun):
    """Symptoms: ranks are interrupted in the middle of their checkpoint; a clean stop looks like a failure; torchrun kills
    after its own 30 s although the grace is another; ranks outlive the grace."""
    clean = make_torchrun(CATCHES, "clean").launch()
    slow = CATCHES.replace("if rank == '1': time.sleep(0.5)", "if rank == '1': time.sleep(1000)")
    late = make_torchrun(slow, "late", graceMs=2500).launch()
    for run in (clean, late):
        wait_for("both ranks", lambda run=run: run.says("up", 0) and run.says("up", 1), 40)
    begin = time.monotonic()
    assert late.stop().result()["stopped"] == "cancel"
    assert 2.3 < time.monotonic() - begin < 25  # torchrun's own patience is 30 s
    assert (late.rank(0)["exitCode"], late.rank(1)["signal"]) == (0, "SIGKILL")
    assert late.living() == []
    result = clean.stop().result()
    assert (result["exitCode"], result["stopped"]) == (0, "cancel")
    for rank in (0, 1):
        assert clean.rank(rank)["exitCode"] == 0
        assert (clean.work / f"terms{rank}").read_text() == (late.work / f"terms{rank}").read_text() == "x"


def test_stop_while_torchrun_starts(make_torchrun):
    """Symptom: a cancel in the first seconds is lost, and the run starts after all."""
    run = make_torchrun(CATCHES, graceMs=8000).launch()
    wait_for("torchrun", lambda: any(b"torch.distributed.run" in command_line(pid) for pid in run.living()))
    assert run.stop().result()["stopped"] == "cancel"
    assert run.living() == []


def test_reap_of_a_torchrun_whose_supervisor_was_killed(make_torchrun):
    """Symptom: torchrun and its ranks live on without anybody to show or end them."""
    run = make_torchrun(CATCHES.replace("sys.exit(0)", "return")).launch()
    wait_for("both ranks", lambda: run.says("up", 0) and run.says("up", 1), 40)
    run.supervisor.kill()
    run.supervisor.wait()
    assert run.reap().returncode == 0
    assert run.read("exit.json")["launcherKilled"] is True and run.living() == []
    assert (run.work / "terms0").read_text() == "x"
