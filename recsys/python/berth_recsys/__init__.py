"""Exact retrieval in notebooks: the Python half of Berth's recsys.

All types are inline and complete (`py.typed`), so there are no stubs.

from berth_recsys import Retriever, col
with Retriever(items, attributes={"genre": genres}) as corpus:
    hits = corpus.search(queries, k=10, where=col("genre") == "rock")
"""

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
    "Cancelled",
    "Column",
    "Conflict",
    "CorpusInfo",
    "DeadlineExceeded",
    "Expression",
    "Hits",
    "InvalidInput",
    "MemoryExceeded",
    "NotFound",
    "Recency",
    "Retriever",
    "RuntimeCrashed",
    "RuntimeMissing",
    "TooLarge",
    "col",
]
