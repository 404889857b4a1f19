"""What pages get of activity: over routes that are guarded as Jupyter's own, and pushed over Jupyter's event bus."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from jupyter_client.session import Session
from yarl import URL

from .activity_servers import Operator, kernel_in, post, start_notebook, view
from .activity_words import judgement
from .jupyter_servers import AUTH, BASE_URL, TOKEN, JupyterServer, inspecting_gateway, person, wait_until
from .test_proxy_authorization import NO_WRITES

WRONG = {"subject": {"kind": "workspace"}, "stopId": None, "text": "I left long ago"}
VIEW = {
    "nowMs": 1,
    "judge": None,
    "judgedMs": None,
    "enabled": True,
    "dryRun": False,
    "problems": [],
    "judgements": [],
    "stops": [],
    "asking": [],
}
ROUTES = [("GET", ""), ("POST", "/input"), ("POST", "/snooze"), ("POST", "/stops/dismiss"), ("POST", "/wrong")]


@pytest.fixture
def server(operator: Operator) -> JupyterServer:
    return operator.server


@asynccontextmanager
async def socket_to(server: JupyterServer, path: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with aiohttp.ClientSession() as session:
        url = URL(f"http://{server.host}{BASE_URL}{path}", encoded=True)
        async with session.ws_connect(url, headers={"Authorization": f"token {TOKEN}"}) as socket:
            yield socket


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_through_who_is_not_logged_in_or_comes_from_elsewhere(
    server: JupyterServer, method: str, path: str
) -> None:
    route = f"berth/activity{path}"
    cookies = server.log_in()
    for headers in ({}, {"Authorization": "token wrong"}):
        refused = server.request(method, route, headers, b"{}")
        assert refused.status == 403 and set(refused.json()) >= {"code", "message"}
    evil = {**cookies, "Origin": "https://evil.example", "X-XSRFToken": server.cookies["_xsrf"]}
    assert server.request(method, route, evil, b"{}").status in (403, 404)
    if method == "POST":
        refused = server.request(method, route, cookies, b"{}")
        assert (refused.status, refused.json()["code"]) == (403, "forbidden") and "_xsrf" in refused.json()["message"]
        passed = server.request(method, route, {**cookies, "X-XSRFToken": server.cookies["_xsrf"]}, b"{}")
        assert (passed.status, passed.json()["code"]) == (400, "invalid-input")
    assert server.request("OPTIONS", route, cookies).status == 405
    other = "GET" if method == "POST" else "POST"
    assert server.request(other, route, AUTH, b"{}").status == 405


def test_who_may_not_write_may_only_look() -> None:
    with person(**inspecting_gateway()) as ada:
        config = ada.home / "config" / "jupyter_server_config.py"
        config.parent.mkdir()
        config.write_text(NO_WRITES)
        server = ada.server()
        for method, path in ROUTES:
            answer = server.request(method, f"berth/activity{path}", AUTH, b"{}")
            assert answer.status == (200 if method == "GET" else 403)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("input", b"", 400),
        ("input", b"[" * 100_000, 400),
        ("input", b'{"page": "p-1", "kernels": {"k": NaN}}', 400),
        ("input", b'{"page": "p-1", "input": 1' + b"0" * 400 + b"}", 400),
        ("input", b'{"page": "' + b"x" * 300_000 + b'"}', 413),
        ("snooze", b'{"subject": {"kind": "planet"}}', 400),
        ("stops/dismiss", b'{"id": "../stops"}', 400),
        ("stops/dismiss", b'{"id": "order-none"}', 404),
        ("wrong", b'{"stopId": "order-none", "text": ""}', 404),
        ("wrong", b'{"subject": {"kind": "kernel", "id": "k-none"}, "text": ""}', 404),
        ("wrong", b'{"text": 1}', 400),
    ],
)
def test_what_cannot_be_understood_is_refused_with_what_would_be_right(
    server: JupyterServer, path: str, body: bytes, status: int
) -> None:
    answer = server.request("POST", f"berth/activity/{path}", AUTH, body)
    assert answer.status == status, answer.body
    assert answer.json()["code"] in ("invalid-input", "not-found", "too-large") and answer.json()["message"]
    if status == 400:
        assert answer.json()["problems"]


def test_none_of_it_reaches_the_gateway(server: JupyterServer) -> None:
    view(server)
    post(server, "input", {"page": "p-1"})
    assert not any("activity" in line for line in server.request("GET", "berth/api/v1/paths", AUTH).json()["seen"])


def test_a_report_holds_what_was_seen_for_who_asks_was_this_wrong(operator: Operator) -> None:
    operator.evidence()
    operator.exchange(judgements=[judgement({"kind": "workspace"}, activity="active", lastActiveMs=1)])
    answer = post(operator.server, "wrong", WRONG)
    trace = json.loads(Path(answer.json()["file"]).read_text())
    assert trace["source"] == "recorded" and trace["samples"] and "I left long ago" in trace["why"]
    assert trace["expect"][0] | {"t_from": 0, "t_to": 0} == {"t_from": 0, "t_to": 0, "workspace": True, "must": "stop"}


def test_a_report_that_the_disk_does_not_take_is_told_so(operator: Operator) -> None:
    operator.evidence()
    folder = Path(post(operator.server, "wrong", WRONG).json()["file"]).parent
    folder.rename(folder.with_name("away"))
    folder.write_text("in the way")
    try:
        refused = post(operator.server, "wrong", WRONG)
        assert (refused.status, refused.json()["code"]) == (507, "storage-full")
        assert "could not be written" in refused.json()["message"]
    finally:
        folder.unlink()
        folder.with_name("away").rename(folder)


async def test_nobody_can_emit_what_would_break_the_pages_of_others(operator: Operator) -> None:
    def emit(data: dict[str, Any]) -> int:
        event = {"schema_id": "https://events.berth.dev/activity/v1", "version": "1", "data": data}
        headers = {**AUTH, "Content-Type": "application/json"}
        return operator.server.request("POST", "api/events", headers, json.dumps(event).encode()).status

    async with socket_to(operator.server, "api/events/subscribe"):
        stop = {**VIEW, "stops": [{"id": "o-1"}]}
        judged = {**VIEW, "judgements": [{"name": "a.ipynb", "path": {"is": "no path"}}]}
        for data in ({}, {"view": {}}, {"view": stop}, {"view": judged}):
            assert await asyncio.to_thread(emit, data) == 400, data


async def test_a_page_is_told_of_what_has_changed_and_only_of_that(operator: Operator) -> None:
    async with socket_to(operator.server, "api/events/subscribe") as socket:

        async def next_view() -> dict[str, Any]:
            while True:
                event = json.loads((await asyncio.wait_for(socket.receive(), 20)).data)
                if event["schema_id"] == "https://events.berth.dev/activity/v1":
                    return event["view"]

        async def say(**changes: Any) -> None:
            said = [judgement({"kind": "workspace"}, **changes)]
            await asyncio.to_thread(operator.exchange, judgements=said)

        await say(atMs=1_000_000, idleMs=1)
        first = await next_view()
        assert first["judgements"][0]["next"]["atMs"] is not None and first["timelines"] == []
        await say(atMs=1_000_000, idleMs=2)
        await say(atMs=1_000_000, idleMs=3, warnedAtMs=5)
        second = await next_view()
        assert second["judgements"][0]["next"]["warnedAtMs"] is not None, "what has not changed was not told"
        assert second["judgements"][0]["idleMs"] == 3
        tabs = await asyncio.to_thread(lambda: operator.evidence()["tabs"])
        assert tabs == 1
    wait_until("the page is gone", lambda: operator.evidence()["tabs"] == 0)


class Page:
    """A notebook's page: it runs cells in a kernel, and sees their questions."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._session = Session(key=b"")

    async def run(self, code: str) -> None:
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": True, "stop_on_error": True}
        message = self._session.msg("execute_request", {**content, "user_expressions": {}})
        await self._socket.send_str(json.dumps({**message, "channel": "shell"}, default=str))

    async def answer(self, value: str) -> None:
        message = self._session.msg("input_reply", {"value": value, "status": "ok"})
        await self._socket.send_str(json.dumps({**message, "channel": "stdin"}, default=str))

    async def until(self, kind: str) -> None:
        while json.loads((await asyncio.wait_for(self._socket.receive(), 30)).data)["header"]["msg_type"] != kind:
            pass


