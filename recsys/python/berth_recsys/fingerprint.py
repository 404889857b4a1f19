"""What a batch is about, small enough to be kept and compared.

Parameters are kept as they are, large arrays as digests of samples.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .corpus_info import CorpusInfo
from .pipeline import Part
from .search_request import SearchRequest, Wanted

# An array up to this is read as a whole; of a larger one so many blocks, evenly spread, its first and its last among
# them.
WHOLE_BYTES = 4 * 1024 * 1024
BLOCKS = 64
BLOCK_BYTES = WHOLE_BYTES // BLOCKS


def job_of(info: CorpusInfo, request: SearchRequest, wanted: Wanted, sample: Iterable[Part]) -> dict[str, Any]:
    """The parts of a batch by name. Two batches with equal parts have the same answers, as far as samples can tell.

    `sample` are the answers to some of the queries: a corpus of the same size with other items, or other attributes,
    which no parameter shows, gives others.
    """
    queries = request.queries
    recency = request.params.get("recency")
    if recency is not None and wanted.recency is not None and wanted.recency.now is None:
        recency = {**recency, "now": None}
    exclude = request.exclude
    job = {
        "corpus": info.content(),
        "queries": {
            "shape": list(queries.shape),
            "dtype": queries.dtype,
            "digest": _digest_of_rows(len(queries), queries.row_values * 4, queries.rows),
        },
        "k": request.k,
        "where": request.params.get("where"),
        "recency": recency,
        "diversity": request.params.get("diversity"),
        "mask": _digest(request.mask),
        "boost": _digest(request.boost),
        "answers": _digest_of_answers(sample),
        "exclude": None if exclude is None else [_digest(exclude.offsets), _digest(exclude.ids)],
    }
    return dict(json.loads(json.dumps(job)))  # as it will be read back


def _digest_of_answers(sample: Iterable[Part]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in sample:
        digest.update(part.ids.tobytes())
        digest.update(part.scores.tobytes())
    return digest.hexdigest()


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between two jobs, in words."""
    return [
        f"{name} ({_shown(before.get(name))} before, {_shown(now.get(name))} now)"
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    ]


def _shown(value: Any) -> str:
    text = "none" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}…"


def _digest(array: npt.NDArray[Any] | None) -> str | None:
    if array is None:
        return None
    if array.ndim == 0 or array.size == 0:
        return f"{array.dtype.name} {list(array.shape)}"
    digest = _digest_of_rows(len(array), max(1, array.nbytes // len(array)), lambda start, stop: array[start:stop])
    return f"{array.dtype.name} {list(array.shape)} {digest}"


def _digest_of_rows(count: int, row_bytes: int, rows: Callable[[int, int], npt.NDArray[Any]]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    if count * row_bytes <= WHOLE_BYTES:
        digest.update(np.ascontiguousarray(rows(0, count)).tobytes())
        return digest.hexdigest()
    step = max(1, BLOCK_BYTES // row_bytes)
    for start in np.unique(np.linspace(0, count - step, BLOCKS).astype(np.int64)).tolist():
        digest.update(np.ascontiguousarray(rows(start, min(count, start + step))).tobytes())
    return digest.hexdigest()
