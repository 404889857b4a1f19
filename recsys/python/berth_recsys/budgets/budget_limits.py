"""Budgets and floors by name, and their places in the arrays of the solver.

A limit is a dimension and a name: ("total", None), ("attention", None), ("channel", "push"), ("content", 17). A budget
of infinity is a limit as well: nothing binds, but `what_if` and `curve` can set it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import as_array, require_real
from ..data_frame import data_frame
from ..errors import InvalidInput
from .budget_problems import Problems, near
from .name_column import is_whole

Float64 = npt.NDArray[np.float64]
Key = tuple[str, Any]

SINGLE = ("total", "attention")
NAMED = ("channel", "slot", "campaign", "content")
DIMENSIONS = (*SINGLE, *NAMED)


@dataclass(frozen=True)
class Limits:
    """K limits: what they are called, and what they allow. Names of one dimension are neighbours.

    cap     f64[K], infinity: none
    floor   f64[K], 0: none
    loose   names that need not occur among the candidates: they came as an array of all
    """

    keys: tuple[Key, ...]
    cap: Float64
    floor: Float64
    loose: frozenset[str] = frozenset()
    places: Mapping[Key, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {key: place for place, key in enumerate(self.keys)})

    def __len__(self) -> int:
        return len(self.keys)

    def names(self, dimension: str) -> list[Any]:
        """The names that have a limit in a dimension, in order."""
        return [name for each, name in self.keys if each == dimension]

    def first(self, dimension: str) -> int:
        """The place of a dimension's first limit."""
        return next((place for place, (each, _) in enumerate(self.keys) if each == dimension), 0)

    def with_changes(self, budgets: Any, floors: Any) -> Limits:
        """The same limits with other numbers. Raises InvalidInput for one that is not among them, and what is wrong."""
        problems = Problems()
        cap, floor = self.cap.copy(), self.floor.copy()
        for what, given, into in (("budgets", budgets, cap), ("floors", floors, floor)):
            for key, amount in _read(what, given, problems)[0].items():
                place = self.places.get(key)
                if place is None:
                    problems.add(f"{what}.{key[0]}", self._no_limit(what, key))
                else:
                    into[place] = amount
        changed = Limits(self.keys, cap, floor, self.loose)
        _check_together(changed, problems)
        problems.raise_any()
        return changed

    def place(self, limit: Any) -> int:
        """The place of "total", or of a (dimension, name). Raises InvalidInput."""
        key = (limit, None) if isinstance(limit, str) else limit
        if isinstance(key, tuple) and len(key) == 2 and key in self.places:
            return self.places[key]
        known = [key if key[1] is not None else key[0] for key in self.keys]
        raise InvalidInput(
            f"limit is {limit!r}, which has no limit in this problem: give it a budget when the problem is made "
            f"(math.inf, where there is none yet).{near(limit, known)}",
            "limit",
        )

    def _no_limit(self, what: str, key: Any) -> str:
        shown = label(key) if isinstance(key, tuple) and len(key) == 2 else repr(key)
        known = [label(each) for each in self.keys]
        return (
            f"{what} names {shown}, which has no limit in this problem: give it one when the problem is made "
            f"(math.inf, where there is none yet).{near(shown, known)}"
        )


def label(key: Key) -> str:
    """A limit as people read it: total, channel push."""
    return key[0] if key[1] is None else f"{key[0]} {key[1]}"


def limits_of(budgets: Any, floors: Any, problems: Problems) -> Limits:
    """Reads budgets and floors. What cannot be read is left out, and added to the problems."""
    caps, loose_caps = _read("budgets", budgets, problems)
    least, loose_floors = _read("floors", floors, problems)
    keys = sorted({**caps, **least}, key=lambda key: DIMENSIONS.index(key[0]))  # stable: as they were given
    limits = Limits(
        tuple(keys),
        np.array([caps.get(key, math.inf) for key in keys], np.float64),
        np.array([least.get(key, 0.0) for key in keys], np.float64),
        loose_caps | loose_floors,
    )
    _check_together(limits, problems)
    return limits


def _read(what: str, given: Any, problems: Problems) -> tuple[dict[Key, float], frozenset[str]]:
    if given is None:
        return {}, frozenset()
    if not isinstance(given, Mapping):
        problems.add(what, f"{what} is a {type(given).__name__}: want a dict such as {{'total': 1000}}")
        return {}, frozenset()
    found: dict[Key, float] = {}
    loose: set[str] = set()
    for dimension, amounts in given.items():
        if dimension in SINGLE:
            _take(found, what, (dimension, None), amounts, problems)
        elif dimension in NAMED and isinstance(amounts, Mapping):
            for name, amount in amounts.items():
                _take(found, what, (dimension, plain_name(name)), amount, problems)
        elif dimension in NAMED:
            loose.add(dimension)
            with problems.collecting():
                found.update(_of_array(what, dimension, amounts, problems))
        else:
            problems.add(
                what, f"{what} has {dimension!r}: want {', '.join(map(repr, DIMENSIONS))}.{near(dimension, DIMENSIONS)}"
            )
    return found, frozenset(loose)


