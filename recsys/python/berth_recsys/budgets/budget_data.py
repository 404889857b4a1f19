"""A budget problem in the shape that the solver takes, and the way back: from its numbers to names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import as_array
from ..errors import InvalidInput
from .budget_candidates import Candidates, candidates_of, chunks, with_people
from .budget_caps import PersonCaps, person_caps
from .budget_exclusions import Exclusion, given_exclusion
from .budget_limits import Limits, limits_of
from .budget_options import Attributes, OptionTable, attributes_of, option_table
from .budget_problems import Problems
from .name_column import NameColumn
from .option_groups import option_groups
from .quiet_hours import QuietHours, quiet_table

OptionsOf = Callable[[int, int], npt.NDArray[Any]]

_INT32_MAX = 2**31 - 1
# As the runtime has them.
_OPTIONS_MAX = 2**24
_LIMITS_MAX = 150_000
_CHANNELS_MAX = 256


@dataclass(frozen=True)
class BudgetData:
    """All that was given, checked. `attributes` have one row for each option (`by_option`), or for each candidate.

    option  int[V]: the option of each candidate; None where everybody has the same
    """

    candidates: Candidates
    option: npt.NDArray[Any] | None
    by_option: bool
    attributes: Attributes
    limits: Limits
    caps: PersonCaps
    table: OptionTable
    exclusions: tuple[Exclusion, ...]

    def options(self, start: int, stop: int) -> npt.NDArray[np.int32]:
        """The options of the candidates start … stop - 1, in the table."""
        if self.option is None:
            return (np.arange(start, stop, dtype=np.int64) % self.candidates.columns).astype(np.int32)
        return self.option[start:stop].astype(np.int32)

    def values(self, start: int, stop: int) -> npt.NDArray[np.float32]:
        """What the solver gets: -infinity where a candidate is excluded."""
        values = self.candidates.values(start, stop)
        if self.exclusions:
            values[self.excluded(start, stop)] = -np.inf
        return values

    def excluded(self, start: int, stop: int) -> npt.NDArray[np.bool_]:
        """Which of the candidates start … stop - 1 must not be sent."""
        found = np.zeros(stop - start, np.bool_)
        for exclusion in self.exclusions:
            found |= exclusion.mask(start, stop)
        return found

    def attribute_row(self, candidate: int) -> int:
        """Where the names of a candidate stand."""
        return int(self.options(candidate, candidate + 1)[0]) if self.by_option else candidate

    def name(self, dimension: str, candidate: int) -> Any:
        """The channel, slot, campaign or content of a candidate; None where there is none."""
        column = self.attributes.names.get(dimension)
        return None if column is None else column.name(self.attribute_row(candidate))


def budget_data(given: Mapping[str, Any]) -> BudgetData:
    """Reads the arguments of `Budget`. Raises one InvalidInput that names all that is wrong."""
    problems = Problems()
    candidates = candidates_of(given["value"], given.get("person"), problems)
    caps = person_caps(given.get("caps"), problems)
    limits = limits_of(given.get("budgets"), given.get("floors"), problems)
    if len(limits) > _LIMITS_MAX:
        problems.add("budgets", f"budgets and floors are {len(limits):,} limits: want at most {_LIMITS_MAX:,}")
    option, attributes, by_option = _attributes(given, candidates, problems)
    candidates = _with_all_people(candidates, caps, given.get("quiet"), problems)
    exclusions = _exclusions(given, candidates, option, attributes, by_option, problems)
    problems.raise_any()
    if by_option:
        first = np.arange(attributes.rows)
    else:
        option, first = option_groups(attributes, limits, caps)
    if len(first) > _OPTIONS_MAX:
        raise InvalidInput(
            f"there are {len(first):,} options that count differently: want at most {_OPTIONS_MAX:,}. Round sends and "
            "attention, or leave out budgets of content",
            "option",
        )
    rows = attributes if by_option else attributes.taken(first)
    table = option_table(rows, limits, caps, problems)
    if len(table.rules) > _CHANNELS_MAX:
        problems.add(
            "caps.channel",
            f"caps.channel has {len(caps.channel):,} channels: with all others want at most {_CHANNELS_MAX}",
        )
    problems.raise_any()
    return BudgetData(candidates, option, by_option, attributes, limits, caps, table, exclusions)


def _attributes(
    given: Mapping[str, Any], candidates: Candidates, problems: Problems
) -> tuple[npt.NDArray[Any] | None, Attributes, bool]:
    if candidates.is_dense:
        if given.get("option") is not None:
            problems.add(
                "option", "option: where value is [P, J], the option is the column: give value and person ragged"
            )
        return None, attributes_of(given, candidates.columns, "option", problems), True
    if given.get("option") is None:
        return None, attributes_of(given, len(candidates), "candidate", problems), False
    option: npt.NDArray[Any] = np.zeros(len(candidates), np.int32)
    with problems.collecting():
        option = _option_column(given["option"], len(candidates))
    most = _largest(option)
    if not any(np.ndim(given[name]) > 0 for name in _COLUMNS if given.get(name) is not None):
        return option, attributes_of(given, most + 1, "option", problems), True
    attributes = attributes_of(given, None, "option", problems)
    if most >= attributes.rows:
        problems.add(
            "option",
            f"option goes up to {most:,}, and there are {attributes.rows:,} of each of its columns: want all below",
        )
    return option, attributes, True


_COLUMNS = ("channel", "slot", "campaign", "content", "sends", "attention")


def _option_column(value: Any, count: int) -> npt.NDArray[Any]:
    array = as_array("option", value)
    if array.shape != (count,):
        raise InvalidInput(f"option has shape {list(array.shape)}: want {count:,}, one for each candidate", "option")
    if array.dtype.kind not in "iu" and count > 0:
        raise InvalidInput(
            f"option is of dtype {array.dtype}: want numbers from 0. From names: names, option = np.unique(names, "
            "return_inverse=True)",
            "option",
        )
    for start, stop in chunks(count):
        part = array[start:stop]
        if part.min() < 0 or part.max() > _INT32_MAX:
            row = start + int(np.argmax((part < 0) | (part > _INT32_MAX)))
            raise InvalidInput(f"option[{row}] is {array[row]}: want numbers from 0", "option")
    return array


def _largest(option: npt.NDArray[Any]) -> int:
    return max((int(option[start:stop].max()) for start, stop in chunks(len(option))), default=-1)


def _with_all_people(candidates: Candidates, caps: PersonCaps, quiet: Any, problems: Problems) -> Candidates:
    """Caps and time zones may speak of people who have no candidates."""
    if not candidates.is_dense:
        zones = quiet.zone if isinstance(quiet, QuietHours) and hasattr(quiet.zone, "__len__") else ()
        candidates = with_people(candidates, max(len(zones), *caps.lengths.values(), 0))
    for name, length in caps.lengths.items():
        if length != candidates.people:
            problems.add("caps", f"{name} has {length:,} values: want {candidates.people:,}, one for each person")
    return candidates


def _exclusions(
    given: Mapping[str, Any],
    candidates: Candidates,
    option: npt.NDArray[Any] | None,
    attributes: Attributes,
    by_option: bool,
    problems: Problems,
) -> tuple[Exclusion, ...]:
    option_of = _option_numbers(candidates, option)
    found: list[Exclusion] = []
    if given.get("exclude") is not None:
        with problems.collecting():
            found.append(given_exclusion(given["exclude"], candidates, option_of))
    if given.get("quiet") is not None:
        slot = attributes.names.get("slot")
        with problems.collecting():
            found.append(_quiet(given["quiet"], candidates, slot, option_of if by_option else None))
    return tuple(found)


def _option_numbers(candidates: Candidates, option: npt.NDArray[Any] | None) -> OptionsOf | None:
    """The options by the caller's numbers; None where the caller has none."""
    if candidates.is_dense:
        return lambda start, stop: np.arange(start, stop, dtype=np.int64) % candidates.columns
    return None if option is None else lambda start, stop: option[start:stop]


def _quiet(
    quiet: Any,
    candidates: Candidates,
    slot: NameColumn | None,
    option_of: OptionsOf | None,
) -> Exclusion:
    table = quiet_table(quiet, slot, candidates.people)
    assert slot is not None  # the table has seen to it
    find = slot.finder(table.slot_names)

    def slots(start: int, stop: int) -> npt.NDArray[np.int64]:
        return find(slot.codes[start:stop] if option_of is None else slot.codes[option_of(start, stop)])

    def mask(start: int, stop: int) -> npt.NDArray[np.bool_]:
        return table.mask(candidates.persons(start, stop), slots(start, stop))

    def story(candidate: int) -> str:
        return table.story(candidates.person_of(candidate), int(slots(candidate, candidate + 1)[0]))

    return Exclusion("quiet hours", mask, story)


def with_limits(data: BudgetData, budgets: Any, floors: Any) -> BudgetData:
    """The same problem with other numbers in its limits. Raises InvalidInput."""
    return replace(data, limits=data.limits.with_changes(budgets, floors))
