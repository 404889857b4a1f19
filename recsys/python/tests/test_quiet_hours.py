"""Quiet hours by each person's own clock, and the two days a year on which clocks change."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from berth_recsys import QuietHours
from berth_recsys.budgets.budget_data import BudgetData, budget_data
from berth_recsys.errors import InvalidInput

from .libraries import have, library


def problem(quiet: QuietHours, slots: Any, people: int) -> BudgetData:
    """Everybody may get one thing in each slot."""
    return budget_data({"value": np.ones((people, len(slots))), "slot": slots, "quiet": quiet})


def excluded(data: BudgetData) -> list[list[bool]]:
    """By person and slot."""
    return data.excluded(0, len(data.candidates)).reshape(data.candidates.shape).tolist()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def test_night_is_where_the_person_is() -> None:
    """Symptom: New York is woken at 3 in the morning, because it is 8 in London."""
    slots = {"morning": utc("2026-06-10T08:00"), "evening": utc("2026-06-10T21:00")}
    data = problem(
        QuietHours("22:00", "08:00", ["Europe/London", "America/New_York", "Asia/Kolkata"], slots),
        ["morning", "evening"],
        3,
    )
    assert excluded(data) == [[False, True], [True, False], [False, True]]
    assert data.exclusions[0].story(2) == (
        "2026-06-10 04:00 in America/New_York, within the quiet hours 22:00 to 08:00"
    )


@pytest.mark.parametrize(
    ("day", "hours", "quiet"),
    [
        # Berlin, 29 March: 01:59 is followed by 03:00, so that 07:59 comes an hour earlier in UTC
        ("2026-03-28", (5, 6, 7), [True, True, False]),
        ("2026-03-29", (5, 6, 7), [True, False, False]),
        # 25 October: 02:59 is followed by 02:00 again, and 08:00 comes an hour later
        ("2026-10-24", (5, 6, 7), [True, False, False]),
        ("2026-10-25", (5, 6, 7), [True, True, False]),
    ],
)
def test_the_days_on_which_clocks_change(day: str, hours: tuple[int, ...], quiet: list[bool]) -> None:
    """Symptom: for one day, half of Europe is written to at 7 in the morning."""
    slots = [utc(day) + timedelta(hours=hour) for hour in hours]
    data = problem(QuietHours("22:00", "08:00", ["Europe/Berlin"], slots), list(range(len(slots))), 1)
    assert excluded(data) == [quiet]


def test_an_hour_that_is_there_twice_is_quiet_twice() -> None:
    """Symptom: the second 02:30 of the night in October is taken for day."""
    slots = [utc("2026-10-25T00:30"), utc("2026-10-25T01:30"), utc("2026-10-25T02:30")]
    data = problem(QuietHours("02:00", "03:00", ["Europe/Berlin"], slots), [0, 1, 2], 1)
    assert excluded(data) == [[True, True, False]]


def test_the_borders() -> None:
    """Symptom: at 08:00 it is still night; quiet hours that do not cross midnight are turned inside out."""
    slots = [utc("2026-01-01T00:00") + timedelta(hours=hour) for hour in (8, 12, 13, 22, 23)]
    night = problem(QuietHours("22:00", time(8), ["UTC"], slots), list(range(5)), 1)
    noon = problem(QuietHours("12:00", "13:00", ["UTC"], slots), list(range(5)), 1)
    assert excluded(night) == [[False, False, False, True, True]]
    assert excluded(noon) == [[False, True, False, False, False]]


def test_zones_by_number_and_missing_ones() -> None:
    """Symptom: the last zone of the list for people who have none."""
    slots = [utc("2026-06-10T23:00")]
    by_number = QuietHours("22:00", "08:00", [0, 1, -1], slots, ["Europe/London", "America/New_York"], "Asia/Tokyo")
    assert excluded(problem(by_number, [0], 3)) == [[True], [False], [False]]
    with pytest.raises(InvalidInput, match="person 2 first, have no zone"):
        problem(QuietHours("22:00", "08:00", [0, 1, -1], slots, ["Europe/London", "America/New_York"]), [0], 3)


def test_slots_by_candidate_and_none() -> None:
    """Symptom: a candidate without a slot gets the hours of the last one."""
    slots = {5: utc("2026-06-10T23:00"), 6: utc("2026-06-10T12:00")}
    quiet = QuietHours("22:00", "08:00", ["UTC", "UTC"], slots)
    data = budget_data({"value": np.ones(4), "person": [0, 0, 0, 1], "slot": [5, -1, 6, 5], "quiet": quiet})
    assert data.excluded(0, 4).tolist() == [True, False, False, True]
    assert data.excluded(3, 4).tolist() == [True]


def test_people_without_candidates_have_clocks_as_well() -> None:
    """Symptom: zones for all people are refused on a day on which the last one has nothing to get."""
    quiet = QuietHours("22:00", "08:00", ["UTC", "Asia/Tokyo", "UTC"], [utc("2026-06-10T23:00")])
    data = budget_data({"value": np.ones(2), "person": [0, 1], "slot": [0, 0], "quiet": quiet})
    assert data.candidates.people == 3 and data.excluded(0, 2).tolist() == [True, False]


@pytest.mark.parametrize("name", have("pandas"))
def test_zones_as_categories(name: str) -> None:
    """Symptom: ten million texts where 400 categories would do."""
    zones = library(name).Series(["Europe/London", "Asia/Tokyo", "Europe/London"], dtype="category")
    slots = [np.datetime64("2026-06-10T13:30")]
    assert excluded(problem(QuietHours("22:00", "08:00", zones, slots), [0], 3)) == [[False], [True], [False]]


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"start": "25:00"}, "quiet.start", "such as '22:00'"),
        ({"end": 8}, "quiet.end", "such as '22:00'"),
        ({"end": "22:00"}, "quiet", "both 22:00"),
        ({"zone": ["Europe/Berlin"]}, "quiet.zone", "want 2"),
        ({"zone": ["Europe/Berlin", "Mars/Olympus"]}, "quiet.zone", "Mars/Olympus"),
        ({"zone": ["Europe/Berlin", "../etc/passwd"]}, "quiet.zone", "IANA"),
        ({"zone": [0, 1]}, "quiet.zones", "the names that they stand for"),
        ({"zone": [0, 3], "zones": ["UTC"]}, "quiet.zone", "quiet.zones 1 names"),
        ({"slots": {0: utc("2026-01-01")}}, "quiet.slots", "no time for the slot 1"),
        ({"slots": {0: "noon", 1: utc("2026-01-01")}}, "quiet.slots", "want a time"),
        ({"slots": "noon"}, "quiet.slots", "in a dict or a list"),
        ({"slots": [np.datetime64("20000-01-01"), utc("2026-01-01")]}, "quiet.slots", "1 … 9999"),
        ({"zone": "Europe/Berlin"}, "quiet.zone", "['Europe/Berlin'] * people"),
        ({"slots": [np.datetime64("NaT"), utc("2026-01-01")]}, "quiet.slots", "want a time"),
    ],
)
def test_what_is_refused(change: dict[str, Any], field: str, said: str) -> None:
    """Symptom: a mistyped zone is UTC, and people are woken."""
    day = utc("2026-01-01")
    good = {"start": "22:00", "end": "08:00", "zone": ["UTC", "UTC"], "slots": [day, day]}
    with pytest.raises(InvalidInput) as caught:
        problem(QuietHours(**{**good, **change}), [0, 1], 2)
    assert caught.value.field == field and said in str(caught.value)
