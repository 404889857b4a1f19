"""What deciding online needs of a plan, as JSON: `readDecisionPlan` and `Decider` of @berth/recsys/kernels take it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import InvalidInput
from ..instants import instant_of
from .budget_caps import Cap
from .budget_data import BudgetData
from .budget_limits import Float64

_VERSION = 1


def decision_plan(data: BudgetData, prices: Float64, made_at: Any) -> dict[str, Any]:
    """See `Plan.for_decider`. Caps that differ from person to person are null: they are given with each arrival."""
    if not data.by_option:
        raise InvalidInput(
            "the problem was made without option=: want options, for a decision online names them by number", "option"
        )
    seconds = instant_of(made_at)
    if seconds is None or not math.isfinite(seconds):
        raise InvalidInput(f"made_at is {made_at!r}: want a time, as datetime or np.datetime64", "made_at")
    limits, table = data.limits, data.table
    return {
        "version": _VERSION,
        "madeAtMs": round(seconds * 1000),
        "limits": {
            "names": [list(key) for key in limits.keys],
            "cap": [None if math.isinf(cap) else cap for cap in limits.cap.tolist()],
            "floor": limits.floor.tolist(),
        },
        "prices": prices.tolist(),
        "options": {
            "start": table.start.tolist(),
            "limit": table.limit.tolist(),
            "weight": table.weight.tolist(),
            "channel": table.channel.tolist(),
        },
        "personCap": _cap(data.caps.person),
        "channels": [
            {"name": None if rule.name is None else str(rule.name), "cap": _cap(rule.cap), "isCounted": rule.is_counted}
            for rule in table.rules
        ],
    }


def _cap(cap: Cap) -> int | None:
    return None if isinstance(cap, np.ndarray) else cap
