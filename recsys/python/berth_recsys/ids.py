"""Ids, and who does not want which: int64 arrays from whatever holds integers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .arrays import as_array
from .errors import InvalidInput

Int64 = npt.NDArray[np.int64]
_MAX = np.iinfo(np.int64).max


def id_array(name: str, value: Any, count: int | None = None) -> Int64:
    """int64[count] from any integers.

    Raises InvalidInput for other dtypes, missing values, what is beyond int64, and another length.
    """
    ids = _integers(name, value)
    if ids.ndim != 1:
        raise InvalidInput(f"{name} has shape {list(ids.shape)}: want one id for each item", name)
    if count is not None and len(ids) != count:
        raise InvalidInput(f"{name} has {len(ids)} values, and there are {count} items: want one for each", name)
    return ids


def _integers(name: str, value: Any) -> Int64:
    torch, polars, pyarrow = (sys.modules.get(each) for each in ("torch", "polars", "pyarrow"))
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    elif (polars is not None and isinstance(value, polars.Series)) or (
        pyarrow is not None and isinstance(value, (pyarrow.Array, pyarrow.ChunkedArray))
    ):
        if value.null_count() if callable(value.null_count) else value.null_count:
            raise InvalidInput(f"{name} has missing values: every item has an id", name)
        value = (
            value.to_numpy()
            if hasattr(value, "chunks") or not hasattr(value, "flatten")
            else value.to_numpy(zero_copy_only=False)
        )
    array = as_array(name, value)
    if array.size == 0 and array.dtype.kind == "f":
        return array.astype(np.int64)  # an empty list
    if array.dtype == object and _all_integers(array):
        array = _from_python(name, array)
    if array.dtype.kind not in "iu":
        advice = (
            "Convert them with .astype('int64')"
            if array.dtype.kind == "f"
            else "Keep a table from your names to integers"
        )
        raise InvalidInput(f"{name} is of dtype {array.dtype}: want integers. {advice}.", name)
    if array.dtype.kind == "u" and array.size and array.max() > _MAX:
        raise InvalidInput(f"{name} has {array.max()}: beyond int64", name)
    return np.ascontiguousarray(array, np.dtype("<i8"))


def _all_integers(array: npt.NDArray[Any]) -> bool:
    return all(isinstance(each, (int, np.integer)) and not isinstance(each, bool) for each in array.flat)


def _from_python(name: str, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    try:
        return array.astype(np.int64)
    except OverflowError as error:
        raise InvalidInput(f"{name} has an integer beyond int64", name) from error


@dataclass(frozen=True)
class Exclusions:
    """Query b does not want `ids[offsets[b] : offsets[b + 1]]`; without offsets no query wants any of `ids`."""

    ids: Int64
    offsets: Int64 | None

    def chosen(self, queries: Sequence[int]) -> Exclusions:
        """Those of some queries."""
        if self.offsets is None:
            return self
        rows = [self.ids[self.offsets[query] : self.offsets[query + 1]] for query in queries]
        return Exclusions(np.concatenate(rows), np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64))

    def sizes(self, start: int, stop: int) -> Int64:
        """The bytes that those of `start` … query travel in, for each query up to `stop`."""
        count = np.arange(1, stop - start + 1, dtype=np.int64)
        if self.offsets is None:
            return np.full(len(count), self.ids.nbytes)
        return 8 * (self.offsets[start + 1 : stop + 1] - self.offsets[start] + count + 1)

    def part(self, start: int, stop: int) -> dict[str, Int64]:
        """Ids, and offsets unless they are all queries', of the queries start … stop - 1, as they travel."""
        if self.offsets is None:
            return {"excludeIds": self.ids}
        first, last = int(self.offsets[start]), int(self.offsets[stop])
        return {
            "excludeIds": np.ascontiguousarray(self.ids[first:last]),
            "excludeOffsets": np.ascontiguousarray(self.offsets[start : stop + 1] - first),
        }


def exclusions(value: Any, queries: int) -> Exclusions | None:
    """Reads `exclude`, in one of its forms:

    - one flat array of ids: no query wants them;
    - a list with an array of ids (or None) for each query, a 2-D array, or a column of lists;
    - a tuple `(offsets, ids)`: int64[B + 1] and int64[E], as in the protocol.

    Negative ids are no ids and exclude nothing, so `hits.ids` can be given as it is. Raises InvalidInput.
    """
    if value is None:
        return None
    if isinstance(value, tuple) and len(value) == 2 and not all(isinstance(each, (int, np.integer)) for each in value):
        return _given(value[0], value[1], queries)
    rows = _rows(value)
    if rows is None:
        return Exclusions(np.unique(id_array("exclude", value)), None)
    if len(rows) != queries:
        raise InvalidInput(
            f"exclude has {len(rows)} lists of ids, and there are {queries} queries: want one for each", "exclude"
        )
    arrays = [
        np.empty(0, np.int64) if row is None else id_array(f"exclude[{index}]", row) for index, row in enumerate(rows)
    ]
    offsets = np.zeros(queries + 1, np.int64)
    np.cumsum([len(each) for each in arrays], out=offsets[1:])
    return Exclusions(np.concatenate(arrays) if arrays else np.empty(0, np.int64), offsets)


def _given(offsets: Any, ids: Any, queries: int) -> Exclusions:
    starts, wanted = id_array("exclude[0]", offsets), id_array("exclude[1]", ids)
    if len(starts) != queries + 1 or starts[0] != 0 or starts[-1] != len(wanted) or bool(np.any(np.diff(starts) < 0)):
        raise InvalidInput(
            f"exclude's offsets are {len(starts)} numbers from {starts[:1]} to {starts[-1:]}: want "
            f"{queries + 1} that ascend from 0 to {len(wanted)}, "
            "the number of ids",
            "exclude",
        )
    return Exclusions(wanted, starts)


def _rows(value: Any) -> Sequence[Any] | None:
    """The lists of a value that holds one for each query; None if it is one flat array."""
    if getattr(value, "ndim", 0) == 2:
        return list(as_array("exclude", value))
    if isinstance(value, np.ndarray):
        return list(value) if value.dtype == object and value.ndim == 1 and not _all_integers(value) else None
    polars, pyarrow, pandas = (sys.modules.get(each) for each in ("polars", "pyarrow", "pandas"))
    if polars is not None and isinstance(value, polars.Series):
        return list(value) if value.dtype.is_nested() else None
    if pyarrow is not None and isinstance(value, (pyarrow.Array, pyarrow.ChunkedArray)):
        return value.to_pylist() if pyarrow.types.is_nested(value.type) else None
    if pandas is not None and isinstance(value, pandas.Series):
        return (
            list(value)
            if value.dtype == object and len(value) and not isinstance(value.iloc[0], (int, np.integer))
            else None
        )
    if isinstance(value, (list, tuple)):
        nested = any(each is None or hasattr(each, "__len__") for each in value)
        return value if nested else None
    return None
