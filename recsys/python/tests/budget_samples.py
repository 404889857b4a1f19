"""Small budget problems of all kinds, by seed: what they are is said by the columns that `Budget` takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .budget_twin import rows_of, used

CHANNELS = ("push", "email", "in-app")


def sample(seed: int, people: int = 12, with_floors: bool = False) -> dict[str, Any]:
    """Dense or ragged, caps that nest, limits that overlap, weights, exclusions, and now and then equal values."""
    random = np.random.default_rng(seed)
    options = int(random.integers(1, 9))
    given: dict[str, Any] = {}
    if random.random() < 0.5:
        given["value"], columns = random.normal(0.3, 1, (people, options)), options
    else:
        count = int(random.integers(0, 6 * people))
        given["value"], given["person"] = random.normal(0.3, 1, count), np.sort(random.integers(0, people, count))
        columns = count
        if random.random() < 0.5:
            given["option"], columns = random.integers(0, options, count), options
    if random.random() < 0.3:
        given["value"] = np.round(given["value"])
    given["channel"] = random.choice(CHANNELS, columns)
    given["slot"] = random.integers(0, 3, columns)
    given["campaign"] = random.choice(["a", "b", "c"], columns)
    given["sends"] = np.where(given["channel"] == "in-app", 0, random.choice([1.0, 1.0, 2.0, 1.5], columns))
    given["attention"] = np.where(given["channel"] == "in-app", random.choice([1.0, 0.3], columns), 0.0)
    given["caps"] = _caps(given, random)
    if random.random() < 0.5:
        given["exclude"] = random.random(np.shape(given["value"])) < 0.2
    given["budgets"] = _amounts(given, random, 0.4)
    if with_floors:
        given["floors"] = _floors(given, random)
    return given


def _caps(given: dict[str, Any], random: np.random.Generator) -> dict[str, Any]:
    people = len(given["value"]) if "person" not in given else int(max(given["person"], default=-1)) + 1
    per_person = random.random() < 0.5
    there = [name for name in CHANNELS if name in given["channel"]]
    return {
        "person": random.integers(0, 4, people) if per_person else int(random.integers(1, 4)),
        "channel": {name: int(random.integers(0, 3)) for name in there if random.random() < 0.6},
    }


def _amounts(given: dict[str, Any], random: np.random.Generator, share: float) -> dict[str, Any]:
    """Budgets of about a share of what there could be, for names that something counts against."""
    rows, found = _columns(given), {}
    many = len(rows_of(given)) / max(1, len(rows))
    for dimension in ("total", "attention", "channel", "slot", "campaign"):
        names = [None] if dimension in ("total", "attention") else sorted(set(np.ravel(given[dimension]).tolist()))
        there = {name: used(rows, dimension, name) for name in names if random.random() < 0.7}
        amounts = {name: float(np.floor(share * many * all_of)) for name, all_of in there.items() if all_of > 0}
        if amounts:
            found[dimension] = amounts.get(None) if None in amounts else amounts
    return found


def _floors(given: dict[str, Any], random: np.random.Generator) -> dict[str, Any]:
    """Floors on some of what has a budget, below it."""
    found: dict[str, Any] = {}
    for dimension, amounts in given["budgets"].items():
        if isinstance(amounts, dict):
            found[dimension] = {
                name: float(np.floor(amount * random.random() * 0.8)) for name, amount in amounts.items()
            }
    return found


def _columns(given: dict[str, Any]) -> list[dict[str, Any]]:
    names = ("channel", "slot", "campaign", "sends", "attention")
    return [{name: given[name][row] for name in names} for row in range(len(given["channel"]))]


def many(people: int = 60_000, options: int = 10) -> dict[str, Any]:
    """A problem that takes a while to solve to the last digit."""
    random = np.random.default_rng(1)
    value = random.random((people, options), np.float32) * random.random((1, options), np.float32)
    campaign = np.arange(options) % 5
    budgets = {"total": people // 3, "campaign": {name: people // 12 for name in range(5)}}
    return {"value": value, "campaign": campaign, "caps": {"person": 2}, "budgets": budgets}
