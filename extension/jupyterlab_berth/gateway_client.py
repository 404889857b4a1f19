"""HTTP to the gateway over its Unix socket, with the headers that only this half of Berth may set."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import aiohttp
from yarl import URL

EVENT_MAX_BYTES = 64 * 1024 * 1024


class GatewayUnavailable(Exception):
    """There is no gateway to talk to; the message says why, for people."""


@dataclass(frozen=True)
class Connection:
    """What `gateway.json` says about a gateway that listens."""

    socket: str
    token: str
    pid: int


def read_connection(path: Path) -> Connection | None:
    """Reads `gateway.json`; None if it is absent or not (yet) whole."""
    try:
        found = json.loads(path.read_bytes())
        return Connection(socket=str(found["socket"]), token=str(found["token"]), pid=int(found["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def actor_headers(person: str, root_folder: str) -> dict[str, str]:
    """Who asks, and below which folder their paths lie. Percent-encoded: headers are Latin-1 and folders are not."""
    return {"X-Berth-User": quote(person, safe=""), "X-Berth-Root": quote(os.fsencode(root_folder))}


class GatewayClient:
    """One gateway's HTTP client. Close it with `async with` or `close()`."""

    def __init__(self, connection: Connection, headers: dict[str, str]) -> None:
        self.connection = connection
        # A connection for each request: one costs microseconds on a Unix socket, and a kept one that the gateway
        # closes at the wrong moment would fail a write that must not be repeated.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(path=connection.socket, force_close=True, limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("Accept-Encoding", "Content-Type", "User-Agent"),  # those of the browser, or none
            headers={**headers, "Authorization": f"Bearer {connection.token}"},
        )

    @property
    def session(self) -> aiohttp.ClientSession:
        """Carries the token; `headers` of a single request come on top of the client's own."""
        return self._session

    def url(self, path: str, query: str = "") -> URL:
        """`path` and `query` exactly as they are: the caller has checked them, nothing may rewrite them after."""
        return URL(f"http://localhost{path}" + (f"?{query}" if query else ""), encoded=True)

    async def answers(self, timeout_s: float) -> bool:
        """Whether a live gateway that knows this token is behind the socket."""
        timeout = aiohttp.ClientTimeout(total=timeout_s)
        try:
            async with self._session.get(self.url("/internal/health"), timeout=timeout) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            return False

    async def open_socket(self, url: URL, headers: dict[str, str], timeout_s: float) -> aiohttp.ClientWebSocketResponse:
        """Opens a WebSocket; a message may have up to 64 MiB."""

        async def opening() -> aiohttp.ClientWebSocketResponse:
            if self._session.closed:  # since `wait_for` began; aiohttp would raise a RuntimeError
                raise aiohttp.ClientConnectionError("this gateway is gone")
            return await self._session.ws_connect(url, headers=headers, max_msg_size=EVENT_MAX_BYTES)

        return await asyncio.wait_for(opening(), timeout_s)

    async def close(self) -> None:
        """Ends every request that is still under way."""
        await self._session.close()

    async def __aenter__(self) -> GatewayClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
