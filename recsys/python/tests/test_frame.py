"""Frames: what is written can be read, and nothing that a stranger writes is believed."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest

from berth_recsys.errors import InvalidInput, TooLarge
from berth_recsys.frame import (
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    BrokenFrame,
    Frame,
    encode_frame,
    read_arrays,
    read_frame,
)


def reader(data: bytes) -> Any:
    """Fills memory from bytes, as a socket does."""
    place = 0

    def read_into(target: memoryview) -> None:
        nonlocal place
        if place + len(target) > len(data):
            raise EOFError
        target[:] = data[place : place + len(target)]
        place += len(target)

    return read_into


def there_and_back(header: dict[str, Any], arrays: dict[str, Any]) -> Frame:
    return read_frame(reader(b"".join(bytes(piece) for piece in encode_frame(header, arrays))))


def test_arrays_of_every_dtype_and_shape_come_back() -> None:
    """Symptom: an array arrives with another dtype, shifted by its padding, or not at all when it is empty."""
    rng = np.random.default_rng(1)
    for _ in range(50):
        arrays = {}
        for index, dtype in enumerate(("float32", "float64", "int32", "int64", "uint8")):
            shape = tuple(rng.integers(0, 5, rng.integers(0, 4)).tolist())
            arrays[f"a{index}"] = (rng.random(shape) * 100).astype(dtype)
        frame = there_and_back({"id": 7, "text": "né\u2028"}, arrays)
        assert frame.header["text"] == "né\u2028"
        for name, array in read_arrays(frame).items():
            assert array.dtype == arrays[name].dtype
            np.testing.assert_array_equal(array, arrays[name])


def test_arrays_lie_at_multiples_of_64() -> None:
    """Symptom: the runtime refuses the second array of a request, or maps it unaligned."""
    frame = there_and_back({}, {"a": np.ones(3, np.uint8), "b": np.ones((2, 2), np.float64)})
    assert [each["offset"] for each in frame.header["arrays"].values()] == [0, 64]
    assert frame.body.nbytes == 128


def test_what_is_too_long_is_refused_before_it_is_sent() -> None:
    """Symptom: the runtime ends the connection, and every other call of the notebook with it."""
    with pytest.raises(TooLarge, match="parameters"):
        encode_frame({"text": "x" * MAX_HEADER_BYTES})
    with pytest.raises(TooLarge, match="arrays"):
        encode_frame({}, {"a": np.empty(MAX_BODY_BYTES + 1, np.uint8)})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_json_has_not_are_refused(value: float) -> None:
    """Symptom: `NaN` in the header, which the runtime takes for garbage and hangs up."""
    with pytest.raises(InvalidInput):
        encode_frame({"value": value})


def test_half_a_character_is_refused() -> None:
    """Symptom: a UnicodeEncodeError without a word of where the text was."""
    with pytest.raises(InvalidInput, match="Unicode"):
        encode_frame({"value": "\ud800"})


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<II", MAX_HEADER_BYTES + 1, 0),
        struct.pack("<II", 2, 0xFFFFFFFF) + b"{}",
        struct.pack("<II", 4, 0) + b"nope",
        struct.pack("<II", 2, 0) + b"[]",
        struct.pack("<II", 1, 0) + b"\xff",
        struct.pack("<II", 200_000, 0) + b"[" * 200_000,
    ],
)
def test_broken_frames_are_noticed(data: bytes) -> None:
    """Symptom: 4 GiB are allocated for a stranger, or the reader's thread dies of an error that nobody sees."""
    with pytest.raises(BrokenFrame):
        read_frame(reader(data))


@pytest.mark.parametrize(
    "described",
    [
        [],
        {"a": None},
        {"a": {"dtype": "object", "shape": [1], "offset": 0}},
        {"a": {"dtype": "float32", "shape": [17], "offset": 0}},
        {"a": {"dtype": "float32", "shape": [2**40, 2**40, 2**40], "offset": 0}},
        {"a": {"dtype": "float32", "shape": [-1], "offset": 0}},
        {"a": {"dtype": "float32", "shape": [1, 1, 1, 1], "offset": 0}},
        {"a": {"dtype": "float32", "shape": [True], "offset": 0}},
        {"a": {"dtype": "float32", "shape": [1], "offset": 3}},
        {"a": {"dtype": "float32", "shape": [1], "offset": 64}},
        {"a": {"dtype": "float32", "shape": [1]}},
    ],
)
def test_arrays_that_do_not_lie_in_the_body_are_noticed(described: Any) -> None:
    """Symptom: an array of other memory, or of a size that overflowed."""
    text = json.dumps({"arrays": described}).encode()
    frame = read_frame(reader(struct.pack("<II", len(text), 64) + text + bytes(64)))
    with pytest.raises(BrokenFrame):
        read_arrays(frame)
