"""Prices to begin a solve with: of another plan, carried over to the limits of this problem by their names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import InvalidInput
from .budget_limits import DIMENSIONS, NAMED, ByLimit, Float64, Limits, label, number_of, plain_name


def carried_over(limits: Limits, before: Any) -> Float64:
    """Prices f64[K] for these limits from a plan, its prices, or a dict by (dimension, name): 0 where they had none.

    Raises InvalidInput for anything else, and for what is not finite.
    """
    prices = getattr(before, "prices", before)
    known: Mapping[Any, Any]
    if isinstance(prices, ByLimit):
        if prices.limits.keys == limits.keys:
            return np.array(prices.array, np.float64)
        known = prices.to_dict()
    elif isinstance(prices, Mapping):
        known = _by_key(prices)
    else:
        raise InvalidInput(
            f"warm is a {type(before).__name__}: want a plan, its prices, or a dict: {{('channel', 'push'): 0.1}}",
            "warm",
        )
    found: Sequence[Any] = [known.get(key, 0.0) for key in limits.keys]
    numbers = [number_of(price) for price in found]
    for key, price, number in zip(limits.keys, found, numbers, strict=True):
        if number is None or not math.isfinite(number):
            raise InvalidInput(f"warm: the price of {label(key)} is {price!r}: want a finite number", "warm")
    return np.array(numbers, np.float64)


def _by_key(prices: Mapping[Any, Any]) -> dict[Any, Any]:
    """Prices by limit: of a dict by (dimension, name), or in the form of `budgets`. Raises InvalidInput."""
    found: dict[Any, Any] = {}
    for key, price in prices.items():
        dimension = key[0] if isinstance(key, tuple) and len(key) == 2 else key
        if not isinstance(dimension, str) or dimension not in DIMENSIONS:
            raise InvalidInput(
                f"warm has the key {key!r}: want 'total', 'attention', or a pair such as ('channel', 'push')", "warm"
            )
        if dimension in NAMED and not isinstance(key, tuple):
            if not isinstance(price, Mapping):
                raise InvalidInput(f"warm: {dimension} is {price!r}: want a price for each name, in a dict", "warm")
            found.update({(dimension, plain_name(name)): each for name, each in price.items()})
        else:
            found[dimension, plain_name(key[1]) if isinstance(key, tuple) else None] = price
    return found
