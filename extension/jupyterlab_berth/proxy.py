"""The one way from a browser to the gateway: `<base_url>berth/api/v1/…`, HTTP and the event stream.

It subclasses jupyter-server-proxy for its authentication of every request and for serving HTTP and WebSockets with one
handler, and replaces how it forwards, because that

- checks no XSRF token and forwards credentials, cookies and `?token=` to the backend,
- holds a whole answer in memory, and never slows a WebSocket down when the browser reads slowly,
- drops the backend's close codes, accepts a WebSocket before there is a backend for it, and
- answers with HTML pages, and with 500 or 599 where there is no backend.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

import aiohttp
from jupyter_server.auth.utils import HTTP_METHOD_TO_AUTH_ACTION
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server_proxy.handlers import ProxyHandler
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError

from .api_guard import LOG_IN, error_code, error_message, require_allowed
from .forwarding import answer_headers, api_path, api_query, close_code, person_of, request_headers
from .gateway_client import GatewayClient, GatewayUnavailable, actor_headers
from .lease import Lease

T = TypeVar("T")

# The largest that any route of the gateway takes: a lock. The gateway knows how little the others do.
BODY_MAX_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
MESSAGE_MAX_BYTES = 64 * 1024
PING_INTERVAL_S = 30.0
OPEN_TIMEOUT_S = 5.0
# For the answer to begin, and between two pieces of it. Long, for a snapshot of a large folder takes its time;
# a gateway that hangs is noticed earlier by the lease, which then cuts what is under way.
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=OPEN_TIMEOUT_S, sock_read=300)

NO_GATEWAY = aiohttp.ClientConnectorError
LOST_GATEWAY = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


class BerthProxyHandler(ProxyHandler):
    """Forwards what `forwarding` lets pass, for authenticated and authorised people only."""

    # No OPTIONS: Berth's API is for pages of this Jupyter server, so there is nothing to say to a preflight.
    SUPPORTED_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
    auth_resource = "berth"

    # The base class does not check ("defer to proxied apps"). Token-authenticated requests are exempt, as in Jupyter.
    check_xsrf_cookie = JupyterHandler.check_xsrf_cookie

    def initialize(self, lease: Lease, owner: str, root_folder: str) -> None:
        """Called by Tornado with the options of the URL specification."""
        self._lease = lease
        self._owner = owner
        self._root_folder = root_folder

    def _record_activity(self) -> None:
        """Nothing: a page that polls is not a person at work, or idle servers would never be culled."""

    def get_login_url(self) -> str:
        """As in Jupyter's own API: who is not logged in gets a 403, not the HTML of a login page."""
        raise HTTPError(403, LOG_IN)

    @property
    def content_security_policy(self) -> str:
        """As in Jupyter's own API: an answer shown as a page must not run anything."""
        return f"{super().content_security_policy}; default-src 'none'"

    async def prepare(self) -> None:
        """Refuses what must not pass; `super()` authenticates, and checks XSRF for everything that writes."""
        await super().prepare()
        action = "execute" if self._is_websocket() else HTTP_METHOD_TO_AUTH_ACTION[self.request.method]
        await require_allowed(self, action, BODY_MAX_BYTES)
        path = api_path(self.request.path, self.base_url)
        if path is None:
            raise HTTPError(404, "There is no such path below /berth/api/v1/.")
        self._path, self._query = path, api_query(self.request.query)

    def _is_websocket(self) -> bool:
        return self.request.method == "GET" and self.request.headers.get("Upgrade", "").lower() == "websocket"

    # --- HTTP ---

    async def http_get(self, path: str) -> None:
        """GET, unless it asks for a WebSocket."""
        await self._forward()

    async def head(self, path: str) -> None:
        """HEAD, and by the names below all that writes."""
        await self._forward()

    post = put = patch = delete = head

    _forwarding: asyncio.Task[None] | None = None

    def on_connection_close(self) -> None:
        """The browser went away: so does the connection to the gateway, which shall not do what nobody waits for."""
        super().on_connection_close()
        if self._forwarding is not None:
            self._forwarding.cancel()

    async def _forward(self) -> None:
        """Forwards in a task of its own: Tornado goes on with a handler whose browser went away."""
        self._forwarding = asyncio.get_running_loop().create_task(self._forward_or_say_why_not(), name="berth request")
        try:
            await self._forwarding
        except asyncio.CancelledError:
            if not self._browser_is_gone():
                raise

    def _browser_is_gone(self) -> bool:
        return self.request.connection.stream.closed()

    async def _forward_or_say_why_not(self) -> None:
        try:
            await self._ask(self._forward_to)
        except StreamClosedError:
            pass  # the browser went away
        except GatewayUnavailable as error:
            self._say_unavailable(str(error))
        except LOST_GATEWAY as error:
            self._lose(error)

    async def _ask(self, ask: Callable[[GatewayClient], Awaitable[T]]) -> T:
        """Asks the gateway, and once more the next one if this one turns out to be dead."""
        client = await self._lease.client()
        try:
            return await ask(client)
        except aiohttp.ClientConnectionError as error:
            if not self._may_repeat(error):
                raise
            return await ask(await self._lease.client(other_than=client))

    def _may_repeat(self, error: aiohttp.ClientConnectionError) -> bool:
        """Whether the next gateway may be asked: nothing was sent to the dead one, or it was only asked to tell."""
        if self._headers_written or isinstance(error, asyncio.TimeoutError):
            return False
        return isinstance(error, NO_GATEWAY) or self.request.method in ("GET", "HEAD")

    async def _forward_to(self, client: GatewayClient) -> None:
        if self._browser_is_gone():  # while the request was checked, when there was no task to cancel yet
            raise StreamClosedError
        url = client.url(self._path, self._query)
        options = {"data": self.request.body or None, "headers": self._gateway_headers(), "timeout": TIMEOUT}
        async with client.session.request(self.request.method, url, allow_redirects=False, **options) as answer:
            self.set_status(answer.status)
            self.clear_header("Content-Type")
            for name, value in answer_headers(answer.headers):
                self.set_header(name, value)
            await self._flush()
            async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                self.write(chunk)
                await self._flush()

    async def _flush(self) -> None:
        """Sends what was written, waiting while the browser is slow: the base class's `flush` cannot be awaited."""
        await JupyterHandler.flush(self)

    def _gateway_headers(self) -> dict[str, str]:
        person = person_of(self.current_user, self._owner)
        return request_headers(self.request.headers) | actor_headers(person, self._root_folder)

    def _lose(self, error: BaseException) -> None:
        """The gateway went while it answered."""
        if not self._headers_written:
            self._say_unavailable("The gateway ended before it answered; whether it did what was asked is not known.")
            return
        self.log.warning("berth: an answer broke off: %r", error)
        self.detach().close()  # a proper end would make the browser believe that it has everything

    # --- the event stream ---

    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Opens the gateway's socket before it accepts the browser's, so that a refusal is an HTTP answer."""
        if not self._is_websocket():
            await super().get(*args, **kwargs)
            return
        try:
            self._socket = await self._open_gateway_socket()
        except GatewayUnavailable as error:
            self._say_unavailable(str(error))
            return
        try:
            await super().get(*args, **kwargs)  # returns when the browser's socket has closed
        finally:
            if self._relay is not None:
                self._relay.cancel()
            await self._socket.close()

    _relay: asyncio.Task[None] | None = None

    async def _open_gateway_socket(self) -> aiohttp.ClientWebSocketResponse:
        try:
            return await self._ask(self._open_socket_of)
        except aiohttp.WSServerHandshakeError as error:
            if 400 <= error.status < 500:
                raise HTTPError(error.status, "The gateway refused the event stream.") from error
            raise GatewayUnavailable(f"The gateway refused the event stream with {error.status}.") from error
        except LOST_GATEWAY as error:
            raise GatewayUnavailable("The gateway ended before it opened the event stream.") from error

    async def _open_socket_of(self, client: GatewayClient) -> aiohttp.ClientWebSocketResponse:
        return await client.open_socket(client.url(self._path, self._query), self._gateway_headers(), OPEN_TIMEOUT_S)

    def select_subprotocol(self, subprotocols: list[str]) -> None:
        """None: the gateway speaks none, and the base class would promise the browser whichever it names first."""

    @property
    def ping_interval(self) -> float:
        """Finds out about a browser that is gone without a word; Tornado closes its socket after one missed pong."""
        return PING_INTERVAL_S

    @property
    def max_message_size(self) -> int:
        """The event stream's clients have nothing to say."""
        return MESSAGE_MAX_BYTES

    async def open(self, path: str) -> None:
        """The browser's socket is accepted: messages may flow."""
        self._relay = asyncio.get_running_loop().create_task(self._relay_events(), name="berth events")

    async def _relay_events(self) -> None:
        """Gateway to browser. Waits while the browser is slow, so that it is the gateway who sees and bounds that."""
        while True:
            message = await self._socket.receive()
            if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                break
            try:
                await self.write_message(message.data, binary=message.type == aiohttp.WSMsgType.BINARY)
            except WebSocketClosedError:
                return
        reason = message.extra if message.type == aiohttp.WSMsgType.CLOSE else None
        self.close(close_code(self._socket.close_code), reason)

    async def on_message(self, message: str | bytes) -> None:
        """Browser to gateway: forwarded, so that the gateway's own rule about it applies."""
        with suppress(ConnectionError):
            await (self._socket.send_bytes(message) if isinstance(message, bytes) else self._socket.send_str(message))

    def on_ping(self, data: bytes) -> None:
        """Nothing: Tornado answers, and both sockets have pings of their own."""

    # --- errors ---

    def _say_unavailable(self, reason: str) -> None:
        self.clear()
        self.set_header("Retry-After", "1")
        self._say(503, reason)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Errors are JSON, in the shape of the gateway's own."""
        self._say(status_code, error_message(status_code, kwargs))

    def _say(self, status: int, message: str) -> None:
        request_id = uuid.uuid4().hex[:12]
        asked = f"{self.request.method} {self.request.path}"
        self.log.warning("berth: %s: %d %s (request %s)", asked, status, message.partition("\n")[0], request_id)
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps({"code": error_code(status), "message": message, "requestId": request_id}))
