"""The event stream through the proxy, in a real Jupyter server."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from yarl import URL

from .jupyter_servers import AUTH, BASE_URL, TOKEN, JupyterServer, Person, wait_until


@asynccontextmanager
async def events(
    server: JupyterServer, headers: dict[str, str], path: str = "events?cursor=c"
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        url = URL(f"http://{server.host}{BASE_URL}berth/api/v1/{path}", encoded=True)
        async with session.ws_connect(url, headers=headers, protocols=("some.protocol",)) as socket:
            yield socket


async def status_of(server: JupyterServer, headers: dict[str, str], path: str = "events") -> int:
    """101, or how the upgrade was refused."""
    try:
        async with events(server, headers, path):
            return 101
    except aiohttp.WSServerHandshakeError as error:
        return error.status


async def test_who_may_open_it(server: JupyterServer) -> None:
    cookies = server.log_in()
    evil = {"Origin": "https://evil.example"}
    assert await status_of(server, {}) == 403
    assert await status_of(server, cookies) == 101
    assert await status_of(server, {**cookies, "Origin": f"http://{server.host}"}) == 101
    assert await status_of(server, {**cookies, **evil}) == 403
    assert await status_of(server, {**AUTH, **evil}) == 101  # as in Jupyter: who has the token is no browser's victim


async def test_it_carries_no_credentials_and_both_kinds_of_message(server: JupyterServer) -> None:
    headers = {**server.log_in(), "X-Berth-User": "mallory"}
    async with events(server, headers, f"events?cursor=c&token={TOKEN}") as socket:
        hello = await socket.receive_json()
        assert hello["path"] == "/api/v1/events?cursor=c"
        passed = {name.lower() for name in hello["headers"]}
        assert not passed & {"cookie", "origin", "sec-websocket-protocol", "x-forwarded-for"}
        assert hello["headers"]["X-Berth-User"] != "mallory"
        assert socket.protocol is None
        await socket.send_str("text")
        assert await socket.receive_str() == "text"
        await socket.send_bytes(b"bytes")
        assert await socket.receive_bytes() == b"bytes"


async def test_the_gateways_close_code_reaches_the_browser(server: JupyterServer) -> None:
    async with events(server, AUTH) as socket:
        await socket.receive_json()
        await socket.send_str("close")
        closed = await socket.receive()
        assert (closed.type, closed.data, closed.extra) == (aiohttp.WSMsgType.CLOSE, 4429, "too slow")


async def test_no_path_leads_out_of_the_api(server: JupyterServer) -> None:
    for path in ("..%2f..%2finternal/lease", "events/", "%2e%2e/%2e%2e/internal/health"):
        assert await status_of(server, AUTH, path) == 404
    assert await status_of(server, AUTH, "echo") == 503  # the gateway does not speak WebSocket there


async def test_a_slow_browser_slows_the_gateway_down(server: JupyterServer) -> None:
    def flooded() -> int:
        return server.request("GET", "berth/api/v1/paths").json()["flooded"]

    async with events(server, AUTH, "flood"):
        amounts = [-1, 0]
        while amounts[-1] == 0 or amounts[-1] != amounts[-2]:
            await asyncio.sleep(0.3)
            amounts.append(await asyncio.to_thread(flooded))
        assert amounts[-1] < 64 * 1024 * 1024, "of 256 MiB that the gateway would send"


async def test_an_open_stream_is_no_activity(server: JupyterServer) -> None:
    before = server.request("GET", "api/status").json()["last_activity"]
    await asyncio.sleep(0.01)
    async with events(server, AUTH) as socket:
        await socket.receive_json()
        await socket.send_str("text")
        await socket.receive_str()
        await socket.ping()
    assert server.request("GET", "api/status").json()["last_activity"] == before


async def test_when_the_gateway_is_killed_the_browser_is_told_to_connect_again(
    ada: Person, server: JupyterServer
) -> None:
    killed = ada.gateway_pid()
    async with events(server, AUTH) as socket:
        await socket.receive_json()
        os.kill(killed, signal.SIGKILL)
        closed = await asyncio.wait_for(socket.receive(), 30)
        assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, 1012)
    assert await status_of(server, AUTH) == 101
    wait_until("another gateway lives", lambda: ada.gateway_pid() != killed)
