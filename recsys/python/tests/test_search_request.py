"""How a search is cut into requests that the protocol can carry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from berth_recsys.corpus_info import CorpusInfo
from berth_recsys.errors import InvalidInput, TooLarge
from berth_recsys.frame import MAX_BODY_BYTES, encode_frame
from berth_recsys.search_request import QUERIES_MAX, SearchRequest, Wanted, search_request


def corpus(rows: int, dimensions: int = 4) -> CorpusInfo:
    return CorpusInfo("c1", "", rows, rows, dimensions, "ip", {}, 1, "cpu", 0, False)


def parts(request: SearchRequest, most: int = QUERIES_MAX) -> list[tuple[int, int]]:
    """All requests of a search."""
    made, start = [], 0
    while start < len(request.queries):
        stop = request.stop_of(start, most)
        made.append((start, stop))
        start = stop
    return made


def carried(request: SearchRequest, start: int, stop: int) -> int:
    """The bytes of a request's body; raises TooLarge as sending it would."""
    params, arrays = request.part(start, stop)
    return sum(len(piece) for piece in encode_frame({"params": params}, arrays)[1:])


def test_no_request_or_answer_is_too_long() -> None:
    """Symptom: a search that fails with TooLarge, or ends the connection, because of how many ask at once."""
    rng = np.random.default_rng(18)
    for _ in range(60):
        batch, rows, dimensions = (int(n) for n in rng.integers(1, [3000, 60_000, 3000]))
        k = int(rng.integers(1, 10_001))
        wanted: dict[str, Any] = {"k": k}
        if rng.random() < 0.5:
            each = rng.integers(0, 20_000, batch) * (rng.random(batch) < 0.1)
            offsets = np.concatenate([[0], np.cumsum(each)])
            each_own = (offsets, np.zeros(offsets[-1], np.int64))
            wanted["exclude"] = each_own if rng.random() < 0.7 else np.arange(int(rng.integers(0, 500_000)))
        if rng.random() < 0.5:
            wanted["mask"] = np.broadcast_to(np.True_, (batch, rows) if rng.random() < 0.5 else (rows,))
        if rng.random() < 0.5:
            wanted["boost"] = np.zeros(rows)
        queries = np.broadcast_to(np.float32(0), (batch, dimensions))
        request = search_request(corpus(rows, dimensions), queries, Wanted(**wanted))
        made = parts(request)
        assert [start for start, _ in made] == [0, *(stop for _, stop in made[:-1])] and made[-1][1] == batch
        for start, stop in {made[0], made[len(made) // 2], made[-1]}:
            assert carried(request, start, stop) <= MAX_BODY_BYTES
            assert (stop - start) * (k * 12 + 1) + 3 * 64 <= MAX_BODY_BYTES


def test_requests_are_as_long_as_they_may_be() -> None:
    """Symptom: a thousand requests where ten would do."""
    queries = np.broadcast_to(np.float32(0), (20_000, 4))
    assert parts(search_request(corpus(10), queries, Wanted(5))) == [(0, 8192), (8192, 16_384), (16_384, 20_000)]
    assert parts(search_request(corpus(10), queries, Wanted(5)), 7000) == [(0, 7000), (7000, 14_000), (14_000, 20_000)]
    masks = np.broadcast_to(np.True_, (100, 2**20))
    (first, *_) = parts(search_request(corpus(2**20), queries[:100], Wanted(5, mask=masks)))
    assert first == (0, 63)
    blocked = np.arange(100_000)
    assert len(parts(search_request(corpus(10), queries, Wanted(5, exclude=blocked)))) == 3


def test_what_one_request_cannot_carry_is_refused() -> None:
    """Symptom: a search that is cut into parts without an end."""
    rows = 2**24
    queries = np.zeros((1, 4))
    both = Wanted(5, mask=np.broadcast_to(np.True_, (rows,)), boost=np.broadcast_to(np.float32(0), (rows,)))
    with pytest.raises(TooLarge, match="mask and boost take 83886080 bytes"):
        search_request(corpus(rows), queries, both)
    exclude = [np.broadcast_to(np.int64(1), (9 * 2**20,))]
    with pytest.raises(TooLarge, match="query 0 with its exclusions"):
        search_request(corpus(10), queries, Wanted(5, exclude=exclude)).stop_of(0)


def test_a_sample_is_the_same_search_for_some() -> None:
    """Symptom: a fingerprint of queries with other queries' exclusions."""
    queries = np.arange(400, dtype=np.float32).reshape(100, 4)
    mask = np.zeros((100, 9), bool)
    mask[:, 0] = np.arange(100) % 2 == 0
    exclude = [[index] for index in range(100)]
    sample = search_request(corpus(9), queries, Wanted(5, mask=mask, exclude=exclude)).sample(4)
    assert sample.queries.rows(0, 4)[:, 0].tolist() == [0, 132, 264, 396]
    _, arrays = sample.part(1, 3)
    assert arrays["excludeIds"].tolist() == [33, 66] and arrays["mask"][:, 0].tolist() == [0, 1]


@pytest.mark.parametrize("k", [0, -1, 10_001, 1.0, "3", None])
def test_k_is_a_whole_number(k: Any) -> None:
    """Symptom: k = 1e9, and memory for it is asked for."""
    with pytest.raises(InvalidInput) as caught:
        search_request(corpus(9), np.zeros((1, 4)), Wanted(k))
    assert caught.value.field == "k"
