"""Everybody's candidates: what each is worth, and to whom it belongs. V candidates, P people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import as_array, require_real
from ..errors import InvalidInput
from .budget_problems import Problems

CHUNK = 2**20
_COUNT_MAX = 2**32 - 1
# As the runtime has it.
_CANDIDATES_MAX = 480_000_000
# People without candidates are fine; numbers that are identifiers would make an array for each of them.
_EMPTY_PEOPLE_PER_CANDIDATE = 64
_EMPTY_PEOPLE = 10**6
_FLOAT32_MAX = float(np.finfo(np.float32).max)


def chunks(count: int) -> Iterator[tuple[int, int]]:
    """Where each million begins and ends."""
    for start in range(0, count, CHUNK):
        yield start, min(start + CHUNK, count)


@dataclass(frozen=True)
class Candidates:
    """`value` real[V], flat; candidates of person p are `start[p]` … `start[p + 1]` - 1. Without `start` the value was
    [P, J]: everybody has the same J.
    """

    value: npt.NDArray[Any]
    people: int
    shape: tuple[int, ...]
    start: npt.NDArray[np.uint32] | None

    def __len__(self) -> int:
        return len(self.value)

    @property
    def is_dense(self) -> bool:
        """Whether everybody has the same options, in the same order."""
        return self.start is None

    @property
    def columns(self) -> int:
        """How many options everybody has, where that is the same; else 0."""
        return self.shape[1] if self.is_dense else 0

    def span(self, person: int) -> tuple[int, int]:
        """The first candidate of a person, and the one after the last."""
        if self.start is None:
            return person * self.columns, (person + 1) * self.columns
        return int(self.start[person]), int(self.start[person + 1])

    def person_of(self, candidate: int) -> int:
        """Whose candidate it is."""
        if self.start is None:
            return candidate // self.columns
        return int(np.searchsorted(self.start, candidate, "right")) - 1

    def persons(self, start: int, stop: int) -> npt.NDArray[np.int64]:
        """Whose the candidates start … stop - 1 are."""
        if self.start is None:
            return np.arange(start, stop, dtype=np.int64) // max(1, self.columns)
        if start >= stop:
            return np.empty(0, np.int64)
        first, last = self.person_of(start), self.person_of(stop - 1)
        ends = np.clip(self.start[first : last + 2].astype(np.int64), start, stop)
        return np.repeat(np.arange(first, last + 1, dtype=np.int64), np.diff(ends))

    def values(self, start: int, stop: int) -> npt.NDArray[np.float32]:
        """What the candidates start … stop - 1 are worth, as the solver gets it."""
        return self.value[start:stop].astype(np.float32)


def candidates_of(value: Any, person: Any, problems: Problems) -> Candidates:
    """Reads the candidates. Raises InvalidInput where nothing else can be checked; adds what else is wrong."""
    array = as_array("value", value)
    require_real("value", array.dtype)
    if array.size > _CANDIDATES_MAX:
        raise InvalidInput(
            f"value has {array.size:,} numbers: want at most {_CANDIDATES_MAX:,}. Leave out what is not worth sending, "
            "or split the people, and each budget with them",
            "value",
        )
    if person is None:
        if array.ndim != 2:
            raise InvalidInput(
                f"value has shape {list(array.shape)}: want [P, J] for the same options for everybody, or give "
                "person=, one number for each candidate",
                "value",
            )
        if array.shape[1] == 0 and array.shape[0] > 0:
            raise InvalidInput(f"value has shape {list(array.shape)}: want at least one option", "value")
        found = Candidates(np.ascontiguousarray(array).reshape(-1), array.shape[0], array.shape, None)
    else:
        found = _ragged(array, person)
    _check_values(found, problems)
    return found


def _ragged(value: npt.NDArray[Any], person: Any) -> Candidates:
    numbers = as_array("person", person)
    if value.ndim != 1:
        raise InvalidInput(
            f"value has shape {list(value.shape)}: with person= want [V], one number for each candidate. A table "
            "[P, J] goes without person=: its row p is person p",
            "value",
        )
    if numbers.shape != value.shape:
        raise InvalidInput(
            f"person has shape {list(numbers.shape)} and value {list(value.shape)}: want one person for each value",
            "person",
        )
    if numbers.dtype.kind not in "iu" and len(numbers) > 0:
        raise InvalidInput(
            f"person is of dtype {numbers.dtype}: want numbers from 0. From ids: ids, person = "
            "np.unique(ids, return_inverse=True)",
            "person",
        )
    people = _require_sorted(numbers)
    return Candidates(np.ascontiguousarray(value), people, value.shape, _starts(numbers, people))


def _require_sorted(person: npt.NDArray[Any]) -> int:
    """How many people there are, if they are counted from 0 and in order."""
    if len(person) == 0:
        return 0
    for start, stop in chunks(len(person)):
        part = person[max(0, start - 1) : stop]
        down = part[1:] < part[:-1]
        if down.any():
            row = max(0, start - 1) + int(np.argmax(down)) + 1
            raise InvalidInput(
                f"person is not in order: {person[row]} at {row} after {person[row - 1]}. Sort all columns by it: "
                "order = np.argsort(person, kind='stable'); person, value, … = person[order], value[order], …",
                "person",
            )
    first, last = int(person[0]), int(person[-1])
    if first < 0:
        raise InvalidInput(f"person begins with {first}: want numbers from 0", "person")
    if last >= min(_COUNT_MAX, _EMPTY_PEOPLE_PER_CANDIDATE * len(person) + _EMPTY_PEOPLE):
        raise InvalidInput(
            f"person goes up to {last}, and there are {len(person)} candidates: count people from 0. From ids: ids, "
            "person = np.unique(ids, return_inverse=True)",
            "person",
        )
    return last + 1


def _starts(person: npt.NDArray[Any], people: int) -> npt.NDArray[np.uint32]:
    """Where each person's candidates begin."""
    counts = np.zeros(people + 1, np.int64)
    for start, stop in chunks(len(person)):
        part = person[start:stop].astype(np.int64)
        first = int(part[0])
        found = np.bincount(part - first)
        counts[first + 1 : first + 1 + len(found)] += found
    return np.cumsum(counts).astype(np.uint32)


def with_people(candidates: Candidates, people: int) -> Candidates:
    """The same candidates, and people after them who have none."""
    if candidates.start is None or people <= candidates.people:
        return candidates
    more = np.full(people - candidates.people, candidates.start[-1], np.uint32)
    return Candidates(candidates.value, people, candidates.shape, np.concatenate([candidates.start, more]))


def _check_values(candidates: Candidates, problems: Problems) -> None:
    bad, first = 0, -1
    for start, stop in chunks(len(candidates)):
        part = candidates.value[start:stop]
        good = np.isfinite(part)
        if part.dtype.itemsize > 4:
            good &= np.abs(part) <= _FLOAT32_MAX
        if not good.all():
            bad += int((~good).sum())
            first = start + int(np.argmin(good)) if first < 0 else first
    if bad > 0:
        at = f"{first}" if not candidates.is_dense else f"{first // candidates.columns}, {first % candidates.columns}"
        problems.add(
            "value",
            f"value[{at}] is {candidates.value[first].item()!r}, and {bad - 1} others are not finite or beyond "
            "±3.4e38: want finite numbers. What must not be sent: exclude=~np.isfinite(value), and any number in its "
            "place",
        )
