"""How long a call may still take: `timeout_s` of the API, counted down over all the requests that the call makes."""

from __future__ import annotations

import math
import time

from .errors import DeadlineExceeded, InvalidInput

# The runtime ends the call itself; this much later the client stops waiting for a runtime that does not answer at all.
GUARD_S = 5.0


class Deadline:
    """A point in time, or none."""

    def __init__(self, timeout_s: float | None) -> None:
        """Raises InvalidInput unless `timeout_s` is None or a number above 0."""
        if timeout_s is not None and not (isinstance(timeout_s, (int, float)) and 0 < timeout_s < math.inf):
            raise InvalidInput(f"timeout_s is {timeout_s!r}: want seconds above 0, or None for no limit", "timeout_s")
        self._timeout_s = timeout_s
        self._ends = None if timeout_s is None else time.monotonic() + timeout_s

    def left_s(self) -> float | None:
        """Seconds from now. Raises DeadlineExceeded if there are none."""
        if self._ends is None:
            return None
        left = self._ends - time.monotonic()
        if left <= 0:
            raise self.exceeded()
        return left

    def exceeded(self) -> DeadlineExceeded:
        """The error to raise."""
        return DeadlineExceeded(f"the call has not ended within {self._timeout_s:g} s", "timeout_s")
