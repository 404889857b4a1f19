"""Fills the files that the runtime has made for a corpus.

They are written, not mapped: where the folder of the files is full, a write fails with an error, and a store into
mapped memory kills the notebook. The runtime maps them, and sees the same pages.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from .deadline import Deadline
from .errors import BerthRecsysError, MemoryExceeded
from .frame import bytes_of
from .rows import RowSource

CHUNK_BYTES = 16 * 1024 * 1024


def fill_items(path: str, items: RowSource, deadline: Deadline) -> None:
    """Writes float32[N · d], 16 MiB at a time.

    Raises InvalidInput, MemoryExceeded if the folder is full, DeadlineExceeded.
    """
    row_bytes = items.row_values * 4
    step = max(1, CHUNK_BYTES // row_bytes)
    with _opened(path, len(items) * row_bytes) as file:
        for start in range(0, len(items), step):
            deadline.left_s()
            rows = items.rows(start, min(start + step, len(items)))
            _write(file, rows, start * row_bytes, path)


def fill_column(path: str, values: npt.NDArray[Any]) -> None:
    """Writes one array as it is."""
    fill_parts(path, len(values), values.dtype, lambda start, stop: values[start:stop])


def fill_parts(path: str, count: int, dtype: np.dtype[Any], read: Callable[[int, int], npt.NDArray[Any]]) -> None:
    """Writes the numbers that `read(start, stop)` gives, 16 MiB at a time: they are never there as a whole."""
    with _opened(path, count * dtype.itemsize) as file:
        step = max(1, CHUNK_BYTES // dtype.itemsize)
        for start in range(0, count, step):
            part = np.ascontiguousarray(read(start, min(start + step, count)), dtype)
            _write(file, part, start * dtype.itemsize, path)


def paths_of(files: Mapping[str, Any]) -> tuple[str, str | None, dict[str, str]]:
    """The paths of the items, the ids and the columns in an answer of the runtime."""
    items, ids, columns = files.get("items"), files.get("ids"), files.get("columns", {})
    if not isinstance(items, str) or not isinstance(ids, (str, type(None))) or not isinstance(columns, dict):
        raise BerthRecsysError(f"the runtime's files are no files: {str(files)[:200]}")
    return items, ids, {str(name): str(path) for name, path in columns.items()}


@contextmanager
def _opened(path: str, byte_count: int) -> Iterator[int]:
    """Opens a file only if it is a plain one of this person's, of that size, in a folder that nobody else may enter."""
    folder, name = os.path.split(path)
    inside = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        around = os.fstat(inside)
        file = os.open(name, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=inside)
    finally:
        os.close(inside)
    try:
        found = os.fstat(file)
        is_ours = around.st_uid == found.st_uid == os.getuid() and not around.st_mode & 0o077
        if not is_ours or not stat.S_ISREG(found.st_mode) or found.st_size != byte_count:
            raise BerthRecsysError(f"{path} is not the file of {byte_count} bytes, ours alone, that was asked for")
        yield file
    finally:
        os.close(file)


def _write(file: int, values: npt.NDArray[Any], offset: int, path: str) -> None:
    left = bytes_of(values)
    while len(left) > 0:
        try:
            written = os.pwrite(file, left, offset)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise MemoryExceeded(_full(path, len(left))) from error
        left = left[written:]
        offset += written


def _full(path: str, byte_count: int) -> str:
    room = os.statvfs(os.path.dirname(path))
    free = room.f_bavail * room.f_frsize
    return f"{path}: {byte_count} bytes more to write, {free} free. Set BERTH_RECSYS_DIR to a folder with room."
