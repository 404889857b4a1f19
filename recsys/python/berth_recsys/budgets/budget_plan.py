"""A plan: who gets what, what it is worth, and the bound that no plan can beat."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data_frame import data_frame
from ..errors import InvalidInput
from .budget_candidates import chunks
from .budget_data import BudgetData
from .budget_limits import ByLimit
from .budget_pictures import draw_plan
from .budget_solution import Solution
from .decision_plan import decision_plan
from .name_column import NameColumn
from .plan_explain import Explanations, explained, person_view
from .plan_reasons import PricedPlan, count_reasons
from .plan_table import gap_text, plan_table


class Plan:
    """What a solve has found. It keeps every cap; `value` ≤ the best possible ≤ `bound`.

    status       'certified': the gap is what was wanted, or less, and every floor is kept; 'partial': the best that was
                 found (`reason`: until the 'deadline', until it was 'stopped', in so many 'passes'; it has 'converged',
                 and more passes would not help; or it misses 'floors', by `shortfall`). It keeps every cap as well
    value        what is sent is worth, in float64
    bound        no plan, not even one of fractions, is worth more; rounding included
    gap          (bound - value) / |bound|; infinite where a floor is missed, for then it is no plan to compare with
    seconds      of the solve in the runtime; `passes` over people, `full_passes` of them over everybody
    history      one dict for each step: passes, level, people, smoothing; bound, value, gap where they were certified
    peak_bytes   the most memory that the runtime's process has held
    """

    def __init__(self, data: BudgetData, solution: Solution) -> None:
        self._data = data
        self._solution = solution
        self.status = solution.status
        self.reason = solution.reason
        self.value = solution.value
        self.bound = solution.bound
        self.gap = solution.gap
        self.passes = solution.passes
        self.full_passes = solution.full_passes
        self.certifications = solution.certifications
        self.seconds = solution.seconds
        self.peak_bytes = solution.peak_bytes
        self.history = solution.history

    @cached_property
    def send(self) -> npt.NDArray[np.bool_]:
        """What is sent, in the shape of `value`: bool[V], or bool[P, J]."""
        bits = np.unpackbits(self._solution.send, count=len(self._data.candidates), bitorder="little")
        return bits.view(np.bool_).reshape(self._data.candidates.shape)

    @property
    def sent(self) -> int:
        """How many candidates are sent."""
        return int(np.count_nonzero(self.send))

    @property
    def prices(self) -> ByLimit:
        """What one more of each limit would be worth: `prices.total`, `prices.channel["push"]`. Below 0: of a floor."""
        return ByLimit(self._data.limits, self._solution.prices)

    @property
    def usage(self) -> ByLimit:
        """How much of each limit is used."""
        return ByLimit(self._data.limits, self._solution.usage)

    @property
    def budgets(self) -> ByLimit:
        """What each limit allows: infinity for none."""
        return ByLimit(self._data.limits, self._data.limits.cap)

    @property
    def floors(self) -> ByLimit:
        """What each limit wants at least."""
        return ByLimit(self._data.limits, self._data.limits.floor)

    @property
    def slack(self) -> ByLimit:
        """How much of each limit is left."""
        return ByLimit(self._data.limits, self._data.limits.cap - self._solution.usage)

    @property
    def shortfall(self) -> ByLimit:
        """How much is missing to each floor: 0 in a certified plan."""
        return ByLimit(self._data.limits, self._solution.shortfall)

    def explain(self, candidate: Any = None, *, person: int | None = None) -> Any:
        """Why a candidate is sent or not, or the same of all candidates of a person.

        candidate   its number; where value was [P, J] also (person, option)
        person      a person's number

        Returns an Explanation, or Explanations. Raises InvalidInput for what is not there.
        """
        if (candidate is None) == (person is None):
            raise InvalidInput("explain: want a candidate, or person=", "candidate")
        if person is not None:
            who = _number("person", person, self._data.candidates.people)
            view = person_view(self._priced, who)
            return Explanations(who, [explained(view, place) for place in range(len(view))])
        number = self._candidate(candidate)
        view = person_view(self._priced, self._data.candidates.person_of(number))
        return explained(view, number - view.crowd.first)

    def reasons(self) -> dict[str, int]:
        """How many candidates are sent, or not, for each reason, by the names that `explain` gives them.

        'sent': worth more than it costs; 'fills': sent with what was left, or to reach a floor; 'excluded'; 'no value';
        'price': not worth what its limits cost; 'cap': the person's cap is full of what is as good; 'full': a limit has
        no room; 'rest': left by rounding to whole messages.
        """
        return count_reasons(self._priced)

    def to_frame(self) -> Any:
        """What is sent, as a data frame: candidate, person, option, the names that were given, value, price, margin.

        Of pandas if that is imported or installed, else of polars. Raises ImportError if there is neither.
        """
        return data_frame(self._sent_columns(), "plan.send is a numpy array.")

    def for_decider(self, made_at: Any) -> dict[str, Any]:
        """What `Decider` of @berth/recsys/kernels takes to decide online: prices, limits, options; as JSON has it.

        made_at  when the plan's data were made: a datetime, np.datetime64 or pd.Timestamp; without a zone it is UTC.
                 Prices are no better than their age

        Options are those of `option=`, by number, or the columns of [P, J]. Raises InvalidInput for a problem whose
        candidates have none, and for what is no time.
        """
        return decision_plan(self._data, self._solution.prices, made_at)

    def plot(self) -> Any:
        """Draws prices, use of limits, and the gap by passes; returns the figure.

        Raises ImportError without matplotlib.
        """
        return draw_plan(self)

    def __repr__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return (
            f"<Plan, {self.status}{why}: {self.sent:,} of {len(self._data.candidates):,} sent, worth {self.value:.6g}, "
            f"at most {self.bound:.6g} possible, {gap_text(self)}>"
        )

    def _repr_html_(self) -> str:
        return plan_table(self)

    @cached_property
    def _priced(self) -> PricedPlan:
        return PricedPlan(self._data, self.send.reshape(-1), self._solution.prices, self._solution.usage)

    def _candidate(self, candidate: Any) -> int:
        candidates = self._data.candidates
        if isinstance(candidate, tuple) and len(candidate) == 2 and candidates.is_dense:
            who = _number("person", candidate[0], candidates.people)
            return who * candidates.columns + _number("option", candidate[1], candidates.columns)
        return _number("candidate", candidate, len(candidates))

    def _sent_columns(self) -> dict[str, Any]:
        data = self._data
        flat = self.send.reshape(-1)
        number = np.flatnonzero(flat)
        parts = [(start, stop, np.flatnonzero(flat[start:stop])) for start, stop in chunks(len(flat))]
        person = _gathered([data.candidates.persons(start, stop)[at] for start, stop, at in parts], np.int64)
        option = _gathered([data.options(start, stop)[at] for start, stop, at in parts], np.int32)
        value = _gathered([data.candidates.values(start, stop)[at] for start, stop, at in parts], np.float32)
        rows = option if data.by_option else number
        columns: dict[str, Any] = {"candidate": number, "person": person}
        if data.by_option:
            columns["option"] = option
        for dimension, names in data.attributes.names.items():
            columns.update(_named(dimension, names, rows))
        price = self._priced.option_price[option]
        return {**columns, "value": value, "price": price, "margin": value - price}


def _gathered(parts: list[Any], kind: Any) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, kind), *parts])


def _named(dimension: str, column: NameColumn, rows: npt.NDArray[Any]) -> dict[str, Any]:
    """The names in some rows; a column for each place of a slate."""
    codes = column.codes[rows]
    if codes.ndim == 2:
        return {f"{dimension}_{place}": _names(column, codes[:, place]) for place in range(codes.shape[1])}
    return {dimension: _names(column, codes)}


def _names(column: NameColumn, codes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if column.names is None:
        return codes
    table = np.array([*column.names, None], object)
    return table[np.where(codes < 0, len(table) - 1, codes)]


def _number(field: str, value: Any, count: int) -> int:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or not 0 <= value < count:
        raise InvalidInput(f"{field} is {value!r}: want a number from 0, below {count:,}", field)
    return int(value)
