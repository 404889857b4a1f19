"""Searches in the real runtime, held against the definition: ids and scores are the same, bit by bit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from berth_recsys import MMR, AtMost, Recency, Retriever, col
from berth_recsys.hits import Hits

from .twin import at_most, best, mmr, recency_boost, true_scores

N, D = 3000, 24
RNG = np.random.default_rng(11)
ITEMS = RNG.standard_normal((N, D), dtype=np.float32)
ITEMS[1500:1600] = ITEMS[1400:1500]  # ties
IDS = RNG.permutation(10**6)[:N]
QUERIES = RNG.standard_normal((9, D), dtype=np.float32)
GENRES = np.array([None, "jazz", "rock", "soul"], object)[RNG.integers(0, 4, N)]
TIMES = np.datetime64("2025-01-01", "s") + RNG.integers(0, 10**6, N).astype("timedelta64[s]")
TIMES[::7] = np.datetime64("NaT")
SECONDS = np.where(np.isnat(TIMES), np.nan, TIMES.astype(np.int64))
PRICES = np.where(RNG.random(N) < 0.1, np.nan, RNG.integers(0, 50, N))
NSFW = RNG.random(N) < 0.3
NOW = datetime(2025, 1, 12)


def same(hits: Hits, want: tuple[np.ndarray, np.ndarray]) -> None:
    """Bit by bit."""
    assert hits.ids.dtype == np.int64 and hits.scores.dtype == np.float32
    np.testing.assert_array_equal(hits.ids, want[0])
    np.testing.assert_array_equal(hits.scores.view(np.uint32), want[1].view(np.uint32))
    assert hits.recall_certificate.shape == (len(hits.ids),)
    assert set(hits.recall_certificate.tolist()) <= {"quantised", "float", "exact"}


@pytest.fixture(scope="module")
def corpus(settings: Path) -> Iterator[Retriever]:
    attributes = {"genre": GENRES, "time": TIMES, "price": PRICES, "nsfw": NSFW}
    with Retriever(ITEMS, IDS, attributes=attributes, name="songs") as made:
        yield made


@pytest.mark.parametrize("metric", ["ip", "cosine", "l2"])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_answers_are_the_definition_s(settings: Path, metric: str, dtype: Any) -> None:
    """Symptom: ids that change with the batch, the threads or the device; scores off in the last digits."""
    items, queries = ITEMS.astype(dtype), QUERIES.astype(dtype)
    want = best(true_scores(items.astype(np.float32), queries.astype(np.float32), metric), 20)
    with Retriever(items, metric=metric) as corpus:
        same(corpus.search(queries, 20), want)
        same(corpus.search(queries[:1], 20), (want[0][:1], want[1][:1]))
        same(corpus.search(np.asfortranarray(queries), 20), want)


def test_equal_scores_come_in_the_order_of_rows(settings: Path) -> None:
    """Symptom: ties that depend on the thread which was first."""
    items = np.ones((500, 4), np.float32)
    with Retriever(items) as corpus:
        hits = corpus.search(np.ones((2, 4), np.float32), 7)
    assert hits.ids.tolist() == [list(range(7))] * 2


def test_more_than_there_are_is_filled_up(settings: Path) -> None:
    """Symptom: ids of rows that do not exist."""
    with Retriever(ITEMS[:3]) as corpus:
        hits = corpus.search(QUERIES, 5)
        assert len(corpus) == 3
    assert (hits.ids[:, 3:] == -1).all() and np.isneginf(hits.scores[:, 3:]).all()
    assert (hits.ids[:, :3] >= 0).all()


def test_many_vectors_of_one_person(corpus: Retriever) -> None:
    """Symptom: an item counts with the average, or the first, of a person's vectors."""
    queries = RNG.standard_normal((4, 3, D), dtype=np.float32)
    same(corpus.search(queries, 15), best(true_scores(ITEMS, queries), 15, ids=IDS))


