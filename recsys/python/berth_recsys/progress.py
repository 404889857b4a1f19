"""How far a batch is: a line that is written over, where a person looks; now and then a line, in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

Progress = bool | Callable[[int, int], None]

_LINE_EVERY_S = 0.2
_LOG_EVERY_S = 30.0


class Reporter:
    """Tells `progress` how much of `total` is done."""

    def __init__(self, progress: Progress, total: int, done: int) -> None:
        self._progress = progress
        self._total = total
        self._began_with = done
        self._began_at = self._said_at = time.monotonic()
        self._live = sys.stderr.isatty() or "ipykernel" in sys.modules

    def report(self, done: int) -> None:
        """Says it, unless it has just been said. What a callback raises stops the batch."""
        if callable(self._progress):
            self._progress(done, self._total)
        elif self._progress:
            now = time.monotonic()
            if done >= self._total or now - self._said_at >= (_LINE_EVERY_S if self._live else _LOG_EVERY_S):
                self._said_at = now
                self._print(self._line(done, now - self._began_at), done)

    def _line(self, done: int, elapsed_s: float) -> str:
        rate = (done - self._began_with) / elapsed_s if elapsed_s > 0 else 0.0
        left = f", {_clock((self._total - done) / rate)} left" if rate > 0 and done < self._total else ""
        share = 100 * done // max(1, self._total)
        return f"{done:,} of {self._total:,} queries ({share} %), {rate:,.0f}/s{left}"

    def _print(self, line: str, done: int) -> None:
        end = "\n" if done >= self._total or not self._live else ""
        print(f"\r{line:<78}" if self._live else line, end=end, file=sys.stderr, flush=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
