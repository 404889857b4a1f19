"""Attributes of every library become the same three kinds of column."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from berth_recsys.attributes import convert_attributes
from berth_recsys.columns import Column
from berth_recsys.errors import InvalidInput

from .libraries import have, library

DAY = 86400.0
NAN = np.nan


def one(value: Any, expected: str | None = None, rows: int = 3) -> Column:
    """The column `c` of three rows."""
    (column,) = convert_attributes({"c": value}, rows, None if expected is None else {"c": expected})
    return column


def texts(column: Column) -> list[str | None]:
    """The categories of the rows."""
    assert column.kind == "category" and column.values.dtype == np.dtype("<i4")
    return [None if code < 0 else column.categories[code] for code in column.values.tolist()]


def numbers(column: Column) -> list[float]:
    assert column.kind == "number" and column.values.dtype == np.dtype("<f8")
    return column.values.tolist()


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (np.array([1, 2, 3], np.int8), [1, 2, 3]),
        (np.array([1, 2, 3], np.uint64), [1, 2, 3]),
        (np.array([1.5, NAN, 3], np.float16), [1.5, NAN, 3]),
        ([1, 2.5, None], [1, 2.5, NAN]),
        ([2**53, -(2**53), 0], [2.0**53, -(2.0**53), 0]),
        ([None, None, None], [NAN, NAN, NAN]),
        (np.array(["1970-01-02", "NaT", "1970-01-01"], "datetime64[D]"), [DAY, NAN, 0]),
        ([datetime(1970, 1, 2), None, date(1970, 1, 1)], [DAY, NAN, 0]),
        ([datetime(1970, 1, 2, 1, tzinfo=timezone(timedelta(hours=1))), None, None], [DAY, NAN, NAN]),
        (np.ma.masked_array([1, 2, 3], [False, True, False]), [1, NAN, 3]),
        ((np.float32(1), 2, 3), [1, 2, 3]),
    ],
)
def test_numbers_and_times(value: Any, want: list[float]) -> None:
    """Symptom: a missing number becomes 0, a date becomes a text, an int loses its last digit."""
    np.testing.assert_array_equal(numbers(one(value)), want)


class Genre(str, enum.Enum):
    ROCK = "rock"


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (["b", "a", "b"], ["b", "a", "b"]),
        (["b", None, NAN], ["b", None, None]),
        (np.array(["b", "a", ""]), ["b", "a", ""]),
        (np.array(["b", None, "a"], object), ["b", None, "a"]),
        ([np.str_("x"), "é", "x"], ["x", "é", "x"]),
        ([Genre.ROCK, "rock", None], ["rock", "rock", None]),
    ],
)
def test_texts_are_categories(value: Any, want: list[str | None]) -> None:
    """Symptom: None becomes the text 'None'; codes and texts are not of the same order."""
    column = one(value)
    assert texts(column) == want
    assert len(set(column.categories)) == len(column.categories)


def test_bools_are_flags() -> None:
    """Symptom: a flag that can only be compared with 0 and 1."""
    for value in ([True, False, True], np.array([True, False, True]), np.array([True, False, True], object)):
        column = one(value)
        assert column.kind == "flag" and column.values.dtype == np.uint8 and column.values.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([True, None, False], r"is missing in row 1: a flag is yes or no"),
        ([2**53 + 2, 0, 0], r"9007199254740994 in row 0: integers beyond .2\^53 are not exact"),
        (np.array([0, 0, -(2**60)]), r"in row 2: integers beyond"),
        (np.array([2**63, 0, 0], np.uint64), r"in row 0: integers beyond"),
        ([1, "a", 2], r"has a str in row 1 \('a'\), after values of kind number"),
        (["a", 1, "b"], r"has a int in row 1"),
        ([True, 1, 2], r"has a int in row 1 .*after values of kind flag"),
        ([date(1970, 1, 1), 3, None], "has a int in row 1"),
        ([{}, {}, {}], r"has a dict in row 0 .*: want bools, numbers, times or texts"),
        ([timedelta(1)] * 3, "has a timedelta in row 0"),
        (np.array([1, 2, 3], "timedelta64[s]"), "durations are no column"),
        (np.array([1j, 2, 3]), "take .real"),
        (np.array([b"a", b"b", b"c"]), "decode the bytes"),
        (np.zeros((3, 2)), r"shape \[3, 2\]: want one value for each item"),
        ([1, 2], "has 2 values, and there are 3 items"),
    ],
)
def test_what_is_no_column_is_refused_by_name(value: Any, says: str) -> None:
    """Symptom: an error without the column's name, in a table of fifty."""
    with pytest.raises(InvalidInput, match=says) as caught:
        one(value)
    assert caught.value.field == "attributes.c" and "'c'" in str(caught.value)


