"""A budget problem as it travels: the parameters and columns of `budget.create`, and the answer to `budget.solve`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BerthRecsysError
from .budget_caps import Cap
from .budget_data import BudgetData
from .budget_handle import Column, RawSolution
from .budget_limits import Limits
from .budget_solution import Solution, infeasible


def spec_of(data: BudgetData, name: str | None) -> dict[str, Any]:
    """The parameters."""
    table = data.table
    return {
        "people": data.candidates.people,
        "candidates": len(data.candidates),
        "options": len(table),
        "limits": len(data.limits),
        "incidences": len(table.limit),
        "personCap": _cap(data.caps.person),
        "channels": [{"cap": _cap(rule.cap), "counted": rule.is_counted} for rule in table.rules],
        "isDense": data.candidates.is_dense,
        **({} if name is None else {"name": name}),
    }


def _cap(cap: Cap) -> Any:
    return "column" if isinstance(cap, np.ndarray) else cap


def columns_of(data: BudgetData) -> dict[str, npt.NDArray[Any] | Column]:
    """What the files hold, by name. Columns of candidates are made as they are sent."""
    table = data.table
    columns: dict[str, npt.NDArray[Any] | Column] = {
        "value": Column(len(data.candidates), data.values),
        "optionStart": table.start,
        "optionLimit": table.limit,
        "optionWeight": table.weight,
        "optionChannel": table.channel,
        "cap": data.limits.cap,
        "floor": data.limits.floor,
    }
    if data.candidates.start is not None:
        columns["start"] = data.candidates.start
        columns["option"] = Column(len(data.candidates), data.options)
    if isinstance(data.caps.person, np.ndarray):
        columns["personCap"] = data.caps.person
    for channel, rule in enumerate(table.rules):
        if isinstance(rule.cap, np.ndarray):
            columns[f"channelCap{channel}"] = rule.cap
    return columns


def solution_of(raw: RawSolution, limits: Limits, candidates: int) -> Solution:
    """Reads the answer. Raises InfeasibleError if it is that no plan keeps the floors."""
    result = raw.result
    if result.get("status") == "infeasible":
        raise infeasible(limits, *(_array(raw, name, len(limits)) for name in ("conflict", "relaxation")))
    history = result.get("history")
    return Solution(
        status=str(result.get("status")),
        reason=None if result.get("reason") is None else str(result["reason"]),
        bound=_number(result, "bound", math.inf),
        value=_number(result, "value", -math.inf),
        gap=_number(result, "gap", math.inf),
        passes=int(_number(result, "passes", 0)),
        full_passes=int(_number(result, "fullPasses", 0)),
        certifications=int(_number(result, "certifications", 0)),
        seconds=_number(result, "ms", math.nan) / 1000,
        peak_bytes=int(_number(result, "peakBytes", 0)),
        history=tuple(dict(step) for step in history) if isinstance(history, list) else (),
        prices=_array(raw, "prices", len(limits)),
        usage=_array(raw, "usage", len(limits)),
        shortfall=_array(raw, "shortfall", len(limits)),
        send=_array(raw, "send", -(-candidates // 8)),
    )


def _number(result: Mapping[str, Any], name: str, otherwise: float) -> float:
    value = result.get(name)
    return float(value) if isinstance(value, (int, float)) else otherwise


def _array(raw: RawSolution, name: str, length: int) -> npt.NDArray[Any]:
    array = raw.arrays.get(name)
    wanted = np.uint8 if name == "send" else np.float64
    if array is None or array.shape != (length,) or array.dtype != wanted:
        what = "nothing" if array is None else f"{array.dtype}{list(array.shape)}"
        raise BerthRecsysError(f"the runtime answered {what} as {name}: want {np.dtype(wanted)}[{length}]")
    copied: npt.NDArray[Any] = array.copy()  # of its own: the frame's body can go
    return copied
