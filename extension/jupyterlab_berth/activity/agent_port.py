"""Where the operator, the judge in a cluster, asks this agent: a port of its own, with a token for the two alone."""

from __future__ import annotations

import hmac
import json
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from logging import Logger
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler, stream_request_body

from .agent import ActivityAgent
from .judge_says import read_judge_says

DEFAULT_PORT = 8889
BODY_MAX_BYTES = 4 * 1024 * 1024
"""Judgements of a thousand kernels, and the orders to release them all, fit into it."""
BODY_TIMEOUT_S = 10
IDLE_TIMEOUT_S = 90
TOKEN_MIN_CHARACTERS = 16


@dataclass(frozen=True)
class PortSettings:
    """Where to listen, and for whom."""

    port: int
    token: str = field(repr=False)


def take_port_settings(environ: MutableMapping[str, str]) -> PortSettings | None:
    """The settings, which kernels must not inherit, so they are removed; None: there is no operator here.

    Raises ValueError if they cannot be used.
    """
    token, port = environ.pop("BERTH_AGENT_TOKEN", ""), environ.pop("BERTH_AGENT_PORT", "") or str(DEFAULT_PORT)
    if token == "":
        return None
    problems = []
    if len(token) < TOKEN_MIN_CHARACTERS or not token.isascii():
        problems.append(f"BERTH_AGENT_TOKEN: want at least {TOKEN_MIN_CHARACTERS} ASCII characters")
    if not (port.isascii() and port.isdigit() and 0 <= int(port) <= 65535):
        problems.append(f"BERTH_AGENT_PORT={port}: want a port")
    if problems:
        raise ValueError("; ".join(problems))
    return PortSettings(int(port), token)


class AgentPort:
    """Listens as long as the Jupyter server runs."""

    def __init__(self, agent: ActivityAgent, settings: PortSettings, log: Logger) -> None:
        options = {"agent": agent, "token": settings.token}
        routes = [(r"/exchange", ExchangeHandler, options), (r"/healthz", HealthHandler)]
        app = Application(routes, log_function=lambda handler: None, default_handler_class=NoSuchPath)
        limits = {"max_body_size": BODY_MAX_BYTES, "max_buffer_size": 2 * BODY_MAX_BYTES}
        self._server = HTTPServer(app, body_timeout=BODY_TIMEOUT_S, idle_connection_timeout=IDLE_TIMEOUT_S, **limits)
        self._port = settings.port
        self._log = log

    def start(self) -> None:
        """Begins to listen. Where the port is taken the operator will find nobody, and stops nothing."""
        try:
            self._server.listen(self._port)
        except OSError as error:
            self._log.error("berth: nobody can ask for activity at port %d: %s", self._port, error)

    async def stop(self) -> None:
        """Ends every connection."""
        self._server.stop()
        await self._server.close_all_connections()


class AgentHandler(RequestHandler):
    """Errors in the shape of all of Berth."""

    def set_default_headers(self) -> None:
        """Says nothing of what it is."""
        self.clear_header("Server")
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Never a page, nor what a bug said."""
        codes = {404: "not-found", 405: "invalid-input", 413: "too-large"}
        self.say(status_code, codes.get(status_code, "internal"), self._reason)

    def say(self, status: int, code: str, message: str) -> None:
        """Ends with a code and a text for people."""
        self.set_status(status)
        self.finish(json.dumps({"code": code, "message": message}))


class NoSuchPath(AgentHandler):
    """Every other path."""

    def prepare(self) -> None:
        """Ends it, whatever the method."""
        self.say(404, "not-found", "There is no such path.")


class HealthHandler(AgentHandler):
    """Whether the agent lives; says nothing else, for anybody may ask."""

    def get(self) -> None:
        """Alive."""
        self.finish(json.dumps({"alive": True}))


@stream_request_body
class ExchangeHandler(AgentHandler):
    """The operator says what it judges, and hears what was seen since."""

    def initialize(self, agent: ActivityAgent, token: str) -> None:
        """Called by Tornado with the options of the route."""
        self._agent = agent
        self._expected = f"Bearer {token}".encode()

    def prepare(self) -> None:
        """Looks for the token before there is a body: the workspace's whole network may send one."""
        given = self.request.headers.get("Authorization", "").encode()
        self._is_operator = hmac.compare_digest(given, self._expected)
        self._body = bytearray()

    def data_received(self, chunk: bytes) -> None:
        """What strangers send is thrown away, so that they can fill no memory."""
        if self._is_operator:
            self._body += chunk

    async def post(self) -> None:
        """One exchange."""
        if not self._is_operator:
            self.say(401, "unauthenticated", "Want the token of this workspace's agent.")
            return
        try:
            says = read_judge_says(json.loads(self._body))
        except (ValueError, RecursionError) as error:
            self.say(400, "invalid-input", f"Cannot read what the judge says: {error}")
            return
        if any(order["kind"] == "stopping" for order in says.orders):
            await self._agent.read_if_used()
        self._agent.hear(says)
        self.finish(self._agent.says(says.boot, says.seq))
