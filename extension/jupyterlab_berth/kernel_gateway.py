"""What a kernel's process asks and tells the gateway: inside a Jupyter server through its lease, elsewhere directly."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import aiohttp
from tornado.web import HTTPError

from .gateway_client import GatewayClient, GatewayUnavailable, actor_headers, read_connection
from .layout import GatewayLayout
from .running_lease import running_lease
from .server_extension import owner_of_this_server

# Answers that are about what was asked; any other failure is the gateway's own.
_REFUSALS = frozenset({400, 404, 409, 422})


class KernelRefused(HTTPError):
    """The gateway said no, and why. A Jupyter server passes the message on to the person."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message.replace("%", "%%"))
        self.message = message

    def __str__(self) -> str:
        return self.message


async def ask_gateway(path: str, body: dict[str, Any] | None, timeout_s: float) -> Any:
    """POSTs to `/internal/kernels…`, after starting the gateway where there is a Jupyter server to hold it.

    Raises KernelRefused if the gateway says no, GatewayUnavailable if nobody answers in time.
    """
    try:
        return await asyncio.wait_for(_ask(path, body), timeout_s)
    except asyncio.TimeoutError as error:
        raise GatewayUnavailable(f"The gateway has not answered for {timeout_s:g} s.") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise GatewayUnavailable(f"The gateway did not answer: {error!r}") from error


async def tell_gateway(path: str, body: dict[str, Any] | None, timeout_s: float) -> None:
    """As `ask_gateway`, but also when this Jupyter server is stopping: the gateway lives a little longer."""
    try:
        await ask_gateway(path, body, timeout_s)
    except GatewayUnavailable:
        try:
            await asyncio.wait_for(_ask_directly(path, body), timeout_s)
        except (asyncio.TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise GatewayUnavailable(f"The gateway did not answer: {error!r}") from error


async def _ask(path: str, body: dict[str, Any] | None) -> Any:
    lease = running_lease()
    if lease is None:
        return await _ask_directly(path, body)
    client = await lease.client()
    try:
        return await _post(client, path, body)
    except aiohttp.ClientConnectorError:  # nothing was sent: the next one may be asked
        return await _post(await lease.client(other_than=client), path, body)


async def _ask_directly(path: str, body: dict[str, Any] | None) -> Any:
    """Asks a gateway that runs anyway: outside a Jupyter server nobody would hold one that was started."""
    connection = read_connection(GatewayLayout.of_this_person().connection_file)
    if connection is None:
        raise GatewayUnavailable("No gateway is running.")
    async with GatewayClient(connection, actor_headers(owner_of_this_server(), os.getcwd())) as client:
        return await _post(client, path, body)


async def _post(client: GatewayClient, path: str, body: dict[str, Any] | None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {} if body is None else {"Content-Type": "application/json"}
    url = client.url(f"/internal/kernels{path}")
    async with client.session.post(url, data=data, headers=headers) as answer:
        if answer.status == 204:
            return None
        said = json.loads(await answer.read())
        if answer.status == 200:
            return said
        message = said["message"] if isinstance(said, dict) and isinstance(said.get("message"), str) else repr(said)
        if answer.status in _REFUSALS:
            raise KernelRefused(answer.status, message)
        raise GatewayUnavailable(f"The gateway answered with {answer.status}: {message}")
