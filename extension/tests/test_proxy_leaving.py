"""A browser that goes away before it has its answer: "Cancel" aborts a request, and the gateway must get to know."""

from __future__ import annotations

import http.client
from pathlib import Path

import pytest

from .jupyter_servers import AUTH, BASE_URL, INSPECTING_GATEWAY, JupyterServer, inspecting_gateway, person, wait_until

STARTS_WHEN_TOLD = """
import pathlib, runpy, time
while not pathlib.Path({told!r}).exists():
    time.sleep(0.02)
runpy.run_path({program!r})
"""


def ask(server: JupyterServer, method: str, name: str) -> http.client.HTTPConnection:
    """Sends a request, and leaves its answer to come."""
    connection = server.connect()
    connection.request(method, f"{BASE_URL}berth/api/v1/{name}", headers=AUTH)
    return connection


def requests(server: JupyterServer, which: str, line: str) -> int:
    """How many such requests the gateway has `seen`, or found `left`."""
    return server.request("GET", "berth/api/v1/paths").json()[which].count(line)


def works_and_is_quiet(server: JupyterServer, log_start: int) -> None:
    assert server.request("POST", "berth/api/v1/echo", body=b"{}").json()["bytes"] == 2
    said = server.log.read_text()[log_start:]
    assert not any(noise in said for noise in ("Traceback", "[W ", "[E ", "[C ", "never retrieved")), said


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_the_gateway_sees_who_no_longer_waits(server: JupyterServer, method: str) -> None:
    log_start = len(server.log.read_text())
    connection = ask(server, method, "pending")
    line = f"{method} /api/v1/pending"
    wait_until("the gateway is at work", lambda: requests(server, "seen", line) == 1)
    assert requests(server, "left", line) == 0
    connection.close()
    wait_until("the gateway sees it", lambda: requests(server, "left", line) == 1)
    assert requests(server, "seen", line) == 1, "and it is not asked once more"
    works_and_is_quiet(server, log_start)


@pytest.mark.parametrize("name", ["begun", "endless"])
def test_a_download_that_is_given_up_ends(server: JupyterServer, name: str) -> None:
    log_start = len(server.log.read_text())
    connection = ask(server, "GET", name)
    answer = connection.getresponse()
    assert len(answer.read(5)) == 5
    answer.close()
    connection.close()
    wait_until("the gateway sees it", lambda: requests(server, "left", f"GET /api/v1/{name}") == 1)
    works_and_is_quiet(server, log_start)


def test_who_leaves_while_the_gateway_starts_has_asked_for_nothing(tmp_path: Path) -> None:
    told, program = tmp_path / "told", tmp_path / "gateway.py"
    program.write_text(STARTS_WHEN_TOLD.format(told=str(told), program=str(INSPECTING_GATEWAY)))
    with person(**{**inspecting_gateway(), "BERTH_GATEWAY": str(program)}) as ada:
        server = ada.server()
        log_start = len(server.log.read_text())
        connection = ask(server, "POST", "echo")
        assert server.request("GET", "api/status").status == 200  # so that the earlier request has been taken up
        connection.close()
        assert server.request("GET", "api/status").status == 200  # and its end noticed
        told.touch()
        wait_until("the gateway works", lambda: server.request("GET", "berth/api/v1/paths").status == 200)
        assert requests(server, "seen", "POST /api/v1/echo") == 0
        works_and_is_quiet(server, log_start)
