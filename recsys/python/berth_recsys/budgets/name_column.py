"""Names of channels, slots, campaigns and content: a code for each row, from whatever holds names.

Integers stay as they are, so that 10^8 of them cost nothing; texts and other names become codes into a list of names.
Missing (None, NaN, NA, a negative integer) is a row that has none.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import as_array
from ..columns import is_missing
from ..errors import InvalidInput

# Names up to this are looked up in a table; the table of the largest takes 64 MiB.
_TABLE_MAX = 2**24
_WHOLE_MAX = 2.0**53


@dataclass(frozen=True)
class NameColumn:
    """`codes` int[n] or int[n, k] into `names`; without `names` the codes are the names. Negative: none."""

    codes: npt.NDArray[Any]
    names: Sequence[Any] | None

    def __len__(self) -> int:
        return len(self.codes)

    def name(self, row: int) -> Any:
        """The name in a row: None where there is none; a tuple, without those missing, where a row has k."""
        codes = self.codes[row]
        if codes.ndim == 0:
            return self._named(int(codes))
        return tuple(self._named(code) for code in codes.tolist() if code >= 0)

    def taken(self, rows: npt.NDArray[Any]) -> NameColumn:
        """Those of some rows."""
        return NameColumn(self.codes[rows], self.names)

    def distinct(self) -> list[Any]:
        """The names that occur, in order. Slow for many rows: for messages."""
        codes = np.unique(self.codes)
        return [self._named(code) for code in codes[codes >= 0].tolist()]

    def finder(self, wanted: Sequence[Any]) -> Callable[[npt.NDArray[Any]], npt.NDArray[np.int64]]:
        """A function from codes to places in `wanted` (distinct names): -1 for names that are not wanted."""
        keys, places = self._wanted_codes(wanted)
        if len(keys) == 0:
            return lambda codes: np.full(codes.shape, -1, np.int64)
        if keys[-1] < _TABLE_MAX:
            table = np.full(int(keys[-1]) + 2, -1, np.int64)  # the last one is of what is beyond, and of none
            table[keys] = places
            last = len(table) - 1

            def looked_up(codes: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
                wide = codes.astype(np.int64)
                return table[np.where(wide < 0, last, np.minimum(wide, last))]

            return looked_up

        def searched(codes: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
            at = np.minimum(np.searchsorted(keys, codes), len(keys) - 1)
            return np.where(keys[at] == codes, places[at], -1)

        return searched

    def _wanted_codes(self, wanted: Sequence[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Ascending codes of the wanted names that can occur, and their places."""
        if self.names is None:
            pairs = [(int(name), place) for place, name in enumerate(wanted) if is_whole(name)]
        else:
            known = {name: code for code, name in enumerate(self.names)}
            pairs = [(known[name], place) for place, name in enumerate(wanted) if name in known]
        pairs = sorted(pair for pair in pairs if pair[0] >= 0)
        flat = np.array(pairs, np.int64).reshape(-1, 2)
        return flat[:, 0], flat[:, 1]

    def _named(self, code: int) -> Any:
        if code < 0:
            return None
        return code if self.names is None else self.names[code]


def is_whole(name: Any) -> bool:
    """Whether a name is an integer, as integer columns have them. A bool is none."""
    return isinstance(name, (int, np.integer)) and not isinstance(name, (bool, np.bool_))


def name_column(field: str, value: Any, has_many: bool = False) -> NameColumn:
    """Reads integers, texts, or categories of pandas, polars and pyarrow; `has_many`: [n, k] is allowed.

    Raises InvalidInput for what is no name: bools, fractions, times.
    """
    categories = _categories(value)
    if categories is not None:
        codes, names = categories
        return NameColumn(codes, [_plain(field, name) for name in names])
    pyarrow = sys.modules.get("pyarrow")
    if pyarrow is not None and isinstance(value, (pyarrow.Array, pyarrow.ChunkedArray)):
        value = value.to_numpy(zero_copy_only=False) if not hasattr(value, "chunks") else value.to_numpy()
    array = np.array(value, object) if _is_plain_list(value) else as_array(field, value)
    if array.ndim != 1 and not (has_many and array.ndim == 2):
        wanted = "one name for each, or [n, k] for slates" if has_many else "one name for each"
        raise InvalidInput(f"{field} has shape {list(array.shape)}: want {wanted}", field)
    return _of_array(field, array)