def plain_name(name: Any) -> Any:
    """A name as columns have it: a text or an int, whatever class it came in; 7.0 is 7."""
    is_int = is_whole(name) or (isinstance(name, (float, np.floating)) and float(name).is_integer())
    return int(name) if is_int else str(name) if isinstance(name, str) else name


def _take(found: dict[Key, float], what: str, key: Key, amount: Any, problems: Problems) -> None:
    number = math.inf if amount is None and what == "budgets" else number_of(amount)
    most = math.inf if what == "budgets" else np.finfo(np.float64).max
    if number is None or not 0 <= number <= most:
        wanted = "a number from 0, or math.inf for none" if what == "budgets" else "a finite number from 0"
        problems.add(f"{what}.{key[0]}", f"{what}: {label(key)} is {amount!r}: want {wanted}")
    else:
        found[key] = number


def is_number(amount: Any) -> bool:
    """Whether it is a real number of Python or numpy; a bool is none."""
    return isinstance(amount, (int, float, np.integer, np.floating)) and not isinstance(amount, bool)


def number_of(amount: Any) -> float | None:
    """The same as a float; None if it is none."""
    return float(amount) if is_number(amount) else None


def _of_array(what: str, dimension: str, amounts: Any, problems: Problems) -> dict[Key, float]:
    """An amount for each of 0 … n - 1. Entries without a limit (infinity, 0) make none."""
    name = f"{what}.{dimension}"
    array = as_array(name, amounts)
    require_real(name, array.dtype)
    if array.ndim != 1:
        raise InvalidInput(f"{name} has shape {list(array.shape)}: want one number for each of 0 … n - 1", name)
    numbers = array.astype(np.float64)
    bad = ~(numbers >= 0) | ((numbers == math.inf) & (what == "floors"))
    if bad.any():
        row = int(np.argmax(bad))
        problems.add(name, f"{name}[{row}] is {numbers[row]!r}: want a number from 0")
    kept = np.flatnonzero(~bad & (numbers != (math.inf if what == "budgets" else 0.0)))
    return {(dimension, row): amount for row, amount in zip(kept.tolist(), numbers[kept].tolist(), strict=True)}


def _check_together(limits: Limits, problems: Problems) -> None:
    """Floors above caps, and floors of channels, slots or campaigns that are more than the total together."""
    for place in np.flatnonzero(limits.floor > limits.cap).tolist():
        key = limits.keys[place]
        problems.add(
            f"floors.{key[0]}",
            f"floors: {label(key)} is {limits.floor[place]:g}, more than its budget of {limits.cap[place]:g}",
        )
    total = limits.places.get(("total", None))
    for dimension in ("channel", "slot", "campaign") if total is not None else ():
        least = sum(limits.floor[place] for place, key in enumerate(limits.keys) if key[0] == dimension)
        if total is not None and least > limits.cap[total]:
            problems.add(
                f"floors.{dimension}",
                f"floors: those of {dimension} add up to {least:g}, more than the total budget of "
                f"{limits.cap[total]:g}",
            )


@dataclass(frozen=True, eq=False, repr=False)
class ByLimit:
    """One number for each limit, by name: `.total`, `.attention`, `.channel["push"]`, `.content[17]`, or `.array`."""

    limits: Limits
    array: Float64

    @property
    def total(self) -> float:
        """Of the total. Raises KeyError if that has no limit; so do all of these."""
        return self[("total", None)]

    @property
    def attention(self) -> float:
        """Of the attention budget."""
        return self[("attention", None)]

    @property
    def channel(self) -> dict[Any, float]:
        """By channel."""
        return self._of("channel")

    @property
    def slot(self) -> dict[Any, float]:
        """By slot."""
        return self._of("slot")

    @property
    def campaign(self) -> dict[Any, float]:
        """By campaign."""
        return self._of("campaign")

    @property
    def content(self) -> dict[Any, float]:
        """By content."""
        return self._of("content")

    def __getitem__(self, key: Key) -> float:
        return float(self.array[self.limits.places[key]])

    def __len__(self) -> int:
        return len(self.limits)

    def to_dict(self) -> dict[Key, float]:
        """By (dimension, name)."""
        return dict(zip(self.limits.keys, self.array.tolist(), strict=True))

    def to_frame(self) -> Any:
        """A data frame with the columns dimension, name and value. Raises ImportError without pandas and polars."""
        names = ["" if name is None else str(name) for _, name in self.limits.keys]
        columns = {"dimension": [each for each, _ in self.limits.keys], "name": names, "value": self.array}
        return data_frame(columns, ".to_dict() and .array need neither.")

    def __repr__(self) -> str:
        shown = [f"{label(key)}: {value:.4g}" for key, value in list(self.to_dict().items())[:10]]
        return f"<{', '.join(shown)}{', …' if len(self) > 10 else ''}>"

    def _of(self, dimension: str) -> dict[Any, float]:
        return {name: value for (each, name), value in self.to_dict().items() if each == dimension}
