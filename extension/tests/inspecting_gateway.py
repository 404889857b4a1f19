"""Stands in for the gateway where a test must see what reaches it: an HTTP server on the same socket, that echoes.

Run in its place by `BERTH_NODE=<python> BERTH_GATEWAY=<this file>`; it keeps the gateway's rules about `gateway.json`,
the token and the lease.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
from collections.abc import Awaitable
from pathlib import Path
from typing import NoReturn

from aiohttp import WSMsgType, web
from aiohttp.typedefs import Handler

DATA = Path(os.environ["BERTH_DATA_DIR"])
SOCKET = Path(os.environ["BERTH_SOCKET"])
TOKEN = secrets.token_urlsafe()
FLOOD_BYTES = 256 * 1024 * 1024
MESSAGE = "x" * 65536
seen: list[str] = []
left: list[str] = []
sent = {"flooded": 0}
go_on = asyncio.Event()


@web.middleware
async def require_token(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        return web.json_response({"code": "unauthenticated"}, status=401)
    if request.path != "/internal/activity":  # which the server asks by itself, whatever a test does
        seen.append(f"{request.method} {request.raw_path}")
    return await handler(request)


async def health(_request: web.Request) -> web.Response:
    return web.json_response({"pid": os.getpid()})


async def lease(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    await answer.write(b"\n")
    try:
        await asyncio.sleep(3600)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
    return answer


async def echo(request: web.Request) -> web.Response:
    body = {
        "method": request.method,
        "path": request.raw_path,
        "headers": dict(request.headers),
        "bytes": len(await request.read()),
        "pid": os.getpid(),
    }
    headers = {"Set-Cookie": "a=b", "Access-Control-Allow-Origin": "*", "X-Request-Id": "abc"}
    return web.json_response(body, headers=headers)


async def paths(_request: web.Request) -> web.Response:
    return web.json_response({"seen": seen, "left": left, **sent})


async def refuse(_request: web.Request) -> web.Response:
    return web.json_response({"code": "never-fits", "message": "no", "requestId": "1"}, status=422)


async def nothing(_request: web.Request) -> web.Response:
    return web.Response(status=204)


async def slow(request: web.Request) -> web.StreamResponse:
    """One piece, then the rest when /api/v1/go is called."""
    answer = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await answer.prepare(request)
    await answer.write(b"first")
    await go_on.wait()
    await answer.write(b" rest")
    return answer


async def go(_request: web.Request) -> web.Response:
    go_on.set()
    return web.Response(status=204)


async def pending(request: web.Request) -> web.Response:
    """Never answers, and notes that whoever asked has left."""
    return await until_left(request, asyncio.Event().wait())


async def begun(request: web.Request) -> web.StreamResponse:
    """One piece, and never the rest."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    await answer.write(b"first")
    return await until_left(request, asyncio.Event().wait())


async def endless(request: web.Request) -> web.StreamResponse:
    """Piece after piece, as fast as the other side takes it."""
    answer = web.StreamResponse()
    await answer.prepare(request)

    async def write_on() -> NoReturn:
        while True:
            await answer.write(MESSAGE.encode())

    return await until_left(request, write_on())


async def until_left(request: web.Request, work: Awaitable[object]) -> NoReturn:
    try:
        await work
    finally:
        left.append(f"{request.method} {request.raw_path}")
    raise AssertionError("such work does not end")


async def broken(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await answer.prepare(request)
    await answer.write(b"half")
    request.transport.abort()
    return answer


async def events(request: web.Request) -> web.WebSocketResponse:
    """Sends its request's headers, then echoes; `close` closes it with a code of its own."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_json({"path": request.raw_path, "headers": dict(request.headers)})
    async for message in socket:
        if message.type == WSMsgType.TEXT and message.data == "close":
            await socket.close(code=4429, message=b"too slow")
        elif message.type == WSMsgType.TEXT:
            await socket.send_str(message.data)
        else:
            await socket.send_bytes(message.data)
    return socket


async def flood(request: web.Request) -> web.WebSocketResponse:
    """Sends as fast as the other side takes it, and counts."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    while sent["flooded"] < FLOOD_BYTES:
        await socket.send_str(MESSAGE)
        sent["flooded"] += len(MESSAGE)
    return socket


def announce() -> None:
    text = json.dumps({"version": "0", "pid": os.getpid(), "socket": str(SOCKET), "token": TOKEN, "startedAtMs": 0})
    draft = DATA / ".draft"
    draft.write_text(text)
    draft.replace(DATA / "gateway.json")


async def main() -> None:
    app = web.Application(middlewares=[require_token], client_max_size=32 * 1024 * 1024)
    routes = {"paths": paths, "refuse": refuse, "nothing": nothing, "slow": slow, "go": go, "broken": broken}
    for name, handler in {**routes, "events": events, "flood": flood}.items():
        app.router.add_get(f"/api/v1/{name}", handler)
    app.router.add_get("/api/v1/begun", begun)
    app.router.add_get("/api/v1/endless", endless)
    app.router.add_route("*", "/api/v1/pending", pending)
    app.router.add_get("/internal/health", health)
    app.router.add_get("/internal/lease", lease)
    app.router.add_route("*", "/{path:.*}", echo)
    runner = web.AppRunner(app, handler_cancellation=True)  # so that a closed lease is noticed
    await runner.setup()
    SOCKET.unlink(missing_ok=True)
    await web.UnixSite(runner, SOCKET).start()
    announce()
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    (DATA / "gateway.json").unlink(missing_ok=True)
    os._exit(0)


asyncio.run(main())
