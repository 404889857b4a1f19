"""A plan as a small table, for notebooks."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING

import numpy as np

from .budget_limits import label

if TYPE_CHECKING:
    from .budget_plan import Plan

_SHOWN = 20


def gap_text(plan: Plan) -> str:
    """The gap in words: there is none to a plan that misses a floor."""
    missing = float(plan.shortfall.array.sum())
    if missing > 0:
        return f"{missing:,.6g} missing to floors"
    return f"gap {100 * plan.gap:.3g} %" if math.isfinite(plan.gap) else "gap not known"


def plan_table(plan: Plan) -> str:
    """The numbers, and the limits that matter most: those with a price, then those most used."""
    facts = {
        "value": f"{plan.value:,.6g}",
        "bound": f"{plan.bound:,.6g}",
        "gap": gap_text(plan).removeprefix("gap "),
        "sent": f"{plan.sent:,} of {plan.send.size:,}",
        "passes": f"{plan.passes} ({plan.full_passes} over everybody)",
        "seconds": f"{plan.seconds:.3g}",
    }
    status = plan.status + (f" ({plan.reason})" if plan.reason else "")
    numbers = "".join(f"<th>{name}</th>" for name in facts)
    values = "".join(f"<td>{html.escape(value)}</td>" for value in facts.values())
    return (
        f"<div><b>{html.escape(status)}</b></div>"
        f"<table><thead><tr>{numbers}</tr></thead><tbody><tr>{values}</tr></tbody></table>{_limits(plan)}"
    )


def _limits(plan: Plan) -> str:
    limits = plan.usage.limits
    if len(limits) == 0:
        return ""
    prices, usage, shortfall = plan.prices.array, plan.usage.array, plan.shortfall.array
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(usage / limits.cap, nan=1.0, posinf=1.0)
    order = np.lexsort((-share, -np.abs(prices)))[:_SHOWN]
    rows = []
    for place in order.tolist():
        floor = f"{limits.floor[place]:,.10g}" if limits.floor[place] > 0 else ""
        short = f"{shortfall[place]:,.10g}" if shortfall[place] > 0 else ""
        most = "" if np.isinf(limits.cap[place]) else f"{limits.cap[place]:,.10g}"
        cells = (f"{usage[place]:,.10g}", most, floor, short, f"{prices[place]:.4g}")
        name = html.escape(label(limits.keys[place]))
        rows.append(f"<tr><th>{name}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    more = f"<div>and {len(limits) - _SHOWN:,} more limits</div>" if len(limits) > _SHOWN else ""
    head = "".join(
        f"<th>{name}</th>" for name in ("limit", "used", "at most", "at least", "missing", "price of one more")
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{more}"
