"""A real Jupyter server in a temporary folder, with Berth's agent in it, which tells the recorder what it has measured."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

EXTENSION = Path(__file__).resolve().parents[3] / "extension"
OTHER_EXTENSIONS = ("jupyter_lsp", "jupyter_server_proxy", "jupyterlab", "notebook_shim")
READY_S = 60.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RealServer:
    """Started with `start`, ended with `close`; may be restarted in between, on the same ports."""

    def __init__(self, options: dict, read_every_s: float) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="berth-record-", ignore_cleanup_errors=True)
        self.home = Path(self._home.name)
        self.token = secrets.token_hex(16)
        self.agent_token = secrets.token_hex(16)
        self.port = free_port()
        self.agent_port = free_port()
        self._options = options
        self._read_every_s = read_every_s
        self._process: subprocess.Popen[bytes] | None = None
        self._client = AsyncHTTPClient(force_instance=True, max_clients=100)

    @property
    def pid(self) -> int:
        """The server's own process."""
        assert self._process is not None, "the server has not been started"
        return self._process.pid

    async def start(self) -> None:
        """Starts it and waits until it answers."""
        root = self.home / "work"
        root.mkdir(exist_ok=True)
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self.port,
            "ServerApp.port_retries": 0,
            "ServerApp.root_dir": root,
            "ServerApp.allow_root": True,
            "ServerApp.open_browser": False,
            "ServerApp.jpserver_extensions": {"jupyterlab_berth": True, **dict.fromkeys(OTHER_EXTENSIONS, False)},
            "BerthExtension.idle_read_every_s": self._read_every_s,
            **self._options,
        }
        with (self.home / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_server", *(f"--{key}={value}" for key, value in options.items())],
                cwd=root,
                env={**os.environ, **self._environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        await self._ready()

    async def close(self) -> None:
        """Ends it and all that it has started, and removes its folder."""
        await self.end()
        for pid in self._left_behind():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._home.cleanup()

    async def end(self) -> None:
        """Ends it as Ctrl-C twice would."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGCONT)
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, 20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._process = None

    async def request(self, method: str, path: str, body: object = None) -> object:
        """What the server answers to somebody with its token; raises when that is no success."""
        data = None if body is None and method in ("GET", "DELETE") else json.dumps(body or {})
        answer = await self._client.fetch(
            HTTPRequest(
                f"http://127.0.0.1:{self.port}/{path}",
                method,
                {"Authorization": f"token {self.token}", "Content-Type": "application/json"},
                data,
                request_timeout=20,
            )
        )
        return json.loads(answer.body) if answer.body else None

    def _left_behind(self) -> list[int]:
        """What outlives a server: its environment names this folder, which nobody else has."""
        mark = f"HOME={self.home}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found

    def _environment(self) -> dict[str, str]:
        folders = {"JUPYTER_DATA_DIR": "data", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime"}
        return {
            **{key: str(self.home / name) for key, name in folders.items()},
            "HOME": str(self.home),
            "IPYTHONDIR": str(self.home / "ipython"),
            "TMUX_TMPDIR": str(self.home),
            "SHELL": "/bin/bash",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHON": sys.executable,
            "PYTHONPATH": str(EXTENSION),
            "PROGRAMS": str(Path(__file__).with_name("programs")),
            "BERTH_CACHE_DIR": str(self.home / "cache"),
            "BERTH_GATEWAY": str(self.home / "none"),
            "BERTH_AGENT_PORT": str(self.agent_port),
            "BERTH_AGENT_TOKEN": self.agent_token,
            "JUPYTER_TOKEN": self.token,
        }

    async def _ready(self) -> None:
        deadline = asyncio.get_running_loop().time() + READY_S
        while True:
            try:
                await self.request("GET", "api/status")
                return
            except (OSError, HTTPClientError):
                assert self._process is not None
                if self._process.poll() is not None or asyncio.get_running_loop().time() > deadline:
                    raise RuntimeError((self.home / "server.log").read_text()) from None
                await asyncio.sleep(0.1)
