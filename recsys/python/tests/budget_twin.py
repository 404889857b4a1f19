"""The limits of a budget problem, slow and obvious: what every plan is held against, from the columns as given."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

TOLERANCE = 1e-9


def rows_of(given: dict[str, Any]) -> list[dict[str, Any]]:
    """One dict for each candidate: person, value, and what its columns say."""
    value = np.asarray(given["value"], np.float32)
    dense = value.ndim == 2
    person = np.repeat(np.arange(len(value)), value.shape[1]) if dense else np.asarray(given["person"])
    option = np.tile(np.arange(value.shape[1]), len(value)) if dense else given.get("option")
    rows = []
    for candidate, (who, worth) in enumerate(zip(person.tolist(), value.reshape(-1).tolist(), strict=True)):
        row = candidate if option is None else int(option[candidate])
        columns = {name: given[name][row] for name in ("channel", "slot", "campaign", "content") if name in given}
        sends = float(given["sends"][row]) if "sends" in given else 1.0
        attention = float(given["attention"][row]) if "attention" in given else 0.0
        rows.append({"person": who, "value": worth, "sends": sends, "attention": attention, **columns})
    return rows


def used(rows: Iterable[dict[str, Any]], dimension: str, name: Any) -> float:
    """How much of a limit the rows use."""
    total = 0.0
    for row in rows:
        if dimension == "attention":
            total += row["attention"]
        elif dimension == "total" or name in np.atleast_1d(np.asarray(row[dimension], object)).tolist():
            total += row["sends"]
    return total


def violations(given: dict[str, Any], send: np.ndarray) -> list[str]:
    """Every cap, floor and exclusion that the plan does not keep."""
    rows = rows_of(given)
    sent = [row for row, is_sent in zip(rows, send.reshape(-1).tolist(), strict=True) if is_sent]
    found = []
    for what, sign in (("budgets", 1), ("floors", -1)):
        for dimension, amounts in given.get(what, {}).items():
            named = amounts if isinstance(amounts, dict) else {None: amounts}
            for name, amount in named.items():
                if sign * used(sent, dimension, name) > sign * amount + TOLERANCE * max(1.0, abs(amount)):
                    found.append(f"{what} {dimension} {name}: {used(sent, dimension, name)} against {amount}")
    people = {row["person"] for row in sent}
    for person in people:
        theirs = [row for row in sent if row["person"] == person]
        if sum(row["sends"] > 0 for row in theirs) > cap_for(given.get("caps", {}).get("person"), person):
            found.append(f"person {person} gets too many")
        for channel, cap in given.get("caps", {}).get("channel", {}).items():
            if sum(row["channel"] == channel for row in theirs) > cap_for(cap, person):
                found.append(f"person {person} gets too many of {channel}")
    if "exclude" in given and np.any(np.asarray(given["exclude"]) & send):
        found.append("an excluded candidate is sent")
    return found


def bound_of(given: dict[str, Any], prices: dict[tuple[str, Any], float]) -> float:
    """What no plan can beat, from prices alone: everybody's best choice after paying them, and what the limits cost."""
    rows = rows_of(given)
    excluded = np.broadcast_to(given.get("exclude", False), np.shape(given["value"])).reshape(-1).tolist()
    bound = sum(_of_limit(given, key, price) for key, price in prices.items())
    for person in {row["person"] for row in rows}:
        theirs = [row for row, is_out in zip(rows, excluded, strict=True) if row["person"] == person and not is_out]
        bound += sum(_chosen(given, [(_margin(row, prices), row) for row in theirs], person))
    return bound


def _of_limit(given: dict[str, Any], key: tuple[str, Any], price: float) -> float:
    dimension, name = key
    amount = given["budgets" if price > 0 else "floors"][dimension] if price != 0 else 0.0
    return price * (amount if np.ndim(amount) == 0 and not isinstance(amount, dict) else amount[name])


def _margin(row: dict[str, Any], prices: dict[tuple[str, Any], float]) -> float:
    return float(row["value"] - sum(price * used([row], *key) for key, price in prices.items()))


def _chosen(given: dict[str, Any], margins: list[tuple[float, dict[str, Any]]], person: int) -> list[float]:
    """The margins of a person's best choice: greedy, which is best where caps are nested."""
    caps = given.get("caps", {})
    left = {name: cap_for(cap, person) for name, cap in caps.get("channel", {}).items()}
    room, chosen = cap_for(caps.get("person"), person), []
    for margin, row in sorted(margins, key=lambda pair: -pair[0]):
        counts = int(row["sends"] > 0)
        if margin > 0 and left.get(row["channel"], 1) >= 1 and room >= counts:
            left[row["channel"]] = left.get(row["channel"], math.inf) - 1
            room -= counts
            chosen.append(margin)
    return chosen


def cap_for(cap: Any, person: int) -> float:
    """What a person may get."""
    return math.inf if cap is None else float(cap if np.ndim(cap) == 0 else cap[person])