CONDITIONS = [
    (col("genre") == "rock", GENRES == "rock"),
    (col("genre") != "rock", (GENRES != "rock") & (GENRES != None)),  # noqa: E711
    (col("genre").isin(["rock", "soul", "polka"]), np.isin(GENRES.astype(str), ["rock", "soul"])),
    (col("genre").missing(), GENRES == None),  # noqa: E711
    (col("price") < 10, PRICES < 10),
    (col("price").between(10, 20), (PRICES >= 10) & (PRICES <= 20)),
    (~(col("price") > 5), ~(PRICES > 5)),
    (~(col("price") > 5) & ~col("price").missing(), PRICES <= 5),
    (col("nsfw"), NSFW),
    (~col("nsfw"), ~NSFW),
    (col("time") >= datetime(2025, 1, 10), np.datetime64("2025-01-10") <= TIMES),
    (col("time") == TIMES[1], TIMES[1] == TIMES),
    ((col("genre") == "rock") & (col("price") > 5) | col("nsfw"), ((GENRES == "rock") & (PRICES > 5)) | NSFW),
    (col("price") == 1000, np.zeros(N, bool)),
]


@pytest.mark.parametrize(("condition", "keep"), CONDITIONS, ids=[repr(each) for each, _ in CONDITIONS])
def test_conditions(corpus: Retriever, condition: Any, keep: np.ndarray) -> None:
    """Symptom: an item that the condition forbids, or a missing value that fulfils it."""
    same(corpus.search(QUERIES, 12, where=condition), best(true_scores(ITEMS, QUERIES), 12, keep, IDS))


def test_masks(corpus: Retriever) -> None:
    """Symptom: a mask for each query is taken for the first one's, or its rows for ids."""
    scores = true_scores(ITEMS, QUERIES)
    for mask in (RNG.random(N) < 0.5, RNG.random((9, N)) < 0.01):
        same(corpus.search(QUERIES, 12, mask=mask), best(scores, 12, mask, IDS))


def test_exclusions(corpus: Retriever) -> None:
    """Symptom: what a person has seen already comes again; or ids are taken for rows."""
    scores = true_scores(ITEMS, QUERIES)
    seen = corpus.search(QUERIES, 30).ids
    seen[3] = -1
    same(corpus.search(QUERIES, 12, exclude=seen), best(scores, 12, None, IDS, seen))
    everyone = [seen.reshape(-1)] * len(QUERIES)
    same(corpus.search(QUERIES, 12, exclude=seen.reshape(-1)), best(scores, 12, None, IDS, everyone))
    much = [IDS[: 2000 * (index % 2)] for index in range(len(QUERIES))]
    same(corpus.search(QUERIES, 12, exclude=much), best(scores, 12, None, IDS, much))
    same(corpus.search(QUERIES, 12, exclude=[10**9]), best(scores, 12, None, IDS))


def test_boost_and_recency(corpus: Retriever) -> None:
    """Symptom: a boost added after rounding; an age in milliseconds; an item without a time pushed down."""
    boost = RNG.standard_normal(N, dtype=np.float32)
    same(corpus.search(QUERIES, 12, boost=boost), best(true_scores(ITEMS, QUERIES, boost=boost), 12, None, IDS))
    recency = Recency("time", timedelta(days=2), 3.0, NOW)
    hits = corpus.search(QUERIES, 12, recency=recency)
    now = (NOW - datetime(1970, 1, 1)).total_seconds()
    fresh = recency_boost(SECONDS, 2 * 86400, 3.0, now)
    want = true_scores(ITEMS, QUERIES).astype(np.float64) + fresh
    np.testing.assert_allclose(hits.scores, -np.sort(-want, axis=1)[:, :12], rtol=1e-5, atol=1e-5)
    assert hits.now == now


