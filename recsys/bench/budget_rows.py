"""A budget problem as the rows of a linear program, straight from the columns that a user gives.

It follows the documentation of `berth_recsys.Budget` and shares no code with it: what the proof compares is not to be
wrong in the same way twice. People's own caps are rows like all others; one that cannot bind is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

NAMED = ("channel", "slot", "campaign", "content")
"""What has limits by name; `total` and `attention` have one limit each."""


@dataclass(frozen=True)
class Rows:
    """maximise value · x such that low ≤ A x ≤ high, 0 ≤ x ≤ 1, and x = 0 where a candidate is not open."""

    value: np.ndarray  # f64[V]
    is_open: np.ndarray  # bool[V]
    start: np.ndarray  # of each row in `candidate` and `weight`, and the end: int64[R + 1]
    candidate: np.ndarray
    weight: np.ndarray
    low: np.ndarray  # f64[R]; 0 where there is no floor
    high: np.ndarray  # f64[R]; inf where there is no cap
    names: list[tuple[str, Any]]  # of the first rows, which bind people together; the others are people's own
    people: int

    def activity(self, x: np.ndarray) -> np.ndarray:
        """A x."""
        row = np.repeat(np.arange(len(self.low)), np.diff(self.start))
        return np.bincount(row, self.weight * x[self.candidate], len(self.low))


@dataclass(frozen=True)
class _Columns:
    """All columns with an entry for each candidate."""

    value: np.ndarray
    person: np.ndarray
    is_open: np.ndarray
    sends: np.ndarray
    attention: np.ndarray | None
    named: dict[str, np.ndarray]
    people: int


@dataclass(frozen=True)
class _Block:
    """Some rows: entries as (row, candidate, weight), and what each row may be."""

    row: np.ndarray
    candidate: np.ndarray
    weight: np.ndarray
    low: np.ndarray
    high: np.ndarray


def rows_of(arguments: dict[str, Any]) -> Rows:
    """The rows of what `Budget(**arguments)` means."""
    columns = _columns(arguments)
    names, shared = _limits(arguments, columns)
    blocks = [*shared, *_own_caps(arguments.get("caps", {}), columns)]
    offsets = np.cumsum([0, *(len(block.low) for block in blocks)])
    row = np.concatenate([block.row + offset for block, offset in zip(blocks, offsets, strict=False)])
    order = np.argsort(row, kind="stable")
    return Rows(
        value=columns.value,
        is_open=columns.is_open,
        start=np.concatenate([[0], np.cumsum(np.bincount(row, minlength=offsets[-1]))]),
        candidate=np.concatenate([block.candidate for block in blocks])[order],
        weight=np.concatenate([block.weight for block in blocks])[order].astype(np.float64),
        low=np.concatenate([block.low for block in blocks]).astype(np.float64),
        high=np.concatenate([block.high for block in blocks]).astype(np.float64),
        names=names,
        people=columns.people,
    )


def _columns(arguments: dict[str, Any]) -> _Columns:
    value = np.asarray(arguments["value"])
    is_dense = value.ndim == 2
    person = np.repeat(np.arange(len(value)), value.shape[1]) if is_dense else np.asarray(arguments["person"])
    option = np.tile(np.arange(value.shape[1]), len(value)) if is_dense else arguments.get("option")

    def each(name: str) -> np.ndarray | None:
        column = arguments.get(name)
        return column if column is None or option is None else np.asarray(column)[option]

    sends, exclude = each("sends"), arguments.get("exclude")
    per_person = [cap for cap in _all_caps(arguments) if isinstance(cap, np.ndarray)]
    return _Columns(
        value=value.ravel().astype(np.float64),
        person=person,
        is_open=np.ones(value.size, bool) if exclude is None else ~np.asarray(exclude).ravel(),
        sends=np.ones(value.size) if sends is None else np.asarray(sends, np.float64),
        attention=each("attention"),
        named={name: column for name in NAMED if (column := each(name)) is not None},
        people=max([int(person.max()) + 1, *map(len, per_person)]),
    )


def _all_caps(arguments: dict[str, Any]) -> list[int | np.ndarray]:
    caps = arguments.get("caps", {})
    return [*([caps["person"]] if "person" in caps else []), *caps.get("channel", {}).values()]


def _limits(arguments: dict[str, Any], columns: _Columns) -> tuple[list[tuple[str, Any]], list[_Block]]:
    names: list[tuple[str, Any]] = []
    blocks = []
    budgets, floors = arguments.get("budgets", {}), arguments.get("floors", {})
    for kind in dict.fromkeys([*budgets, *floors]):
        high, low = budgets.get(kind), floors.get(kind)
        if kind in NAMED:
            found, block = _by_name(columns.named[kind], columns.sends, _as_dict(high), _as_dict(low))
            names += [(kind, name) for name in found]
        else:
            weight = columns.attention if kind == "attention" else columns.sends
            block = _over_all(np.asarray(weight, np.float64), high, low)
            names.append((kind, None))
        blocks.append(block)
    return names, blocks


def _as_dict(limits: Any) -> dict[Any, float]:
    if limits is None:
        return {}
    return limits if isinstance(limits, dict) else dict(enumerate(np.asarray(limits).tolist()))


def _over_all(weight: np.ndarray, high: float | None, low: float | None) -> _Block:
    candidate = np.flatnonzero(weight)
    bounds = [0.0 if low is None else low], [np.inf if high is None else high]
    return _Block(np.zeros(len(candidate), int), candidate, weight[candidate], *map(np.array, bounds))


def _by_name(
    column: np.ndarray, sends: np.ndarray, high: dict[Any, float], low: dict[Any, float]
) -> tuple[list[Any], _Block]:
    """A row for each name; the column may have several entries a candidate."""
    names = sorted({*high, *low})
    labels = np.array(names)
    entries = column.reshape(len(sends), -1)
    at = np.minimum(np.searchsorted(labels, entries), len(names) - 1)
    candidate, place = np.nonzero((labels[at] == entries) & (sends != 0)[:, None])
    return names, _Block(
        row=at[candidate, place],
        candidate=candidate,
        weight=sends[candidate],
        low=np.array([low.get(name, 0.0) for name in names]),
        high=np.array([high.get(name, np.inf) for name in names]),
    )


def _own_caps(caps: dict[str, Any], columns: _Columns) -> list[_Block]:
    blocks = []
    counted = columns.is_open & (columns.sends > 0)
    if "person" in caps:
        blocks.append(_own_cap(columns, counted, caps["person"]))
    for channel, cap in caps.get("channel", {}).items():
        blocks.append(_own_cap(columns, columns.is_open & (columns.named["channel"] == channel), cap))
    return blocks


def _own_cap(columns: _Columns, mask: np.ndarray, cap: int | np.ndarray) -> _Block:
    """Rows of the people who have more of these candidates than they may get."""
    have = np.bincount(columns.person[mask], minlength=columns.people)
    most = np.broadcast_to(np.asarray(cap), have.shape)
    binds = have > most
    candidate = np.flatnonzero(mask & binds[columns.person])
    row = np.cumsum(binds) - 1
    return _Block(
        row=row[columns.person[candidate]],
        candidate=candidate,
        weight=np.ones(len(candidate)),
        low=np.zeros(int(binds.sum())),
        high=most[binds],
    )
