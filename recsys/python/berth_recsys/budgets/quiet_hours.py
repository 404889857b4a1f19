"""Quiet hours: when a person's own clock says that it is night, nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timezone
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInput
from ..instants import instant_of
from .budget_candidates import chunks
from .name_column import NameColumn, name_column


@dataclass(frozen=True)
class QuietHours:
    """Excludes what would arrive from `start` up to, but not at, `end` on the clock of the person's time zone.

    start, end  "22:00" or a `datetime.time`; over midnight where end is before start
    zone        for each person the IANA name of the zone ("Europe/Berlin"), as texts, categories, or integers into
                `zones`
    slots       when each slot is sent: a dict from slot to a time, or a list of times where slots are 0, 1, …; a time
                without a zone is UTC
    zones       the names that integers in `zone` stand for
    default     the zone of people who have none; without it such people are refused

    Clocks are those of the tz database (`zoneinfo`), with its changes to and from summer time. An hour that a change
    skips is not there to be quiet in; one that it repeats is quiet twice. Candidates without a slot are not excluded.
    """

    start: str | time
    end: str | time
    zone: Any
    slots: Mapping[Any, Any] | Sequence[Any]
    zones: Sequence[str] | None = None
    default: str | None = None


@dataclass(frozen=True)
class QuietTable:
    """Quiet hours as computed: `is_quiet` bool[Z, S] and `local` (texts) for each zone and slot."""

    zone_of: npt.NDArray[np.int64]
    zone_names: tuple[str, ...]
    slot_names: tuple[Any, ...]
    is_quiet: npt.NDArray[np.bool_]
    local: tuple[tuple[str, ...], ...]
    start: time
    end: time

    def mask(self, person: npt.NDArray[np.int64], slot: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which are excluded; `slot` are places in `slot_names`, -1 for none."""
        quiet: npt.NDArray[np.bool_] = self.is_quiet[self.zone_of[person], slot] & (slot >= 0)
        return quiet

    def story(self, person: int, slot: int) -> str:
        """Why, in words."""
        zone = int(self.zone_of[person])
        return (
            f"{self.local[zone][slot]} in {self.zone_names[zone]}, within the quiet hours {self.start:%H:%M} to "
            f"{self.end:%H:%M}"
        )


def quiet_table(quiet: QuietHours, slot: NameColumn | None, people: int) -> QuietTable:
    """Looks up all clocks. Raises InvalidInput."""
    if not isinstance(quiet, QuietHours):
        raise InvalidInput(f"quiet is a {type(quiet).__name__}: want QuietHours(…)", "quiet")
    start, end = _clock("quiet.start", quiet.start), _clock("quiet.end", quiet.end)
    if start == end:
        raise InvalidInput(
            f"quiet.start and quiet.end are both {start:%H:%M}: nothing, or everything, would be quiet", "quiet"
        )
    if slot is None:
        raise InvalidInput("quiet hours need slots: give slot=, the slot of each", "slot")
    zone_of, zones = _zones(quiet, people)
    instants = _instants(quiet.slots, slot)
    clocks = [[instant.astimezone(zone) for instant in instants.values()] for zone in zones.values()]
    table = [[_is_within(each.time(), start, end) for each in row] for row in clocks]
    return QuietTable(
        zone_of,
        tuple(zones),
        tuple(instants),
        np.array(table, np.bool_).reshape(len(zones), len(instants)),
        tuple(tuple(f"{each:%Y-%m-%d %H:%M}" for each in row) for row in clocks),
        start,
        end,
    )


def _is_within(clock: time, start: time, end: time) -> bool:
    return start <= clock < end if start < end else clock >= start or clock < end


def _clock(field: str, value: Any) -> time:
    try:
        clock = time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        clock = None
    if not isinstance(clock, time) or clock.tzinfo is not None:
        raise InvalidInput(f"{field} is {value!r}: want a time of day such as '22:00'", field)
    return clock


def _zones(quiet: QuietHours, people: int) -> tuple[npt.NDArray[np.int64], dict[str, ZoneInfo]]:
    if isinstance(quiet.zone, str):
        raise InvalidInput(
            f"quiet.zone is {quiet.zone!r}: want one for each person. The same for all: [{quiet.zone!r}] * people",
            "quiet.zone",
        )
    column = name_column("quiet.zone", quiet.zone)
    if len(column) != people:
        raise InvalidInput(f"quiet.zone has {len(column):,} values: want {people:,}, one for each person", "quiet.zone")
    names = column.names if column.names is not None else quiet.zones
    if names is None:
        raise InvalidInput("quiet.zone are integers: give quiet.zones, the names that they stand for", "quiet.zones")
    codes = column.codes.astype(np.int64)
    if len(codes) and codes.max() >= len(names):
        raise InvalidInput(
            f"quiet.zone has {codes.max()}, and quiet.zones {len(names)} names: want numbers below {len(names)}",
            "quiet.zone",
        )
    if (codes < 0).any():
        if quiet.default is None:
            person = int(np.argmax(codes < 0))
            raise InvalidInput(
                f"{int((codes < 0).sum()):,} of {people:,} people, person {person} first, have no zone: give "
                "quiet.default, the zone to take for them",
                "quiet.zone",
            )
        codes, names = np.where(codes < 0, len(names), codes), [*names, quiet.default]
    used, zone_of = np.unique(codes, return_inverse=True)
    return zone_of.reshape(-1), {str(names[code]): _zone(names[code]) for code in used.tolist()}


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise InvalidInput(
            f"quiet.zone has {name!r}, which the tz database here does not know: want IANA names such as "
            "'Europe/Berlin'. Where the system has none: pip install tzdata",
            "quiet.zone",
        ) from error


def _instants(slots: Any, column: NameColumn) -> dict[Any, datetime]:
    if isinstance(slots, str) or not isinstance(slots, (Mapping, Sequence, np.ndarray)):
        raise InvalidInput(
            f"quiet.slots is a {type(slots).__name__}: want a time for each slot, in a dict or a list", "quiet.slots"
        )
    named = dict(slots) if isinstance(slots, Mapping) else dict(enumerate(slots))
    found = {name: _instant(name, value) for name, value in named.items()}
    find = column.finder(list(found))
    for start, stop in chunks(len(column)):
        codes = column.codes[start:stop]
        missing = (find(codes) < 0) & (codes >= 0)
        if missing.any():
            name = column.name(start + int(np.argmax(missing)))
            raise InvalidInput(f"quiet.slots has no time for the slot {name!r}: want one for each", "quiet.slots")
    return found


def _instant(name: Any, value: Any) -> datetime:
    seconds = instant_of(value)
    if seconds is None or seconds != seconds:
        raise InvalidInput(
            f"quiet.slots[{name!r}] is {value!r}: want a time, as datetime or np.datetime64", "quiet.slots"
        )
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise InvalidInput(
            f"quiet.slots[{name!r}] is {value!r}: want a time in the years 1 … 9999", "quiet.slots"
        ) from None
