"""Times as numbers: equal instants are equal numbers."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest

from berth_recsys.instants import duration_of, instant_of, seconds_since_1970

from .libraries import have, library


def test_equal_instants_are_equal_numbers_in_every_unit() -> None:
    """Symptom: `col("time") == t` finds nothing, because one was kept in ns and the other in µs."""
    rng = np.random.default_rng(2)
    for _ in range(300):
        micro = int(rng.integers(-(2**51), 2**51))
        numbers = {
            float(seconds_since_1970(np.array([micro], "datetime64[us]"))[0]),
            float(seconds_since_1970(np.array([micro * 1000], "datetime64[ns]"))[0]),
            instant_of(datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=micro)),
            instant_of(datetime(1970, 1, 1) + timedelta(microseconds=micro)),
            instant_of(np.datetime64(micro, "us")),
        }
        assert len(numbers) == 1
        assert abs(numbers.pop() - micro / 1e6) <= 2**-20


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("1970-01-01", "D", 0.0),
        ("1969-12-31T23:59:59.5", "ms", -0.5),
        ("2024-02", "M", 1706745600.0),
        ("2024", "Y", 1704067200.0),
        ("2024-01-01T00", "25s", 1704067200.0),
        ("2024-01-01T00:00:00", "h", 1704067200.0),
    ],
)
def test_units_of_numpy(text: str, unit: str, seconds: float) -> None:
    """Symptom: months or days are taken for seconds."""
    assert seconds_since_1970(np.array([text], f"datetime64[{unit}]"))[0] == pytest.approx(
        seconds, abs=25 if unit == "25s" else 0
    )


def test_missing_times_are_nan_and_the_column_stays_as_it_is() -> None:
    """Symptom: NaT becomes the year 1677, or the caller's array is changed."""
    times = np.array(["NaT", "1970-01-02"], "datetime64[s]")
    np.testing.assert_array_equal(seconds_since_1970(times), [np.nan, 86400.0])
    assert np.isnat(times[0])
    assert np.isnan(instant_of(np.datetime64("NaT")))
    swapped = times.astype(times.dtype.newbyteorder(">"))
    np.testing.assert_array_equal(seconds_since_1970(swapped), [np.nan, 86400.0])
    np.testing.assert_array_equal(seconds_since_1970(times[::-1]), [86400.0, np.nan])


def test_zones_are_honoured() -> None:
    """Symptom: an hour off, because the zone of a datetime was dropped."""
    paris = timezone(timedelta(hours=1))
    assert instant_of(datetime(1970, 1, 1, 1, tzinfo=paris)) == 0.0
    assert instant_of(date(1970, 1, 2)) == 86400.0
    assert instant_of("1970") is None and instant_of(3.0) is None


@pytest.mark.parametrize("_", have("pandas"))
def test_timestamps_of_pandas(_: str) -> None:
    """Symptom: a Timestamp with a zone, or NaT, is refused or an hour off."""
    pandas = library("pandas")
    assert instant_of(pandas.Timestamp("1970-01-01 01:00", tz="Europe/Paris")) == 0.0
    assert instant_of(pandas.Timestamp("1970-01-01 00:00:01")) == 1.0
    assert np.isnan(instant_of(pandas.NaT))
    assert duration_of(pandas.Timedelta(days=1)) == 86400.0


def test_durations() -> None:
    """Symptom: a half-life of a week is seven seconds."""
    assert duration_of(timedelta(weeks=1)) == 604800.0
    assert duration_of(np.timedelta64(1500, "ms")) == 1.5
    assert duration_of(7) is None
