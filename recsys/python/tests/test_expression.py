"""Conditions: what they say, what they read like, and what Python must not make of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest

from berth_recsys import col
from berth_recsys.errors import InvalidInput


def compare(column: str, sign: str, value: Any) -> dict[str, Any]:
    return {"op": "compare", "column": column, "is": sign, "value": value}


@pytest.mark.parametrize(
    ("expression", "want", "reads"),
    [
        (col("a") == "x", compare("a", "==", "x"), "col('a') == 'x'"),
        (col("a") != "x", compare("a", "!=", "x"), "col('a') != 'x'"),
        (col("a") < 1, compare("a", "<", 1), "col('a') < 1"),
        (col("a") > 1, compare("a", ">", 1), "col('a') > 1"),
        (col("a") >= np.float32(0.5), compare("a", ">=", 0.5), "col('a') >= 0.5"),
        (col("a") <= np.int64(3), compare("a", "<=", 3), "col('a') <= 3"),
        (col("f") == np.bool_(True), compare("f", "==", True), "col('f') == True"),
        (col("t") > datetime(1970, 1, 2), compare("t", ">", 86400.0), "col('t') > 86400.0"),
        (col("t") > np.datetime64("1970-01-02"), compare("t", ">", 86400.0), "col('t') > 86400.0"),
        (col("f"), compare("f", "==", True), "col('f')"),
        (~col("f"), {"op": "not", "of": [compare("f", "==", True)]}, "~col('f')"),
        (col("a").between(1, 2), {"op": "between", "column": "a", "from": 1, "to": 2}, "col('a').between(1, 2)"),
        (col("a").isin(["x", "y"]), {"op": "in", "column": "a", "values": ["x", "y"]}, "col('a').isin(['x', 'y'])"),
        (col("a").isin(np.arange(2)), {"op": "in", "column": "a", "values": [0, 1]}, "col('a').isin([0, 1])"),
        (col("a").missing(), {"op": "missing", "column": "a"}, "col('a').missing()"),
    ],
)
def test_conditions_say_what_was_written(expression: Any, want: dict[str, Any], reads: str) -> None:
    """Symptom: another comparison than the one that was written, or a numpy scalar that JSON cannot carry."""
    assert expression.to_json() == want
    assert repr(expression) == reads


def test_conditions_are_joined_flat_and_bracketed_where_needed() -> None:
    """Symptom:

    `a & b | c` read as `a & (b | c)`; a thousand conditions a thousand levels deep, which the runtime refuses.
    """
    a, b, c = col("a") > 1, col("b") == "x", col("c")
    assert repr((a & b) | ~c) == "(col('a') > 1) & (col('b') == 'x') | ~col('c')"
    assert repr(a & (b | c)) == "(col('a') > 1) & ((col('b') == 'x') | col('c'))"
    assert repr(~(a & b)) == "~((col('a') > 1) & (col('b') == 'x'))"
    assert (a & b & c).to_json() == {"op": "and", "of": [a.to_json(), b.to_json(), c.to_json()]}
    many = a
    for value in range(500):
        many = many | (col("a") == value)
    assert len(many.to_json()["of"]) == 501


def test_a_condition_reads_as_it_was_written() -> None:
    """Symptom: a repr that, pasted into the notebook, is another condition."""
    condition = (col("a") > 1) & (col("b").isin(["x"]) | ~col("c")) & ~(col("d").missing() & (col("e") == "y"))
    assert eval(repr(condition), {"col": col}).to_json() == condition.to_json()


def test_python_s_own_words_are_refused() -> None:
    """Symptom: `a and b` keeps only b; `1 < col < 5` keeps only the second half; `in` is always true."""
    a, b = col("a") > 1, col("b") == "x"
    for wrong in (lambda: a and b, lambda: a or b, lambda: not a, lambda: 1 < col("a") < 5, lambda: "x" in [col("a")]):
        with pytest.raises(TypeError, match=r"use & for and"):
            wrong()


def test_missing_parentheses_are_noticed() -> None:
    """Symptom: `col("a") == 1 & col("b")` is `col("a") == (1 & col("b"))`."""
    with pytest.raises(TypeError, match="parentheses"):
        _ = 1 & col("b")
    with pytest.raises(TypeError, match="parentheses"):
        _ = (col("a") > 1) & True
    with pytest.raises(TypeError, match="parentheses"):
        _ = col("a") == (col("b") > 1)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, r"use col\('a'\).missing\(\)"),
        (float("nan"), r"missing"),
        (np.datetime64("NaT"), r"missing"),
        (float("inf"), "finite"),
        (2**60, r"2\^53"),
        ([1, 2], "is a list: want a number"),
        (1 + 2j, "is a complex"),
        (b"x", "is a bytes"),
    ],
)
def test_values_that_cannot_be_compared_with_are_refused(value: Any, says: str) -> None:
    """Symptom: a comparison with NaN that no item fulfils, without a word."""
    with pytest.raises(InvalidInput, match=says):
        _ = col("a") == value


def test_isin_wants_a_list() -> None:
    """Symptom: `isin("rock")` looks for 'r', 'o', 'c' and 'k'."""
    for wrong in ("rock", 3):
        with pytest.raises(InvalidInput, match="want a list of values"):
            col("genre").isin(wrong)  # type: ignore[arg-type]


def test_long_lists_are_shortened_for_people_only() -> None:
    """Symptom: a traceback of 100 000 values."""
    condition = col("a").isin(range(1000))
    assert len(repr(condition)) < 100 and repr(condition).endswith("9, … 1000 in all])")
    assert len(condition.to_json()["values"]) == 1000
