"""Asks the agent as the operator would, and keeps what it says: the samples of a trace before they are scaled."""

from __future__ import annotations

import asyncio
import json
import time

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from .real_server import RealServer

ANSWER_S = 1.0


class Judge:
    """Reads once each `every_s`. While `denied` it shows the agent a wrong token; while `away` it does not ask at all."""

    def __init__(self, server: RealServer, every_s: float) -> None:
        self._server = server
        self._every_s = every_s
        self._client = AsyncHTTPClient(force_instance=True, max_clients=2)
        self._since = 0.0
        self._cursor: dict | None = None
        self.samples: list[dict] = []
        self.denied = False
        self.away = False

    async def follow(self) -> None:
        """Until it is cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if not self.away:
                await self._ask()
            due = max(due + self._every_s, loop.time())
            await asyncio.sleep(due - loop.time())

    def skip(self) -> None:
        """What was read so far is not part of the trace."""
        self._since = time.time()
        self.samples.clear()

    async def _ask(self) -> None:
        try:
            says = await self._exchange()
        except HTTPClientError as error:
            self._failed("no answer in time" if error.code == 599 else f"HTTP {error.code}")
        except OSError as error:
            self._failed(f"no answer: {error.strerror or type(error).__name__}")
        else:
            self._take(says)

    def _failed(self, why: str) -> None:
        self.samples.append({"t": time.time(), "failed": why})

    def _take(self, says: dict) -> None:
        """Readings made while the judge could not see are lost to it, as they are to one that has been restarted."""
        readings = says["readings"]
        if readings:
            self._cursor = {"boot": says["boot"], "seq": readings[-1]["seq"]}
        known = self.samples[-1]["t"] if self.samples else self._since
        self.samples += [
            {key: value for key, value in reading.items() if key != "seq"}
            for reading in readings
            if reading["t"] > known
        ]

    async def _exchange(self) -> dict:
        body = {
            "version": 1,
            "judge": "operator",
            "nowMs": round(time.time() * 1000),
            "cursor": self._cursor,
            "nextInMs": round(self._every_s * 1000),
            "judgements": [],
            "orders": [],
            "snoozes": [],
            "dryRun": False,
            "enabled": True,
            "problems": [],
        }
        token = "wrong" if self.denied else self._server.agent_token
        answer = await self._client.fetch(
            HTTPRequest(
                f"http://127.0.0.1:{self._server.agent_port}/exchange",
                "POST",
                {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                json.dumps(body),
                request_timeout=ANSWER_S,
                connect_timeout=ANSWER_S,
            )
        )
        return json.loads(answer.body)
