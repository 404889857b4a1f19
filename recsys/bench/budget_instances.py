"""Budget problems by family, number and seed: what `berth_recsys.Budget` is given and HiGHS is asked about.

Ten families can be solved; `infeasible` cannot, for reasons that no single limit shows. Sizes go from 10³ to 10⁵
candidates, evenly over their logarithm, in an order in which any few numbers in a row span them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import budget_families as families
import budget_floor_families as floor_families
import numpy as np
from budget_draw import Arguments, Draw

GOLDEN = 0.6180339887498949
FAMILIES: dict[str, Callable[[Draw], Arguments]] = {
    "easy": families.easy,
    "correlated": families.correlated,
    "nested": families.nested,
    "content": families.content,
    "ties": families.ties,
    "slates": families.slates,
    "ladder": families.ladder,
    "ragged": families.uneven,
    "weights": families.weights,
    "floors": floor_families.floors,
    "infeasible": floor_families.infeasible,
}


@dataclass(frozen=True)
class Instance:
    """What `Budget` is called with, and where it comes from."""

    family: str
    number: int
    arguments: Arguments


def make_instance(family: str, number: int, seed: int) -> Instance:
    """The same for the same three."""
    random = np.random.default_rng([seed, list(FAMILIES).index(family), number])
    return Instance(family, number, FAMILIES[family](Draw(random, number, number * GOLDEN % 1)))
