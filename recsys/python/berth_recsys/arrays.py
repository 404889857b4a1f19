"""Arrays from whatever holds them, and what their values must be.

The libraries are only looked up where they have been imported already: a value of a library that is not imported cannot
exist.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InvalidInput

Float32 = npt.NDArray[np.float32]


def as_array(name: str, value: Any) -> npt.NDArray[Any]:
    """A numpy array of the same memory where that is possible.

    Raises InvalidInput for what is no array, is ragged, or is masked.
    """
    if isinstance(value, np.ma.MaskedArray) and np.ma.getmaskarray(value).any():
        raise InvalidInput(f"{name} is a masked array with masked values: fill them first (.filled(…))", name)
    if value is None or isinstance(value, (str, bytes, dict, set, frozenset)):
        raise InvalidInput(f"{name} is a {type(value).__name__}: want an array", name)
    try:
        if isinstance(value, np.ndarray) or hasattr(value, "__array__") or not hasattr(value, "__dlpack__"):
            return np.asarray(value)
        return np.from_dlpack(value)
    except (ValueError, TypeError, RuntimeError, BufferError) as error:
        raise InvalidInput(f"{name} cannot be read as an array: {error}", name) from error


def require_real(name: str, dtype: np.dtype[Any]) -> None:
    """Raises InvalidInput unless the dtype is of real numbers."""
    if dtype.kind not in "fiub":
        advice = {
            "c": "Take .real or .imag.",
            "O": "Convert it with .astype('float32').",
            "M": "Times are attributes.",
            "m": "Durations are attributes.",
        }
        raise InvalidInput(
            f"{name} is of dtype {dtype}: want float32, or numbers. {advice.get(dtype.kind, '')}".rstrip(), name
        )


def float_vector(name: str, value: Any, count: int) -> Float32:
    """float32[count] from any array of real numbers.

    Raises InvalidInput for another shape or dtype, or a float64 beyond float32.
    """
    array = as_array(name, value)
    require_real(name, array.dtype)
    if array.shape != (count,):
        raise InvalidInput(f"{name} has shape {list(array.shape)}: want one number for each of the {count} rows", name)
    try:
        with np.errstate(over="raise"):
            return np.ascontiguousarray(array, np.dtype("<f4"))
    except FloatingPointError:
        raise InvalidInput(f"{name} has a number beyond ±3.4e38, the range of float32", name) from None


def bool_array(name: str, value: Any, shapes: tuple[tuple[int, ...], ...]) -> npt.NDArray[np.bool_]:
    """bool of one of the shapes. Row numbers are refused: they would keep the first rows and lose the others."""
    array = as_array(name, value)
    if array.dtype != np.bool_:
        raise InvalidInput(
            f"{name} is of dtype {array.dtype}: want bool. From row numbers: {name} = "
            f"np.isin(np.arange({shapes[0][0]}), rows)",
            name,
        )
    if array.shape not in shapes:
        raise InvalidInput(
            f"{name} has shape {list(array.shape)}: want {' or '.join(str(list(each)) for each in shapes)}", name
        )
    return array
