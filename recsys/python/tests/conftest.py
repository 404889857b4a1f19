"""The tests that need a runtime have a real one, in a folder of their own, ended when they are done."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from berth_recsys.session import SESSION

REPOSITORY = Path(__file__).resolve().parents[3]
BUNDLE = REPOSITORY / "recsys" / "dist" / "runtime.mjs"
NODE = REPOSITORY / ".berth" / "tools" / "nodebin" / "node"
sys.path.append(str(REPOSITORY / "recsys" / "bench"))  # the instances that budgets are proven with


def runtime_pid(folder: Path) -> int:
    """The process that serves a folder, after starting it if there is none."""
    return int(SESSION.connection(folder).call("hello", {"version": 1}).result["pid"])


def end_runtime(folder: Path) -> None:
    """Ends the runtime of a folder, if there is one, in good order: it takes the files of its corpora with it."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as peer:
        peer.connect(str(folder / "runtime.sock"))
        pid, _, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        os.kill(pid, signal.SIGTERM)
        ends = time.monotonic() + 10
        while (folder / "runtime.sock").exists() and time.monotonic() < ends:
            time.sleep(0.02)
    shutil.rmtree(folder, ignore_errors=True)


def corpus_folders() -> set[Path]:
    """Where the files of corpora lie."""
    return set(Path("/dev/shm").glob(f"berth-recsys-{os.getuid()}-*/*"))


@pytest.fixture(scope="session")
def settings() -> Iterator[Path]:
    """The variables that lead to this repository's runtime, in a folder of these tests."""
    folders = corpus_folders()
    folder = Path(tempfile.mkdtemp(prefix="berth-"))  # not tmp_path: a socket's path is short
    variables = {"BERTH_RECSYS_DIR": str(folder)}
    if not os.environ.get("BERTH_RECSYS_RUNTIME"):
        variables["BERTH_RECSYS_RUNTIME"] = str(BUNDLE)
    if NODE.exists() and not os.environ.get("BERTH_RECSYS_NODE"):
        variables["BERTH_RECSYS_NODE"] = str(NODE)
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    yield folder
    end_runtime(folder)
    SESSION.close()
    for left in corpus_folders() - folders:  # of runtimes that were killed
        if not Path(f"/proc/{left.name.split('-')[0]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


@pytest.fixture
def runtime(settings: Path) -> Path:
    """The folder of the runtime that the tests share."""
    return settings


@pytest.fixture
def own_runtime(settings: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a runtime that this test alone uses, and may kill."""
    folder = Path(tempfile.mkdtemp(prefix="berth-"))
    monkeypatch.setenv("BERTH_RECSYS_DIR", str(folder))
    yield folder
    end_runtime(folder)
