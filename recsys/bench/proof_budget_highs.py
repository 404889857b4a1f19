"""The worker of the proof `budget-highs`: compares instances with HiGHS and prints what it found, a line of JSON each.

proof_budget_highs.py SEED FIRST END FAMILY…     the numbers of each family from FIRST to before END
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import asdict

from budget_comparison import compare
from budget_instances import make_instance

SMALL = 3_000
"""Up to so many candidates HiGHS is asked for the integer optimum as well, for so long."""
INTEGER_LIMIT_S = 5.0


def main() -> None:
    seed, first, end = map(int, sys.argv[1:4])
    for number in range(first, end):
        for family in sys.argv[4:]:
            instance = make_instance(family, number, seed)
            is_small = instance.arguments["value"].size <= SMALL
            found = compare(instance, INTEGER_LIMIT_S if is_small else 0.0)
            gap = found.gap if math.isfinite(found.gap) else None  # of a plan that misses a floor
            print(json.dumps({**asdict(found), "gap": gap, "has_many": found.has_many}), flush=True)


if __name__ == "__main__":
    main()
