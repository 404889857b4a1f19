"""One attribute as the runtime keeps it: a flag, a number or a category.

bool → flag          uint8; the runtime knows no missing flag, so one is refused
int, float → number  float64, NaN where missing; an int beyond ±2⁵³ is refused: float64 would make two of them one
times → number       seconds since 1970 UTC (`instants.py`)
texts → category     int32 codes in order of first appearance, -1 where missing
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InvalidInput
from .instants import instant_of, seconds_since_1970

EXACT_INTEGER_MAX = 2**53
DTYPES = {"number": "<f8", "category": "<i4", "flag": "u1"}
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Column:
    """A converted attribute: `values` is float64, int32 or uint8[N] by its kind."""

    name: str
    kind: str
    values: npt.NDArray[Any]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plain:
    """An attribute freed of its library: values of a plain dtype (where missing: anything), and what is missing."""

    values: npt.NDArray[Any]
    missing: npt.NDArray[np.bool_] | None = None


def column_of(name: str, plain: Plain, expected: str | None = None) -> Column:
    """Converts an attribute.

    `expected` is the kind that an existing corpus has: a column of nothing but missing values fits each kind but flag.
    Raises InvalidInput, with the column's name, for what is none of the kinds.
    """
    values, missing = plain.values, plain.missing
    if values.ndim != 1:
        raise _refused(name, f"has shape {list(values.shape)}: want one value for each item")
    if values.dtype.kind in "OTU":
        return _of_objects(name, values, missing, expected)
    return _of_numbers(name, values, missing)


def require_kind(column: Column, expected: str | None) -> None:
    """Raises InvalidInput unless the column is of that kind."""
    if expected is not None and column.kind != expected:
        raise _refused(column.name, f"is a {column.kind} here and a {expected} in the corpus")


def category_of(name: str, codes: npt.NDArray[Any], categories: Sequence[Any]) -> Column:
    """A column that is categorical already: codes into its categories, negative where missing.

    Those that do not occur are left out.
    """
    used, compact = np.unique(codes[codes >= 0], return_inverse=True)
    texts = [categories[int(code)] for code in used]
    for text in texts:
        if not isinstance(text, str):
            raise _refused(
                name, f"has the category {text!r}: categories are texts. Convert it with .astype(str), or to numbers"
            )
    values = np.full(len(codes), -1, DTYPES["category"])
    values[codes >= 0] = compact
    return Column(name, "category", values, tuple(str.__str__(text) for text in texts))


def is_missing(value: Any) -> bool:
    """Whether a single value stands for none: None, NaN, NaT, pandas.NA."""
    if value is None:
        return True
    pandas = sys.modules.get("pandas")
    if pandas is not None and (value is pandas.NA or value is pandas.NaT):
        return True
    return isinstance(value, (float, np.floating, np.datetime64, np.timedelta64)) and bool(value != value)


def _of_numbers(name: str, values: npt.NDArray[Any], missing: npt.NDArray[np.bool_] | None) -> Column:
    kind = values.dtype.kind
    if kind == "b":
        if missing is not None and missing.any():
            row = int(np.argmax(missing))
            raise _refused(
                name,
                f"is missing in row {row}: a flag is yes or no. Fill it (.fillna(False)), or make it a category "
                "of texts",
            )
        return Column(name, "flag", values.astype(DTYPES["flag"]))
    if kind == "M":
        numbers = seconds_since_1970(values)
    elif kind in "iu":
        _require_exact(name, values if missing is None else np.where(missing, 0, values))
        numbers = values.astype(DTYPES["number"])
    elif kind == "f":
        numbers = values.astype(DTYPES["number"])
    else:
        advice = {
            "m": "durations are no column: divide them by np.timedelta64(1, 's')",
            "c": "take .real or .imag",
            "S": "decode the bytes to texts",
        }
        raise _refused(
            name, f"is of dtype {values.dtype}: want bools, numbers, times or texts; {advice.get(kind, 'convert it')}"
        )
    if missing is not None:
        numbers[missing] = np.nan
    return Column(name, "number", numbers)


def _require_exact(name: str, values: npt.NDArray[Any]) -> None:
    """int64 and uint64 only; narrower ones always fit."""
    beyond = (values > EXACT_INTEGER_MAX) | (values < -EXACT_INTEGER_MAX) if values.dtype.itemsize == 8 else np.False_
    if np.any(beyond):
        row = int(np.argmax(beyond))
        raise _inexact(name, row, int(values[row]))


def _of_objects(
    name: str, values: npt.NDArray[Any], missing: npt.NDArray[np.bool_] | None, expected: str | None
) -> Column:
    """Python objects: all of them must be of one kind."""
    objects: list[Any] = values.tolist()
    if missing is not None:
        objects = [None if gone else value for value, gone in zip(objects, missing, strict=True)]
    sort = next((_sort(value) for value in objects if not is_missing(value)), expected or "number")
    if sort == "category":
        return _category(name, objects)
    gone = np.fromiter((is_missing(value) for value in objects), np.bool_, len(objects))
    for row in np.flatnonzero(~gone):
        if _sort(objects[row]) != sort or sort == _UNKNOWN:
            raise _mixed(name, objects[row], int(row), sort)
    if sort == "flag":
        return _of_numbers(name, np.array([not is_missing(value) and bool(value) for value in objects], np.bool_), gone)
    return Column(
        name, "number", np.array([_number(name, row, value) for row, value in enumerate(objects)], np.float64)
    )


def _number(name: str, row: int, value: Any) -> float:
    """A number or a time, as float64."""
    if is_missing(value):
        return np.nan
    if isinstance(value, (int, np.integer)):
        if not -EXACT_INTEGER_MAX <= value <= EXACT_INTEGER_MAX:
            raise _inexact(name, row, int(value))
        return float(value)
    instant = instant_of(value)
    return float(value) if instant is None else instant


def _category(name: str, objects: list[Any]) -> Column:
    codes: dict[str, int] = {}
    values = np.empty(len(objects), DTYPES["category"])
    for row, value in enumerate(objects):
        if isinstance(value, str):
            values[row] = codes.setdefault(value, len(codes))
        elif is_missing(value):
            values[row] = -1
        else:
            raise _mixed(name, value, row, "category")
    return Column(name, "category", values, tuple(str.__str__(text) for text in codes))


def _sort(value: Any) -> str:
    if isinstance(value, str):
        return "category"
    if isinstance(value, (bool, np.bool_)):
        return "flag"
    if isinstance(value, (int, float, np.integer, np.floating)):
        return "number"
    if isinstance(value, (date, np.datetime64)) or hasattr(value, "to_datetime64"):
        return "time"
    return _UNKNOWN


def _mixed(name: str, value: Any, row: int, sort: str) -> InvalidInput:
    what = f"has a {type(value).__name__} in row {row} ({str(value)[:40]!r})"
    if sort == _UNKNOWN:
        return _refused(name, f"{what}: want bools, numbers, times or texts")
    return _refused(name, f"{what}, after values of kind {sort}: want one kind")


def _inexact(name: str, row: int, value: int) -> InvalidInput:
    return _refused(
        name,
        f"has {value} in row {row}: integers beyond ±2^53 are not exact as float64. If it is an identifier, "
        "make it a category (.astype(str))",
    )


def _refused(name: str, why: str) -> InvalidInput:
    return InvalidInput(f"the attribute {name!r} {why}", f"attributes.{name}")
