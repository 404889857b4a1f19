"""What is seen of real processes: whose they are, what they used, and which are no work."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyterlab_berth.activity import process_tree
from jupyterlab_berth.activity.left_out import waits_at_its_prompt
from jupyterlab_berth.activity.proc_files import has_proc, stat_of

from .activity_processes import BURN, Machine, machine, programs, told
from .jupyter_servers import is_alive, wait_until

pytestmark = pytest.mark.skipif(not has_proc(), reason="this machine has no /proc")
NAMED = "import ctypes; ctypes.CDLL(None).prctl(15, b'{name}', 0, 0, 0)\n"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path) as one:
        yield one


def script(here: Machine, name: str, code: str) -> str:
    """A program of that name."""
    path = here.folder / name
    path.write_text(f"#!{sys.executable}\n{code}")
    path.chmod(0o755)
    return str(path)


def test_the_work_of_a_child_is_the_childs_and_not_its_kernels(here: Machine) -> None:
    kernel = here.kernel()
    first = here.look()
    assert first.processes == [] and first.kernel_cpu_s["k-1"] >= 0
    worker = script(here, "worker", BURN.format(seconds=60))
    kernel.run(f"import subprocess; child = subprocess.Popen([{worker!r}])")
    wait_until("the worker is seen", lambda: "worker" in programs(here.look()))
    before = here.look()
    wait_until("it has worked", lambda: told(here.look(), "worker")["cpu_s"] >= 0.3)
    after = here.look()
    assert told(after, "worker")["kernel"] == "k-1" and told(after, "worker")["terminal"] is None
    assert after.kernel_cpu_s["k-1"] - before.kernel_cpu_s["k-1"] < 0.1


def test_what_was_seen_of_a_child_that_has_ended_is_not_counted_again(here: Machine) -> None:
    kernel = here.kernel()
    here.look()
    worker = script(here, "worker", BURN.format(seconds=1) + "import sys; sys.stdin.read()")
    kernel.run(f"import subprocess; child = subprocess.Popen([{worker!r}], stdin=subprocess.PIPE)")
    wait_until("it has done its work", lambda: sum(p["cpu_s"] for p in here.look().processes) >= 0.9)
    before = here.look()
    kernel.run("child.communicate()")
    after = here.look()
    assert after.processes == []
    assert after.kernel_cpu_s["k-1"] - before.kernel_cpu_s["k-1"] < 0.3
    assert here.look().kernel_cpu_s["k-1"] >= after.kernel_cpu_s["k-1"]


def test_the_work_of_children_that_live_and_die_between_two_looks_is_their_kernels(here: Machine) -> None:
    kernel = here.kernel()
    before = here.look()
    worker = script(here, "worker", BURN.format(seconds=0.2))
    kernel.run(f"import subprocess; [subprocess.run([{worker!r}]) for _ in range(3)]")
    after = here.look()
    assert after.processes == []
    assert after.kernel_cpu_s["k-1"] - before.kernel_cpu_s["k-1"] >= 0.5


def test_a_grandchild_whose_parent_ends_with_it_is_counted_once(here: Machine) -> None:
    kernel = here.kernel()
    here.look()
    worker = script(here, "worker", BURN.format(seconds=1) + "import sys; sys.stdin.read()")
    kernel.run(f"import subprocess; child = subprocess.Popen(['sh', '-c', '{worker}; true'], stdin=subprocess.PIPE)")
    wait_until("it has done its work", lambda: sum(p["cpu_s"] for p in here.look().processes) >= 0.9)
    assert "sh" in programs(here.look()), "a shell that runs a command is no shell at a prompt"
    before = here.look()
    kernel.run("child.communicate()")
    assert here.look().kernel_cpu_s["k-1"] - before.kernel_cpu_s["k-1"] < 0.3


@pytest.mark.parametrize("how", ["nohup {} &", "setsid {} &", "(setsid {} &) ; true", "nohup setsid {} > /dev/null &"])
def test_what_hides_from_its_kernel_is_found_by_the_mark(here: Machine, how: str) -> None:
    kernel = here.kernel(JPY_SESSION_NAME="/home/ada/a.ipynb")
    here.kernel("k-2", JPY_SESSION_NAME="/home/ada/b.ipynb")
    here.look()
    hidden = script(here, "hidden", "import sys, time; time.sleep(600)")
    kernel.run(f"import subprocess; subprocess.run(['sh', '-c', {how.format(hidden)!r}])")
    wait_until("it is seen", lambda: "hidden" in programs(here.look()))
    assert told(here.look(), "hidden")["kernel"] == "k-1"
    here.kernels = {pid: name for pid, name in here.kernels.items() if name != "k-1"}
    os.kill(kernel.pid, signal.SIGKILL)
    wait_until("the kernel has ended", lambda: not is_alive(kernel.pid))
    sight = here.look()
    assert told(sight, "hidden")["kernel"] is None, "it has outlived its kernel, and is still there"


def test_processes_of_others_are_none_of_ours(here: Machine, tmp_path: Path) -> None:
    here.kernel()
    with machine(tmp_path) as other:
        other.kernel().run("import subprocess; child = subprocess.Popen(['sleep', '600'])")
        assert here.look().processes == []
        wait_until("its own server sees it", lambda: "sleep" in programs(other.look()))
        assert here.look().processes == []


def test_a_fork_of_the_kernel_is_a_process_of_its_own(here: Machine) -> None:
    """As the workers of a data loader are; they have their kernel's command line."""
    kernel = here.kernel()
    here.look()
    fork = NAMED.format(name="loader") + BURN.format(seconds=60)
    kernel.run(f"import os\nif os.fork() == 0:\n    exec({fork!r})\n")
    wait_until("it works", lambda: sum(p["cpu_s"] for p in here.look().processes) >= 0.2)
    assert told(here.look(), "loader")["kernel"] == "k-1"


