"""Pictures of a plan, and of value against budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..pyplot import require_pyplot
from .budget_limits import label

if TYPE_CHECKING:
    from .budget_curve import Curve
    from .budget_plan import Plan

_BARS = 15


def draw_plan(plan: Plan) -> Any:
    """Three pictures side by side: prices, how much of each budget is used, and the certified gap by passes."""
    figure, (prices, used, gap) = require_pyplot().subplots(1, 3, figsize=(13, 4), layout="constrained")
    _draw_bars(prices, plan, plan.prices.array, "price of one more (units of value)", "no limit has a price")
    limits = plan.usage.limits
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(np.isfinite(limits.cap) & (limits.cap > 0), 100 * plan.usage.array / limits.cap, 0)
    _draw_bars(used, plan, share, "used (% of the budget)", "no budget is used")
    _draw_gap(gap, plan)
    return figure


def _draw_bars(axes: Any, plan: Plan, numbers: Any, title: str, otherwise: str) -> None:
    order = np.argsort(-np.abs(numbers), kind="stable")[:_BARS]
    order = order[numbers[order] != 0][::-1]
    axes.barh(np.arange(len(order)), numbers[order])
    axes.set_yticks(np.arange(len(order)), [label(plan.usage.limits.keys[place]) for place in order.tolist()])
    axes.set_xlabel(title)
    if len(order) == 0:
        axes.set_xticks([])
        axes.text(0.5, 0.5, otherwise, ha="center", va="center", transform=axes.transAxes)


def _draw_gap(axes: Any, plan: Plan) -> None:
    known = [step for step in plan.history if step.get("gap") is not None and step["gap"] > 0]
    axes.plot([step["passes"] for step in known], [100 * step["gap"] for step in known], marker="o")
    axes.set_yscale("log" if known else "linear")
    axes.set_xlim(left=0)
    axes.set_xlabel("passes")
    axes.set_ylabel("certified gap (%)")


def draw_curve(curve: Curve, axes: Any = None) -> Any:
    """Value by budget, with the bound above it."""
    axes = require_pyplot().subplots()[1] if axes is None else axes
    order = np.argsort(curve.budget, kind="stable")
    axes.fill_between(curve.budget[order], curve.value[order], curve.bound[order], alpha=0.3, label="up to the bound")
    axes.plot(curve.budget[order], curve.value[order], marker=".", label="value")
    axes.set_xlabel(f"budget: {label(curve.limit)}")
    axes.set_ylabel("value (units of value)")
    axes.legend()
    return axes
