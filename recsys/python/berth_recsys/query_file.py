"""Queries that lie in a file, read a chunk at a time.

Pages of a memory map that were touched would count as this process's memory, so that maps are read as files as well.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from .arrays import require_real
from .errors import InvalidInput
from .frame import bytes_of
from .row_source import row_source
from .rows import RowSource, require_shape

_AXES = (2, 3)


def batch_queries(queries: Any) -> RowSource:
    """Queries [B, d] or [B, m, d]: an array, a memory map, or the path of a `.npy` file. Raises InvalidInput."""
    if isinstance(queries, (str, os.PathLike)):
        return _of_npy(Path(queries))
    if isinstance(queries, np.memmap):
        offset = _offset_in_file(queries)
        if offset is not None:
            return _of_region(Path(str(queries.filename)), offset, queries.shape, queries.dtype)
    return row_source("queries", queries, _AXES)


def _of_npy(path: Path) -> RowSource:
    try:
        with path.open("rb") as file:
            shape, fortran, dtype = _header(file)
            offset = file.tell()
    except OSError as error:
        raise InvalidInput(f"queries: {path} cannot be read: {error.strerror}", "queries") from error
    except ValueError as error:
        raise InvalidInput(f"queries: {path} is no .npy file: {error}", "queries") from error
    if fortran and len(shape) > 1:
        raise InvalidInput(
            f"queries: {path} is written column by column: write np.ascontiguousarray(queries)", "queries"
        )
    return _of_region(path, offset, shape, dtype)


def _header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise ValueError(f"its version is {version}")
    return read(file)


def _of_region(path: Path, offset: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> RowSource:
    require_real("queries", dtype)
    source = RowSource("queries", shape, dtype.name, _reader(path, offset, shape, dtype))
    require_shape(source, _AXES)
    needed, found = offset + shape[0] * source.row_values * dtype.itemsize, path.stat().st_size
    if found < needed:
        raise InvalidInput(f"queries: {path} has {found} bytes, and {needed} are needed: it was cut", "queries")
    return source


def _reader(
    path: Path, offset: int, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> Callable[[int, int], npt.NDArray[Any]]:
    file = path.open("rb", buffering=0)
    row_bytes = int(np.prod(shape[1:], dtype=np.int64)) * dtype.itemsize

    def read(start: int, stop: int) -> npt.NDArray[Any]:
        rows = np.empty((stop - start, *shape[1:]), dtype)
        left = bytes_of(rows)
        place = offset + start * row_bytes
        while len(left) > 0:
            count = os.preadv(file.fileno(), [left], place)
            if count == 0:
                raise InvalidInput(
                    f"queries: {path} ends in row {(place - offset) // row_bytes}: it was cut", "queries"
                )
            left, place = left[count:], place + count
        return rows

    return read


def _offset_in_file(array: np.memmap[Any, Any]) -> int | None:
    """Where a memory map, or a slice of one, begins in its file; None if the file does not hold its values row by row.

    The attribute `offset` of a slice is that of the whole map, so it is found by address. A map of mode "c" may differ
    from its file.
    """
    memory = getattr(array, "_mmap", None)
    if memory is None or array.filename is None or array.mode == "c" or not array.flags.c_contiguous or array.size == 0:
        return None
    try:
        base = np.frombuffer(memory, np.uint8).__array_interface__["data"][0]
    except (ValueError, BufferError, TypeError):
        return None
    distance: int = array.__array_interface__["data"][0] - base
    mapped_from: int = array.offset - array.offset % mmap.ALLOCATIONGRANULARITY
    return mapped_from + distance if 0 <= distance <= len(memory) - array.nbytes else None