@pytest.mark.parametrize("value", [[1, 2, 3], np.zeros(3), "abc", [("a", [1])]])
def test_attributes_are_named_columns(value: Any) -> None:
    """Symptom: a bare array is taken for attributes and searched by its numbers."""
    with pytest.raises(InvalidInput, match="want a dict of arrays"):
        convert_attributes(value, 3)


def test_names_of_columns_are_texts() -> None:
    """Symptom: a frame without headers, whose columns are 0, 1, 2."""
    for name in (0, "", None):
        with pytest.raises(InvalidInput, match="names are texts"):
            convert_attributes({name: [1]}, 1)


def test_more_items_have_the_columns_of_the_corpus() -> None:
    """Symptom: an appended part whose column is of another kind, or which lacks one."""
    expected = {"a": "number", "b": "category"}
    with pytest.raises(InvalidInput, match=r"missing \['b'\], unknown \['x'\]"):
        convert_attributes({"a": [1], "x": [1]}, 1, expected)
    with pytest.raises(InvalidInput, match="is a number here and a category in the corpus"):
        convert_attributes({"a": [1], "b": [1]}, 1, expected)
    with pytest.raises(InvalidInput, match=r"missing \['a', 'b'\]"):
        convert_attributes(None, 1, expected)
    columns = convert_attributes({"b": [None], "a": [None]}, 1, expected)
    assert {each.name: each.kind for each in columns} == expected


Columns = dict[str, tuple[Callable[[], Any], list[Any]]]
TIME = [datetime(1970, 1, 2), None, datetime(1970, 1, 1, 0, 0, 0, 123456)]
SECONDS = [DAY, NAN, 0.123456]


def of_pandas(lib: Any) -> Columns:
    zoned = lib.Series(lib.to_datetime(TIME)).dt.tz_localize("UTC").dt.tz_convert("Europe/Paris")
    return {
        "int": (lambda: lib.Series([1, 2, 3], index=[7, 8, 9]), [1, 2, 3]),
        "nullable int": (lambda: lib.Series([1, None, 2**53], dtype="Int64"), [1, NAN, 2.0**53]),
        "nullable float": (lambda: lib.Series([1, None, 2], dtype="Float32"), [1, NAN, 2]),
        "nullable bool": (lambda: lib.Series([True, False, True], dtype="boolean"), [1, 0, 1]),
        "time": (lambda: lib.Series(lib.to_datetime(TIME)), SECONDS),
        "time with a zone": (lambda: zoned, SECONDS),
        "objects of time": (lambda: lib.Series([lib.Timestamp(TIME[0]), lib.NaT, TIME[2]], dtype=object), SECONDS),
        "text": (lambda: lib.Series(["a", None, "b"]), ["a", None, "b"]),
        "object": (lambda: lib.Series(["a", lib.NA, "b"], dtype=object), ["a", None, "b"]),
        "string": (lambda: lib.Series(["a", None, "b"], dtype="string"), ["a", None, "b"]),
        "categorical": (lambda: lib.Series(["b", None, "a"], dtype="category"), ["b", None, "a"]),
        "categories that are not used": (lambda: lib.Categorical(["b", "b", "b"], ["a", "b"]), ["b", "b", "b"]),
        "index": (lambda: lib.Index(["a", "b", "a"]), ["a", "b", "a"]),
    }


def of_polars(lib: Any) -> Columns:
    return {
        "int": (lambda: lib.Series([1, None, 2**53]), [1, NAN, 2.0**53]),
        "bool": (lambda: lib.Series([True, False, True]), [1, 0, 1]),
        "float": (lambda: lib.Series([1.5, None, NAN]), [1.5, NAN, NAN]),
        "date": (lambda: lib.Series([date(1970, 1, 2), None, date(1970, 1, 1)]), [DAY, NAN, 0]),
        "time": (lambda: lib.Series(TIME, dtype=lib.Datetime("us")), SECONDS),
        "time in ns": (lambda: lib.Series(TIME, dtype=lib.Datetime("ns")), SECONDS),
        "time with a zone": (
            lambda: lib.Series(TIME).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Paris"),
            SECONDS,
        ),
        "text": (lambda: lib.Series(["a", None, "b"]), ["a", None, "b"]),
        "categorical": (lambda: lib.Series(["b", None, "a"], dtype=lib.Categorical), ["b", None, "a"]),
        "enum": (lambda: lib.Series(["b", None, "a"], dtype=lib.Enum(["a", "b"])), ["b", None, "a"]),
        "nothing": (lambda: lib.Series([None, None, None]), [NAN, NAN, NAN]),
    }


