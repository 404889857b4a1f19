"""A real JupyterHub with its default proxy and its simple local spawner, for tests: on folders and ports of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from jupyterlab_berth.layout import gateway_program, node_program, uv_program

from ..jupyter_servers import EXTENSION, LINGER_MS, free_port, is_alive, wait_until

HUB_PYTHON = os.environ.get("BERTH_TEST_HUB_PYTHON", "")
PROXY = EXTENSION.parent / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
HERE = Path(__file__).resolve().parent
SERVICES = ("driver", "plain-culler", "berth-culler")


class RealHub:
    """The Hub, and what is run against it."""

    def __init__(self, folder: Path, groups: dict[str, list[str]]) -> None:
        self.folder = folder
        self.liars_notes = folder / "liar.jsonl"
        self.tokens = {name: secrets.token_hex(16) for name in SERVICES}
        self.url = f"http://127.0.0.1:{free_port()}/"
        hub_port = free_port()
        self.api_url = f"http://127.0.0.1:{hub_port}/hub/api"
        settings = {
            "url": self.url,
            "hub_port": hub_port,
            "database": f"sqlite:///{folder / 'hub.sqlite'}",
            "proxy_api_url": f"http://127.0.0.1:{free_port()}",
            "proxy_command": [str(node_program(os.environ)), str(PROXY)],
            "proxy_pid_file": str(folder / "proxy.pid"),
            "homes": str(folder / "homes"),
            "groups": groups,
            "tokens": self.tokens,
            "environment": self._servers_environment(),
            "read_every_s": 1,
            "liars_notes": str(self.liars_notes),
        }
        config = ["--config", str(HERE / "hub_config.py")]
        self._processes: list[subprocess.Popen[bytes]] = []
        self._start("hub", ["-m", "jupyterhub", *config], {"BERTH_TEST_HUB": json.dumps(settings)})

    async def ask(self, method: str, url: str, body: Any = None, token: str | None = None) -> HTTPResponse:
        """One request, as the test's own service unless another token is given."""
        request = HTTPRequest(
            url,
            method=method,
            headers={"Authorization": f"token {token or self.tokens['driver']}"},
            body=None if body is None else json.dumps(body),
            allow_nonstandard_methods=True,
            request_timeout=60,
        )
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    async def api(self, method: str, path: str, body: Any = None) -> Any:
        """Asks the Hub's API; fails on what is no success."""
        answer = await self.ask(method, self.api_url + path, body)
        assert answer.code < 300, f"{method} {path}: {answer.code} {answer.body!r}\n{self.log('hub')[-3000:]}"
        return json.loads(answer.body) if answer.body else None

    async def is_running(self, user: str) -> bool:
        """Whether the Hub says that the person's server is there, and not on its way out."""
        server = (await self.api("GET", f"/users/{user}"))["servers"].get("")
        return server is not None and server["ready"] and server["pending"] is None

    def start_culler(self, name: str, config: str, *options: str) -> None:
        """Starts the idle-culler of PyPI as the service `name`, with this configuration file."""
        file = self.folder / f"{name}.py"
        file.write_text(config)
        environment = {"JUPYTERHUB_API_URL": self.api_url, "JUPYTERHUB_API_TOKEN": self.tokens[name]}
        self._start(name, ["-m", "jupyterhub_idle_culler", "--config", str(file), *options], environment)

    def assert_alive(self) -> None:
        """Fails at once where a test would wait in vain: a program has ended by itself."""
        for process in self._processes:
            assert process.poll() is None, f"{process.args} has ended with {process.returncode}"

    def log(self, name: str) -> str:
        """What the Hub or a culler has said so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def close(self) -> None:
        """Ends everything: the Hub stops its servers and its proxy itself, and a gateway follows its server."""
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            process.wait(30)
        for file in self.folder.glob("homes/*/.local/share/jupyter/berth/gateway.json"):
            pid = json.loads(file.read_text())["pid"]
            wait_until(f"the gateway {pid} has ended", lambda pid=pid: not is_alive(pid))

    def _start(self, name: str, program: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as out:
            process = subprocess.Popen(
                [HUB_PYTHON, *program],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(EXTENSION), "HOME": str(self.folder), **environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        self._processes.append(process)
        return process

    @staticmethod
    def _servers_environment() -> dict[str, str]:
        return {
            "PYTHONPATH": str(EXTENSION),
            "JUPYTERHUB_ACTIVITY_INTERVAL": "2",
            "BERTH_NODE": str(node_program(os.environ)),
            "BERTH_GATEWAY": str(gateway_program(os.environ)),
            "BERTH_UV": str(uv_program(os.environ)),
            "BERTH_LINGER_MS": str(LINGER_MS),
        }


@contextmanager
def real_hub(groups: dict[str, list[str]]) -> Iterator[RealHub]:
    """A Hub with these people. At the end everything of theirs has ended."""
    with tempfile.TemporaryDirectory(prefix="berth-") as folder:  # short, for a socket's path is limited
        hub = RealHub(Path(folder), groups)
        try:
            yield hub
        except BaseException:
            print(
                *(f"{log.name}:\n{log.read_text(errors='replace')[-6000:]}" for log in hub.folder.glob("*.log")),
                sep="\n",
            )
            raise
        finally:
            hub.close()
