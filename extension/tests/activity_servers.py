"""Jupyter servers whose activity is judged by the test, in the place of a cluster's operator."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.blocking import BlockingKernelClient

from .activity_words import says
from .jupyter_servers import AUTH, Answer, JupyterServer, Person, free_port, wait_until
from .tiny_environment import call

TOKEN = "the-token-of-the-agent-of-a-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class Operator:
    """Asks the agent of one server, as the operator does."""

    server: JupyterServer
    port: int

    def request(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def exchange(self, **changes: Any) -> dict[str, Any]:
        """Says what the test says; returns what the agent says."""
        answer = self.request("POST", "/exchange", BEARER, json.dumps(says(**changes)).encode())
        assert answer.status == 200, answer.body
        return answer.json()

    def order(self, orders: list[dict[str, Any]]) -> list[str]:
        """Orders, having heard everything; returns what the agent says is done."""
        heard = self.exchange(orders=orders)
        cursor = {"boot": heard["boot"], "seq": heard["readings"][-1]["seq"]}
        return self.exchange(orders=orders, cursor=cursor)["done"]

    def evidence(self) -> dict[str, Any]:
        """Of a reading that is made after this was called."""
        first = self.exchange()["readings"]
        cursor = {"boot": self.exchange()["boot"], "seq": first[-1]["seq"] if first else 0}
        found: list[dict[str, Any]] = []

        def is_read() -> bool:
            found[:] = self.exchange(cursor=cursor)["readings"]
            return bool(found)

        wait_until("there is a reading", is_read)
        assert "evidence" in found[-1], found[-1]
        return found[-1]["evidence"]

    def until(self, what: str, is_so: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Waits until evidence is as it should be; returns it."""
        seen: list[dict[str, Any]] = []

        def look() -> bool:
            seen[:] = [self.evidence()]
            return bool(is_so(seen[0]))

        wait_until(what, look, 40)
        return seen[0]


def judged_server(person: Person, read_every_s: float = 0.2, more_config: str = "") -> Operator:
    """A server that the test judges."""
    configure(person, read_every_s, more_config)
    port = free_port()
    server = person.server(BERTH_AGENT_TOKEN=TOKEN, BERTH_AGENT_PORT=str(port))
    return Operator(server, port)


def configure(person: Person, read_every_s: float, more_config: str = "") -> None:
    config = person.home / "config" / "jupyter_server_config.py"
    config.parent.mkdir(exist_ok=True)
    config.write_text(f"c.BerthExtension.idle_read_every_s = {read_every_s}\n{more_config}")


def start_notebook(server: JupyterServer, path: str = "a.ipynb") -> str:
    """Starts a session with a Python kernel; returns the kernel's id."""
    body = {"path": path, "name": Path(path).name, "type": "notebook", "kernel": {"name": "python3"}}
    return call(server, "POST", "api/sessions", body)["kernel"]["id"]


def run_cell(person: Person, kernel_id: str, code: str, waits: bool = True, silent: bool = False) -> None:
    """Has a kernel run a cell, as any client does; without `waits` it returns when the cell is sent."""
    client = BlockingKernelClient()
    client.load_connection_file(str(person.home / "runtime" / f"kernel-{kernel_id}.json"))
    client.start_channels(hb=False)
    try:
        client.wait_for_ready(timeout=60)
        if waits:
            client.execute_interactive(code, timeout=60, output_hook=lambda message: None)
        else:
            client.execute(code, silent=silent, allow_stdin=False)
    finally:
        client.stop_channels()


def kernel_in(evidence: dict[str, Any], kernel_id: str) -> dict[str, Any]:
    return next(kernel for kernel in evidence["kernels"] if kernel["id"] == kernel_id)


def post(server: JupyterServer, path: str, body: Any) -> Answer:
    """To the routes that pages use."""
    headers = {**AUTH, "Content-Type": "application/json"}
    return server.request("POST", f"berth/activity/{path}", headers, json.dumps(body).encode())


def view(server: JupyterServer) -> dict[str, Any]:
    return call(server, "GET", "berth/activity")
