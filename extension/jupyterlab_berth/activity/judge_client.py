"""Asks the gateway, the judge on one's own machine: after each reading, and at once when there is something to ask.

It never has a gateway started, and where there is none, or none that judges, it costs nothing.
"""

from __future__ import annotations

import asyncio
import json
import time
from logging import Logger

import aiohttp

from ..gateway_client import GatewayClient
from ..lease import Lease
from .agent import ActivityAgent
from .judge_says import JudgeSays, read_judge_says

PATH = "/internal/activity"
TIMEOUT = aiohttp.ClientTimeout(total=10)
ANSWER_MAX_BYTES = 4 * 1024 * 1024
FIRST_PAUSE_S = 5.0
PAUSE_MAX_S = 300.0
MESSAGES_MAX = 16
"""A judge that has lost all is sent this many messages at a time."""


class JudgeClient:
    """The exchange of one agent with the gateway."""

    def __init__(self, agent: ActivityAgent, lease: Lease, log: Logger) -> None:
        self._agent = agent
        self._lease = lease
        self._log = log
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._cursor: tuple[str | None, int] = (None, 0)
        self._client: GatewayClient | None = None
        self._pause_s = 0.0
        self._paused_until = 0.0

    def start(self) -> None:
        """Begins; needs a running event loop."""
        self._agent.on_news = self._news.set
        self._task = asyncio.get_running_loop().create_task(self._exchange_for_ever(), name="berth judge")

    async def stop(self) -> None:
        """Ends the exchange, and one that is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _exchange_for_ever(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            client = self._lease.joined
            if client is None:
                continue
            if client is not self._client:  # another gateway: it has heard nothing yet
                self._client, self._cursor, self._pause_s, self._paused_until = client, (None, 0), 0.0, 0.0
            if time.monotonic() >= self._paused_until:
                await self._exchange(client)

    async def _exchange(self, client: GatewayClient) -> None:
        try:
            for _ in range(MESSAGES_MAX):
                says = await self._ask(client)
                is_stuck = (says.boot, says.seq) == self._cursor
                self._cursor = (says.boot, says.seq)
                self._agent.hear(says)
                if is_stuck or not self._agent.has_more(says):
                    break
            self._pause_s = 0.0
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError, RuntimeError) as error:
            if self._pause_s == 0:
                self._log.warning("berth: the gateway does not judge activity: %r", error)
            self._pause_s = min(PAUSE_MAX_S, max(FIRST_PAUSE_S, 2 * self._pause_s))
            self._paused_until = time.monotonic() + self._pause_s

    async def _ask(self, client: GatewayClient) -> JudgeSays:
        body = self._agent.says(*self._cursor).encode()
        headers = {"Content-Type": "application/json"}
        async with client.session.post(client.url(PATH), data=body, headers=headers, timeout=TIMEOUT) as answer:
            if answer.status != 200:
                raise ValueError(f"it answered with {answer.status}")
            text = await answer.content.read(ANSWER_MAX_BYTES + 1)
            while len(text) <= ANSWER_MAX_BYTES and (more := await answer.content.read(ANSWER_MAX_BYTES)):
                text += more
            if len(text) > ANSWER_MAX_BYTES:
                raise ValueError("its answer is too large")
            return read_judge_says(json.loads(text))
