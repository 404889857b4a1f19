"""One process of the retrieval bench: `retrieval_peers.py native|torch|ours FOLDER`.

It holds the data once and answers one measurement per line (see `bench_loop`), so that rounds can be interleaved
between the peers and ours. `FOLDER/settings.json` says what is measured; `native` also makes the data and judges.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import roofline
from bench_loop import serve
from retrieval_data import Data, Settings, make_data, read_data, read_settings
from retrieval_searcher import common_methods
from retrieval_twin import SAMPLE, Answer, exact_answer, is_twins, recall_of, recall_up_to_ties

PRODUCT_QUERIES = 32


def native(settings: Settings, data: Data) -> None:
    """Faiss, USearch, hnswlib, numpy."""
    from retrieval_native import Native
    from threadpoolctl import threadpool_info, threadpool_limits

    threadpool_limits(settings.threads)
    libraries = Native(data, settings)
    bandwidth = roofline.numpy_bandwidth(settings.threads)
    products = roofline.numpy_products(data.items, data.queries[:PRODUCT_QUERIES])
    serve(
        {
            **common_methods(libraries, settings, data.queries),
            **_roofline(bandwidth, products),
            "hnsw": libraries.build_hnsw,
            "judge": lambda **asked: judge(data, settings, **asked),
            "threads": lambda: {
                f"{each['internal_api']} {each.get('version')}": each["num_threads"] for each in threadpool_info()
            },
        }
    )


def torch(settings: Settings, data: Data) -> None:
    """PyTorch."""
    from retrieval_torch import Torch

    libraries = Torch(data, settings)
    bandwidth = roofline.torch_bandwidth()
    products = roofline.torch_products(data.items, data.queries[:PRODUCT_QUERIES])
    serve({**common_methods(libraries, settings, data.queries), **_roofline(bandwidth, products)})


def ours(settings: Settings, data: Data) -> None:
    """Ours."""
    from retrieval_ours import Ours

    libraries = Ours(data, settings)
    try:
        serve({**common_methods(libraries, settings, data.queries), "quantised": lambda: libraries.quantised})
    finally:
        libraries.close()


def _roofline(
    bandwidth: dict[str, Callable[[], float]], products: dict[str, Callable[[], Any]]
) -> dict[str, Callable[[], Any]]:
    return {
        "bandwidth": lambda: {name: rate() for name, rate in bandwidth.items()},
        "products": lambda: roofline.best_seconds(products),
    }


def judge(data: Data, settings: Settings, case: str, ours: str, peers: dict[str, str]) -> dict[str, Any]:
    """Our answers against the exact twin, and the peers' against ours, for a sample of the queries of a case."""
    chosen = settings.cases[case]
    queries = np.concatenate(chosen.batches(data.queries))[:SAMPLE]
    mine = _sample(ours)
    twin = exact_answer(data, queries, settings.k, chosen.share)
    verdicts = {}
    for who, path in peers.items():
        recall, difference = recall_up_to_ties(data, queries, _sample(path), mine, chosen.share)
        verdicts[who] = {"recall": recall, "difference": difference}
    return {"recall": recall_of(mine, twin), "isTwins": is_twins(mine, twin), "peers": verdicts}


def _sample(path: str) -> Answer:
    found = Answer.load(Path(path))
    return Answer(found.ids[:SAMPLE], found.scores[:SAMPLE])


if __name__ == "__main__":
    role, place = sys.argv[1], Path(sys.argv[2])
    if role == "make":
        serve({"make": lambda: make_data(place, read_settings(place))})
    else:
        {"native": native, "torch": torch, "ours": ours}[role](read_settings(place), read_data(place))