def _of_array(field: str, array: npt.NDArray[Any]) -> NameColumn:
    kind = array.dtype.kind
    if kind in "iu":
        return NameColumn(array, None)
    if kind == "f":
        return NameColumn(_whole_codes(field, array), None)
    if kind in "TU":
        names, codes = np.unique(array, return_inverse=True)
        return NameColumn(codes.reshape(array.shape), [str(name) for name in names])
    if kind == "O":
        return _of_objects(field, array)
    raise InvalidInput(f"{field} is of dtype {array.dtype}: want names: texts, integers or categories", field)


def _whole_codes(field: str, array: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Integers with gaps, as pandas holds them: float64 with NaN."""
    gone = np.isnan(array)
    with np.errstate(invalid="ignore"):
        bad = ~gone & ((array != np.floor(array)) | (np.abs(array) > _WHOLE_MAX))
    if bad.any():
        raise InvalidInput(
            f"{field} has {array[bad][0].item()!r}: want names: texts, integers or categories. Fractions are no names.",
            field,
        )
    return np.where(gone, -1, array).astype(np.int64)


def _of_objects(field: str, array: npt.NDArray[Any]) -> NameColumn:
    """Python objects one by one. Categories are quicker."""
    table: dict[Any, int] = {}
    codes = np.empty(array.size, np.int32)
    for row, value in enumerate(array.ravel().tolist()):
        codes[row] = -1 if is_missing(value) else table.setdefault(_hashable(field, value), len(table))
    names = [_plain(field, name) for name in table]
    if names and all(is_whole(name) for name in names):
        whole = np.array([*names, -1], np.int64)
        return NameColumn(whole[codes].reshape(array.shape), None)
    return NameColumn(codes.reshape(array.shape), names)


def _hashable(field: str, value: Any) -> Any:
    if isinstance(value, (list, dict, set, np.ndarray)):
        raise InvalidInput(f"{field} has a {type(value).__name__}: want texts, integers or categories", field)
    return value


def _plain(field: str, name: Any) -> Any:
    """A text or an int, whatever class it came in; 7.0 is 7. Raises InvalidInput for anything else."""
    if isinstance(name, str):
        return str(name)
    if is_whole(name) or (isinstance(name, float) and name.is_integer()):
        return int(name)
    raise InvalidInput(f"{field} has the name {name!r}, a {type(name).__name__}: want texts or integers", field)


def _is_plain_list(value: Any) -> bool:
    """Lists one by one: numpy would make texts of a text and a number, and of None as well."""
    return isinstance(value, (list, tuple)) and not any(isinstance(each, (list, tuple, np.ndarray)) for each in value)


def _categories(value: Any) -> tuple[npt.NDArray[Any], Sequence[Any]] | None:
    """Codes and names of a categorical column; None if it is none."""
    pandas, pyarrow = (sys.modules.get(name) for name in ("pandas", "pyarrow"))
    if pandas is not None and isinstance(value, (pandas.Series, pandas.Index, pandas.Categorical)):
        if isinstance(value, (pandas.Series, pandas.Index)) and isinstance(value.dtype, pandas.CategoricalDtype):
            value = value.array
        if isinstance(value, pandas.Categorical):
            return np.asarray(value.codes), list(value.categories)
    if pyarrow is not None and isinstance(value, (pyarrow.Array, pyarrow.ChunkedArray)):
        if not pyarrow.types.is_dictionary(value.type):
            return None
        whole = value.combine_chunks() if isinstance(value, pyarrow.ChunkedArray) else value
        codes = whole.indices.fill_null(-1) if whole.indices.null_count else whole.indices
        return codes.to_numpy(zero_copy_only=False), whole.dictionary.to_pylist()
    return None
