"""The definition of an answer (ADR 0009), slow and obvious: what every search is held against, bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def in_order(products: np.ndarray) -> np.ndarray:
    """The sums along the last axis, in float64, from the first number to the last: numpy's own `sum` adds pairwise."""
    total = np.zeros(products.shape[:-1])
    for axis in range(products.shape[-1]):
        total = total + products[..., axis]
    return total


def normalised(rows: np.ndarray) -> np.ndarray:
    """Rows of length 1 in float32; a row of zeros stays."""
    wide = rows.astype(np.float64)
    length = np.sqrt(in_order(wide * wide))[..., None]
    return np.where(length > 0, wide / np.where(length > 0, length, 1), 0).astype(np.float32)


def true_scores(
    items: np.ndarray, queries: np.ndarray, metric: str = "ip", boost: np.ndarray | None = None
) -> np.ndarray:
    """float32[B, N]; queries [B, d] or [B, m, d], of whose vectors the best counts."""
    if metric == "cosine":
        items, queries = normalised(items), normalised(queries)
    vectors = queries.reshape(len(queries), -1, queries.shape[-1]).astype(np.float64)
    wide = items.astype(np.float64)
    scores = np.empty((len(queries), len(items)), np.float32)
    for index, person in enumerate(vectors):
        each = []
        for vector in person:
            raw = in_order(wide * vector) if metric != "l2" else -in_order((vector - wide) ** 2)
            each.append((raw if boost is None else raw + boost.astype(np.float64)).astype(np.float32))
        scores[index] = np.max(each, axis=0)
    return scores


def best(
    scores: np.ndarray, k: int, keep: np.ndarray | None = None, ids: np.ndarray | None = None, unwanted: Any = None
) -> tuple[np.ndarray, np.ndarray]:
    """ids int64[B, k], scores float32[B, k]: the best rows that are kept and wanted; equal: the smaller row."""
    batch, rows = scores.shape
    ids = np.arange(rows) if ids is None else ids
    found = np.full((batch, k), -1, np.int64)
    values = np.full((batch, k), -np.inf, np.float32)
    for index in range(batch):
        allowed = np.ones(rows, bool) if keep is None else keep if keep.ndim == 1 else keep[index]
        if unwanted is not None:
            allowed = allowed & ~np.isin(ids, unwanted[index])
        order = [row for row in np.lexsort((np.arange(rows), -scores[index].astype(np.float64))) if allowed[row]][:k]
        found[index, : len(order)] = ids[order]
        values[index, : len(order)] = scores[index, order]
    return found, values


def recency_boost(times: np.ndarray, half_life: float, weight: float, now: float) -> np.ndarray:
    """What recency adds to each row."""
    fresh = weight * 2.0 ** (-np.maximum(0, now - times) / half_life)
    return np.where(np.isnan(times), 0, fresh)


def mmr(scores: np.ndarray, items: np.ndarray, pool: int, k: int, weight: float) -> list[int]:
    """The rows that maximal marginal relevance chooses for one query's scores."""
    order = np.lexsort((np.arange(len(scores)), -scores.astype(np.float64)))[:pool].tolist()
    unit = items.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    chosen: list[int] = []
    while order and len(chosen) < k:
        alike = [max((float(unit[row] @ unit[other]) for other in chosen), default=0.0) for row in order]
        gain = [weight * float(scores[row]) - (1 - weight) * each for row, each in zip(order, alike, strict=True)]
        top = max(range(len(order)), key=lambda place: (gain[place], -order[place]))
        chosen.append(order.pop(top))
    return chosen


def at_most(scores: np.ndarray, categories: Sequence[str | None], n: int, k: int) -> list[int]:
    """The rows of which at most n share a category."""
    seen: dict[str, int] = {}
    chosen: list[int] = []
    for row in np.lexsort((np.arange(len(scores)), -scores.astype(np.float64))).tolist():
        category = categories[row]
        if category is not None and seen.get(category, 0) >= n:
            continue
        if category is not None:
            seen[category] = seen.get(category, 0) + 1
        chosen.append(row)
        if len(chosen) == k:
            break
    return chosen
