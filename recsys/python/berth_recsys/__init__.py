"""Exact retrieval, and budgets with a certificate, in notebooks: the Python half of Berth's recsys.

All types are inline and complete (`py.typed`), so there are no stubs.

from berth_recsys import Retriever, col
with Retriever(items, attributes={"genre": genres}) as corpus:
    hits = corpus.search(queries, k=10, where=col("genre") == "rock")

from berth_recsys import Budget
with Budget(value, person, channel=channel, caps={"person": 1}, budgets={"total": 10_000}) as problem:
    plan = problem.solve(gap=1e-3)
"""

from .budgets.budget import Budget
from .budgets.budget_curve import Curve
from .budgets.budget_limits import ByLimit
from .budgets.budget_plan import Plan
from .budgets.budget_solution import InfeasibleError
from .budgets.plan_explain import Explanation, Explanations
from .budgets.quiet_hours import QuietHours
from .budgets.send_value import send_value
from .budgets.slates import Slates, slates
from .budgets.solve_progress import SolveProgress
from .budgets.volume_ladder import ladder_volume, volume_ladder
from .corpus_info import CorpusInfo
from .errors import (
    BerthRecsysError,
    Cancelled,
    Conflict,
    DeadlineExceeded,
    InvalidInput,
    MemoryExceeded,
    NotFound,
    RuntimeCrashed,
    RuntimeMissing,
    TooLarge,
)
from .expression import Column, Expression, col
from .hits import Hits
from .rerank import MMR, AtMost, Recency
from .retriever import Retriever

__version__ = "0.1.0"

__all__ = [
    "MMR",
    "AtMost",
    "BerthRecsysError",
    "Budget",
    "ByLimit",
    "Cancelled",
    "Column",
    "Conflict",
    "CorpusInfo",
    "Curve",
    "DeadlineExceeded",
    "Explanation",
    "Explanations",
    "Expression",
    "Hits",
    "InfeasibleError",
    "InvalidInput",
    "MemoryExceeded",
    "NotFound",
    "Plan",
    "QuietHours",
    "Recency",
    "Retriever",
    "RuntimeCrashed",
    "RuntimeMissing",
    "Slates",
    "SolveProgress",
    "TooLarge",
    "col",
    "ladder_volume",
    "send_value",
    "slates",
    "volume_ladder",
]