def test_recency_counts_from_now(corpus: Retriever) -> None:
    """Symptom: hits that nobody can reproduce, because the moment was not kept."""
    hits = corpus.search(QUERIES, 5, recency=Recency("time", timedelta(days=900), 1.0))
    assert hits.now is not None
    again = corpus.search(QUERIES, 5, recency=Recency("time", timedelta(days=900), 1.0, now=hits.now))
    same(again, (hits.ids, hits.scores))


def test_mmr(corpus: Retriever) -> None:
    """Symptom: diversity that changes the scores, or picks in another order than the rule says."""
    hits = corpus.search(QUERIES, 8, diversity=MMR(0.3, 40))
    scores = true_scores(ITEMS, QUERIES)
    for index, row in enumerate(scores):
        chosen = mmr(row, ITEMS, 40, 8, 0.3)
        assert hits.ids[index].tolist() == IDS[chosen].tolist()
        np.testing.assert_array_equal(hits.scores[index], row[chosen])


def test_at_most(corpus: Retriever) -> None:
    """Symptom: three of one genre, or too few because the search did not look further down."""
    scores = true_scores(ITEMS, QUERIES)
    for n, k, keep in ((2, 9, None), (1, 3, GENRES != None)):  # noqa: E711
        where = None if keep is None else ~col("genre").missing()
        hits = corpus.search(QUERIES, k, where=where, diversity=AtMost(n, "genre"))
        for index, row in enumerate(scores):
            allowed = row if keep is None else np.where(keep, row, -np.inf)
            assert hits.ids[index].tolist() == IDS[at_most(allowed, GENRES, n, k)].tolist()


def test_large_batches_are_cut_and_put_together(corpus: Retriever) -> None:
    """Symptom: a batch that is too long for one frame ends the connection; parts come back in another order."""
    queries = np.tile(QUERIES, (1100, 1))
    seen = [IDS[index % 50 : index % 50 + 3] for index in range(len(queries))]
    hits = corpus.search(queries, 4, exclude=seen)
    assert hits.ids.shape == (9900, 4)
    part = corpus.search(queries[8190:8200], 4, exclude=seen[8190:8200])
    np.testing.assert_array_equal(hits.ids[8190:8200], part.ids)
    assert corpus.search(queries[:0], 4).ids.shape == (0, 4)


def test_hits_of_large_k_are_cut_by_their_answers(corpus: Retriever) -> None:
    """Symptom: an answer of more than 64 MiB, which the runtime cannot send."""
    hits = corpus.search(np.tile(QUERIES, (63, 1)), 10_000)
    assert hits.ids.shape == (567, 10_000)
    np.testing.assert_array_equal(hits.ids[:9], hits.ids[-9:])


def test_hits_become_frames_and_tables(corpus: Retriever) -> None:
    """Symptom: -1 in the frame; a table that a browser takes for markup."""
    hits = corpus.search(QUERIES[:2], 3, where=col("price") == 1000)
    frame = hits.to_frame()
    assert list(frame.columns) == ["query", "rank", "id", "score"] and len(frame) == 0
    hits = corpus.search(QUERIES[:2], 3)
    frame = hits.to_frame()
    assert frame["id"].to_list() == hits.ids.reshape(-1).tolist() and frame["rank"].to_list() == [0, 1, 2] * 2
    html = hits._repr_html_()
    assert html.count("<tr>") == 3 and str(hits.ids[0, 0]) in html and "&lt;Hits" in html
    assert repr(hits) == "<Hits of 2 queries, k = 3>" and len(hits) == 2


def test_info_says_what_the_corpus_is(corpus: Retriever) -> None:
    """Symptom: nobody knows which corpus a variable holds."""
    info = corpus.info()
    assert (info.name, info.rows, info.live, info.dimensions, info.metric) == ("songs", N, N, D, "ip")
    assert info.columns == {"genre": "category", "time": "number", "price": "number", "nsfw": "flag"}
    assert repr(corpus) == "<Retriever 'songs' of 3000 items, 24 dimensions, ip, on cpu>"
