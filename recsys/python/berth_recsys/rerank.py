"""What may be added to a search: recency, and diversity by one of two rules."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from .errors import InvalidInput
from .instants import duration_of, instant_of

K_MAX = 10_000


@dataclass(frozen=True)
class Recency:
    """Adds `weight · 2^(-age / half_life)` to the score, with `age = max(0, now - column)`.

    Nothing is added where the column is missing. `half_life` is a `timedelta`, or a number in the unit of the column
    (seconds, for a column of times). `now` is a time, or a number in that unit; None is the time of the call, which the
    hits record as `hits.now`.
    """

    column: str
    half_life: float | timedelta | np.timedelta64
    weight: float
    now: float | datetime | date | np.datetime64 | None = None

    def to_json(self) -> dict[str, Any]:
        """As the runtime reads it, at this moment if it has no other. Raises InvalidInput."""
        duration = duration_of(self.half_life)
        half_life = _finite("recency.half_life", self.half_life if duration is None else duration)
        if half_life <= 0:
            raise InvalidInput(f"recency.half_life is {self.half_life!r}: want more than 0", "recency.half_life")
        return {
            "column": _column("recency.column", self.column),
            "halfLife": half_life,
            "weight": _finite("recency.weight", self.weight),
            "now": time.time() if self.now is None else self._now(),
        }

    def _now(self) -> float:
        instant = instant_of(self.now)
        return _finite("recency.now", self.now if instant is None else instant)


@dataclass(frozen=True)
class MMR:
    """Maximal marginal relevance: from the best `pool` hits, one after the other is chosen that is good and different.

    The next is the one with the greatest `lambda_ · score - (1 - lambda_) · s`, where s is its greatest cosine
    similarity to those that were chosen; equal: the smaller row. `lambda_` from 0 (only different) to 1 (only good).
    `pool` ≥ k; None is ten times k. Scores and similarities are compared as they are: with inner products far from ±1,
    choose `lambda_` accordingly.
    """

    lambda_: float = 0.7
    pool: int | None = None

    def to_json(self, k: int) -> dict[str, Any]:
        """As the runtime reads it. Raises InvalidInput."""
        weight = _finite("diversity.lambda_", self.lambda_)
        if not 0 <= weight <= 1:
            raise InvalidInput(f"diversity.lambda_ is {self.lambda_!r}: want 0 … 1", "diversity.lambda_")
        pool = min(10 * k, K_MAX) if self.pool is None else _count("diversity.pool", self.pool)
        if pool < k:
            raise InvalidInput(f"diversity.pool is {pool}: want at least k = {k}", "diversity.pool")
        return {"mmr": weight, "pool": pool}


@dataclass(frozen=True)
class AtMost:
    """The best k of which at most `n` share a category of `column`; items without one are not limited."""

    n: int
    column: str

    def to_json(self, k: int) -> dict[str, Any]:
        """As the runtime reads it. Raises InvalidInput."""
        return {"atMost": _count("diversity.n", self.n), "column": _column("diversity.column", self.column)}


def _finite(field: str, value: Any) -> float:
    if (
        isinstance(value, (bool, np.bool_))
        or not isinstance(value, (int, float, np.integer, np.floating))
        or not math.isfinite(value)
    ):
        raise InvalidInput(f"{field} is {value!r}: want a finite number", field)
    return float(value)


def _count(field: str, value: Any) -> int:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < 1:
        raise InvalidInput(f"{field} is {value!r}: want a whole number of at least 1", field)
    return int(value)


def _column(field: str, value: Any) -> str:
    if not isinstance(value, str) or value == "":
        raise InvalidInput(f"{field} is {value!r}: want the name of a column", field)
    return value
