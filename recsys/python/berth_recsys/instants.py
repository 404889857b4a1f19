"""Points in time as numbers: seconds since 1970-01-01 00:00 UTC, as float64.

One rule for columns and for the values they are compared with, so that equal instants are equal numbers, whatever unit
they came in: whole seconds plus the fraction, each exact before the one rounding of their sum. Near today neighbouring
numbers are 2⁻²² s (0.24 µs) apart: nanoseconds do not survive. A time without a zone is UTC, as in numpy.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import numpy.typing as npt

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9, "ps": 10**12, "fs": 10**15, "as": 10**18}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def seconds_since_1970(times: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """datetime64[n] of any unit → float64[n]; NaT → NaN."""
    unit, step = np.datetime_data(times.dtype)
    if unit not in _PER_SECOND or step != 1:
        times = times.astype("datetime64[s]" if unit not in _PER_SECOND else f"datetime64[{unit}]")
        unit = np.datetime_data(times.dtype)[0]
    ticks = times.view(np.int64) if times.dtype.isnative else times.astype(times.dtype.newbyteorder("=")).view(np.int64)
    whole, part = np.divmod(ticks, _PER_SECOND[unit])
    seconds: npt.NDArray[np.float64] = whole + part / _PER_SECOND[unit]
    seconds[np.isnat(times)] = np.nan
    return seconds


def instant_of(value: Any) -> float | None:
    """The same for one `datetime`, `date`, `np.datetime64` or `pandas.Timestamp`; None if it is no time. NaT → NaN."""
    convert = getattr(value, "to_datetime64", None)  # pandas.Timestamp, in UTC; its NaT as well
    if callable(convert):
        value = convert()
    if isinstance(value, np.datetime64):
        return float(seconds_since_1970(np.asarray([value]))[0])
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=timezone.utc)
        return instant_of(np.datetime64((aware - _EPOCH) // timedelta(microseconds=1), "us"))
    if isinstance(value, date):
        return instant_of(np.datetime64(value, "D"))
    return None


def duration_of(value: Any) -> float | None:
    """Seconds in a `timedelta`, `np.timedelta64` or `pandas.Timedelta`; None if it is no duration."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, np.timedelta64):
        return float(value / np.timedelta64(1, "s"))
    return None
