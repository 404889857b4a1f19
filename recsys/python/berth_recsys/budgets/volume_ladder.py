"""The volume ladder: how many messages each person gets, from what 0, 1, … k of them are worth to that person.

The problem of Zhao et al., "Notification Volume Control and Optimization System at Pinterest", KDD 2018: maximise
Σ U_p(k_p) with Σ k_p within a budget. At a price λ of one message a person's best k is that of the largest
U(k) - λ · k.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import as_array, require_real
from ..errors import InvalidInput


def volume_ladder(utility: Any) -> dict[str, Any]:
    """The arguments of `Budget` for a ladder: `Budget(**volume_ladder(utility), budgets={"total": n})`.

    utility   [P, k + 1]: what 0, 1, … k messages are worth to each person. No shape is asked for: where it is not
              concave, steps that are no use on their own are skipped

    The option of column j is "j + 1 messages", worth utility[:, j + 1] - utility[:, 0], of which a person gets at most
    one; it counts j + 1 against the budget. `ladder_volume(plan.send)` is how many each person gets.
    Raises InvalidInput.
    """
    array = as_array("utility", utility)
    require_real("utility", array.dtype)
    if array.ndim != 2 or array.shape[1] < 2:
        raise InvalidInput(f"utility has shape {list(array.shape)}: want [P, k + 1], from 0 messages to k", "utility")
    wide = array.astype(np.float64)
    bad = ~np.isfinite(wide).all(axis=1)
    if bad.any():
        row = int(np.argmax(bad))
        raise InvalidInput(f"utility[{row}] is {wide[row].tolist()}: want finite numbers", "utility")
    return {
        "value": (wide[:, 1:] - wide[:, :1]).astype(np.float32),
        "person": None,
        "sends": np.arange(1, array.shape[1]),
        "caps": {"person": 1},
    }


def ladder_volume(send: Any) -> Any:
    """How many messages each person gets: int64[P] from the `send` of a ladder's plan, bool[P, k]."""
    array = as_array("send", send)
    if array.dtype != np.bool_ or array.ndim != 2:
        raise InvalidInput(f"send is {array.dtype}{list(array.shape)}: want plan.send of a ladder, bool[P, k]", "send")
    return array @ np.arange(1, array.shape[1] + 1)
