"""What a browser does to a person's server, by real requests through the Hub's proxy."""

from __future__ import annotations

import asyncio
import json
import uuid

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from .real_hub import RealHub

POLL_EVERY_S = 1.0


async def run_and_leave(hub: RealHub, user: str, code: str) -> None:
    """Starts a kernel, runs a cell in it, and closes the page as soon as the cell runs."""
    socket = await _open_kernel(hub, user)
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "username": user,
        "session": uuid.uuid4().hex,
        "date": "",
        "version": "5.3",
    }
    message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "buffers": []}
    await socket.write_message(json.dumps({**message, "content": {"code": code, "silent": False}}))
    while True:
        said = json.loads(await socket.read_message())
        if said["msg_type"] == "execute_input":
            break
    socket.close()


async def forget_tab(hub: RealHub, user: str) -> asyncio.Task[None]:
    """A page that nobody looks at: a kernel's socket that stays open, and JupyterLab's polling of the kernels."""
    socket = await _open_kernel(hub, user)

    async def poll() -> None:
        try:
            while True:
                await hub.ask("GET", f"{hub.url}user/{user}/api/kernels")
                await asyncio.sleep(POLL_EVERY_S)
        finally:
            socket.close()

    return asyncio.create_task(poll())


async def _open_kernel(hub: RealHub, user: str) -> WebSocketClientConnection:
    url = f"{hub.url}user/{user}/api/kernels"
    started = await hub.ask("POST", url, {})
    assert started.code == 201, f"{started.code}: {started.body!r}"
    channels = f"{url.replace('http', 'ws', 1)}/{json.loads(started.body)['id']}/channels"
    headers = {"Authorization": f"token {hub.tokens['driver']}"}
    return await websocket_connect(HTTPRequest(channels, headers=headers, request_timeout=60))
