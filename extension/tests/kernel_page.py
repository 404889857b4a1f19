"""What a page does with a kernel, over the same socket: it runs cells and says which, and it can go away."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import uuid4

import aiohttp
from yarl import URL

from .jupyter_servers import AUTH, BASE_URL, JupyterServer, wait_until
from .tiny_environment import call

NOTEBOOK = "wörk.ipynb"


class KernelPage:
    """One page with one notebook, connected to its kernel."""

    def __init__(self, server: JupyterServer, kernel: str, path: str = NOTEBOOK) -> None:
        self.server = server
        self.kernel = kernel
        self.path = path
        self.session = uuid4().hex
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

    async def __aenter__(self) -> KernelPage:
        path = f"{BASE_URL}api/kernels/{self.kernel}/channels?session_id={self.session}"
        url = URL(f"ws://{self.server.host}{path}", encoded=True)
        self._socket = await self._http.ws_connect(url, headers=AUTH)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()
        await self._http.close()

    async def run(self, cell: str, code: str) -> str:
        """Sends the cell to the kernel and tells the server; the id of the request."""
        msg_id = uuid4().hex
        header = {"msg_id": msg_id, "msg_type": "execute_request", "session": self.session, "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": True, "stop_on_error": True}
        message = {"header": header, "parent_header": {}, "metadata": {"cellId": cell}, "content": content}
        await self._socket.send_json({**message, "channel": "shell", "buffers": []})
        told = {"kernel": self.kernel, "session": self.session, "path": self.path, "cells": [[msg_id, cell]]}
        call(self.server, "POST", "berth/outputs/cells", told)
        return msg_id

    async def answer(self, text: str) -> None:
        """Types the answer to `input()`, once it is asked for."""
        while (question := await self._socket.receive_json())["msg_type"] != "input_request":
            pass
        header = {**question["header"], "msg_id": uuid4().hex, "msg_type": "input_reply", "session": self.session}
        message = {"header": header, "parent_header": question["header"], "metadata": {}, "content": {"value": text}}
        await self._socket.send_json({**message, "channel": "stdin", "buffers": []})


def start_kernel(server: JupyterServer) -> str:
    """The id of a new kernel."""
    return call(server, "POST", "api/kernels", {"name": "python3"})["id"]


def kept(server: JupyterServer, path: str = NOTEBOOK) -> list[dict]:
    """What the server has kept of a notebook."""
    query = str(URL.build(path="berth/outputs", query={"path": path}))
    return call(server, "GET", query)["executions"]


def until(server: JupyterServer, what: str, is_so: Callable[[list[dict]], object]) -> list[dict]:
    """Waits until what is kept is so, and returns it."""
    wait_until(what, lambda: is_so(kept(server)), 30)
    return kept(server)


def until_ended(server: JupyterServer) -> list[dict]:
    """Waits until no cell runs."""
    return until(server, "all cells have ended", lambda all: all and {one["phase"] for one in all} == {"ended"})


def seen(execution: dict) -> list[object]:
    """Its outputs, as short as can be."""
    return [
        (output["name"], output["text"]) if output["output_type"] == "stream" else json.dumps(output.get("data"))
        for output in execution["outputs"]
    ]
