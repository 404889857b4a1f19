"""Attributes from a dict of arrays, a pandas or polars DataFrame, or a pyarrow Table.

Each column is freed of its library here, and then converted (`columns.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from .arrays import as_array
from .columns import Column, Plain, category_of, column_of, require_kind
from .errors import InvalidInput


def convert_attributes(attributes: Any, rows: int, expected: Mapping[str, str] | None = None) -> list[Column]:
    """The columns of `attributes`, each with one value for each of `rows` items. None → no columns.

    `expected` (name → kind) is what an existing corpus has: the columns must be those, in whatever order. Raises
    InvalidInput with the column's name.
    """
    named = {} if attributes is None else _named(attributes)
    for name in named:
        if not isinstance(name, str) or name == "":
            raise InvalidInput(f"attributes has a column {name!r}: names are texts, and not empty", "attributes")
    if expected is not None and set(named) != set(expected):
        missing, unknown = sorted(set(expected) - set(named)), sorted(set(named) - set(expected))
        raise InvalidInput(
            f"attributes must have the columns of the corpus: missing {missing}, unknown {unknown}", "attributes"
        )
    columns = [_convert(name, value, None if expected is None else expected[name]) for name, value in named.items()]
    for column in columns:
        require_kind(column, None if expected is None else expected[column.name])
        if len(column.values) != rows:
            raise InvalidInput(
                f"the attribute {column.name!r} has {len(column.values)} values, and there are {rows} items: "
                "want one for each",
                f"attributes.{column.name}",
            )
    return columns


def _named(attributes: Any) -> dict[str, Any]:
    pandas, polars, pyarrow = (sys.modules.get(name) for name in ("pandas", "polars", "pyarrow"))
    if isinstance(attributes, Mapping):
        return dict(attributes)
    if pandas is not None and isinstance(attributes, pandas.DataFrame):
        return _unique(list(attributes.columns), [attributes.iloc[:, index] for index in range(attributes.shape[1])])
    if polars is not None and isinstance(attributes, polars.DataFrame):
        return _unique(attributes.columns, attributes.get_columns())
    if pyarrow is not None and isinstance(attributes, (pyarrow.Table, pyarrow.RecordBatch)):
        return _unique(attributes.schema.names, attributes.columns)
    raise InvalidInput(
        f"attributes is a {type(attributes).__name__}: want a dict of arrays, a pandas or polars DataFrame, or "
        "a pyarrow Table",
        "attributes",
    )


def _unique(names: list[Any], columns: list[Any]) -> dict[str, Any]:
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(f"attributes has the column {twice[0]!r} twice", f"attributes.{twice[0]}")
    return dict(zip(names, columns, strict=True))


def _convert(name: str, value: Any, expected: str | None) -> Column:
    pandas, polars, pyarrow, torch = (sys.modules.get(each) for each in ("pandas", "polars", "pyarrow", "torch"))
    if pandas is not None and isinstance(
        value, (pandas.Series, pandas.Index, pandas.Categorical, pandas.api.extensions.ExtensionArray)
    ):
        return _of_pandas(name, pandas.Series(value), expected)
    if polars is not None and isinstance(value, polars.Series):
        return _of_polars(name, value, expected)
    if pyarrow is not None and isinstance(value, (pyarrow.Array, pyarrow.ChunkedArray)):
        return _of_pyarrow(name, value, expected)
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    return column_of(name, _of_sequence(name, value), expected)


def _of_sequence(name: str, value: Any) -> Plain:
    """Arrays as they are, lists one by one: numpy would make one text of a text and a number, and of None as well."""
    if isinstance(value, (list, tuple)):
        if all(isinstance(each, (int, float)) and not isinstance(each, bool) and abs(each) < 2**53 for each in value):
            return Plain(np.array(value, np.float64))
        objects = np.empty(len(value), object)
        for row, each in enumerate(value):
            objects[row] = each
        return Plain(objects)
    if isinstance(value, np.ma.MaskedArray):
        return Plain(np.asarray(value.data), np.ma.getmaskarray(value))
    return Plain(as_array(f"attributes.{name}", value))


def _of_pandas(name: str, series: Any, expected: str | None) -> Column:
    dtype = series.dtype
    if hasattr(series, "cat") and str(dtype) == "category":
        return category_of(name, series.cat.codes.to_numpy(), list(series.cat.categories))
    missing = series.isna().to_numpy()
    if getattr(dtype, "tz", None) is not None:
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    if isinstance(series.dtype, np.dtype):
        return column_of(name, Plain(series.to_numpy(), missing if series.dtype.kind == "O" else None), expected)
    kind = getattr(dtype, "kind", "O")
    if kind in "biuf" and hasattr(dtype, "na_value"):  # the nullable dtypes
        plain = np.dtype({"b": "?", "i": "i8", "u": "u8", "f": "f8"}[kind])
        return column_of(name, Plain(series.to_numpy(dtype=plain, na_value=plain.type(0)), missing), expected)
    if kind == "M":
        return column_of(name, Plain(series.to_numpy(dtype="datetime64[ns]")), expected)
    return column_of(name, Plain(series.to_numpy(dtype=object), missing), expected)


def _of_polars(name: str, series: Any, expected: str | None) -> Column:
    dtype = series.dtype
    kind = str(dtype.base_type())
    missing = series.is_null().to_numpy()
    if kind in ("Categorical", "Enum", "String"):
        values = np.array([None if value is None else str(value) for value in series.to_list()], object)
        return column_of(name, Plain(values.reshape(len(series))), expected or "category")
    if dtype.is_temporal() and getattr(dtype, "time_zone", None) is not None:
        series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if dtype.is_integer():
        series = series.fill_null(0)
    if kind == "Boolean":
        series = series.fill_null(False)
    return column_of(name, Plain(series.to_numpy(), missing), expected)


def _of_pyarrow(name: str, column: Any, expected: str | None) -> Column:
    types = sys.modules["pyarrow"].types
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    missing = _to_numpy(column.is_null())
    if types.is_integer(column.type):
        column = column.fill_null(0)
    elif types.is_boolean(column.type):
        column = column.fill_null(False)
    return column_of(name, Plain(_to_numpy(column), missing), expected)


def _to_numpy(column: Any) -> Any:
    return column.to_numpy() if hasattr(column, "chunks") else column.to_numpy(zero_copy_only=False)
