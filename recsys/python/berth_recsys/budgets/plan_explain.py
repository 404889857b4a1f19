"""The story of a candidate: why it is sent, or is not, and what would change it."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .budget_limits import Float64, Key, label
from .plan_reasons import REASONS, Crowd, FullCaps, PricedPlan, crowd_of, full_caps, reason_codes


@dataclass(frozen=True)
class Explanation:
    """The story of one candidate.

    reason         'sent', 'fills', 'excluded', 'no value', 'price', 'cap', 'full' or 'rest': see `Plan.reasons`
    price          what its limits cost in all, in units of value; `costs` by limit, without those that cost nothing
    margin         value - price
    binding        the limits that are full for it, or whose price is not zero
    took_place     the person's candidates that fill the cap it would need
    needed_value   above this value it would be sent, if prices stay; None if it is sent, or a value alone would not do
    option         by the number that `option=` gave it, or its column in [P, J]; None where there are neither
    """

    candidate: int
    person: int
    sent: bool
    reason: str
    text: str
    value: float
    price: float
    margin: float
    costs: dict[Key, float] = field(default_factory=dict)
    binding: tuple[Key, ...] = ()
    took_place: tuple[int, ...] = ()
    needed_value: float | None = None
    names: dict[str, Any] = field(default_factory=dict)
    option: int | None = None

    def __str__(self) -> str:
        named = ", ".join(f"{dimension} {name}" for dimension, name in self.names.items() if name is not None)
        named = named or ("" if self.option is None else f"option {self.option}")
        what = f"candidate {self.candidate} of person {self.person}{f' ({named})' if named else ''}"
        return f"{what}: {'sent' if self.sent else 'not sent'}: {self.text}"

    def _repr_html_(self) -> str:
        return _table([self])


class Explanations(Sequence[Explanation]):
    """The stories of all of a person's candidates."""

    def __init__(self, person: int, stories: Sequence[Explanation]) -> None:
        self.person = person
        self._stories = tuple(stories)

    def __getitem__(self, index: Any) -> Any:
        return self._stories[index]

    def __len__(self) -> int:
        return len(self._stories)

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self._stories)

    def __str__(self) -> str:
        return "\n".join(map(str, self._stories)) or f"person {self.person} has no candidates"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return _table(self._stories) if self._stories else html.escape(str(self))


def _table(stories: Sequence[Explanation]) -> str:
    head = "".join(f"<th>{each}</th>" for each in ("candidate", "what", "", "value", "price", "margin", "why"))
    rows = []
    for story in stories:
        named = ", ".join(_named(*each) for each in story.names.items() if each[1] is not None)
        named = named or ("" if story.option is None else f"option {story.option}")
        cells = (str(story.candidate), named, "sent" if story.sent else "not sent", f"{story.value:.4g}")
        more = (f"{story.price:.4g}", f"{story.margin:.4g}", story.text)
        rows.append("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in (*cells, *more)) + "</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _named(dimension: str, name: Any) -> str:
    """A text says by itself what it is; a number does not."""
    return name if isinstance(name, str) else f"{dimension} {name}"


@dataclass(frozen=True)
class PersonView:
    """What one person could get, and what became of it."""

    plan: PricedPlan
    person: int
    crowd: Crowd
    caps: FullCaps
    reason: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.reason)

    @property
    def margin(self) -> Float64:
        """Value less price, of each candidate."""
        return self.crowd.margin


def person_view(plan: PricedPlan, person: int) -> PersonView:
    """Gathers it."""
    crowd = crowd_of(plan, *plan.data.candidates.span(person))
    reason = tuple(REASONS[code] for code in reason_codes(plan, crowd).tolist())
    return PersonView(plan, person, crowd, full_caps(plan, crowd), reason)


def explained(view: PersonView, place: int) -> Explanation:
    """The story of the person's candidate at a place."""
    return _TELLERS[view.reason[place]](view, place)


def _sent(view: PersonView, place: int) -> Explanation:
    price = view.crowd.price[place]
    return _story(view, place, f"worth {view.margin[place]:.4g} more than its price of {price:.4g}")


def _fills(view: PersonView, place: int) -> Explanation:
    price = view.crowd.price[place]
    text = f"worth no more than its price of {price:.4g}, but it uses what was left, or a floor wanted it"
    return _story(view, place, text)


def _excluded(view: PersonView, place: int) -> Explanation:
    candidate = view.crowd.first + place
    for exclusion in view.plan.data.exclusions:
        if exclusion.mask(candidate, candidate + 1)[0]:
            return _story(view, place, f"{exclusion.reason}: {exclusion.story(candidate)}")
    raise AssertionError("an exclusion without a cause")


def _worthless(view: PersonView, place: int) -> Explanation:
    text = f"its value of {view.crowd.value[place]:.4g} is not above 0"
    takers, needed = _needed(view, place)
    return _story(view, place, text, (), takers, needed)


