"""Frames: two lengths, a header of JSON, a body of arrays (ADR 0010).

Nothing that the other side says of them is believed.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import BerthRecsysError, InvalidInput, TooLarge

MAX_HEADER_BYTES = 1024 * 1024
MAX_BODY_BYTES = 64 * 1024 * 1024
ALIGNMENT = 64
_PREFIX = struct.Struct("<II")
_DTYPES = {name: np.dtype(name).newbyteorder("<") for name in ("float32", "float64", "int32", "int64", "uint8")}
_MAX_AXES = 3

Arrays = Mapping[str, npt.NDArray[Any]]


class BrokenFrame(BerthRecsysError):
    """The other side does not speak the protocol: the connection cannot be understood any more."""


@dataclass(frozen=True)
class Frame:
    """What arrived: the header, and the bytes that its arrays lie in."""

    header: dict[str, Any]
    body: npt.NDArray[np.uint8]


def bytes_of(array: npt.NDArray[Any]) -> memoryview:
    """The memory of a C-contiguous array."""
    return array.reshape(-1).view(np.uint8).data


def aligned(byte_count: int) -> int:
    """The bytes that an array takes in a body, with its padding."""
    return -(-byte_count // ALIGNMENT) * ALIGNMENT


def encode_frame(header: Mapping[str, Any], arrays: Arrays | None = None) -> list[memoryview]:
    """The bytes of a frame, in pieces so that arrays are not copied: they must not change before they are sent.

    Arrays are C-contiguous, of one of the five dtypes. Raises TooLarge if the header or the body is longer than the
    protocol allows, and InvalidInput if a text is no Unicode.
    """
    described: dict[str, Any] = {}
    body: list[memoryview] = []
    offset = 0
    for name, array in (arrays or {}).items():
        described[name] = {"dtype": array.dtype.name, "shape": list(array.shape), "offset": offset}
        if array.nbytes > 0:
            body.append(bytes_of(array))
        padding = aligned(array.nbytes) - array.nbytes
        if padding > 0:
            body.append(memoryview(bytes(padding)))
        offset += array.nbytes + padding
    text = _json({**header, "arrays": described} if described else header)
    if len(text) > MAX_HEADER_BYTES:
        raise TooLarge(f"a request has {len(text)} bytes of parameters: the protocol allows {MAX_HEADER_BYTES}")
    if offset > MAX_BODY_BYTES:
        raise TooLarge(f"a request has {offset} bytes of arrays: the protocol allows {MAX_BODY_BYTES}")
    return [memoryview(_PREFIX.pack(len(text), offset) + text), *body]


def _json(header: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(
            f"a text is no Unicode: {error.object[error.start : error.end]!a} is half a character"
        ) from error
    except ValueError as error:
        raise InvalidInput("a number is not finite") from error


def read_frame(read_into: Callable[[memoryview], None]) -> Frame:
    """The next frame.

    `read_into` fills what it is given. Raises BrokenFrame, before it takes memory for what is too long.
    """
    prefix = bytearray(_PREFIX.size)
    read_into(memoryview(prefix))
    header_bytes, body_bytes = _PREFIX.unpack(prefix)
    if header_bytes > MAX_HEADER_BYTES or body_bytes > MAX_BODY_BYTES:
        raise BrokenFrame(f"a frame says it has {header_bytes} bytes of header and {body_bytes} of body")
    text = bytearray(header_bytes)
    read_into(memoryview(text))
    body = np.empty(body_bytes, np.uint8)
    if body_bytes > 0:
        read_into(bytes_of(body))
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenFrame("a frame's header is no JSON") from error
    if not isinstance(header, dict):
        raise BrokenFrame("a frame's header is no object")
    return Frame(header, body)


def read_arrays(frame: Frame) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a frame, as views of its body.

    Raises BrokenFrame if one is of no known dtype or does not lie in it.
    """
    described = frame.header.get("arrays", {})
    if not isinstance(described, dict):
        raise BrokenFrame("a frame's arrays are no object")
    return {name: _array(name, each, frame.body) for name, each in described.items()}


def _array(name: str, described: Any, body: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
    described = described if isinstance(described, dict) else {}
    dtype = _DTYPES.get(str(described.get("dtype")))
    shape, offset = described.get("shape"), described.get("offset")
    if (
        dtype is None
        or not isinstance(shape, list)
        or len(shape) > _MAX_AXES
        or not all(_is_size(n) for n in [*shape, offset])
    ):
        raise BrokenFrame(f"the array {name} is described as {str(described)[:200]}")
    byte_count = dtype.itemsize
    for size in shape:
        byte_count *= size
    if offset % ALIGNMENT != 0 or offset + byte_count > body.nbytes:
        raise BrokenFrame(f"the array {name} is {byte_count} bytes at {offset} of a body of {body.nbytes}")
    array: npt.NDArray[Any] = body[offset : offset + byte_count].view(dtype).reshape(shape)
    return array


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
