"""Ours, as a notebook sees it: `berth_recsys` in this process, the runtime behind its socket."""

from __future__ import annotations

import time
from typing import Any

import berth_recsys
from berth_recsys import Hits, Retriever, col
from own_runtime import end_runtime
from retrieval_data import Data, Float32, Settings
from retrieval_searcher import Searcher
from retrieval_twin import Answer

# Smaller corpora are scanned without an 8-bit copy (WORTH_QUANTISING of the runtime).
_WORTH_QUANTISING = 2**21
_PATIENCE_S = 600.0
_POLL_S = 0.1


class Ours:
    """One corpus in a runtime of this bench's own, which ends with it."""

    def __init__(self, data: Data, settings: Settings) -> None:
        self.missing: dict[str, str] = {}
        self._k = settings.k
        self._corpus = Retriever(data.items, attributes={"rank": data.ranks}, device=settings.device)
        device = self._corpus.info().device
        self.versions = {"berth_recsys": f"{berth_recsys.__version__} on {device}"}
        self.quantised = device == "cpu" and data.items.size >= _WORTH_QUANTISING
        if self.quantised:
            self._wait_for_copy(data.queries[:1])

    def _wait_for_copy(self, query: Float32) -> None:
        """The first search of few queries asks for the 8-bit copy, which is made while nobody asks for anything else."""
        self._corpus.search(query, self._k)
        ends = time.monotonic() + _PATIENCE_S
        while not self._corpus.info().quantised:
            if time.monotonic() > ends:
                raise TimeoutError(f"the 8-bit copy was not ready within {_PATIENCE_S:g} s")
            time.sleep(_POLL_S)

    def searcher(self, who: str, share: float | None) -> Searcher:
        """`search` with a condition: the filter is evaluated anew in every call."""
        where = None if share is None else col("rank") < share

        def search(queries: Float32) -> Hits:
            return self._corpus.search(queries, self._k, where=where)

        return Searcher(search, _read)

    def close(self) -> None:
        """Ends corpus and runtime."""
        end_runtime(self._corpus)


def _read(hits: Any) -> Answer:
    return Answer(hits.ids, hits.scores, hits.certificate)
