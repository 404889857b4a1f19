"""The same corpora on the GPU and on the CPU: every id and score must be equal; and what each takes for a search.

proof_cuda.py DEVICE ROWS DIMENSIONS ROUNDS SEED     prints one line of JSON
"""

import json
import sys
import time
from statistics import median

import numpy as np
from berth_recsys import Hits, Recency, Retriever, col
from own_runtime import stop_runtime

K = 100
BATCHES = (1, 32, 256)
# The certificate of the GPU's scan, and of which searches it must be the one for most queries.
GPU, MOST = 3, 0.9
MOSTLY_ON_GPU = ("all rows", "half of the rows", "a boost")


def compare(device: str, rows: int, dimensions: int, rounds: int, seed: int) -> dict[str, object]:
    """Ids, scores and times of `device` beside those of the CPU, alternating."""
    rng = np.random.default_rng(seed)
    items = rng.standard_normal((rows, dimensions), dtype=np.float32)
    items[1::97] = items[::97][: len(items[1::97])]  # equal scores: ties are the smaller row's
    queries = rng.standard_normal((max(BATCHES), dimensions), dtype=np.float32)
    attributes = {"share": rng.random(rows), "time": rng.random(rows) * 1e6}
    different, searches, certificates, missed = [], 0, np.zeros(4, np.int64), []
    times: dict[str, list[float]] = {}
    for metric in ("ip", "cosine", "l2"):
        with (
            Retriever(items, metric=metric, attributes=attributes, device=device) as ours,
            Retriever(items, metric=metric, attributes=attributes, device="cpu") as cpu,
        ):
            for name, options in variants(rng, rows).items():
                for batch in BATCHES:
                    found, want = (each.search(queries[:batch], K, **options) for each in (ours, cpu))
                    searches += 1
                    counts = np.bincount(found.certificate, minlength=4)
                    certificates += counts
                    if counts[GPU] < MOST * batch and name in MOSTLY_ON_GPU:
                        missed.append(f"{metric}, {name}, batch {batch}: {counts.tolist()}")
                    if not same(found, want):
                        different.append(f"{metric}, {name}, batch {batch}")
            if metric != "ip":
                continue
            for _ in range(rounds):
                for batch in BATCHES:
                    for who, corpus in ((device, ours), ("cpu", cpu)):
                        start = time.perf_counter()
                        corpus.search(queries[:batch], K)
                        times.setdefault(f"{who} {batch}", []).append(time.perf_counter() - start)
    milliseconds = {name: 1000 * median(each) for name, each in times.items()}
    return {
        "searches": searches,
        "different": different,
        "missed": missed,
        "certificates": certificates.tolist(),
        "milliseconds": milliseconds,
    }


def variants(rng: np.random.Generator, rows: int) -> dict[str, dict[str, object]]:
    """What changes how a scan is made."""
    return {
        "all rows": {},
        "half of the rows": {"where": col("share") < 0.5},
        "1 % of the rows": {"where": col("share") < 0.01},
        "a mask": {"mask": rng.random(rows) < 0.3},
        "a boost": {"boost": rng.standard_normal(rows)},
        "recency": {"recency": Recency("time", 1e5, 2.0, now=1e6)},
    }


def same(found: Hits, want: Hits) -> bool:
    return np.array_equal(found.ids, want.ids) and np.array_equal(found.scores, want.scores)


if __name__ == "__main__":
    compared = compare(sys.argv[1], *map(int, sys.argv[2:]))
    stop_runtime()
    print(json.dumps(compared))
