"""How fast this machine is at best: reading memory, and multiplying matrices. No compiler is needed.

Each figure is the best of several ways to get it, so that no slow library makes a scan look good.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from retrieval_data import Float32

# Of each array: eight times the last-level cache of a large desktop.
BANDWIDTH_BYTES = 2**28
_TIMES = 3


def numpy_bandwidth(threads: int) -> dict[str, Callable[[], float]]:
    """Bytes per second, by the way it is measured. The arrays are made now."""
    count = BANDWIDTH_BYTES // 4
    first, second = np.ones(count, np.float32), np.ones(count, np.float32)
    pool = ThreadPoolExecutor(threads)
    bounds = np.linspace(0, count, threads + 1).astype(int)
    parts = [slice(start, end) for start, end in pairwise(bounds)]

    def in_threads(act: Callable[[slice], Any]) -> Callable[[], Any]:
        return lambda: list(pool.map(act, parts))

    return {
        "numpy sum": _rate(in_threads(lambda part: first[part].sum()), 1),
        "numpy dot": _rate(in_threads(lambda part: first[part] @ second[part]), 2),
        "numpy copy": _rate(in_threads(lambda part: np.copyto(second[part], first[part])), 2),
    }


def torch_bandwidth() -> dict[str, Callable[[], float]]:
    """The same with PyTorch's threads; its triad is STREAM's."""
    import torch

    count = BANDWIDTH_BYTES // 4
    first, second, third = torch.ones(count), torch.ones(count), torch.empty(count)
    return {
        "torch sum": _rate(first.sum, 1),
        "torch dot": _rate(lambda: torch.dot(first, second), 2),
        "torch triad": _rate(lambda: torch.add(first, second, alpha=3.0, out=third), 3),
    }


def _rate(act: Callable[[], Any], arrays: int) -> Callable[[], float]:
    return lambda: arrays * BANDWIDTH_BYTES / min(seconds(act) for _ in range(_TIMES))


def numpy_products(items: Float32, queries: Float32) -> dict[str, Callable[[], Any]]:
    """The product alone, into memory that is there already."""
    wide = np.empty((len(queries), len(items)), np.float32)
    tall = np.empty((len(items), len(queries)), np.float32)
    return {
        "numpy q·xᵀ": lambda: np.matmul(queries, items.T, out=wide),
        "numpy x·qᵀ": lambda: np.matmul(items, queries.T, out=tall),
    }


def torch_products(items: Float32, queries: Float32) -> dict[str, Callable[[], Any]]:
    """The same with PyTorch's library."""
    import torch

    x, q = torch.from_numpy(items), torch.from_numpy(queries)
    wide, tall = torch.empty((len(q), len(x))), torch.empty((len(x), len(q)))
    return {
        "torch q·xᵀ": lambda: torch.matmul(q, x.T, out=wide),
        "torch x·qᵀ": lambda: torch.matmul(x, q.T, out=tall),
    }


def best_seconds(products: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Each one's fastest of a few."""
    return {name: min(seconds(act) for _ in range(_TIMES)) for name, act in products.items()}


def seconds(act: Callable[[], Any]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
