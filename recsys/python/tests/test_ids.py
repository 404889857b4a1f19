"""Ids, and exclusions in each of their forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from berth_recsys.errors import InvalidInput
from berth_recsys.ids import exclusions, id_array

from .libraries import have, library


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint32", "int64", "uint64", ">i4"])
def test_integers_of_every_dtype_are_ids(dtype: str) -> None:
    """Symptom: int32 ids, as many tables hold them, are refused, or taken for int64 byte by byte."""
    ids = id_array("ids", np.array([3, 1, 2], dtype), 3)
    assert ids.dtype == np.dtype("<i8") and ids.flags.c_contiguous and ids.tolist() == [3, 1, 2]


@pytest.mark.parametrize("name", have("pandas", "polars", "pyarrow", "torch"))
def test_ids_of_other_libraries(name: str) -> None:
    """Symptom: a column of a table is refused as ids."""
    lib = library(name)
    make = {"pandas": "Series", "polars": "Series", "pyarrow": "array", "torch": "tensor"}[name]
    assert id_array("ids", getattr(lib, make)([3, 1, 2]), 3).tolist() == [3, 1, 2]
    if name in ("polars", "pyarrow"):
        with pytest.raises(InvalidInput, match="missing"):
            id_array("ids", getattr(lib, make)([3, None, 2]))
    if name == "pyarrow":
        assert id_array("ids", lib.chunked_array([[3], [1, 2]])).tolist() == [3, 1, 2]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([1.0, 2.0], "float64: want integers. Convert them"),
        (["a", "b"], "want integers. Keep a table"),
        ([True, False], "bool: want integers"),
        (np.array([2**63, 1], np.uint64), "beyond int64"),
        ([2**64, 1], "beyond int64|want integers"),
        (np.array([1, None], object), "want integers"),
        ([[1], [2]], "want one id for each item"),
        ([1, 2, 3], "has 3 values, and there are 2 items"),
    ],
)
def test_what_are_no_ids_is_refused(value: Any, says: str) -> None:
    """Symptom: ids that were rounded, wrapped round or shifted, and so belong to other items."""
    with pytest.raises(InvalidInput, match=says):
        id_array("ids", value, 2)


def ragged(value: Any, queries: int) -> list[list[int]]:
    made = exclusions(value, queries)
    assert made is not None
    part = made.part(0, queries)
    ids, offsets = part["excludeIds"], part.get("excludeOffsets")
    if offsets is None:
        return [ids.tolist()] * queries
    return [ids[offsets[index] : offsets[index + 1]].tolist() for index in range(queries)]


FORMS = [
    (np.array([5, 4, 5]), [[4, 5], [4, 5]]),
    ([5, 4], [[4, 5], [4, 5]]),
    ((4, 5), [[4, 5], [4, 5]]),
    ([], [[], []]),
    ([[5, 4], []], [[5, 4], []]),
    ([np.array([5]), None], [[5], []]),
    (np.array([[1, -1], [2, 3]]), [[1, -1], [2, 3]]),
    ((np.array([0, 1, 3]), np.array([7, 8, 9])), [[7], [8, 9]]),
    (([0, 0, 1], [7]), [[], [7]]),
]


@pytest.mark.parametrize(("value", "want"), FORMS)
def test_exclusions_in_each_form(value: Any, want: list[list[int]]) -> None:
    """Symptom: one list for all is taken for a list for each query, or the other way round."""
    assert ragged(value, 2) == want


@pytest.mark.parametrize("name", have("pandas", "polars", "pyarrow"))
def test_exclusions_from_columns_of_lists(name: str) -> None:
    """Symptom: what a group_by gives, a column of lists, is refused."""
    lib = library(name)
    make = lib.array if name == "pyarrow" else lib.Series
    assert ragged(make([[5, 4], [6]]), 2) == [[5, 4], [6]]
    assert ragged(make([5, 4]), 2) == [[4, 5], [4, 5]]


def test_a_part_of_the_exclusions_begins_at_zero() -> None:
    """Symptom: the second request of a batch excludes the ids of the first."""
    made = exclusions((np.array([0, 2, 3, 6]), np.arange(6)), 3)
    assert made is not None
    part = made.part(1, 3)
    assert part["excludeOffsets"].tolist() == [0, 1, 4] and part["excludeIds"].tolist() == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([[1], [2], [3]], "has 3 lists of ids, and there are 2 queries"),
        (([0, 2], [1, 2]), "want 3 that ascend from 0 to 2"),
        (([0, 2, 1], [1]), "ascend"),
        (([1, 1, 1], [1]), "ascend"),
        ([["a"], [1]], r"exclude\[0\] is of dtype"),
        ("rock", "exclude is a str"),
    ],
)
def test_exclusions_that_do_not_fit_are_refused(value: Any, says: str) -> None:
    """Symptom: exclusions shifted by one person."""
    with pytest.raises(InvalidInput, match=says):
        exclusions(value, 2)
