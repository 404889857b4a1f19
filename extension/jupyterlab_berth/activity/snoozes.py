"""The snoozes that a person has asked for, until the judge has answered: how much is left is for the judge to say."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

PENDING_MAX = 50
EXPIRES_MS = 10 * 60 * 1000
"""A snooze that nobody could answer for so long is asked for no longer: the person will have seen what came of it."""


class TooManySnoozes(Exception):
    """As many as the judge takes are unanswered."""


@dataclass
class AskedSnooze:
    """One that was asked for, and its answer, once there is one."""

    request: dict[str, Any]
    answer: asyncio.Future[dict[str, Any]]


class Snoozes:
    """Those of one Jupyter server."""

    def __init__(self) -> None:
        self._asked: dict[str, AskedSnooze] = {}

    def ask(self, subject: dict[str, str], now_ms: int) -> AskedSnooze:
        """A new request, or the one that is being asked for already: two clicks are one snooze."""
        self._expire(now_ms)
        for asked in self._asked.values():
            if asked.request["subject"] == subject:
                return asked
        if len(self._asked) >= PENDING_MAX:
            raise TooManySnoozes
        request = {"id": secrets.token_urlsafe(12), "subject": subject, "askedMs": now_ms}
        asked = AskedSnooze(request, asyncio.get_running_loop().create_future())
        self._asked[request["id"]] = asked
        return asked

    def pending(self, now_ms: int) -> list[dict[str, Any]]:
        """What the judge has to be asked."""
        self._expire(now_ms)
        return [asked.request for asked in self._asked.values()]

    def is_asked_for(self, subject: dict[str, str], now_ms: int) -> bool:
        """Whether the judge has still to answer one for this subject."""
        return any(request["subject"] == subject for request in self.pending(now_ms))

    def hear(self, answers: list[dict[str, Any]]) -> None:
        """The judge has answered some of them."""
        for answer in answers:
            asked = self._asked.pop(answer["id"], None)
            if asked is not None and not asked.answer.done():
                asked.answer.set_result(answer)

    def _expire(self, now_ms: int) -> None:
        for asked in list(self._asked.values()):
            if abs(now_ms - asked.request["askedMs"]) > EXPIRES_MS:
                del self._asked[asked.request["id"]]
                asked.answer.cancel()
