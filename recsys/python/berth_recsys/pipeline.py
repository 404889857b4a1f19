"""Sends the requests of one search, two at a time so that the runtime never idles, and hands back answers in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .connection import Answer, Call
from .corpus_handle import CorpusHandle
from .deadline import Deadline
from .errors import BerthRecsysError, RuntimeCrashed
from .search_request import QUERIES_MAX, SearchRequest

IN_FLIGHT = 2


@dataclass(frozen=True)
class Part:
    """The answer for the queries start … stop - 1."""

    start: int
    stop: int
    ids: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]
    certificate: npt.NDArray[np.uint8]
    scan_ms: float
    total_ms: float


def search_parts(
    corpus: CorpusHandle, request: SearchRequest, deadline: Deadline, start: int = 0, most: int = QUERIES_MAX
) -> Iterator[Part]:
    """The answers from query `start` on.

    A part in which the runtime crashes is sent once more; if it crashes again, RuntimeCrashed is raised. Whoever stops
    early, by an exception as well, cancels what is on its way.
    """
    flying: deque[tuple[int, int, Call]] = deque()
    crashed_at = -1
    total = len(request.queries)
    try:
        while start < total or flying:
            while start < total and len(flying) < IN_FLIGHT:
                stop = request.stop_of(start, most)
                flying.append((start, stop, _submit(corpus, request, start, stop, deadline)))
                start = stop
            first, stop, call = flying[0]
            try:
                answer = call.wait()
            except RuntimeCrashed:
                if crashed_at == first:
                    raise
                crashed_at = start = first
                _cancel(flying)
                continue
            flying.popleft()
            yield _part(answer, first, stop, request.k)
    finally:
        _cancel(flying)


def _submit(corpus: CorpusHandle, request: SearchRequest, start: int, stop: int, deadline: Deadline) -> Call:
    params, arrays = request.part(start, stop)
    return corpus.submit("corpus.search", params, arrays, deadline)


def _cancel(flying: deque[tuple[int, int, Call]]) -> None:
    while flying:
        flying.popleft()[2].cancel()


def _part(answer: Answer, start: int, stop: int, k: int) -> Part:
    count = stop - start
    return Part(
        start,
        stop,
        _array(answer, "ids", np.int64, (count, k)),
        _array(answer, "scores", np.float32, (count, k)),
        _array(answer, "certificate", np.uint8, (count,)),
        _milliseconds(answer, "scanMs"),
        _milliseconds(answer, "totalMs"),
    )


def _array(answer: Answer, name: str, dtype: type[np.generic], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    array = answer.arrays.get(name)
    if array is None or array.dtype != dtype or array.shape != shape:
        found = None if array is None else (array.dtype.name, array.shape)
        raise BerthRecsysError(
            f"the runtime answered a search with {name} {found}: want {np.dtype(dtype).name} {shape}"
        )
    return array


def _milliseconds(answer: Answer, name: str) -> float:
    value = answer.result.get(name)
    return float(value) if isinstance(value, (int, float)) else 0.0
