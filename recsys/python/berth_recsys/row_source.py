"""Takes vectors from whatever holds them: numpy, torch, pandas, polars, pyarrow, DLPack, lists."""

from __future__ import annotations

from typing import Any

from .arrays import as_array, require_real
from .foreign_rows import rows_of_library
from .rows import RowSource, nested_rows, require_shape


def row_source(name: str, value: Any, axes: tuple[int, ...] = (2,)) -> RowSource:
    """Wraps `value`, an array of as many axes as `axes` allows.

    Raises InvalidInput that says what it is and what would be right.
    """
    source = rows_of_library(name, value) or _of_array(name, value)
    require_shape(source, axes)
    return source


def _of_array(name: str, value: Any) -> RowSource:
    array = as_array(name, value)
    if array.dtype == object and array.ndim == 1 and len(array) > 0:
        return nested_rows(name, len(array), lambda start, stop: list(array[start:stop]))
    require_real(name, array.dtype)
    return RowSource(name, array.shape, array.dtype.name, lambda start, stop: array[start:stop])
