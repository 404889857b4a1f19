"""Finding and starting the one gateway, without a Jupyter server around it."""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyterlab_berth import gateway_process
from jupyterlab_berth.gateway_client import GatewayUnavailable, actor_headers
from jupyterlab_berth.gateway_process import GatewayProcess
from jupyterlab_berth.layout import GatewayLayout, make_private_folder, node_program

from .jupyter_servers import inspecting_gateway, is_alive, wait_until

LOG = logging.getLogger("test")


@pytest.fixture
def layout(monkeypatch: pytest.MonkeyPatch) -> Iterator[GatewayLayout]:
    """A data folder, and the inspecting gateway to be started in it; what was started is killed at the end."""
    for key, value in inspecting_gateway().items():
        monkeypatch.setenv(key, value)
    with tempfile.TemporaryDirectory(prefix="berth-") as home:
        layout = GatewayLayout(Path(home) / "berth", Path(home) / "kernels")
        yield layout
        if layout.connection_file.exists():
            os.kill(json.loads(layout.connection_file.read_text())["pid"], signal.SIGKILL)


def process(layout: GatewayLayout, patience_s: float = 20) -> GatewayProcess:
    return GatewayProcess(layout, actor_headers("ada", "/home/ada"), LOG, patience_s)


def is_locked(layout: GatewayLayout) -> bool:
    with layout.lock_file.open("r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


async def test_many_that_race_get_one_gateway(layout: GatewayLayout) -> None:
    found = await asyncio.gather(*(process(layout).ensure() for _ in range(8)))
    assert len({connection.pid for connection in found}) == 1
    assert layout.log_file.read_text() == "", "no second one was started, to fail on the socket"


async def test_it_lives_apart_and_takes_no_secrets_along(
    layout: GatewayLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "hush-hush")
    monkeypatch.setenv("BERTH_LINGER_MS", "77")
    pid = (await process(layout).ensure()).pid
    environment = Path(f"/proc/{pid}/environ").read_text()
    assert "hush-hush" not in environment and "BERTH_LINGER_MS=77" in environment
    assert os.getsid(pid) == pid, "so a Ctrl-C in the terminal does not reach it"
    assert Path(f"/proc/{pid}/cwd").readlink() == layout.data_folder
    assert Path(f"/proc/{pid}/fd/0").readlink() == layout.lock_file
    assert layout.data_folder.stat().st_mode & 0o777 == 0o700
    assert layout.log_file.stat().st_mode & 0o777 == 0o600


async def test_the_lock_lives_exactly_as_long_as_the_gateway(layout: GatewayLayout) -> None:
    pid = (await process(layout).ensure()).pid
    assert is_locked(layout)
    os.kill(pid, signal.SIGKILL)
    wait_until("it is dead", lambda: not is_alive(pid))
    assert not is_locked(layout)


async def test_a_killed_gateway_is_replaced_whoever_started_it(layout: GatewayLayout) -> None:
    starter, other = process(layout), process(layout)
    first = await starter.ensure()
    assert await other.ensure() == first
    os.kill(first.pid, signal.SIGKILL)
    second = await other.ensure()
    assert second.pid != first.pid
    assert await starter.ensure() == second


async def test_what_a_dead_gateway_left_behind_is_no_obstacle(layout: GatewayLayout) -> None:
    layout.make_data_folder()
    path = layout.socket_path()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))  # and closed: the file stays and refuses
    layout.connection_file.write_text(json.dumps({"pid": 1, "socket": str(path), "token": "old", "version": "0"}))
    assert (await process(layout).ensure()).pid > 1
    assert path.is_socket()


async def test_half_a_connection_file_is_none(layout: GatewayLayout) -> None:
    layout.make_data_folder()
    layout.connection_file.write_text('{"pid": 1, "sock')
    assert (await process(layout).ensure()).pid > 1


