"""The readings of the last two hours, numbered, so that a judge who has lost them can have them again."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import Any

KEPT_S = 2 * 3600.0
READINGS_MAX = 2000
BYTES_MAX = 4 * 1024 * 1024
MESSAGE_MAX_BYTES = 1024 * 1024
"""Readings are told in pieces of this size, or one by one; a judge asks again for what is missing."""


@dataclass(frozen=True)
class KeptReading:
    """A reading as it is sent."""

    seq: int
    t: float
    text: str


class ReadingRing:
    """Bounded in time, number and bytes; the oldest go first."""

    def __init__(self, boot: str) -> None:
        self.boot = boot
        self.seq = 0
        self._kept: deque[KeptReading] = deque()
        self._bytes = 0

    def add(self, reading: dict[str, Any]) -> None:
        """Keeps a reading under the next number."""
        self.seq += 1
        text = json.dumps({"seq": self.seq, **reading}, separators=(",", ":"))
        self._kept.append(KeptReading(self.seq, reading["t"], text))
        self._bytes += len(text)
        while len(self._kept) > 1 and self._is_too_much(reading["t"]):
            self._bytes -= len(self._kept.popleft().text)

    def after(self, boot: str | None, seq: int) -> list[str]:
        """What a judge lacks that has those up to `seq` of the life `boot`; of another life it has nothing."""
        known = seq if boot == self.boot else 0
        texts: list[str] = []
        size = 0
        for kept in self._kept:
            if kept.seq <= known:
                continue
            size += len(kept.text)
            if texts and size > MESSAGE_MAX_BYTES:
                break
            texts.append(kept.text)
        return texts

    def readings(self, bytes_max: int = BYTES_MAX) -> list[dict[str, Any]]:
        """The latest that fit, oldest first, without their numbers."""
        texts: list[str] = []
        for kept in reversed(self._kept):
            bytes_max -= len(kept.text)
            if texts and bytes_max < 0:
                break
            texts.append(kept.text)
        found = [json.loads(text) for text in reversed(texts)]
        return [{key: value for key, value in reading.items() if key != "seq"} for reading in found]

    def get(self, seq: int) -> dict[str, Any] | None:
        """The one with this number, if it is still kept."""
        if not self._kept or not self._kept[0].seq <= seq <= self.seq:
            return None
        return json.loads(self._kept[seq - self.seq - 1].text)

    def _is_too_much(self, now_t: float) -> bool:
        is_old = abs(now_t - self._kept[0].t) > KEPT_S
        return is_old or len(self._kept) > READINGS_MAX or self._bytes > BYTES_MAX
