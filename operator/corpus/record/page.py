"""What a browser's page does: channels to kernels, input of its person, and JupyterLab's own polling."""

from __future__ import annotations

import asyncio
import json
import secrets
import time

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from .real_server import RealServer

POLLED = ("api/kernels", "api/sessions", "api/terminals")


class KernelChannel:
    """A websocket to one kernel, as a notebook holds it. What a cell asks with `input()` is in `asks`."""

    def __init__(self, server: RealServer, kernel: str) -> None:
        self._server = server
        self.kernel = kernel
        self.session = secrets.token_hex(8)
        self.asks: dict | None = None
        self._socket: WebSocketClientConnection | None = None

    async def open(self) -> None:
        """Connects."""
        url = f"ws://127.0.0.1:{self._server.port}/api/kernels/{self.kernel}/channels?session_id={self.session}"
        request = HTTPRequest(url, headers={"Authorization": f"token {self._server.token}"})
        self._socket = await websocket_connect(request, on_message_callback=self._on_message)

    def close(self) -> None:
        """Leaves; the kernel goes on."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def run(self, code: str) -> None:
        """Sends a cell without waiting for its end."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": True}
        await self._send("shell", "execute_request", content)

    async def ask_kernel(self) -> None:
        """What a page asks when it connects."""
        await self._send("shell", "kernel_info_request", {})

    async def answer(self, value: str) -> None:
        """Answers `input()`."""
        parent = self.asks or {}
        self.asks = None
        await self._send("stdin", "input_reply", {"value": value}, parent)

    async def _send(self, channel: str, kind: str, content: dict, parent: dict | None = None) -> None:
        if self._socket is None:
            await self.open()
        assert self._socket is not None
        header = {
            "msg_id": secrets.token_hex(16),
            "msg_type": kind,
            "username": "",
            "session": self.session,
            "date": "2026-01-01T00:00:00Z",
            "version": "5.4",
        }
        message = {"channel": channel, "header": header, "parent_header": parent or {}, "metadata": {}}
        await self._socket.write_message(json.dumps({**message, "content": content, "buffers": []}))

    def _on_message(self, message: str | bytes | None) -> None:
        if isinstance(message, str):
            said = json.loads(message)
            if said["header"]["msg_type"] == "input_request":
                self.asks = said["header"]


class Page:
    """One tab of one person. It tells the agent of input as the front end does."""

    def __init__(self, server: RealServer) -> None:
        self._server = server
        self._id = secrets.token_hex(8)
        self._input: dict[str, float] = {}
        self._any_input: float | None = None
        self._polling: asyncio.Task[None] | None = None
        self._events: WebSocketClientConnection | None = None

    async def tell(self, waits_input: list[str] | None = None) -> None:
        """What it last saw of its person."""
        now = time.time()
        body = {
            "kernels": {kernel: now - at for kernel, at in self._input.items()},
            "input": None if self._any_input is None else now - self._any_input,
            "waitsInput": waits_input or [],
            "tabs": 1,
            "wish": None,
            "page": self._id,
        }
        await self._server.request("POST", "berth/activity/input?no_track_activity=1", body)

    async def typed(self, kernel: str | None, waits_input: list[str] | None = None) -> None:
        """Somebody typed in that kernel's notebook, or elsewhere in JupyterLab."""
        self._any_input = time.time()
        if kernel is not None:
            self._input[kernel] = self._any_input
        await self.tell(waits_input)

    async def open(self) -> None:
        """Listens to the server's events, as long as it is open: so the agent counts it."""
        url = f"ws://127.0.0.1:{self._server.port}/api/events/subscribe"
        request = HTTPRequest(url, headers={"Authorization": f"token {self._server.token}"})
        self._events = await websocket_connect(request, on_message_callback=lambda _: None)
        await self.tell()

    def close(self) -> None:
        """Is gone."""
        self.hide()
        if self._events is not None:
            self._events.close()

    def show(self, every_s: float) -> None:
        """From now on it is visible: it polls as JupyterLab does."""
        self._polling = asyncio.create_task(self._poll(every_s))

    def hide(self) -> None:
        """It no longer polls."""
        if self._polling is not None:
            self._polling.cancel()
            self._polling = None

    async def _poll(self, every_s: float) -> None:
        while True:
            for path in POLLED:
                try:
                    await self._server.request("GET", path)
                except Exception:  # the server may be frozen or restarting: a page tries again
                    await asyncio.sleep(every_s)
            await asyncio.sleep(every_s)
