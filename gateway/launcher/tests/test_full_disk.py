"""A full disk costs log lines, never the run or its result."""

import os
import subprocess

import pytest
from conftest import AttemptFolder, wait_for


@pytest.fixture
def tiny(tmp_path):
    """An attempt on a disk of 1 MiB; the work folder is elsewhere."""
    mount = tmp_path / "tiny"
    mount.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)], capture_output=True, text=True
    )
    if done.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here (needs root): {done.stderr.strip()}")
    folder = AttemptFolder(mount / "one")
    yield folder
    folder.clean_up()
    subprocess.run(["umount", "-l", str(mount)], check=True)


def test_full_disk_does_not_stop_the_code_and_the_loss_is_told(tiny):
    """Symptom: print blocks or raises when the disk is full, or lines vanish without a word."""
    script = (
        "import fcntl, os, termios\n"
        "print('before', flush=True)\n"
        "while not os.path.exists(ATTEMPT + '/full'): pass\n"
        "for i in range(2000): print('lost' * 50, flush=True)\n"
        # More than one read of the launcher's: once the pipe is empty, it has met the full disk.
        "while any(fcntl.ioctl(1, termios.FIONREAD, b'1234')): pass\n"
        "open(ATTEMPT + '/printed', 'w')\n"
        "while os.path.exists(ATTEMPT + '/full'): pass\n"
        "print('after')\n"
    ).replace("ATTEMPT", repr(str(tiny.root)))
    tiny.order(script).launch()
    wait_for("the first line", lambda: tiny.says("before"))
    _fill(tiny.root / "ballast")
    os.mkdir(tiny.root / "full")
    wait_for("the code to get through", lambda: (tiny.root / "printed").exists())
    os.unlink(tiny.root / "ballast")
    os.rmdir(tiny.root / "full")
    assert tiny.result()["exitCode"] == 0
    assert tiny.texts()[0] == "before" and tiny.texts()[-1] == "after"
    lost = 2002 - len(tiny.texts())
    assert tiny.texts("x")[0].startswith(f"{lost} records (") and "No space left on device" in tiny.texts("x")[0]


def test_result_is_written_although_the_disk_stays_full(tiny):
    """Symptom: a run that ended on a full disk is shown as running for ever."""
    tiny.order("import sys, time, os\nprint('up')\nwhile not os.path.exists(sys.argv[1]): time.sleep(0.01)\nsys.exit(7)",
               command=[tiny.python, '-u', 'main.py', str(tiny.root / 'full')]).launch()  # fmt: skip
    wait_for("the start", lambda: tiny.says("up"))
    _fill(tiny.root / "ballast")
    os.mkdir(tiny.root / "full")
    assert tiny.result()["exitCode"] == 7
    assert (tiny.rank()["exitCode"], "endedAtMs" in tiny.rank()) == (7, True)


def _fill(path):
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
