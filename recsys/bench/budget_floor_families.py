"""Budget problems with floors: nearly infeasible ones, of which a plan is known, and infeasible ones."""

from __future__ import annotations

import numpy as np
from budget_draw import CHANNELS, SLOTS, Arguments, Draw, by_reach, of, ragged


def floors(draw: Draw) -> Arguments:
    """Floors at 90 to 99.9 % of what a plan sends that leaves nobody out; what they want sent is worth little."""
    random = draw.random
    person, columns = _people(draw)
    witness = _one_each(random, person)
    share = random.uniform(0.9, 0.999)
    kinds = ["channel", "slot", "content"][: 1 + draw.number % 3]
    appeal = random.permutation([-0.02, 0.01, 0.1])[np.searchsorted(np.sort(CHANNELS), columns["channel"])]
    return {
        "value": (appeal + random.gamma(2, 0.01, len(person))).astype(np.float32),
        "person": person,
        **columns,
        "caps": {"person": 1},
        "budgets": {
            "total": len(witness),
            "campaign": _by_witness(columns["campaign"], witness, random.uniform(1, 1.2)),
        },
        "floors": {kind: _by_witness(columns[kind], witness, share) for kind in kinds},
    }


def infeasible(draw: Draw) -> Arguments:
    """Floors that can be kept each, but not all: for want of people, a campaign's budget, or channels in a slot."""
    random = draw.random
    person, columns = _people(draw)
    people, excess = len(np.unique(person)), random.uniform(1.01, 1.3)
    budgets: Arguments = {}
    if draw.number % 3 == 0:
        floors = {"channel": {name: int(np.ceil(excess * people / 3)) for name in CHANNELS.tolist()}}
    elif draw.number % 3 == 1:
        of_content = by_reach(random, person, columns["content"], 0.2, 0.5)
        for campaign in (0, 1):
            wanted = sum(count for piece, count in of_content.items() if piece % 5 == campaign)
            budgets.setdefault("campaign", {})[campaign] = max(1, int(wanted / excess) - 1)
        floors = {"content": of_content}
    else:
        night = np.unique(person[columns["slot"] == "night"]).size
        wanted = of(night, random.uniform(0.5, 0.9))
        budgets["channel"] = {name: int(wanted / excess / 3) for name in CHANNELS.tolist()}
        floors = {"slot": {"night": wanted}}
    value = random.gamma(2, 0.02, len(person)).astype(np.float32)
    return {"value": value, "person": person, **columns, "caps": {"person": 1}, "budgets": budgets, "floors": floors}


def _people(draw: Draw) -> tuple[np.ndarray, Arguments]:
    """Everybody has a few candidates, in all three channels but for one in ten."""
    random = draw.random
    person = ragged(random, draw.size(), random.integers(4, 10, draw.size() // 4))
    place = np.arange(len(person)) - np.searchsorted(person, person)
    piece = random.integers(0, 20, len(person))
    channel = np.where(random.random(len(person)) < 0.03, 0, place % 3)
    columns = {
        "channel": CHANNELS[channel],
        "slot": SLOTS[random.integers(0, 4, len(person))],
        "campaign": piece % 5,
        "content": piece,
    }
    return person, columns


def _one_each(random: np.random.Generator, person: np.ndarray) -> np.ndarray:
    """A plan: a random candidate of each person."""
    shuffled = random.permutation(len(person))
    return shuffled[np.unique(person[shuffled], return_index=True)[1]]


def _by_witness(column: np.ndarray, witness: np.ndarray, share: float) -> Arguments:
    names, counts = np.unique(column[witness], return_counts=True)
    return {name: of(count, share) for name, count in zip(names.tolist(), counts.tolist(), strict=True)}