def of_pyarrow(lib: Any) -> Columns:
    return {
        "int": (lambda: lib.array([1, None, 2**53]), [1, NAN, 2.0**53]),
        "bool": (lambda: lib.array([True, False, True]), [1, 0, 1]),
        "float, chunked": (lambda: lib.chunked_array([[1.5], [None, 2.0]]), [1.5, NAN, 2]),
        "date": (lambda: lib.array([date(1970, 1, 2), None, date(1970, 1, 1)]), [DAY, NAN, 0]),
        "time": (lambda: lib.array(TIME, lib.timestamp("us")), SECONDS),
        "time with a zone": (lambda: lib.array(TIME, lib.timestamp("ns", "Europe/Paris")), SECONDS),
        "text": (lambda: lib.array(["a", None, "b"]), ["a", None, "b"]),
        "large text": (lambda: lib.array(["a", None, "b"], lib.large_string()), ["a", None, "b"]),
        "dictionary": (lambda: lib.array(["b", None, "a"]).dictionary_encode(), ["b", None, "a"]),
        "dictionary, chunked": (
            lambda: lib.chunked_array([lib.array(["b", None, "a"]).dictionary_encode()]),
            ["b", None, "a"],
        ),
        "nothing": (lambda: lib.nulls(3), [NAN, NAN, NAN]),
    }


def of_torch(lib: Any) -> Columns:
    return {
        "tensor": (lambda: lib.tensor([1.5, 2, 3]), [1.5, 2, 3]),
        "bool tensor": (lambda: lib.tensor([True, False, True]), [1, 0, 1]),
    }


def columns_of(name: str) -> Columns:
    """Columns of a library by what they are, and what they should become."""
    make = {"pandas": of_pandas, "polars": of_polars, "pyarrow": of_pyarrow, "torch": of_torch}[name]
    return make(library(name))


FOREIGN = [(name, kind) for name in have("pandas", "polars", "pyarrow", "torch") for kind in columns_of(name)]


@pytest.mark.parametrize(("name", "kind"), FOREIGN)
def test_columns_of_other_libraries(name: str, kind: str) -> None:
    """Symptom: the same table from another library filters another way: missing values, zones, units, codes."""
    make, want = columns_of(name)[kind]
    column = one(make())
    found = texts(column) if column.kind == "category" else column.values.tolist()
    if any(isinstance(each, str) for each in want):
        assert found == want
    else:
        np.testing.assert_array_equal(found, want)
    assert (column.kind == "flag") == ("bool" in kind)


if have("pandas", "pyarrow") == ["pandas", "pyarrow"]:

    @pytest.mark.parametrize("dtype", ["int64", "bool", "string", "timestamp[us]", "timestamp[ns, tz=Europe/Paris]"])
    def test_columns_of_pandas_that_are_of_arrow(dtype: str) -> None:
        """Symptom: what `read_parquet(dtype_backend="pyarrow")` gives is refused, or an hour off."""
        pandas = library("pandas")
        values = {"int64": [1, None, 3], "bool": [True, False, True], "string": ["a", None, "b"]}
        series = pandas.Series(values.get(dtype, [0, None, 10**15]), dtype=f"{dtype}[pyarrow]")
        column = one(series)
        if dtype == "string":
            assert texts(column) == ["a", None, "b"]
        elif dtype == "bool":
            assert column.values.tolist() == [1, 0, 1]
        else:
            last = 3 if dtype == "int64" else 10**9 if "us" in dtype else 10**6
            np.testing.assert_array_equal(numbers(column), [1 if dtype == "int64" else 0, NAN, last])


@pytest.mark.parametrize("name", have("pandas", "polars", "pyarrow"))
def test_whole_tables(name: str) -> None:
    """Symptom: a table is refused, or its columns change places."""
    lib = library(name)
    make = lib.table if name == "pyarrow" else lib.DataFrame
    columns = convert_attributes(make({"b": ["x", "y"], "a": [1, 2], "f": [True, False]}), 2)
    assert [(each.name, each.kind) for each in columns] == [("b", "category"), ("a", "number"), ("f", "flag")]


@pytest.mark.parametrize("_", have("pandas"))
def test_two_columns_of_one_name_are_refused(_: str) -> None:
    """Symptom: the second of two columns of a frame silently replaces the first."""
    frame = library("pandas").DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(InvalidInput, match="'a' twice"):
        convert_attributes(frame, 1)


@pytest.mark.parametrize("_", have("pandas"))
def test_categories_that_are_no_texts_are_refused(_: str) -> None:
    """Symptom: categories 1 and 2 that can be compared with neither 1 nor '1'."""
    with pytest.raises(InvalidInput, match="has the category 1: categories are texts"):
        one(library("pandas").Categorical([1, 2, 1]))
