"""What a search found."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .data_frame import data_frame
from .pyplot import require_pyplot

CERTIFICATES = np.array(["quantised", "float", "exact", "gpu"])
_SHOWN_QUERIES = 5
_SHOWN_RANKS = 10


@dataclass(frozen=True, eq=False, repr=False)
class Hits:
    """The best k items of B queries, best first. Equal scores: the smaller row first.

    ids       int64[B, k]; -1 where there are fewer
    scores    float32[B, k]: the inner product (cosine, or minus the squared distance) in float64, with boost and
              recency, rounded once; -inf where id is -1
    now       the time that recency counted from, in the unit of its column; None without recency
    scan_ms, total_ms   what the runtime took, summed over the requests
    """

    ids: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]
    certificate: npt.NDArray[np.uint8]
    now: float | None = None
    scan_ms: float = 0.0
    total_ms: float = 0.0

    @property
    def recall_certificate(self) -> npt.NDArray[np.str_]:
        """For each query, what has proven that nothing was missed (recall is 1 in each case; they differ in time):

        'quantised': the 8-bit scan, within its error bound; 'float': the float32 scan; 'exact': every row was scored by
        the definition; 'gpu': the GPU's float32 scan.
        """
        return CERTIFICATES[np.minimum(self.certificate, len(CERTIFICATES) - 1)]

    def __len__(self) -> int:
        """Queries."""
        return len(self.ids)

    def __repr__(self) -> str:
        return f"<Hits of {self.ids.shape[0]} queries, k = {self.ids.shape[1]}>"

    def to_frame(self) -> Any:
        """A data frame with the columns query, rank (from 0), id and score, without what is only filled up.

        Of pandas if that is imported or installed, else of polars. Raises ImportError if there is neither.
        """
        query, rank = np.nonzero(self.ids >= 0)
        columns = {"query": query, "rank": rank, "id": self.ids[query, rank], "score": self.scores[query, rank]}
        return data_frame(columns, "hits.ids and hits.scores are numpy arrays.")

    def plot(self, queries: int = _SHOWN_QUERIES, ax: Any = None) -> Any:
        """Draws the scores by rank, one line for each of the first queries, and returns the axes.

        Raises ImportError without matplotlib.
        """
        pyplot = require_pyplot()
        axes = pyplot.subplots()[1] if ax is None else ax
        for query, scores in enumerate(self.scores[:queries]):
            found = scores[np.isfinite(scores)]
            axes.plot(np.arange(len(found)), found, marker=".", label=f"query {query}")
        axes.set_xlabel("rank")
        axes.set_ylabel("score")
        if len(self.scores) > 0:
            axes.legend()
        return axes

    def _repr_html_(self) -> str:
        """A small table of the first queries, for notebooks."""
        queries, ranks = min(len(self.ids), _SHOWN_QUERIES), min(self.ids.shape[1], _SHOWN_RANKS)
        head = "".join(f"<th>{rank}</th>" for rank in range(ranks))
        rows = "".join(
            f"<tr><th>{query}</th>{self._cells(query, ranks)}<td>{self._certified(query)}</td></tr>"
            for query in range(queries)
        )
        return (
            f"<table><caption>{html.escape(repr(self))}: id and score by rank</caption>"
            f"<thead><tr><th>query</th>{head}<th>certified by</th></tr></thead><tbody>{rows}</tbody></table>"
        )

    def _cells(self, query: int, ranks: int) -> str:
        pairs = zip(self.ids[query, :ranks], self.scores[query, :ranks], strict=True)
        return "".join(
            f"<td>{html.escape(f'{item}')}<br><small>{html.escape(f'{score:.4g}')}</small></td>"
            if item >= 0
            else "<td>-</td>"
            for item, score in pairs
        )

    def _certified(self, query: int) -> str:
        return html.escape(str(self.recall_certificate[query]))
