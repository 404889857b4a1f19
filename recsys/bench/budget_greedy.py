"""What is best for each person at given margins, by sorting: the slow, obvious twin of the solver's exact choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Rules:
    """How many a person gets at most in all, and by channel (None: only in all)."""

    person: int
    channels: tuple[int, ...] | None


def chosen(
    rules: Rules, person: npt.NDArray[Any], channel: npt.NDArray[Any], margin: npt.NDArray[Any]
) -> npt.NDArray[np.bool_]:
    """Which candidates each person gets: the best of each channel, then the best of all, never at a loss.

    `person`, `channel`, `margin` [n] are one for each candidate. The caps are nested, so this choice is the best one.
    """
    best = np.flatnonzero(margin > 0)
    if rules.channels is not None:
        caps = np.asarray(rules.channels)[channel[best]]
        best = best[_ranks(person[best].astype(np.int64) * len(rules.channels) + channel[best], margin[best]) < caps]
    best = best[_ranks(person[best], margin[best]) < rules.person]
    found = np.zeros(len(margin), bool)
    found[best] = True
    return found


def broken_caps(rules: Rules, person: npt.NDArray[Any], channel: npt.NDArray[Any]) -> int:
    """How many caps of people what is sent to them exceeds: `person` (from 0) and `channel` of each thing that is sent."""
    broken = int((np.bincount(person) > rules.person).sum())
    for each, cap in enumerate(rules.channels or ()):
        broken += int((np.bincount(person[channel == each]) > cap).sum())
    return broken


def _ranks(group: npt.NDArray[Any], margin: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The place of each within its group, the largest margin first."""
    order = np.lexsort((-margin, group))
    places = np.arange(len(order))
    is_first = np.ones(len(order), bool)
    is_first[1:] = group[order][1:] != group[order][:-1]
    ranks = np.empty(len(order), np.int64)
    ranks[order] = places - np.maximum.accumulate(np.where(is_first, places, 0))
    return ranks
