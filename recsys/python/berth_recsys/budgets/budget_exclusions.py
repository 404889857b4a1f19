"""What must not be sent, whatever it is worth: excluded by hand, or by quiet hours. Computed anew where it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import as_array
from ..errors import InvalidInput
from ..ids import id_array
from .budget_candidates import Candidates

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Exclusion:
    """`mask(start, stop)` says which of these candidates must not be sent; `story(candidate)` why, in words."""

    reason: str
    mask: Callable[[int, int], Bools]
    story: Callable[[int], str]


def given_exclusion(
    exclude: Any, candidates: Candidates, option_of: Callable[[int, int], npt.NDArray[Any]] | None
) -> Exclusion:
    """Reads `exclude`: a bool for each candidate, in the shape of value, or a pair (persons, options).

    `option_of` gives the options of candidates, by the numbers that the caller uses; None where there are none.
    Raises InvalidInput.
    """
    if isinstance(exclude, tuple) and len(exclude) == 2:
        mask = _of_pairs(exclude, candidates, option_of)
    else:
        flat = _flags(exclude, candidates)

        def mask(start: int, stop: int) -> Bools:
            return flat[start:stop]

    return Exclusion("exclude", mask, lambda candidate: "excluded when the problem was made (exclude=)")


def _flags(exclude: Any, candidates: Candidates) -> Bools:
    array = as_array("exclude", exclude)
    if array.dtype != np.bool_:
        raise InvalidInput(
            f"exclude is of dtype {array.dtype}: want bool, True: must not be sent; or a pair (persons, options)",
            "exclude",
        )
    if array.shape not in (candidates.shape, (len(candidates),)):
        raise InvalidInput(f"exclude has shape {list(array.shape)}: want {list(candidates.shape)}, as value", "exclude")
    return np.ascontiguousarray(array).reshape(-1)


def _of_pairs(
    pairs: tuple[Any, Any], candidates: Candidates, option_of: Callable[[int, int], npt.NDArray[Any]] | None
) -> Callable[[int, int], Bools]:
    if option_of is None:
        raise InvalidInput(
            "exclude is a pair of persons and options, and there are no options: give option=, or a bool for each",
            "exclude",
        )
    persons, options = id_array("exclude[0]", pairs[0]), id_array("exclude[1]", pairs[1])
    if len(persons) != len(options):
        raise InvalidInput(f"exclude has {len(persons)} persons and {len(options)} options: want pairs", "exclude")
    radix = int(options.max(initial=0)) + 1
    keys = np.unique((persons * radix + options)[(persons >= 0) & (options >= 0) & (persons < candidates.people)])

    def mask(start: int, stop: int) -> Bools:
        option = option_of(start, stop).astype(np.int64)
        wanted = candidates.persons(start, stop) * radix + option
        at = np.minimum(np.searchsorted(keys, wanted), max(0, len(keys) - 1))
        found: Bools = (keys[at] == wanted) & (option < radix) if len(keys) else np.zeros(stop - start, np.bool_)
        return found

    return mask
