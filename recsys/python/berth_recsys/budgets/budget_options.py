"""What could be sent: the options, against which limits each counts, and which of a person's caps hold it.

Where each candidate comes with names of its own, those that count alike become one option: the solver needs no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import as_array, require_real
from ..errors import InvalidInput
from .budget_candidates import chunks
from .budget_caps import Cap, PersonCaps
from .budget_limits import NAMED, Limits, label
from .budget_problems import Problems, near
from .name_column import NameColumn, name_column

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Attributes:
    """Columns of n rows, options or candidates. What was not given is not there; sends then are 1, attention 0."""

    rows: int
    names: Mapping[str, NameColumn]
    numbers: Mapping[str, npt.NDArray[Any]]

    def sends(self, rows: slice = slice(None)) -> Float64:
        """How much each counts against all budgets but attention."""
        return self._number("sends", 1.0, rows)

    def attention(self, rows: slice = slice(None)) -> Float64:
        """How much each counts against the attention budget."""
        return self._number("attention", 0.0, rows)

    def taken(self, rows: npt.NDArray[Any]) -> Attributes:
        """Those of some rows."""
        return Attributes(
            len(rows),
            {name: column.taken(rows) for name, column in self.names.items()},
            {name: column[rows] for name, column in self.numbers.items()},
        )

    def _number(self, name: str, otherwise: float, rows: slice) -> Float64:
        column = self.numbers.get(name)
        if column is None:
            return np.full(len(range(*rows.indices(self.rows))), otherwise)
        return column[rows].astype(np.float64)


def attributes_of(given: Mapping[str, Any], rows: int | None, what: str, problems: Problems) -> Attributes:
    """Reads channel, slot, campaign, content, sends and attention: one value for each of `rows`, which `what` names.

    Without `rows`, the first column says how many there are.
    """
    names: dict[str, NameColumn] = {}
    numbers: dict[str, npt.NDArray[Any]] = {}
    for name in NAMED:
        if given.get(name) is not None:
            with problems.collecting():
                column = name_column(name, given[name], has_many=name == "content")
                rows = _same_length(name, len(column), rows, what)
                names[name] = column
    for name in ("sends", "attention"):
        if given.get(name) is not None and np.ndim(given[name]) > 0:
            with problems.collecting():
                numbers[name] = _weights(name, as_array(name, given[name]))
                rows = _same_length(name, len(numbers[name]), rows, what)
    for name in ("sends", "attention"):
        if given.get(name) is not None and np.ndim(given[name]) == 0:
            with problems.collecting():
                one = _weights(name, as_array(name, [given[name]]))
                numbers[name] = np.broadcast_to(one, (rows or 0,))
    if "content" in names:
        with problems.collecting():
            _require_distinct(names["content"])
    return Attributes(rows or 0, names, numbers)


def _same_length(name: str, length: int, rows: int | None, what: str) -> int:
    if rows is not None and length != rows:
        raise InvalidInput(f"{name} has {length:,} values: want {rows:,}, one for each {what}", name)
    return length


def _weights(name: str, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    require_real(name, array.dtype)
    if array.ndim != 1:
        raise InvalidInput(f"{name} has shape {list(array.shape)}: want one number for each", name)
    good = (array >= 0) & (array < math.inf)
    if not np.all(good):
        row = int(np.argmin(good))
        raise InvalidInput(f"{name}[{row}] is {array[row].item()!r}: want a finite number from 0", name)
    return array


def _require_distinct(content: NameColumn) -> None:
    if content.codes.ndim != 2 or content.codes.shape[1] < 2:
        return
    for start, stop in chunks(len(content)):
        ordered = np.sort(content.codes[start:stop], axis=1)
        twice = ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any(axis=1)
        if twice.any():
            row = start + int(np.argmax(twice))
            raise InvalidInput(
                f"content[{row}] is {list(content.name(row))}: a slate holds each content at most once (-1: none)",
                "content",
            )


@dataclass(frozen=True)
class ChannelRule:
    """A group of options that a person's caps see: a channel with a cap of its own, or all the others."""

    name: Any
    cap: Cap
    is_counted: bool


@dataclass(frozen=True)
class OptionTable:
    """O options, those of option o against the limits `start[o]` … `start[o + 1]` - 1. Weights are positive."""

    start: npt.NDArray[np.uint32]
    limit: npt.NDArray[np.uint32]
    weight: Float64
    channel: npt.NDArray[np.uint16]
    rules: tuple[ChannelRule, ...]

    def __len__(self) -> int:
        return len(self.channel)

    def price_of(self, prices: Float64) -> Float64:
        """f64[O]: what each option costs in all at prices f64[K]."""
        each = self.weight * prices[self.limit]
        owner = np.repeat(np.arange(len(self)), np.diff(self.start))
        return np.bincount(owner, each, minlength=len(self)).astype(np.float64)

    def limits_of(self, option: int) -> tuple[npt.NDArray[np.uint32], Float64]:
        """The limits of one option, and its weights."""
        first, end = int(self.start[option]), int(self.start[option + 1])
        return self.limit[first:end], self.weight[first:end]


