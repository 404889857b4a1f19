"""What a budget is worth: the value of the best plan for each of several amounts."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data_frame import data_frame
from .budget_limits import Float64, Key, label
from .budget_pictures import draw_curve
from .budget_plan import Plan


@dataclass(frozen=True, repr=False)
class Curve:
    """Plans for several budgets of one limit, in the order in which they were asked for. Arrays are f64[n].

    budget   the amounts
    value    of the plan; the best possible is between `value` and `bound`
    bound    no plan is worth more
    price    what one more of the budget would be worth: the slope
    used     how much of it is used
    plans    the plans themselves
    """

    limit: Key
    budget: Float64
    plans: Sequence[Plan]

    @property
    def value(self) -> Float64:
        """Of each plan."""
        return np.array([plan.value for plan in self.plans])

    @property
    def bound(self) -> Float64:
        """Of each plan."""
        return np.array([plan.bound for plan in self.plans])

    @property
    def gap(self) -> Float64:
        """Of each plan."""
        return np.array([plan.gap for plan in self.plans])

    @property
    def price(self) -> Float64:
        """Of the limit in each plan."""
        return np.array([plan.prices[self.limit] for plan in self.plans])

    @property
    def used(self) -> Float64:
        """How much of the limit each plan uses."""
        return np.array([plan.usage[self.limit] for plan in self.plans])

    def __len__(self) -> int:
        return len(self.plans)

    def to_frame(self) -> Any:
        """A data frame with a row for each budget. Raises ImportError without pandas and polars."""
        return data_frame(self._columns(), "curve.budget and curve.value are numpy arrays.")

    def plot(self, ax: Any = None) -> Any:
        """Draws value by budget, and returns the axes. Raises ImportError without matplotlib."""
        return draw_curve(self, ax)

    def __repr__(self) -> str:
        return f"<Curve of {len(self)} budgets of {label(self.limit)}>"

    def _repr_html_(self) -> str:
        columns = self._columns()
        head = "".join(f"<th>{name}</th>" for name in columns)
        rows = "".join(
            f"<tr>{''.join(f'<td>{_shown(each)}</td>' for each in row)}</tr>"
            for row in zip(*columns.values(), strict=True)
        )
        caption = html.escape(repr(self))
        return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _columns(self) -> dict[str, Any]:
        return {
            "budget": self.budget,
            "value": self.value,
            "bound": self.bound,
            "gap": self.gap,
            "price": self.price,
            "used": self.used,
            "status": [plan.status for plan in self.plans],
        }


def _shown(cell: Any) -> str:
    return html.escape(cell if isinstance(cell, str) else f"{cell:,.6g}")
