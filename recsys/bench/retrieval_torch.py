"""The peer that most notebooks have: PyTorch, a product and `topk`."""

from __future__ import annotations

import numpy as np
import torch
from retrieval_data import Data, Float32, Settings
from retrieval_searcher import Searcher
from retrieval_twin import Answer

Found = tuple[torch.Tensor, torch.Tensor]


class Torch:
    """PyTorch on the CPU."""

    def __init__(self, data: Data, settings: Settings) -> None:
        torch.set_num_threads(settings.threads)
        self.missing: dict[str, str] = {}
        self.versions = {"torch": torch.__version__}
        self._data = data
        self._k = settings.k
        self._items = torch.from_numpy(data.items)
        self._kept: dict[float, Found] = {}

    def searcher(self, who: str, share: float | None) -> Searcher:
        """`who` is `torch`, or with a filter `torch_gather` (rows first) or `torch_mask` (scores afterwards)."""
        if share is None:
            return Searcher(self._all, self._read, torch.from_numpy)
        rows, left_out = self._filter(share)
        count = min(self._k, len(rows))

        @torch.inference_mode()
        def gather(queries: torch.Tensor) -> Found:
            values, places = (queries @ self._items[rows].T).topk(count)
            return values, rows[places]

        @torch.inference_mode()
        def mask(queries: torch.Tensor) -> Found:
            values, found = (queries @ self._items.T).masked_fill_(left_out, -torch.inf).topk(self._k)
            return values, found

        return Searcher(gather if who == "torch_gather" else mask, self._read, torch.from_numpy)

    @torch.inference_mode()
    def _all(self, queries: torch.Tensor) -> Found:
        values, found = (queries @ self._items.T).topk(self._k)
        return values, found

    def _filter(self, share: float) -> Found:
        """The rows that are kept, and which are not; made once."""
        if share not in self._kept:
            kept = torch.from_numpy(self._data.kept(share))
            self._kept[share] = (kept.nonzero().squeeze(1), ~kept)
        return self._kept[share]

    def _read(self, found: Found) -> Answer:
        values, rows = (each.numpy() for each in found)
        scores: Float32 = np.full((len(values), self._k), -np.inf, np.float32)
        ids = np.full((len(values), self._k), -1, np.int64)
        scores[:, : values.shape[1]] = values
        ids[:, : rows.shape[1]] = np.where(np.isfinite(values), rows, -1)
        return Answer(ids, scores)
