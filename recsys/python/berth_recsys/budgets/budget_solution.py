"""What the runtime answered to a solve, with names for its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BerthRecsysError
from .budget_limits import ByLimit, Limits, label

Float64 = npt.NDArray[np.float64]

# A limit in conflict has at least this share of the largest price, or of the largest price times amount: what is less
# is left of the search for prices.
_MATTERS = 0.01


class InfeasibleError(BerthRecsysError, ValueError):
    """No plan keeps all floors within all caps.

    conflict     the limits that cannot be kept together, by (dimension, name): by how much one more of it (of a floor,
                 one less) would lessen what is missing to all floors
    relaxation   how much each floor has to give way, by (dimension, name); with that, there is a plan
    """

    code = "infeasible"

    def __init__(
        self,
        message: str,
        conflict: Mapping[Any, float] | None = None,
        relaxation: Mapping[Any, float] | None = None,
        field: str | None = "floors",
        code: str | None = None,
    ) -> None:
        super().__init__(message, field, code)
        self.conflict = dict(conflict or {})
        self.relaxation = dict(relaxation or {})

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.conflict, self.relaxation, self.field, self.code)


@dataclass(frozen=True)
class Solution:
    """A solve that has ended with a plan. `send` are bits: of candidate c bit c % 8 of byte c // 8."""

    status: str
    reason: str | None
    bound: float
    value: float
    gap: float
    passes: int
    full_passes: int
    certifications: int
    seconds: float
    peak_bytes: int
    history: tuple[dict[str, Any], ...]
    prices: Float64
    usage: Float64
    shortfall: Float64
    send: npt.NDArray[np.uint8]


def infeasible(limits: Limits, conflict: Float64, relaxation: Float64) -> InfeasibleError:
    """The error for what the runtime has found, in words."""
    matters = _share(np.abs(conflict)) | _share(np.abs(conflict) * _amounts(limits, conflict))
    weights = {limits.keys[place]: float(abs(conflict[place])) for place in np.flatnonzero(matters).tolist()}
    gives = {key: amount for key, amount in ByLimit(limits, relaxation).to_dict().items() if amount > 0}
    signs = dict(zip(limits.keys, conflict.tolist(), strict=True))
    floors = [f"at least {limits.floor[limits.places[key]]:g} of {label(key)}" for key in weights if signs[key] < 0]
    caps = [f"at most {limits.cap[limits.places[key]]:g} of {label(key)}" for key in weights if signs[key] > 0]
    against = f" with {_joined(caps)}" if caps else " from what there is, within what each person may get"
    lines = [f"No plan keeps all floors: there cannot be {_joined(floors) or 'as much as the floors want'}{against}."]
    lines += [
        f"  {label(key)}: lower the floor of {limits.floor[limits.places[key]]:g} by {amount:g}"
        for key, amount in list(gives.items())[:20]
    ]
    return InfeasibleError("\n".join(lines), weights, gives)


def _amounts(limits: Limits, conflict: Float64) -> Float64:
    """What each limit allows or wants, whichever has a price."""
    return np.where(conflict > 0, limits.cap, np.where(conflict < 0, limits.floor, 0.0))


def _share(numbers: Float64) -> npt.NDArray[np.bool_]:
    """Which are above 0, and not small beside the largest."""
    found: npt.NDArray[np.bool_] = (numbers > 0) & (numbers >= _MATTERS * numbers.max(initial=0.0))
    return found


def _joined(parts: list[str]) -> str:
    shown = [*parts[:5], *([f"{len(parts) - 5} more"] if len(parts) > 5 else [])]
    return " and ".join(shown)