def test_a_kernel_that_a_wrapper_has_started_is_the_kernel(here: Machine) -> None:
    """A kernelspec may start it by a shell script, or by `uv run`."""
    kernel = here.kernel()
    here.connection_files["k-1"] = "kernel-k-1.json"
    here.look()
    real = script(here, "real", BURN.format(seconds=60))
    kernel.run(f"import subprocess; child = subprocess.Popen([{real!r}, '-f', '/run/kernel-k-1.json'])")
    wait_until("it works", lambda: here.look().kernel_cpu_s["k-1"] >= 0.5)
    assert here.look().processes == []


def test_a_shell_at_its_prompt_is_nothing_and_what_is_run_in_it_is_something(here: Machine) -> None:
    terminal = here.terminal()
    here.look()
    terminal.run("true")
    assert here.look().processes == []
    worker = script(here, "worker", BURN.format(seconds=60))
    terminal.type(f"{worker}\n")
    wait_until("it works", lambda: sum(p["cpu_s"] for p in here.look().processes if p["program"] == "worker") >= 0.2)
    assert told(here.look(), "worker")["terminal"] == "1"
    terminal.type("\x03")
    terminal.read_until("ready$ ")
    wait_until("it has ended", lambda: "worker" not in programs(here.look()))
    waiting = here.look()
    for _ in range(20):
        terminal.run("for i in {1..2000}; do :; done")
    wait_until("it waits", lambda: (stat := stat_of(terminal.pid)) is not None and waits_at_its_prompt(stat))
    assert here.look().processes == waiting.processes, "at its prompt again it does not move"


def test_a_loop_that_is_typed_at_a_prompt_is_work(here: Machine) -> None:
    terminal = here.terminal()
    here.look()
    terminal.type("while :; do :; done\n")
    wait_until("it is seen", lambda: "bash" in programs(here.look()))
    before = told(here.look(), "bash")["cpu_s"]
    wait_until("it works", lambda: told(here.look(), "bash")["cpu_s"] > before + 0.2)


