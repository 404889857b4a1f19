"""What sending is worth: expected value, less fatigue, less the cost of losing somebody."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import as_array, require_real
from .budget_problems import Problems


def send_value(
    p_open: Any,
    worth: Any = 1.0,
    p_unsubscribe: Any = 0.0,
    unsubscribe_cost: Any = 0.0,
    sent_recently: Any = 0,
    fatigue: Any = 0.0,
) -> npt.NDArray[np.float32]:
    """The value of sending each candidate, float32 in the shape that the arguments have together.

        p_open · worth - fatigue(sent_recently) - p_unsubscribe · unsubscribe_cost

    p_open            the probability that it is opened, because it was sent: calibrated, 0 … 1
    worth             of an open, in any unit: the same unit is that of plan.value and of prices
    p_unsubscribe     the probability that it makes the person leave, 0 … 1
    unsubscribe_cost  of losing the person, in the same unit, from 0
    sent_recently     how many the person has got lately, whole numbers from 0
    fatigue           what one more costs then: a number for each that was sent, or an array by `sent_recently` (its
                      last one for more)

    Negative where sending does harm: such are not sent. Raises InvalidInput that names all that is wrong.
    """
    problems = Problems()
    arrays: dict[str, Any] = {}
    for name, value in (
        ("p_open", p_open),
        ("worth", worth),
        ("p_unsubscribe", p_unsubscribe),
        ("unsubscribe_cost", unsubscribe_cost),
        ("sent_recently", sent_recently),
        ("fatigue", fatigue),
    ):
        with problems.collecting():
            arrays[name] = _real(name, value, problems)
    problems.raise_any()
    shaped = [arrays[name] for name in arrays if name != "fatigue"]
    try:
        np.broadcast_shapes(*(each.shape for each in shaped))
    except ValueError:
        shapes = ", ".join(f"{name} {list(arrays[name].shape)}" for name in arrays if name != "fatigue")
        problems.add(
            "p_open", f"the shapes do not go together: {shapes}. For [P, J], what belongs to a person is [P, 1]"
        )
    problems.raise_any()
    cost = _fatigue(arrays["fatigue"], arrays["sent_recently"])
    value = arrays["p_open"] * arrays["worth"] - cost - arrays["p_unsubscribe"] * arrays["unsubscribe_cost"]
    return np.asarray(value, np.float32)


def _real(name: str, value: Any, problems: Problems) -> npt.NDArray[Any]:
    array = np.asarray(value) if np.isscalar(value) else as_array(name, value)
    require_real(name, array.dtype)
    highest = 1.0 if name.startswith("p_") else np.inf
    lowest = -np.inf if name == "worth" else 0.0
    good = np.isfinite(array) & (array >= lowest) & (array <= highest)
    if name == "sent_recently":
        good &= array == np.floor(array)
    if name == "fatigue" and (array.ndim > 1 or array.size == 0):
        problems.add(name, f"fatigue has shape {list(array.shape)}: want a number, or one for each of 0, 1, … sent")
    if not np.all(good):
        wanted = {"worth": "finite numbers", "sent_recently": "whole numbers from 0"}.get(name, "finite numbers from 0")
        wanted = "probabilities, 0 … 1" if highest == 1 else wanted
        problems.add(name, f"{name} has {array[~good].flat[0].item()!r}: want {wanted}")
    return array


def _fatigue(fatigue: npt.NDArray[Any], sent_recently: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if fatigue.ndim == 0:
        return np.asarray(fatigue * sent_recently)
    return np.asarray(fatigue[np.minimum(sent_recently, len(fatigue) - 1).astype(np.int64)])