async def test_a_cell_that_waits_for_an_answer_is_known_also_when_its_page_is_closed(operator: Operator) -> None:
    kernel_id = await asyncio.to_thread(start_notebook, operator.server)
    channels = f"api/kernels/{kernel_id}/channels?session_id={uuid4()}"

    async def until_waiting(is_waiting: bool) -> None:
        what = f"waits_input is {is_waiting}"
        await asyncio.to_thread(
            operator.until, what, lambda found: kernel_in(found, kernel_id)["waits_input"] is is_waiting
        )

    def page_says(waits: list[str]) -> None:
        assert post(operator.server, "input", {"page": "p-9", "waitsInput": waits}).status == 204

    async with socket_to(operator.server, channels) as socket:
        page = Page(socket)
        await page.run("input('Name? ')")
        await page.until("input_request")
        await asyncio.to_thread(page_says, [kernel_id])
        await until_waiting(True)
        await page.answer("Ada")
        await page.until("execute_reply")
        await until_waiting(False)
        # The page is closed while this runs, and so never sees the question.
        await page.run("import time; time.sleep(2); input('And now? ')")
        await page.until("execute_input")
    await until_waiting(True)
    await asyncio.to_thread(operator.server.request, "POST", f"api/kernels/{kernel_id}/interrupt")
    await until_waiting(False)
