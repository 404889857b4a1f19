"""What the families of budget problems are made with: random numbers, a size, people and their options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

CHANNELS = np.array(["push", "email", "in-app"])
SLOTS = np.array(["morning", "noon", "evening", "night"])
NONE = -1
SMALLEST, LARGEST = 1_000, 100_000

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Draw:
    """What a family makes an instance of."""

    random: np.random.Generator
    number: int
    share: float  # of the way from the smallest to the largest, by logarithm

    def size(self, smallest: int = SMALLEST) -> int:
        """How many candidates there are to be."""
        return round(smallest * (LARGEST / smallest) ** self.share)


def of(count: float, share: float) -> int:
    return max(1, int(count * share))


def ragged(random: np.random.Generator, size: int, counts: np.ndarray) -> np.ndarray:
    """A person for each of about `size` candidates: as many of each person as `counts` says."""
    return np.repeat(np.arange(len(counts)), counts)[:size]


def distinct_options(random: np.random.Generator, person: np.ndarray, options: int) -> np.ndarray:
    """A random option for each candidate, no two of a person the same."""
    place = np.arange(len(person)) - np.searchsorted(person, person)
    first, stride = random.integers(0, options, person[-1] + 1), np.array([1, 5, 7, 11, 13])
    step = stride[random.integers(0, len(stride), person[-1] + 1)]
    return (first[person] + place * step[person]) % options


def by_reach(random: np.random.Generator, person: np.ndarray, column: np.ndarray, low: float, high: float) -> Arguments:
    """A budget for each name: a share, between the two, of the people who could get something of it."""
    names, code = np.unique(column, return_inverse=True)
    reach = np.bincount(np.unique(code * (person[-1] + 1) + person) // (person[-1] + 1))
    return {name: of(reach[each], random.uniform(low, high)) for each, name in enumerate(names.tolist())}
