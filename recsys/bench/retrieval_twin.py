"""The answers that are right: every row scored by the definition (ADR 0009), and what others found held against it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from retrieval_data import Data, Float32, Rows

Float64 = npt.NDArray[np.float64]

# So many queries of a case are looked at.
SAMPLE = 32
_BLOCK_ROWS = 65_536
# Scores that are kept at a time: 256 MiB.
_SCORES = 2**25
# Products in float64 differ from the definition by much less, relative to the largest score; float32 ties by as much.
_SLACK = 2.0**-22
# A float32 sum is taken for right within this share of |query| · largest |item|.
_TIE = 2.0**-20


@dataclass(frozen=True)
class Answer:
    """Best first: ids int64[B, k] (-1 where there are fewer), scores float32[B, k]; certificates only of ours."""

    ids: Rows
    scores: Float32
    certificate: npt.NDArray[np.uint8] | None = None

    def save(self, path: Path) -> None:
        """Writes it for `load`, in another process."""
        np.savez(path, ids=self.ids, scores=self.scores)

    @staticmethod
    def load(path: Path) -> Answer:
        """What `save` has written."""
        with np.load(path) as found:
            return Answer(found["ids"], found["scores"])


def exact_answer(data: Data, queries: Float32, k: int, share: float | None) -> Answer:
    """The twin's answer. Scans by matrix products in float64, scores by the definition what could be among the best."""
    rows = np.arange(len(data.items)) if share is None else np.flatnonzero(data.kept(share))
    count = min(k, len(rows))
    ids = np.full((len(queries), k), -1, np.int64)
    scores = np.full((len(queries), k), -np.inf, np.float32)
    if count == 0:
        return Answer(ids, scores)
    at_once = max(1, min(SAMPLE, _SCORES // len(rows)))
    for start in range(0, len(queries), at_once):
        some = queries[start : start + at_once].astype(np.float64)
        for place, found in enumerate(_products(data.items, some, rows), start):
            least = np.partition(found, len(found) - count)[len(found) - count]
            likely = rows[found >= least - _SLACK * np.abs(found).max()]
            true = true_scores(data.items, queries[place], likely)
            best = np.lexsort((likely, -true))[:count]
            ids[place, :count], scores[place, :count] = likely[best], true[best]
    return Answer(ids, scores)


def _products(items: Float32, queries: Float64, rows: Rows) -> Float64:
    """float64[B, rows], a block of the items at a time."""
    products = np.empty((len(queries), len(rows)))
    for start in range(0, len(rows), _BLOCK_ROWS):
        some = rows[start : start + _BLOCK_ROWS]
        np.matmul(queries, items[some].astype(np.float64).T, out=products[:, start : start + len(some)])
    return products


def true_scores(items: Float32, query: Float32, rows: Rows) -> Float32:
    """The definition: summed in float64 from the first dimension to the last, rounded once."""
    vectors = items[rows].astype(np.float64)
    sums = np.zeros(len(rows))
    for axis, weight in enumerate(query.astype(np.float64)):
        sums += vectors[:, axis] * weight
    return sums.astype(np.float32)


def is_twins(answer: Answer, twin: Answer) -> bool:
    """Whether ids, their order and the scores are the twin's, bit by bit."""
    return np.array_equal(answer.ids, twin.ids) and np.array_equal(answer.scores, twin.scores)


def recall_of(answer: Answer, twin: Answer) -> float:
    """The share of the twin's ids that were found."""
    pairs = [(set(mine[mine >= 0]), set(true[true >= 0])) for mine, true in zip(answer.ids, twin.ids, strict=True)]
    wanted = sum(len(true) for _, true in pairs)
    return 1.0 if wanted == 0 else sum(len(mine & true) for mine, true in pairs) / wanted


def recall_up_to_ties(
    data: Data, queries: Float32, answer: Answer, ours: Answer, share: float | None
) -> tuple[float, float]:
    """The recall of a peer against ours, and the largest difference of its scores to the true ones of the same rows.

    A row that the filter keeps counts if its true score is no worse than our last one, within what float32 rounds.
    """
    right, wanted, difference = 0, 0, 0.0
    kept = None if share is None else data.kept(share)
    largest = float(np.sqrt(np.einsum("nd,nd->n", data.items, data.items).max()))
    for query, found, scores, known, known_scores in zip(
        queries, answer.ids, answer.scores, ours.ids, ours.scores, strict=True
    ):
        count = int((known >= 0).sum())
        wanted += count
        place = np.unique(found, return_index=True)[1]
        place = place[found[place] >= 0]
        place = place if kept is None else place[kept[found[place]]]
        if count == 0 or len(place) == 0:
            continue
        true = true_scores(data.items, query, found[place])
        tie = _TIE * float(np.linalg.norm(query)) * largest
        right += int((true >= known_scores[count - 1] - tie).sum())
        difference = max(difference, float(np.abs(true - scores[place]).max()))
    return (1.0 if wanted == 0 else right / wanted), difference