def _too_dear(view: PersonView, place: int) -> Explanation:
    value, price = float(view.crowd.value[place]), float(view.crowd.price[place])
    costs = _costs(view, place)
    dear = _joined([f"{label(key)} {cost:.4g}" for key, cost in costs.items()])
    text = f"its value of {value:.4g} is not above its price of {price:.4g}: {dear}"
    takers, needed = _needed(view, place)
    if needed is None:
        text += f"; and {_cap_name(view, place)} is 0"
    elif needed > price:
        text += f"; and {_cap_name(view, place)} is full: above a value of {needed:.4g} it would be sent"
    return _story(view, place, text, tuple(key for key, cost in costs.items() if cost > 0), takers, needed)


def _needed(view: PersonView, place: int) -> tuple[tuple[int, ...], float | None]:
    """Who fills the cap that it would need, and above which value it would be sent: None if that cap is 0.

    It has to be worth more than its price and, where the cap is full, by more than the least of those that fill it.
    """
    price, takers = float(view.crowd.price[place]), _takers(view, place)
    if not (view.caps.channel[place] or view.caps.person[place]):
        return takers, price
    return takers, price + max(0.0, float(view.caps.weakest[place])) if takers else None


def _outdone(view: PersonView, place: int) -> Explanation:
    takers = _takers(view, place)
    if not takers:
        return _story(view, place, f"{_cap_name(view, place)} is 0")
    which = _joined([f"candidate {view.crowd.first + taker} (margin {view.margin[taker]:.4g})" for taker in takers])
    needed = float(view.crowd.price[place] + view.caps.weakest[place])
    text = (
        f"its margin of {view.margin[place]:.4g} is not above what fills {_cap_name(view, place)} of {len(takers)}: "
        f"{which}; above a value of {needed:.4g} it would be sent"
    )
    return _story(view, place, text, (), takers, needed)


def _cap_name(view: PersonView, place: int) -> str:
    if view.caps.channel[place]:
        return f"the person's cap for channel {view.plan.data.table.rules[view.crowd.group[place]].name}"
    return "the person's cap"


def _no_room(view: PersonView, place: int) -> Explanation:
    full = _full_limits(view, place)
    names = _joined([f"{label(key)} ({_used(view, key)})" for key in full])
    text = f"worth {view.margin[place]:.4g} more than its price, but {names} has no room left"
    return _story(view, place, text, full)


def _left(view: PersonView, place: int) -> Explanation:
    takers = _takers(view, place)
    left = "another one was kept in its place" if takers else "it was left out"
    text = f"worth {view.margin[place]:.4g} more than its price; {left} when the plan was rounded to whole messages"
    return _story(view, place, text, (), takers)


_TELLERS: dict[str, Callable[[PersonView, int], Explanation]] = {
    "sent": _sent,
    "fills": _fills,
    "excluded": _excluded,
    "no value": _worthless,
    "price": _too_dear,
    "cap": _outdone,
    "full": _no_room,
    "rest": _left,
}


def _takers(view: PersonView, place: int) -> tuple[int, ...]:
    """The person's sent candidates in the narrowest full cap that the one at a place would need."""
    crowd, rules = view.crowd, view.plan.data.table.rules
    if view.caps.channel[place]:
        return tuple(np.flatnonzero(crowd.sent & (crowd.group == crowd.group[place])).tolist())
    if view.caps.person[place]:
        counted = np.array([rule.is_counted for rule in rules])
        return tuple(np.flatnonzero(crowd.sent & counted[crowd.group]).tolist())
    return ()


def _full_limits(view: PersonView, place: int) -> tuple[Key, ...]:
    """The limits that one more would break."""
    table, limits = view.plan.data.table, view.plan.data.limits
    first, end = table.start[view.crowd.option[place] :][:2].tolist()
    return tuple(limits.keys[limit] for limit in table.limit[first:end][view.plan.full_limit[first:end]].tolist())


def _costs(view: PersonView, place: int) -> dict[Key, float]:
    """What the limits cost that cost anything, by limit."""
    limits, weights = view.plan.data.table.limits_of(int(view.crowd.option[place]))
    each = weights * view.plan.prices[limits]
    keys = [view.plan.data.limits.keys[limit] for limit in limits.tolist()]
    return {key: cost for key, cost in zip(keys, each.tolist(), strict=True) if cost != 0}


def _used(view: PersonView, key: Key) -> str:
    limits = view.plan.data.limits
    return f"{view.plan.usage[limits.places[key]]:g} of {limits.cap[limits.places[key]]:g}"


def _story(
    view: PersonView,
    place: int,
    text: str,
    binding: tuple[Key, ...] = (),
    takers: tuple[int, ...] = (),
    needed: float | None = None,
) -> Explanation:
    data, crowd = view.plan.data, view.crowd
    candidate = crowd.first + place
    costs = _costs(view, place)
    return Explanation(
        candidate,
        view.person,
        bool(crowd.sent[place]),
        view.reason[place],
        text,
        float(crowd.value[place]),
        float(crowd.price[place]),
        float(view.margin[place]),
        costs,
        binding or tuple(costs),
        tuple(crowd.first + taker for taker in takers),
        needed,
        {dimension: data.name(dimension, candidate) for dimension in data.attributes.names},
        int(crowd.option[place]) if data.by_option else None,
    )


def _joined(parts: list[str]) -> str:
    shown = [*parts[:4], *([f"{len(parts) - 4} more"] if len(parts) > 4 else [])]
    return " and ".join(shown)
