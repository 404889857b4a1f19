"""Real Jupyter servers of one person, for tests: started as processes, on folders of their own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

EXTENSION = Path(__file__).resolve().parent.parent
GATEWAY = EXTENSION.parent / "gateway" / "dist" / "gateway.mjs"
needs_gateway = pytest.mark.skipif(
    not Path(os.environ.get("BERTH_GATEWAY", GATEWAY)).exists(), reason=f"{GATEWAY} has not been built"
)
INSPECTING_GATEWAY = Path(__file__).with_name("inspecting_gateway.py")
TOKEN = "a-token-for-tests"
AUTH = {"Authorization": f"token {TOKEN}"}
BASE_URL = "/a%40b/"
LINGER_MS = 400


def wait_until(what: str, is_so: Callable[[], object], timeout_s: float = 20.0) -> None:
    """Looks every 20 ms; fails naming `what` when it is not so in time."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, f"waited {timeout_s} s in vain until {what}"
        time.sleep(0.02)


@dataclass
class Answer:
    """An HTTP answer that has been read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class JupyterServer:
    """One running Jupyter server."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    cookies: dict[str, str] = field(default_factory=dict)

    def request(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Sends `path`, below the base URL, exactly as it is."""
        connection = self.connect()
        try:
            connection.request(method, BASE_URL + path, body=body, headers=AUTH if headers is None else headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def log_in(self) -> dict[str, str]:
        """What a browser sends once its person is logged in: cookies, among them the one for XSRF."""
        if not self.cookies:
            for path, headers in (("login", {}), ("api/me", AUTH)):
                answer = self.request("GET", path, headers)
                pairs = [line.split(";")[0].partition("=") for line in answer.headers.get_all("Set-Cookie", [])]
                self.cookies |= {name: value for name, _, value in pairs}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(20)


class Person:
    """One person's home: all servers started in it share one gateway."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.data = home / "data" / "berth"
        self.root = home / "wörk space"
        self.root.mkdir()
        self.environment = environment
        self._servers: list[JupyterServer] = []

    def start_server(self, **environment: str) -> JupyterServer:
        """Starts a server without waiting for it."""
        port = free_port()
        options = {
            "ip": "127.0.0.1",
            "port": port,
            "port_retries": 0,
            "root_dir": self.root,
            "base_url": BASE_URL,
            "allow_root": True,
            "open_browser": False,
            # nothing else: what other extensions do is not tested here, and takes time
            "jpserver_extensions": {"jupyterlab_berth": True, **dict.fromkeys(OTHER_EXTENSIONS, False)},
        }
        log = self.home / f"server-{port}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "jupyter_server",
                    *(f"--ServerApp.{key}={value}" for key, value in options.items()),
                ],
                cwd=self.home,
                env={**os.environ, **self.folders(), "JUPYTER_TOKEN": TOKEN, **self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        server = JupyterServer(process, port, log)
        self._servers.append(server)
        return server

    def server(self, **environment: str) -> JupyterServer:
        """Starts a server and waits until it answers."""
        server = self.start_server(**environment)
        self.wait_for(server)
        return server

    def wait_for(self, server: JupyterServer) -> None:
        def answers() -> bool:
            assert server.process.poll() is None, server.log.read_text()
            with suppress(OSError):
                return server.request("GET", "api/status").status == 200
            return False

        wait_until("the server answers", answers, 60)

    def gateway(self) -> dict | None:
        """What `gateway.json` says, if it is there."""
        try:
            return json.loads((self.data / "gateway.json").read_text())
        except FileNotFoundError:
            return None

    def gateway_pid(self) -> int:
        """The gateway's process, after waiting for one."""
        wait_until("there is a gateway", lambda: self.gateway() is not None)
        return self.gateway()["pid"]

    def close(self) -> None:
        for server in self._servers:
            if server.process.poll() is None:
                server.end()
        gateway = self.gateway()
        if gateway is not None:
            log = self.data / "gateway.log"
            what = f"the gateway {gateway['pid']} has ended; its log: {log.read_text() if log.exists() else 'none'}"
            wait_until(what, lambda: not is_alive(gateway["pid"]))

    def folders(self) -> dict[str, str]:
        names = {"JUPYTER_DATA_DIR": "data", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime"}
        return {key: str(self.home / name) for key, name in names.items()} | {
            "BERTH_CACHE_DIR": str(self.home / "cache"),
            "BERTH_LINGER_MS": str(LINGER_MS),
            "PYTHONPATH": str(EXTENSION),
        }


OTHER_EXTENSIONS = (
    "jupyter_lsp",
    "jupyter_server_proxy",
    "jupyter_server_terminals",
    "jupyterlab",
    "notebook_shim",
)


@contextmanager
def person(**environment: str) -> Iterator[Person]:
    """A new person, whose servers get `environment`. At the end everything of theirs has ended."""
    with tempfile.TemporaryDirectory(prefix="berth-") as home:  # short, unlike pytest's: a socket's path is limited
        someone = Person(Path(home), environment)
        try:
            yield someone
        finally:
            someone.close()


def inspecting_gateway() -> dict[str, str]:
    """The environment in which the inspecting gateway runs in place of the real one."""
    return {"BERTH_NODE": sys.executable, "BERTH_GATEWAY": str(INSPECTING_GATEWAY)}


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that is dead and not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
