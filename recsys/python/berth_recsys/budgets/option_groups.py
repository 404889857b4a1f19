"""Candidates with names of their own: those that count against the same limits by the same weights are one option."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .budget_candidates import chunks
from .budget_caps import PersonCaps
from .budget_limits import NAMED, Limits
from .budget_options import Attributes
from .name_column import NameColumn

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
# Combinations up to this are counted in a table; more are sorted.
_TABLE_MAX = 2**24
_KEY_MAX = 2**62

Digits = Callable[[int, int], Int64]


def option_groups(attributes: Attributes, limits: Limits, caps: PersonCaps) -> tuple[npt.NDArray[np.int32], Int64]:
    """The option of each row int32[n], and one row of each option int64[O]."""
    digits = list(_digits(attributes, limits, caps))
    combinations = 1
    for _, radix in digits:
        combinations *= radix
    if combinations <= _TABLE_MAX:
        return _counted(digits, combinations, attributes.rows)
    return _sorted(digits, attributes.rows)


def _digits(attributes: Attributes, limits: Limits, caps: PersonCaps) -> Iterator[tuple[Digits, int]]:
    """What tells rows apart: for each a function from first and last row to numbers below a radix."""
    for dimension in NAMED:
        wanted = list(dict.fromkeys([*limits.names(dimension), *(caps.channel if dimension == "channel" else ())]))
        column = attributes.names.get(dimension)
        if wanted and column is not None:
            for place in range(1 if column.codes.ndim == 1 else column.codes.shape[1]):
                yield _name_digit(column, wanted, place), len(wanted) + 1
    for name, column_of in (("sends", attributes.sends), ("attention", attributes.attention)):
        if name in attributes.numbers:
            distinct = _distinct(column_of, attributes.rows)
            yield _number_digit(column_of, distinct), max(1, len(distinct))


def _name_digit(column: NameColumn, wanted: Sequence[Any], place: int) -> Digits:
    """The order within a slate makes no difference to limits."""
    find = column.finder(wanted)

    def digit(start: int, stop: int) -> Int64:
        found = find(column.codes[start:stop]) + 1
        return found if found.ndim == 1 else np.sort(found, axis=1)[:, place]

    return digit


def _number_digit(column: Callable[[slice], Float64], distinct: Float64) -> Digits:
    def digit(start: int, stop: int) -> Int64:
        return np.searchsorted(distinct, column(slice(start, stop))).astype(np.int64)

    return digit


def _distinct(column: Callable[[slice], Float64], rows: int) -> Float64:
    found = np.empty(0, np.float64)
    for start, stop in chunks(rows):
        found = np.union1d(found, column(slice(start, stop)))
    return found


def _counted(digits: list[tuple[Digits, int]], combinations: int, rows: int) -> tuple[npt.NDArray[np.int32], Int64]:
    option = np.empty(rows, np.int32)
    row_of = np.full(combinations, -1, np.int64)
    for start, stop in chunks(rows):
        key = np.zeros(stop - start, np.int64)
        for digit, radix in digits:
            key = key * radix + digit(start, stop)
        option[start:stop] = key
        row_of[key] = np.arange(start, stop)
    used = np.flatnonzero(row_of >= 0)
    number = np.empty(combinations, np.int32)
    number[used] = np.arange(len(used))
    for start, stop in chunks(rows):
        option[start:stop] = number[option[start:stop]]
    return option, row_of[used]


def _sorted(digits: list[tuple[Digits, int]], rows: int) -> tuple[npt.NDArray[np.int32], Int64]:
    key = np.zeros(rows, np.int64)
    size = 1
    for digit, radix in digits:
        if size * radix > _KEY_MAX:
            distinct, key = np.unique(key, return_inverse=True)
            size = len(distinct)
        key = key * radix + digit(0, rows)
        size *= radix
    _, first, option = np.unique(key, return_index=True, return_inverse=True)
    return option.astype(np.int32), first
