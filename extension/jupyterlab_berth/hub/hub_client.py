"""What the arbiter asks the Hub: where servers answer, and tokens for asking them."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from traitlets.log import get_logger

from .server_address import ServerAddress, server_address
from .workspace_word import NoWord

ROUTES_FRESH_S = 5.0
"""The culler asks for all servers at once: they share one reading of the routing table."""
PAGE_LIMIT = 200
TOKEN_LIFE_S = 3600
TOKEN_SPARE_S = 300
OWN_NOTE = "Server at"
"""How notes begin of tokens whose use the Hub does not count as activity of the person (JupyterHub 2 to 5)."""


class HubClient:
    """One Hub, asked as the service that the culler is."""

    def __init__(self, api_url: str, api_token: str, http: AsyncHTTPClient, timeout_s: float) -> None:
        self._api_url = api_url.rstrip("/")
        self._api_token = api_token
        self._http = http
        self._timeout_s = timeout_s
        self._routes: asyncio.Task[dict[str, Any]] | None = None
        self._routes_until = 0.0
        self._tokens: dict[ServerAddress, tuple[str, float]] = {}

    async def address(self, server_url: str) -> ServerAddress:
        """Where the server answers; raises NoWord."""
        if self._routes is None or time.monotonic() >= self._routes_until:
            self._routes = asyncio.ensure_future(self._routes_or_warning())
            self._routes_until = time.monotonic() + ROUTES_FRESH_S
        return server_address(await self._routes, server_url)

    async def token(self, server: ServerAddress) -> str:
        """A token of the server's own person, good for this server alone; raises NoWord.

        Never the culler's: whoever runs the server could read it there, and stop everybody's servers with it.
        """
        now = time.monotonic()
        self._tokens = {key: kept for key, kept in self._tokens.items() if kept[1] > now}
        if server not in self._tokens:
            body = {
                "note": f"{OWN_NOTE} {server.url}: asked by the idle culler how active it is",
                "expires_in": TOKEN_LIFE_S,
                "scopes": [server.access_scope],
            }
            answer = await self._ask(f"/users/{quote(server.user, safe='')}/tokens", "tokens", body)
            self._tokens[server] = (answer["token"], now + TOKEN_LIFE_S - TOKEN_SPARE_S)
        return self._tokens[server][0]

    def forget_token(self, server: ServerAddress) -> None:
        """The server refused it: it was taken back, or the Hub has lost its database."""
        self._tokens.pop(server, None)

    async def _routes_or_warning(self) -> dict[str, Any]:
        try:
            return await self._read_routes()
        except Exception as error:
            get_logger().warning("berth: no server can be asked, so each is kept or culled by the Hub alone: %s", error)
            raise

    async def _read_routes(self) -> dict[str, Any]:
        routes: dict[str, Any] = {}
        offset: int | None = 0
        while offset is not None:
            page = await self._ask(f"/proxy?offset={offset}&limit={PAGE_LIMIT}", "proxy")
            routes |= page["items"]
            following = page["_pagination"]["next"]
            offset = following["offset"] if following else None
        return routes

    async def _ask(self, path: str, scope: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = HTTPRequest(
            self._api_url + path,
            method="GET" if body is None else "POST",
            headers={
                "Authorization": f"token {self._api_token}",
                "Accept": "application/jupyterhub-pagination+json",
                "Content-Type": "application/json",
            },
            body=None if body is None else json.dumps(body),
            connect_timeout=self._timeout_s,
            request_timeout=self._timeout_s,
        )
        answer = await self._http.fetch(request, raise_error=False)
        if answer.code in (401, 403, 404):  # 404 is what the Hub says where a scope is missing
            raise NoWord(f"the Hub refused ({answer.code}): the culler needs the scope '{scope}'")
        if answer.code >= 300:
            raise NoWord(f"the Hub answered {answer.code}")
        return json.loads(answer.body)
