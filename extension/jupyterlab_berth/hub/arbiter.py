"""What `c.IdleCuller.cull_arbiter_hook` is set to: it asks each server's own Berth before the server is culled.

The servers are asked at their own addresses, not through the proxy: JupyterHub's default proxy counts every request
that is answered as activity of the server, so that asking would keep each server alive whose Berth cannot tell.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from traitlets.log import get_logger

from .cull_decision import DAY_S, CullSettings, decide_cull
from .hub_client import HubClient
from .server_address import ServerAddress
from .workspace_word import NoWord, WorkspaceWord, read_word

ASK_AT_ONCE = 10
ANSWER_MAX_BYTES = 4 * 1024 * 1024
ASKED = "berth/activity?timelines=0&no_track_activity=1"

CullArbiter = Callable[..., Awaitable[bool]]


def make_cull_arbiter(
    *,
    safety_limit_s: float | None = DAY_S,
    stale_after_s: float = 300.0,
    timeout_s: float = 10.0,
    api_url: str | None = None,
    api_token: str | None = None,
    ssl_options: ssl.SSLContext | None = None,
) -> CullArbiter:
    """Makes an arbiter with other settings than the usual ones.

    `safety_limit_s`: a server of which Berth knows nothing is culled when the Hub saw no activity for so long (None:
    never). `stale_after_s`: an older judgement is none. `timeout_s`: how long the Hub and each server may take.
    `api_url`, `api_token`: the Hub's, by default those that the Hub gives its services. `ssl_options`: for a Hub with
    internal TLS.
    """
    settings = CullSettings(safety_limit_s, stale_after_s)
    asker: ServerAsker | None = None

    async def arbiter(*, inactive: timedelta | None, inactive_limit: float, server: dict[str, Any], **_: Any) -> bool:
        """Called by the idle-culler for every running server."""
        nonlocal asker
        if asker is None:  # not earlier: it belongs to the culler's event loop
            url = api_url or os.environ["JUPYTERHUB_API_URL"]
            asker = ServerAsker(url, api_token or os.environ["JUPYTERHUB_API_TOKEN"], timeout_s, ssl_options)
        word = await asker.ask(server["url"])
        inactive_s = None if inactive is None else inactive.total_seconds()
        decision = decide_cull(word, inactive_s, inactive_limit, settings)
        if decision.cull:
            get_logger().info("berth: cull %s: %s", server["url"], decision.why)
        else:
            get_logger().debug("berth: keep %s: %s", server["url"], decision.why)
        return decision.cull

    return arbiter


class ServerAsker:
    """Asks servers for Berth's word, a few at once."""

    def __init__(self, api_url: str, api_token: str, timeout_s: float, ssl_options: ssl.SSLContext | None) -> None:
        # One of its own: the culler's may be pycurl's, which cannot bound an answer, and is shared.
        self._http = SimpleAsyncHTTPClient(
            force_instance=True,
            max_clients=2 * ASK_AT_ONCE,
            max_body_size=ANSWER_MAX_BYTES,
            defaults={"ssl_options": ssl_options, "follow_redirects": False},
        )
        self._hub = HubClient(api_url, api_token, self._http, timeout_s)
        self._timeout_s = timeout_s
        self._turns = asyncio.Semaphore(ASK_AT_ONCE)

    async def ask(self, server_url: str) -> WorkspaceWord | NoWord:
        """What Berth says of the server; whatever goes wrong is no word."""
        async with self._turns:
            try:
                address = await self._hub.address(server_url)
                answer = await self._fetch(address)
                if answer.code != 200:
                    raise NoWord(f"its server answered {answer.code} when asked for Berth's word")
                return read_word(answer.body)
            except NoWord as error:
                return error
            except Exception as error:  # a culler that ends for one server's sake would cull nobody's
                return NoWord(f"it could not be asked: {error!r}")

    async def _fetch(self, address: ServerAddress) -> HTTPResponse:
        request = HTTPRequest(
            address.url + ASKED,
            headers={"Authorization": f"token {await self._hub.token(address)}"},
            connect_timeout=self._timeout_s,
            request_timeout=self._timeout_s,
            decompress_response=False,  # a small answer could become one that no memory holds
        )
        answer = await self._http.fetch(request, raise_error=False)
        if answer.code in (401, 403):
            self._hub.forget_token(address)
        return answer


cull_arbiter = make_cull_arbiter()
