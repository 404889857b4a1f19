"""The real gateway, through a real Jupyter server: what a browser does, from end to end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from uv import find_uv_bin
from yarl import URL

from .jupyter_servers import AUTH, BASE_URL, JupyterServer, Person, is_alive, needs_gateway, person, wait_until

pytestmark = needs_gateway


@pytest.fixture(scope="module")
def grace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Her uv takes its time to make an environment, so that this can be looked at."""
    uv = tmp_path_factory.mktemp("bin") / "uv"
    uv.write_text(f'#!/bin/sh\ncase "$1" in venv|pip|sync) exec sleep 60 ;; esac\nexec "{find_uv_bin()}" "$@"\n')
    uv.chmod(0o755)
    with person(BERTH_UV=str(uv)) as someone:
        yield someone


@pytest.fixture(scope="module")
def her_server(grace: Person) -> JupyterServer:
    return grace.server()


def post(server: JupyterServer, path: str, body: dict | None = None) -> dict:
    headers = {**server.log_in(), "X-XSRFToken": server.cookies["_xsrf"], "Content-Type": "application/json"}
    answer = server.request("POST", f"berth/api/v1/{path}", headers, json.dumps(body).encode() if body else b"")
    assert answer.status < 300, answer.body
    return answer.json()


async def test_the_event_stream_begins_with_a_snapshot_and_goes_on_at_a_cursor(her_server: JupyterServer) -> None:
    async with aiohttp.ClientSession(headers=AUTH) as session:
        url = f"http://{her_server.host}{BASE_URL}berth/api/v1/events"
        async with session.ws_connect(URL(url, encoded=True)) as socket:
            hello = await socket.receive_json(timeout=30)
        assert (hello["type"], hello["resumed"]) == ("hello", False)
        assert set(hello["snapshot"]) >= {"runs", "offers", "environments"}
        async with session.ws_connect(URL(f"{url}?cursor={hello['cursor']}", encoded=True)) as socket:
            assert (await socket.receive_json(timeout=30))["resumed"]


def test_a_run_finds_its_notebook_below_this_servers_root(grace: Person, her_server: JupyterServer) -> None:
    missing = her_server.request(
        "POST", "berth/api/v1/runs", {**AUTH, "Content-Type": "application/json"}, b'{"notebook": "no.py"}'
    )
    assert missing.status in (400, 404) and "no.py" in missing.body.decode()
    assert her_server.request("POST", "berth/api/v1/runs", AUTH).status == 400


def test_none_of_its_children_holds_the_lock(grace: Person, her_server: JupyterServer) -> None:
    """Whether it makes an environment or runs a launcher: they outlive it, and the next gateway must not wait."""
    (grace.root / "train.py").write_text("import time; time.sleep(30)")
    gateway = grace.gateway_pid()
    post(her_server, "environments/default/create")
    run = post(her_server, "runs", {"notebook": "train.py", "framework": "process"})
    wait_until("it has a child", lambda: children_of(gateway))
    children = children_of(gateway)
    held = {path for child in children for path in open_files(child)}
    assert held, "there was something to see"
    assert str(grace.data / "gateway.lock") not in held
    post(her_server, f"runs/{run['id']}/cancel")
    with suppress(AssertionError):  # it may be ready, or not be for making at all
        post(her_server, "environments/default/cancel")
    wait_until("they have ended", lambda: not any(is_alive(child) for child in children), 40)


def children_of(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(status.parent.name))
    return found


def open_files(pid: int) -> list[str]:
    found = []
    for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
        with suppress(OSError):
            found.append(str(descriptor.readlink()))
    return found