def test_a_script_of_a_shell_is_work(here: Machine) -> None:
    kernel = here.kernel()
    (here.folder / "train.sh").write_text("while :; do :; done\n")
    kernel.run("import subprocess; child = subprocess.Popen(['bash', 'train.sh'])")
    wait_until("it works", lambda: sum(p["cpu_s"] for p in here.look().processes) >= 0.2)
    assert programs(here.look()) == ["bash"]


def test_monitors_with_what_they_start_and_editors_are_no_work(here: Machine) -> None:
    kernel = here.kernel()
    for name in ("watch", "nvitop", "vim"):
        script(here, name, "import subprocess, time; subprocess.Popen(['sleep', '600']); time.sleep(600)")
    here.look()
    kernel.run("import subprocess; children = [subprocess.Popen(['./watch']), subprocess.Popen(['./nvitop'])]")
    kernel.run("children.append(subprocess.Popen(['tail', '-f', '/dev/null']))")
    kernel.run("children.append(subprocess.Popen(['./vim']))")
    wait_until("what the editor started is seen", lambda: programs(here.look()) == ["sleep"])


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux")
def test_a_job_in_tmux_is_work_and_tmux_is_not(here: Machine) -> None:
    terminal = here.terminal()
    here.look()
    worker = script(here, "worker", BURN.format(seconds=60))
    socket = here.folder / "tmux.sock"
    terminal.run(f"tmux -f /dev/null -S {socket} new-session -d {worker}")
    wait_until("it works", lambda: sum(p["cpu_s"] for p in here.look().processes if p["program"] == "worker") >= 0.2)
    assert [name for name in programs(here.look()) if name.startswith("tmux")] == []
    os.kill(terminal.pid, signal.SIGHUP)
    here.terminals.clear()
    assert told(here.look(), "worker")["terminal"] is None


def test_reading_and_writing_is_seen_of_who_uses_no_processor(here: Machine) -> None:
    kernel = here.kernel()
    code = "import sys, time\nwhile True:\n    open('out', 'w').write('x' * 100_000)\n    time.sleep(0.02)\n"
    copier = script(here, "copier", code)
    kernel.run(f"import subprocess; child = subprocess.Popen([{copier!r}])")
    wait_until("it is seen", lambda: "copier" in programs(here.look()))
    before = told(here.look(), "copier")["io_bytes"]
    wait_until("it writes", lambda: told(here.look(), "copier")["io_bytes"] > before + 200_000)


def test_more_processes_than_files_may_be_open_are_seen_all_the_same(
    here: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = here.kernel()
    monkeypatch.setattr(here.tree._files, "_most", 3)
    kernel.run("import subprocess; children = [subprocess.Popen(['sleep', '600']) for _ in range(12)]")
    wait_until("all are seen", lambda: programs(here.look()) == ["sleep"] * 12)
    assert len({process["id"] for process in here.look().processes}) == 12
    assert len(here.tree._files._open) == 3


def test_one_of_too_many_processes_that_wakes_up_for_an_instant_does_not_seem_to_have_worked(
    here: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_tree, "PROCESSES_MAX", 1)
    times = itertools.count(0, 15)
    here.tree = process_tree.ProcessTree(here.mark, lambda: float(next(times)))
    kernel = here.kernel()
    code = "import sys\nprint(flush=True)\nfor line in sys.stdin:\n    end = time.process_time() + 0.05\n"
    code += "    while time.process_time() < end: pass\n    print(flush=True)\n"
    worker = script(here, "worker", BURN.format(seconds=0.5) + code)
    start = f"subprocess.Popen([{worker!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)"
    kernel.run(f"import subprocess; children = [{start} for _ in range(2)]")
    kernel.run("[child.stdout.readline() for child in children]")
    (listed,) = here.look().processes
    assert listed["cpu_s"] >= 0.4
    for child in ("children[0]", "children[1]"):
        kernel.run(f"print(file={child}.stdin, flush=True); {child}.stdout.readline()")
        (still,) = here.look().processes
        assert still["id"] == listed["id"]
    kernel.run("[child.communicate() for child in children]")
