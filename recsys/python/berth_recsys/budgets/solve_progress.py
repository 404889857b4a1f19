"""How far a solve is: a line that is written over, where a person looks; now and then a line, in a log."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput

_SILENT_S = 1.0
_LINE_EVERY_S = 0.2
_LOG_EVERY_S = 30.0


@dataclass(frozen=True)
class SolveProgress:
    """What is known so far. `bound`, `value` and `gap` are None until a plan has been certified."""

    passes: int
    max_passes: int
    what: str
    bound: float | None = None
    value: float | None = None
    gap: float | None = None


Progress = bool | None | Callable[[SolveProgress], Any]


class SolveReporter:
    """Tells `progress` how far it is. None: a line after the first second, where a person looks."""

    def __init__(self, progress: Progress) -> None:
        if not (progress is None or isinstance(progress, bool) or callable(progress)):
            raise InvalidInput(f"progress is {progress!r}: want None, True, False or a function", "progress")
        self._progress = progress
        self._began_at = time.monotonic()
        self._said_at = -math.inf
        self._live = sys.stderr.isatty() or "ipykernel" in sys.modules
        self._has_line = False

    def report(self, said: Mapping[str, Any]) -> bool:
        """Passes on what the runtime has said. False: the solve is to stop with what it has."""
        now = SolveProgress(
            int(said.get("done", 0)),
            int(said.get("total", 0)),
            str(said.get("what", "")),
            *(_number(said.get(name)) for name in ("bound", "value", "gap")),
        )
        if callable(self._progress):
            return self._progress(now) is not False
        if self._progress is True or (self._progress is None and self._live):
            self._show(now)
        return True

    def end(self) -> None:
        """Ends the line, if there is one."""
        if self._has_line:
            print(file=sys.stderr, flush=True)

    def _show(self, progress: SolveProgress) -> None:
        now = time.monotonic()
        if now - self._began_at < _SILENT_S or now - self._said_at < (_LINE_EVERY_S if self._live else _LOG_EVERY_S):
            return
        self._said_at = now
        gap = "" if progress.gap is None else f", gap {100 * progress.gap:.3g} %"
        line = f"{progress.passes:,} passes, {progress.what}{gap}, {now - self._began_at:.0f} s"
        self._has_line = self._live
        print(f"\r{line:<78}" if self._live else line, end="" if self._live else "\n", file=sys.stderr, flush=True)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
