"""The peers that are C++ behind Python: Faiss, USearch, hnswlib. They share one copy of the items where they can."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
from bench_loop import Refused
from retrieval_data import Data, Float32, Settings
from retrieval_searcher import Searcher
from retrieval_twin import Answer

# Modest: it is built anew in every run.
_HNSW = {"M": 16, "ef_construction": 100}


class Native:
    """What of them is installed; `missing` says why the others are not there."""

    def __init__(self, data: Data, settings: Settings) -> None:
        self.missing: dict[str, str] = {}
        self.versions = {"numpy": np.__version__}
        self._data = data
        self._settings = settings
        self._selectors: dict[tuple[str, float], Any] = {}
        self._labels: dict[float, Callable[[int], bool]] = {}
        self._faiss = self._load("faiss", "faiss-cpu")
        self._usearch = self._load("usearch.index", "usearch")
        self._hnswlib = self._load("hnswlib", "hnswlib")
        self._hnsw: Any = None
        if self._faiss is not None:
            self._faiss.omp_set_num_threads(settings.threads)
            self._flat = self._faiss.IndexFlatIP(settings.dimensions)
            self._flat.add(data.items)

    def _load(self, module: str, distribution: str) -> Any:
        try:
            loaded = importlib.import_module(module)
        except ImportError as error:
            self.missing[module.partition(".")[0]] = str(error)
            return None
        self.versions[distribution] = version(distribution)
        return loaded

    def build_hnsw(self) -> float:
        """Builds the graph, and returns the seconds that it took. Raises Refused if hnswlib is not there."""
        if self._hnswlib is None:
            raise Refused(self.missing["hnswlib"])
        start = time.perf_counter()
        items = self._data.items
        self._hnsw = self._hnswlib.Index(space="ip", dim=items.shape[1])
        self._hnsw.init_index(max_elements=len(items), random_seed=self._settings.seed, **_HNSW)
        self._hnsw.add_items(items, num_threads=self._settings.threads)
        return time.perf_counter() - start

    def searcher(self, who: str, share: float | None) -> Searcher:
        """`who` is `faiss`, `faiss_bitmap`, `faiss_batch`, `usearch`, or `hnswlib_ef` with its number."""
        library, _, detail = who.partition("_")
        if library == "usearch":
            return self._usearch_exact()
        if library == "hnswlib" and share is not None:
            return self._hnsw_filtered(int(detail.removeprefix("ef")), share)
        return self._faiss_flat(None if share is None else self._selector(detail, share))

    def _faiss_flat(self, selector: Any) -> Searcher:
        chosen = {} if selector is None else {"params": self._faiss.SearchParameters(sel=selector)}

        def search(queries: Float32) -> Any:
            return self._flat.search(queries, self._settings.k, **chosen)

        return Searcher(search, lambda found: Answer(found[1], found[0]))

    def _selector(self, kind: str, share: float) -> Any:
        """Made once: for Faiss the filter costs nothing but its use."""
        if (kind, share) not in self._selectors:
            kept = self._data.kept(share)
            self._selectors[kind, share] = (
                self._faiss.IDSelectorBitmap(np.packbits(kept, bitorder="little"))
                if kind == "bitmap"
                else self._faiss.IDSelectorBatch(np.flatnonzero(kept))
            )
        return self._selectors[kind, share]

    def _usearch_exact(self) -> Searcher:
        metric, threads = self._usearch.MetricKind.IP, self._settings.threads

        def search(queries: Float32) -> Any:
            return self._usearch.search(
                self._data.items, queries, self._settings.k, metric, exact=True, threads=threads
            )

        def read(found: Any) -> Answer:
            shape = (-1, self._settings.k)
            scores = 1 - np.asarray(found.distances, np.float32).reshape(shape)
            return Answer(np.asarray(found.keys).astype(np.int64).reshape(shape), scores)

        return Searcher(search, read)

    def _hnsw_filtered(self, ef: int, share: float) -> Searcher:
        """With one thread, as hnswlib advises where the filter is a Python function."""
        if share not in self._labels:
            self._labels[share] = self._data.kept(share).tolist().__getitem__
        is_kept = self._labels[share]

        def search(queries: Float32) -> Any:
            self._hnsw.set_ef(min(ef, len(self._data.items)))
            try:
                return self._hnsw.knn_query(queries, self._settings.k, num_threads=1, filter=is_kept)
            except RuntimeError:  # it found fewer than k for a query, and then gives nothing
                return None

        def read(found: Any) -> Answer:
            if found is None:
                raise Refused("finds fewer than k rows, and gives none then")
            return Answer(found[0].astype(np.int64), 1 - found[1])

        return Searcher(search, read)
