"""Vectors as torch, pandas, polars and pyarrow hold them, read by slices."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InvalidInput
from .rows import RowSource, nested_rows


def rows_of_library(name: str, value: Any) -> RowSource | None:
    """Wraps a tensor, a table or a column; None if it is of none of the libraries. Raises InvalidInput."""
    return _of_torch(name, value) or _of_pandas(name, value) or _of_polars(name, value) or _of_pyarrow(name, value)


def _of_torch(name: str, value: Any) -> RowSource | None:
    """Tensors of any device; bfloat16, which numpy does not know, passes through float32."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(value, torch.Tensor):
        return None
    tensor: Any = value.detach()
    dtype = str(tensor.dtype).removeprefix("torch.")
    if tensor.is_complex() or tensor.is_quantized or tensor.is_sparse:
        raise InvalidInput(f"{name} is a torch tensor of {dtype}: want a dense one of float32", name)

    def read(start: int, stop: int) -> npt.NDArray[Any]:
        part = tensor[start:stop]
        rows: npt.NDArray[Any] = (part.float() if part.dtype == torch.bfloat16 else part).cpu().numpy()
        return rows

    return RowSource(name, tuple(tensor.shape), dtype, read)


def _of_pandas(name: str, value: Any) -> RowSource | None:
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(value, (pandas.DataFrame, pandas.Series)):
        return None
    if isinstance(value, pandas.Series):
        if pandas.api.types.is_numeric_dtype(value.dtype) or len(value) == 0:
            return None
        return nested_rows(name, len(value), lambda start, stop: list(value.iloc[start:stop]))
    _require_numeric_columns(
        name, [(str(each), str(kind), pandas.api.types.is_numeric_dtype(kind)) for each, kind in value.dtypes.items()]
    )

    def read(start: int, stop: int) -> npt.NDArray[Any]:
        part = value.iloc[start:stop]
        plain = all(isinstance(kind, np.dtype) for kind in part.dtypes)
        rows: npt.NDArray[Any] = part.to_numpy() if plain else part.to_numpy(dtype="float64", na_value=np.nan)
        return rows

    return RowSource(name, tuple(value.shape), _one_dtype(value.dtypes), read)


def _of_polars(name: str, value: Any) -> RowSource | None:
    polars = sys.modules.get("polars")
    if polars is None or not isinstance(value, (polars.DataFrame, polars.Series)):
        return None
    if isinstance(value, polars.Series):
        if value.dtype.is_nested() and len(value) > 0:
            return nested_rows(name, len(value), lambda start, stop: value.slice(start, stop - start).to_list())
        return None
    _require_numeric_columns(
        name, [(each, str(kind), kind.is_numeric() or kind == polars.Boolean) for each, kind in value.schema.items()]
    )

    def read(start: int, stop: int) -> npt.NDArray[Any]:
        rows: npt.NDArray[Any] = value.slice(start, stop - start).to_numpy()
        return rows

    return RowSource(name, tuple(value.shape), _one_dtype(value.dtypes), read)


def _of_pyarrow(name: str, value: Any) -> RowSource | None:
    pyarrow = sys.modules.get("pyarrow")
    if pyarrow is None:
        return None
    if isinstance(value, (pyarrow.Table, pyarrow.RecordBatch)):
        numeric = [
            (each.name, str(each.type), pyarrow.types.is_floating(each.type) or pyarrow.types.is_integer(each.type))
            for each in value.schema
        ]
        _require_numeric_columns(name, numeric)
        return RowSource(
            name,
            tuple(value.shape),
            _one_dtype(each.type for each in value.schema),
            lambda start, stop: _table_rows(value, start, stop),
        )
    if not isinstance(value, (pyarrow.Array, pyarrow.ChunkedArray)):
        return None
    if pyarrow.types.is_fixed_size_list(value.type):
        if value.null_count > 0:
            raise InvalidInput(f"{name} has {value.null_count} missing rows: drop them first", name)
        size = value.type.list_size
        return RowSource(
            name,
            (len(value), size),
            str(value.type.value_type),
            lambda start, stop: _fixed_rows(name, value, start, stop),
        )
    if pyarrow.types.is_list(value.type) or pyarrow.types.is_large_list(value.type):
        return (
            nested_rows(name, len(value), lambda start, stop: value.slice(start, stop - start).to_pylist())
            if len(value) > 0
            else None
        )
    return None


def _table_rows(table: Any, start: int, stop: int) -> npt.NDArray[Any]:
    return np.column_stack(
        [
            column.to_numpy() if hasattr(column, "chunks") else column.to_numpy(zero_copy_only=False)
            for column in table.slice(start, stop - start).columns
        ]
    )


def _fixed_rows(name: str, column: Any, start: int, stop: int) -> npt.NDArray[Any]:
    part = column.slice(start, stop - start)
    values = part.combine_chunks() if hasattr(part, "chunks") else part
    flat = values.flatten()
    if flat.null_count > 0:
        raise InvalidInput(f"{name}[{start}:{stop}] has missing values: vectors have none", name)
    rows: npt.NDArray[Any] = flat.to_numpy(zero_copy_only=False)
    return rows.reshape(len(values), -1)


def _require_numeric_columns(name: str, columns: list[tuple[str, str, bool]]) -> None:
    for column, dtype, numeric in columns:
        if not numeric:
            raise InvalidInput(
                f"{name} has a column {column!r} of {dtype}: want numbers. Put other columns into attributes.", name
            )


def _one_dtype(dtypes: Any) -> str:
    names = {str(each).lower() for each in dtypes}
    return names.pop() if len(names) == 1 else "mixed"
