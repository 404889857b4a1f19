"""Vectors from every library, in every dtype, converted chunk by chunk."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from berth_recsys.arrays import bool_array, float_vector
from berth_recsys.errors import InvalidInput
from berth_recsys.row_source import row_source
from berth_recsys.rows import RowSource

from .libraries import have, library

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3) / 4


def whole(source: RowSource) -> np.ndarray:
    """All rows, in two chunks."""
    return np.concatenate([source.rows(0, 1), source.rows(1, len(source))])


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "longdouble", "int8", "uint64", "bool", ">f4", ">f8"]
)
def test_real_dtypes_are_converted(dtype: str) -> None:
    """Symptom: a float16 or big-endian corpus is refused, or its bytes are taken for float32."""
    values = VALUES.astype(dtype)
    converted = whole(row_source("items", values))
    assert converted.dtype == np.dtype("<f4") and converted.flags.c_contiguous
    np.testing.assert_array_equal(converted, values.astype(np.float32))


@pytest.mark.parametrize(
    "values", [VALUES[::-1], VALUES[:, ::2], np.asfortranarray(VALUES), VALUES[::2], np.broadcast_to(VALUES[0], (4, 3))]
)
def test_other_layouts_are_read_in_their_order(values: np.ndarray) -> None:
    """Symptom: a transposed or sliced array arrives scrambled."""
    np.testing.assert_array_equal(whole(row_source("items", values)), values)


def test_a_float32_array_is_not_copied() -> None:
    """Symptom: twice the memory of the items in the notebook."""
    assert np.shares_memory(row_source("items", VALUES).rows(0, 4), VALUES)


def test_a_transposed_array_is_converted_in_chunks() -> None:
    """Symptom: a second full copy in memory of items that are not contiguous."""
    values = np.zeros((64, 50_000), np.float64).T
    source = row_source("items", values)
    tracemalloc.start()
    for start in range(0, len(source), 1000):
        source.rows(start, start + 1000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < values.nbytes // 10


def test_lists_are_arrays() -> None:
    """Symptom: a list of lists is refused."""
    np.testing.assert_array_equal(whole(row_source("queries", VALUES.tolist())), VALUES)


def test_float64_beyond_float32_is_an_error() -> None:
    """Symptom: infinities in the corpus, found much later and without the row."""
    values = VALUES.astype(np.float64)
    values[2, 1] = 1e39
    with pytest.raises(InvalidInput, match=r"items\[2\] has 1e\+39") as caught:
        whole(row_source("items", values))
    assert caught.value.field == "items"
    values[2, 1] = np.inf
    assert np.isinf(whole(row_source("items", values))[2, 1])  # not an overflow: the runtime names the row


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (VALUES.astype(complex), "complex128: want float32"),
        (VALUES.astype(object), "object: want float32"),
        (VALUES.astype(str), "want float32"),
        (VALUES.astype("datetime64[s]"), "Times are attributes"),
        (VALUES[0], r"shape \[3\]: want \[N, d\]. For one vector: items\[None, :\]"),
        (VALUES[None], r"shape \[1, 4, 3\]: want \[N, d\]"),
        (VALUES[:, :0], "at least one dimension"),
        ([[1.0], [1.0, 2.0]], "cannot be read as an array"),
        ("items.npy", "is a str: want an array"),
        (None, "is a NoneType: want an array"),
        ({"a": [1.0]}, "is a dict: want an array"),
        (np.ma.masked_array(VALUES, VALUES > 1), "masked"),
        (np.float32(1), r"shape \[\]"),
    ],
)
def test_what_is_no_array_of_vectors_is_refused_with_advice(value: Any, says: str) -> None:
    """Symptom: a traceback from deep inside numpy, or an array of garbage."""
    with pytest.raises(InvalidInput, match=says) as caught:
        row_source("items", value)
    assert caught.value.field == "items" and isinstance(caught.value, ValueError)


def test_a_column_of_vectors_is_stacked() -> None:
    """Symptom: an object array of embeddings, as dataframes hold them, is refused."""
    values = np.empty(4, object)
    for index in range(4):
        values[index] = VALUES[index] if index % 2 else VALUES[index].tolist()
    np.testing.assert_array_equal(whole(row_source("items", values)), VALUES)
    values[3] = [1.0]
    with pytest.raises(InvalidInput, match=r"items\[3\] has shape \[1\]: want \[3\]"):
        whole(row_source("items", values))


def table(name: str) -> dict[str, Callable[[], Any]]:
    """What each library calls an array of vectors."""
    lib = library(name)
    frame = {f"d{index}": VALUES[:, index] for index in range(3)}
    if name == "pandas":
        return {
            "frame": lambda: lib.DataFrame(frame),
            "mixed dtypes": lambda: lib.DataFrame({**frame, "d1": VALUES[:, 1].astype(np.float64)}),
            "nullable": lambda: lib.DataFrame(frame).convert_dtypes(),
            "column of arrays": lambda: lib.Series(list(VALUES)),
            "column of lists": lambda: lib.Series(VALUES.tolist(), index=[9, 8, 7, 6]),
        }
    if name == "polars":
        return {
            "frame": lambda: lib.DataFrame(frame),
            "lists": lambda: lib.Series("v", VALUES.tolist()),
            "arrays": lambda: lib.Series("v", VALUES.tolist(), dtype=lib.Array(lib.Float32, 3)),
        }
    if name == "pyarrow":
        flat = lib.array(np.concatenate([VALUES[:1], VALUES]).reshape(-1))
        fixed = lib.FixedSizeListArray.from_arrays(flat, 3)
        return {
            "table": lambda: lib.table(frame),
            "batch": lambda: lib.record_batch(frame),
            "fixed size list, sliced": lambda: fixed.slice(1),
            "chunked": lambda: lib.chunked_array([fixed.slice(1, 1), fixed.slice(2)]),
            "list": lambda: lib.array(VALUES.tolist()),
        }
    return {
        "tensor": lambda: lib.from_numpy(VALUES.copy()),
        "transposed": lambda: lib.from_numpy(VALUES.T.copy()).T,
        "gradient": lambda: lib.from_numpy(VALUES.copy()).requires_grad_(),
        "bfloat16": lambda: lib.from_numpy(VALUES).to(lib.bfloat16),
        "int64": lambda: (lib.from_numpy(VALUES) * 4).long() / 4,
    }


FOREIGN = [(name, kind) for name in have("pandas", "polars", "pyarrow", "torch") for kind in table(name)]


@pytest.mark.parametrize(("name", "kind"), FOREIGN)
def test_vectors_of_other_libraries_are_read(name: str, kind: str) -> None:
    """Symptom: a table or tensor is refused, loses its slice, or is taken in the order of its index."""
    source = row_source("items", table(name)[kind]())
    assert source.shape == (4, 3)
    np.testing.assert_array_equal(whole(source), VALUES)


@pytest.mark.parametrize("name", have("pandas", "polars", "pyarrow"))
def test_a_column_that_is_no_number_is_named(name: str) -> None:
    """Symptom: 'could not convert string to float' without the column."""
    lib = library(name)
    make = lib.table if name == "pyarrow" else lib.DataFrame
    with pytest.raises(InvalidInput, match=r"column 'genre' of .*: want numbers. Put other columns into attributes"):
        row_source("items", make({"a": [1.0], "genre": ["rock"]}))


def test_anything_with_dlpack_is_an_array() -> None:
    """Symptom: a tensor of a library that we have never heard of is refused."""

    class Tensor:
        def __dlpack__(self, **options: Any) -> Any:
            return VALUES.__dlpack__(**options)

        def __dlpack_device__(self) -> tuple[int, int]:
            return VALUES.__dlpack_device__()

    np.testing.assert_array_equal(whole(row_source("items", Tensor())), VALUES)


def test_no_library_is_imported_for_us() -> None:
    """Symptom: `import berth_recsys` takes seconds, because it imports torch."""
    code = "import sys, berth_recsys; print([n for n in ('pandas', 'polars', 'pyarrow', 'torch') if n in sys.modules])"
    import subprocess

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_package_root())
    assert out.stdout.strip() == "[]"


def _package_root() -> str:
    import berth_recsys

    return str(berth_recsys.__path__[0]).rsplit("/", 1)[0]


def test_boosts_and_masks_have_one_value_a_row() -> None:
    """Symptom: row numbers given as a mask keep the first rows; a boost of another length is broadcast."""
    np.testing.assert_array_equal(float_vector("boost", [1, 2, 3], 3), np.float32([1, 2, 3]))
    for bad in ([1.0], [[1.0, 2.0, 3.0]], ["a", "b", "c"], [1e39, 0, 0]):
        with pytest.raises(InvalidInput, match="boost"):
            float_vector("boost", bad, 3)
    assert bool_array("mask", [True, False, True], ((3,), (2, 3))).dtype == bool
    with pytest.raises(InvalidInput, match=r"int64: want bool. From row numbers"):
        bool_array("mask", np.array([0, 2, 1]), ((3,), (2, 3)))
    with pytest.raises(InvalidInput, match=r"shape \[2\]: want \[3\] or \[2, 3\]"):
        bool_array("mask", [True, False], ((3,), (2, 3)))
