"""Holds one lease on the gateway for as long as a Jupyter server runs.

While at least one lease is open the gateway lives. When it is lost, the gateway is gone: it is ensured again at once,
and slower and slower while that fails.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from logging import Logger

import aiohttp

from .gateway_client import GatewayClient, GatewayUnavailable
from .gateway_process import GatewayProcess

FIRST_DELAY_S = 0.2
START_DELAY_MAX_S = 10.0
"""Between two attempts to start a gateway that cannot start: requests are told why, so nobody waits for this."""

CRASH_DELAY_MAX_S = 3.0
"""Before the next one after a gateway that ran and soon died: requests do wait for this."""

STEADY_S = 2.0
"""A gateway that lived this long did not die of how it was started: the next one is started without delay."""

START_PATIENCE_S = 10.0
"""How long a request waits for a gateway that is being started."""

NOTICE_PATIENCE_S = 1.0
"""How long a request that met a closed socket waits until the lease has noticed too."""


SILENCE_MAX_S = 45.0
"""The gateway sends a byte every 15 s; one that is silent for this long hangs."""


class Lease:
    """The lease of one Jupyter server. `client()` is how requests reach the gateway."""

    def __init__(self, process: GatewayProcess, headers: dict[str, str], log: Logger) -> None:
        self._process = process
        self._headers = headers
        self._log = log
        self._changed = asyncio.Condition()
        self._client: GatewayClient | None = None
        self._problem: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_stopped = False

    def start(self) -> None:
        """Begins to hold; needs a running event loop. Does nothing the second time, and after `stop`."""
        if self._task is None and not self._is_stopped:
            self._task = asyncio.get_running_loop().create_task(self._hold_for_ever(), name="berth lease")

    async def stop(self) -> None:
        """Gives the lease back: if it was the last one, the gateway ends."""
        self._is_stopped = True
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._settle(None, "This Jupyter server is stopping.")

    @property
    def joined(self) -> GatewayClient | None:
        """The client of the gateway whose lease is held now: whoever only wants to tell it something starts none."""
        return self._client

    async def client(self, other_than: GatewayClient | None = None) -> GatewayClient:
        """The gateway's client, after waiting for a gateway that is being started.

        `other_than` is one that was just met dead. Raises GatewayUnavailable, at once when starting is known to fail.
        """
        self.start()
        if other_than is not None:
            await self._wait_until(lambda: self._client is not other_than, NOTICE_PATIENCE_S)
        await self._wait_until(lambda: self._client is not None or self._problem is not None, START_PATIENCE_S)
        if self._client is None:
            raise GatewayUnavailable(self._problem or "The gateway is still starting.")
        return self._client

    async def _wait_until(self, is_so: Callable[[], bool], patience_s: float) -> None:
        if is_so():
            return
        with suppress(asyncio.TimeoutError):
            async with self._changed:
                await asyncio.wait_for(self._changed.wait_for(is_so), patience_s)

    async def _settle(self, client: GatewayClient | None, problem: str | None) -> None:
        async with self._changed:
            self._client = client
            self._problem = problem
            self._changed.notify_all()

    async def _hold_for_ever(self) -> None:
        delay_s = 0.0
        while True:
            await asyncio.sleep(delay_s)
            delay_max_s = START_DELAY_MAX_S
            try:
                held_s = await self._hold_once()
                self._log.warning("berth: the gateway is gone, looking for it again")
                delay_max_s = 0.0 if held_s >= STEADY_S else CRASH_DELAY_MAX_S
            except GatewayUnavailable as error:
                await self._report(str(error))
            except Exception:  # this loop must outlive every bug in it, or requests would wait in vain
                self._log.exception("berth: holding the lease failed")
                await self._report("The gateway cannot be reached: see the log of this Jupyter server.")
            delay_s = min(delay_max_s, max(FIRST_DELAY_S, 2 * delay_s))

    async def _hold_once(self) -> float:
        """Ensures the gateway and holds a lease until the gateway ends or closes it; says for how many seconds."""
        connection = await self._process.ensure()
        start = time.monotonic()
        client = GatewayClient(connection, self._headers)
        try:
            url = client.url("/internal/lease")
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=SILENCE_MAX_S)
            with suppress(aiohttp.ClientError, OSError, asyncio.TimeoutError):
                async with client.session.get(url, timeout=timeout) as answer:
                    if answer.status == 200:  # else it is ending: the next round waits for its lock
                        await self._settle(client, None)
                        self._log.info("berth: joined the gateway, process %d", connection.pid)
                        while await answer.content.readany():
                            pass
        finally:
            await self._settle(None, None)
            await client.close()
        return time.monotonic() - start

    async def _report(self, problem: str) -> None:
        if problem != self._problem:
            self._log.warning("berth: %s", problem)
        await self._settle(None, problem)
