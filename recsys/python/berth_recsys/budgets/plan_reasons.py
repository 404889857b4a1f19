"""Why candidates are sent, or are not: decided for many people at once, from the plan's prices and what it sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from .budget_candidates import CHUNK, Candidates
from .budget_caps import NO_CAP, Cap
from .budget_data import BudgetData
from .budget_limits import Float64

Bools = npt.NDArray[np.bool_]
Int64 = npt.NDArray[np.int64]

# A sum of weights may be off by so much, relative to it, in either order of adding them.
_ROUNDING = 1e-12

# In the order in which they are looked for: the first that is true is the reason.
REASONS = ("sent", "fills", "excluded", "no value", "price", "cap", "full", "rest")


@dataclass(frozen=True)
class PricedPlan:
    """What a plan sends, bool[V], and its prices and use of limits, f64[K]."""

    data: BudgetData
    sent: Bools
    prices: Float64
    usage: Float64

    @cached_property
    def option_price(self) -> Float64:
        """What each option costs in all: f64[O]."""
        return self.data.table.price_of(self.prices)

    @cached_property
    def full_limit(self) -> Bools:
        """Which of the incidences of options would break their limit with one more: bool[N]."""
        table, cap = self.data.table, self.data.limits.cap
        full: Bools = self.usage[table.limit] + table.weight > cap[table.limit] * (1 + _ROUNDING)
        return full

    @cached_property
    def full_option(self) -> Bools:
        """Which options have a limit without room: bool[O]."""
        table = self.data.table
        found = np.zeros(len(table), np.bool_)
        found[np.repeat(np.arange(len(table)), np.diff(table.start))[self.full_limit]] = True
        return found


@dataclass(frozen=True)
class Crowd:
    """All candidates of some people who follow one another, and what became of them. Arrays are [n]."""

    first: int
    person: Int64
    value: Float64
    option: npt.NDArray[np.int32]
    group: npt.NDArray[np.uint16]
    price: Float64
    sent: Bools
    excluded: Bools

    @property
    def margin(self) -> Float64:
        """Value less price."""
        return self.value - self.price


def crowd_of(plan: PricedPlan, first: int, end: int) -> Crowd:
    """The candidates first … end - 1."""
    data = plan.data
    option = data.options(first, end)
    return Crowd(
        first,
        data.candidates.persons(first, end),
        data.candidates.values(first, end).astype(np.float64),
        option,
        data.table.channel[option],
        plan.option_price[option],
        plan.sent[first:end],
        data.excluded(first, end),
    )


@dataclass(frozen=True)
class FullCaps:
    """Whether the channel's cap, or the person's, is used up for each candidate; the least margin in the narrowest."""

    channel: Bools
    person: Bools
    weakest: Float64


def full_caps(plan: PricedPlan, crowd: Crowd) -> FullCaps:
    """Looks at the caps that each candidate would need."""
    table, caps = plan.data.table, plan.data.caps
    counted = np.array([rule.is_counted for rule in table.rules], np.bool_)
    who = crowd.person - crowd.person[:1]
    cell = who * len(table.rules) + crowd.group
    in_channel, weakest_in_channel = _sent_by(cell, crowd.sent, crowd.margin)
    in_person, weakest_in_person = _sent_by(who, crowd.sent & counted[crowd.group], crowd.margin)
    channel_cap = np.full(len(who), np.inf)
    for group, rule in enumerate(table.rules):
        ours = crowd.group == group
        channel_cap[ours] = _caps_of(rule.cap, crowd.person[ours])
    channel = in_channel >= channel_cap
    person = counted[crowd.group] & (in_person >= _caps_of(caps.person, crowd.person))
    return FullCaps(channel, person, np.where(channel, weakest_in_channel, weakest_in_person))


def _sent_by(key: Int64, sent: Bools, margin: Float64) -> tuple[Int64, Float64]:
    """For each candidate: how many with its key are sent, and the smallest margin of those."""
    size = int(key.max(initial=-1)) + 1
    smallest = np.full(size, np.inf)
    np.minimum.at(smallest, key[sent], margin[sent])
    return np.bincount(key[sent], minlength=size)[key], smallest[key]


def _caps_of(cap: Cap, person: Int64) -> Float64:
    if isinstance(cap, np.ndarray):
        own = cap[person]
        return np.where(own == NO_CAP, np.inf, own)
    return np.full(len(person), np.inf if cap is None else float(cap))


def reason_codes(plan: PricedPlan, crowd: Crowd) -> npt.NDArray[np.uint8]:
    """The place in REASONS of each candidate's reason.

    Sent, at a margin above 0 or not; excluded; no value, or no margin; the person's cap, or the channel's, is full of
    what is as good; a limit is full; what is left is the rounding.
    """
    margin, value = crowd.margin, crowd.value
    caps = full_caps(plan, crowd)
    outdone = (caps.channel | caps.person) & (margin <= caps.weakest)
    tests: list[tuple[Any, str]] = [
        (crowd.sent & (margin > 0), "sent"),
        (crowd.sent, "fills"),
        (crowd.excluded, "excluded"),
        ((margin <= 0) & (value <= 0), "no value"),
        (margin <= 0, "price"),
        (outdone, "cap"),
        (plan.full_option[crowd.option], "full"),
    ]
    codes = np.select([test for test, _ in tests], [REASONS.index(name) for _, name in tests], REASONS.index("rest"))
    return codes.astype(np.uint8)


def count_reasons(plan: PricedPlan) -> dict[str, int]:
    """How many candidates have each reason."""
    counts = np.zeros(len(REASONS), np.int64)
    for first, end in _people_together(plan.data.candidates):
        counts += np.bincount(reason_codes(plan, crowd_of(plan, first, end)), minlength=len(REASONS))
    return dict(zip(REASONS, counts.tolist(), strict=True))


def _people_together(candidates: Candidates) -> Iterator[tuple[int, int]]:
    """About a million candidates at a time; nobody's are torn apart."""
    first = 0
    while first < len(candidates):
        last = candidates.person_of(min(first + CHUNK, len(candidates)) - 1)
        begin, end = candidates.span(last)
        stop = begin if begin > first and end > first + CHUNK else end
        yield first, stop
        first = stop
