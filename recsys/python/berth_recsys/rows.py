"""Vectors that are converted to float32 as they are asked for.

Items of many gigabytes pass through in chunks, with one chunk's worth of memory, and never as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .arrays import Float32, as_array, require_real
from .errors import InvalidInput


@dataclass(frozen=True)
class RowSource:
    """Vectors of one shape. `read(start, stop)` gives rows as stored, which `rows` converts."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    read: Callable[[int, int], npt.NDArray[Any]]

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def row_values(self) -> int:
        """Numbers in one row."""
        return int(np.prod(self.shape[1:], dtype=np.int64))

    def rows(self, start: int, stop: int) -> Float32:
        """Rows start … stop - 1 as C-contiguous float32[stop - start, …]; not copied if they are that already.

        Raises InvalidInput if a float64 is beyond float32, or rows of a nested column differ in length.
        """
        stored = self.read(start, stop)
        if stored.shape != (stop - start, *self.shape[1:]):
            raise InvalidInput(
                f"{self.name}[{start}:{stop}] has shape {stored.shape}: want {(stop - start, *self.shape[1:])}",
                self.name,
            )
        require_real(self.name, stored.dtype)
        try:
            with np.errstate(over="raise"):
                return np.ascontiguousarray(stored, np.dtype("<f4"))
        except FloatingPointError:
            raise self._overflow(stored, start) from None

    def _overflow(self, stored: npt.NDArray[Any], start: int) -> InvalidInput:
        flat = stored.reshape(len(stored), -1)
        beyond = np.isfinite(flat) & (np.abs(flat) > np.finfo(np.float32).max)
        row, axis = np.argwhere(beyond)[0]
        return InvalidInput(
            f"{self.name}[{start + row}] has {flat[row, axis]:g}: beyond ±3.4e38, the range of float32. Scale "
            "the vectors.",
            self.name,
        )


def require_shape(source: RowSource, axes: tuple[int, ...]) -> None:
    """Raises InvalidInput unless the source has as many axes as `axes` allows, and no empty one but the first."""
    name, shape = source.name, source.shape
    if len(shape) not in axes:
        wanted = "[B, d] or [B, m, d]" if len(axes) > 1 else "[N, d]"
        advice = f" For one vector: {name}[None, :]." if len(shape) == 1 else ""
        raise InvalidInput(f"{name} has shape {list(shape)}: want {wanted}.{advice}", name)
    if any(size == 0 for size in shape[1:]):
        raise InvalidInput(f"{name} has shape {list(shape)}: want at least one dimension", name)


def nested_rows(name: str, length: int, read: Callable[[int, int], list[Any]]) -> RowSource:
    """A column whose elements are vectors."""

    def stacked(start: int, stop: int) -> npt.NDArray[Any]:
        rows = [as_array(f"{name}[{start + index}]", row) for index, row in enumerate(read(start, stop))]
        for index, row in enumerate(rows):
            if row.shape != rows[0].shape or row.ndim == 0:
                raise InvalidInput(
                    f"{name}[{start + index}] has shape {list(row.shape)}: want {list(rows[0].shape)} as before it",
                    name,
                )
        return np.stack(rows)

    first = stacked(0, 1)
    require_real(name, first.dtype)
    return RowSource(name, (length, *first.shape[1:]), first.dtype.name, stacked)