def option_table(attributes: Attributes, limits: Limits, caps: PersonCaps, problems: Problems) -> OptionTable:
    """The options of n rows. Adds limits that no row counts against, and caps that are not nested."""
    sends = attributes.sends()
    parts = [*_of_singles(attributes, sends, limits), *_of_names(attributes, sends, limits)]
    owner = np.concatenate([np.empty(0, np.int64), *(part.owner for part in parts)])
    place = np.concatenate([np.empty(0, np.int64), *(part.place for part in parts)])
    weight = np.concatenate([np.empty(0, np.float64), *(part.weight for part in parts)])
    order = np.argsort(owner, kind="stable")
    start = np.zeros(attributes.rows + 1, np.uint32)
    start[1:] = np.cumsum(np.bincount(owner, minlength=attributes.rows))
    channel, rules = _channels(attributes, sends, caps)
    if attributes.rows > 0:  # else there is nobody to say which names there are
        _check_unused(attributes, limits, np.bincount(place, minlength=len(limits)), problems)
        _check_channels(attributes, sends, caps, problems)
    return OptionTable(start, place[order].astype(np.uint32), weight[order], channel, rules)


@dataclass(frozen=True)
class _Incidences:
    """Rows, the limits they count against, and the weights they count with."""

    owner: Int64
    place: Int64
    weight: Float64


def _of_singles(attributes: Attributes, sends: Float64, limits: Limits) -> Iterator[_Incidences]:
    for dimension, weight in (("total", sends), ("attention", attributes.attention())):
        place = limits.places.get((dimension, None))
        if place is not None:
            rows = np.flatnonzero(weight > 0)
            yield _Incidences(rows, np.full(len(rows), place, np.int64), weight[rows])


def _of_names(attributes: Attributes, sends: Float64, limits: Limits) -> Iterator[_Incidences]:
    for dimension in NAMED:
        wanted = limits.names(dimension)
        column = attributes.names.get(dimension)
        if wanted and column is not None:
            codes = column.codes if column.codes.ndim == 2 else column.codes[:, None]
            found = column.finder(wanted)(codes)
            rows, at = np.nonzero((found >= 0) & (sends[:, None] > 0))
            yield _Incidences(rows, limits.first(dimension) + found[rows, at], sends[rows])


def _check_unused(attributes: Attributes, limits: Limits, uses: npt.NDArray[Any], problems: Problems) -> None:
    """Adds limits that nothing counts against: a name that is mistyped would else limit nothing, in silence."""
    unused: dict[str, list[Any]] = {}
    for place in np.flatnonzero(uses == 0).tolist():
        dimension, name = limits.keys[place]
        if dimension not in limits.loose or limits.floor[place] > 0:
            unused.setdefault(dimension, []).append(name)
    for dimension in limits.loose:
        column = attributes.names.get(dimension)
        if column is not None and column.names and dimension not in unused:
            problems.add(
                f"budgets.{dimension}",
                f"the limits of {dimension} are an array, by the numbers 0 … n - 1, and {dimension} are names such as "
                f"{column.names[0]!r}: want a dict by name",
            )
    for dimension, names in unused.items():
        why = _why_unused(attributes, dimension, names)
        others = f"{len(names) - 1:,} other{'s' if len(names) > 2 else ''}"
        more = f" (and {others} of {dimension})" if len(names) > 1 else ""
        problems.add(f"budgets.{dimension}", f"the limit of {label((dimension, names[0]))}{more} counts nothing: {why}")


def _why_unused(attributes: Attributes, dimension: str, names: list[Any]) -> str:
    column = attributes.names.get(dimension)
    if dimension in NAMED and column is None:
        return f"give {dimension}=, the {dimension} of each"
    if dimension == "attention" and "attention" not in attributes.numbers:
        return "give attention=, what each costs"
    if column is not None:
        known = dict.fromkeys(column.distinct())
        unknown = next((name for name in names if name not in known), None)
        if unknown is not None:
            return f"no {dimension} is called {unknown!r}.{near(unknown, known)}"
    number = "attention" if dimension == "attention" else "sends"
    return f"all that is in it has {number} = 0"


def _channels(
    attributes: Attributes, sends: Float64, caps: PersonCaps
) -> tuple[npt.NDArray[np.uint16], tuple[ChannelRule, ...]]:
    """The group of each row, and the groups: the channels with caps, then what counts as a send, then what does not."""
    counted = sends > 0
    found, capped = _capped_channels(attributes, caps)
    rules = [ChannelRule(name, caps.channel[name], bool(counted[found == at].any())) for at, name in enumerate(capped)]
    others = found < 0
    for is_counted in (True, False):
        rest = others & (counted == is_counted)
        if rest.any() or (is_counted and not rules):
            found[rest] = len(rules)
            rules.append(ChannelRule(None, None, is_counted))
    return found.astype(np.uint16), tuple(rules)


def _capped_channels(attributes: Attributes, caps: PersonCaps) -> tuple[Int64, list[Any]]:
    """The place of each row's channel among those with a cap, -1 for none, and these."""
    capped = [name for name, cap in caps.channel.items() if cap is not None]
    column = attributes.names.get("channel")
    if column is None:
        return np.full(attributes.rows, -1, np.int64), []
    return column.finder(capped)(column.codes), capped


def _check_channels(attributes: Attributes, sends: Float64, caps: PersonCaps, problems: Problems) -> None:
    """Adds caps of channels that are not there, and of those that count against the person's cap in part."""
    column = attributes.names.get("channel")
    known = {} if column is None else dict.fromkeys(column.distinct())
    for name in caps.channel:
        if column is None:
            problems.add("caps.channel", f"caps.channel has {name!r}: give channel=, the channel of each")
        elif name not in known:
            problems.add("caps.channel", f"caps.channel: no channel is called {name!r}.{near(name, known)}")
    found, capped = _capped_channels(attributes, caps)
    for at, name in enumerate(capped):
        counted = sends[found == at] > 0
        if counted.any() and not counted.all():
            problems.add(
                "sends",
                f"sends: some of the channel {name!r} are 0 and others are not: a channel with a cap counts against "
                "the person's cap as a whole or not at all. Split the channel in two",
            )