async def test_one_that_dies_while_it_starts_is_reported_with_its_last_words(
    layout: GatewayLayout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "dies.py"
    program.write_text("import sys; print('earlier'); sys.exit('BERTH_SOCKET=x: want an absolute path')")
    monkeypatch.setenv("BERTH_GATEWAY", str(program))
    one = process(layout)
    for _ in range(2):
        with pytest.raises(GatewayUnavailable, match="ended with 1 while it started") as caught:
            await one.ensure()
        assert str(caught.value).count("want an absolute path") == 1, "only what was said this time"
    assert not is_locked(layout)


@pytest.mark.parametrize("variable", ["BERTH_GATEWAY", "BERTH_NODE"])
async def test_a_program_that_is_missing_is_named(
    layout: GatewayLayout, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "/nowhere/program")
    with pytest.raises(GatewayUnavailable, match="/nowhere/program"):
        await process(layout).ensure()
    assert not is_locked(layout)


async def test_one_that_hangs_is_named_and_never_doubled(layout: GatewayLayout) -> None:
    pid = (await process(layout).ensure()).pid
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(GatewayUnavailable, match=rf"process {pid}\) holds .*gateway.lock"):
            await process(layout, patience_s=1).ensure()
        assert json.loads(layout.connection_file.read_text())["pid"] == pid
    finally:
        os.kill(pid, signal.SIGCONT)
    assert (await process(layout).ensure()).pid == pid


async def test_a_large_log_is_kept_once(layout: GatewayLayout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_process, "LOG_MAX_BYTES", 10)
    layout.make_data_folder()
    layout.log_file.write_text("what was said before")
    await process(layout).ensure()
    assert layout.log_file.read_text() == ""
    assert layout.log_file.with_suffix(".log.1").read_text() == "what was said before"


async def test_a_long_data_folder_gets_its_socket_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="berth-") as home:
        monkeypatch.setenv("XDG_RUNTIME_DIR", home)
        layout = GatewayLayout(Path(home) / ("long" * 30) / "berth", Path(home))
        path = layout.socket_path()
        assert path == layout.socket_path()
        assert path.parent.parent == Path(home) and path.parent.stat().st_mode & 0o777 == 0o700
        assert GatewayLayout(layout.data_folder.with_name("other"), Path(home)).socket_path() != path


def test_a_folder_that_others_can_enter_is_not_used_for_a_socket(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "private").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "private")
    make_private_folder(tmp_path / "private")
    for name in ("open", "link"):
        with pytest.raises(PermissionError):
            make_private_folder(tmp_path / name)


def test_children_of_node_do_not_hold_the_lock(tmp_path: Path) -> None:
    """What the whole scheme rests on: a run's launcher outlives a killed gateway, its lock must not."""
    script = """
      const { spawn } = require('node:child_process');
      const child = spawn('sleep', ['60'], { detached: true, stdio: ['ignore', 'ignore', 'ignore'] });
      console.log(child.pid);
      setInterval(() => {}, 1000);
    """
    lock_file = tmp_path / "lock"
    lock_file.touch()
    with lock_file.open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        node = subprocess.Popen([node_program({}), "-e", script], stdin=lock, stdout=subprocess.PIPE)
    layout = GatewayLayout(tmp_path, tmp_path)
    lock_file.rename(layout.lock_file)
    child = int(node.stdout.readline())
    try:
        assert is_locked(layout)
        node.kill()
        node.wait()
        assert is_alive(child) and not is_locked(layout)
    finally:
        os.kill(child, signal.SIGKILL)
        node.stdout.close()


def test_python_is_what_the_gateway_gets(layout: GatewayLayout) -> None:
    layout.make_data_folder()
    environment = layout.environment({"PATH": "/bin", "NODE_OPTIONS": "--inspect", "JUPYTERHUB_API_TOKEN": "secret"})
    assert environment["BERTH_PYTHON"] == sys.executable
    assert os.access(environment["BERTH_UV"], os.X_OK)
    assert environment["PATH"] == "/bin"
    assert "NODE_OPTIONS" not in environment and "JUPYTERHUB_API_TOKEN" not in environment
