"""A corpus that grows and shrinks, and its snapshots, held against the definition over the rows that are left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from berth_recsys import Conflict, InvalidInput, NotFound, Retriever, col

from .twin import best, true_scores

RNG = np.random.default_rng(12)
ITEMS = RNG.standard_normal((600, 8), dtype=np.float32)
QUERIES = RNG.standard_normal((4, 8), dtype=np.float32)
GENRES = np.array(["jazz", "rock", "soul", "funk"])[RNG.integers(0, 4, 600)]


def check(corpus: Retriever, rows: np.ndarray, ids: np.ndarray, genre: str | None = None) -> None:
    """The corpus answers as one of these rows of ITEMS would."""
    keep = None if genre is None else GENRES[rows] == genre
    want = best(true_scores(ITEMS[rows], QUERIES), 10, keep, ids)
    hits = corpus.search(QUERIES, 10, where=None if genre is None else col("genre") == genre)
    np.testing.assert_array_equal(hits.ids, want[0])
    np.testing.assert_array_equal(hits.scores, want[1])


@pytest.mark.parametrize("metric", ["ip"])
def test_append_remove_compact(settings: Path, metric: str) -> None:
    """Symptom: an item that was removed comes back; one that was appended is never found; ids change on compaction."""
    ids = RNG.permutation(10_000)[:600]
    with Retriever(ITEMS[:300], ids[:300], metric, {"genre": GENRES[:300]}) as corpus:
        check(corpus, np.arange(300), ids[:300], "rock")
        corpus.append(ITEMS[300:500].astype(np.float64), ids[300:500].tolist(), {"genre": GENRES[300:500].tolist()})
        assert len(corpus) == 500
        check(corpus, np.arange(500), ids[:500])
        check(corpus, np.arange(500), ids[:500], "funk")
        gone = corpus.search(QUERIES, 5).ids.reshape(-1)
        assert corpus.remove(gone) == len(np.unique(gone))
        assert corpus.remove([10**6]) == 0
        left = np.flatnonzero(~np.isin(ids[:500], gone))
        assert len(corpus) == len(left) and corpus.info().rows == 500
        check(corpus, left, ids[left])
        corpus.compact()
        assert corpus.info().rows == corpus.info().live == len(left)
        check(corpus, left, ids[left], "soul")
        corpus.append(ITEMS[500:], ids[500:], {"genre": GENRES[500:]})
        left = np.concatenate([left, np.arange(500, 600)])
        check(corpus, left, ids[left])


def test_rows_without_ids_go_on_counting(settings: Path) -> None:
    """Symptom: an appended item gets the id of one that is there."""
    with Retriever(ITEMS[:100]) as corpus:
        corpus.append(ITEMS[100:110])
        check(corpus, np.arange(110), np.arange(110))


def test_a_part_that_is_wrong_changes_nothing(settings: Path) -> None:
    """Symptom: half a part in the corpus, after an error that the notebook has caught."""
    with Retriever(ITEMS[:100], np.arange(100), attributes={"genre": GENRES[:100]}) as corpus:
        nan = ITEMS[100:102].copy()
        nan[1, 3] = np.nan
        for items, ids, attributes, says in [
            (nan, [100, 101], {"genre": ["a", "b"]}, r"items\[1"),
            (ITEMS[100:102], [100, 99], {"genre": ["a", "b"]}, r"ids\[1\] is 99"),
            (ITEMS[100:102], [100, 100], {"genre": ["a", "b"]}, r"ids\[1\] is 100"),
            (ITEMS[100:102], [100, -1], {"genre": ["a", "b"]}, r"ids\[1\] is -1"),
            (ITEMS[100:102], None, {"genre": ["a", "b"]}, "give some"),
            (ITEMS[100:102], [100, 101], {"genre": [1, 2]}, "is a number here"),
            (ITEMS[100:102], [100, 101], None, "missing"),
            (ITEMS[100:102, :3], [100, 101], {"genre": ["a", "b"]}, "the corpus has 8 dimensions"),
        ]:
            with pytest.raises(InvalidInput, match=says):
                corpus.append(items, ids, attributes)
        check(corpus, np.arange(100), np.arange(100))
        corpus.append(ITEMS[100:102], [100, 101], {"genre": ["a", "b"]})
        assert len(corpus) == 102


@pytest.mark.parametrize("metric", ["ip", "cosine", "l2"])
def test_a_snapshot_is_the_corpus(settings: Path, tmp_path: Path, metric: str) -> None:
    """Symptom: after load, other answers: ids, removed items, categories or the metric were lost."""
    ids = RNG.permutation(10_000)[:600]
    with Retriever(ITEMS[:500], ids[:500], metric, {"genre": GENRES[:500]}, name="songs") as corpus:
        corpus.remove(ids[:20])
        before = corpus.search(QUERIES, 10, where=col("genre") != "rock")
        assert corpus.save(tmp_path / "snapshot") > 500 * 8 * 4
        with pytest.raises(Conflict):
            corpus.save(tmp_path / "snapshot")
    with Retriever.load(tmp_path / "snapshot") as loaded:
        assert (len(loaded), loaded.info().name, loaded.info().metric) == (480, "songs", metric)
        after = loaded.search(QUERIES, 10, where=col("genre") != "rock")
        np.testing.assert_array_equal(after.ids, before.ids)
        np.testing.assert_array_equal(after.scores, before.scores)
        with pytest.raises(InvalidInput, match="has ids of its own"):
            loaded.append(ITEMS[500:], attributes={"genre": GENRES[500:]})
        loaded.append(ITEMS[500:], ids[500:], {"genre": GENRES[500:]})
        loaded.remove(ids[20:40])
        loaded.compact()
        assert len(loaded) == 560
    with Retriever.load(tmp_path / "snapshot") as again:
        assert len(again) == 480


def test_what_is_no_snapshot_is_refused(settings: Path, tmp_path: Path) -> None:
    """Symptom: a crash of the runtime on a folder that somebody has sent."""
    with pytest.raises(NotFound):
        Retriever.load(tmp_path / "nowhere")
    with Retriever(ITEMS[:10]) as corpus:
        corpus.save(tmp_path / "cut")
    (items,) = (tmp_path / "cut").glob("*.items.*")
    items.write_bytes(items.read_bytes()[:-4])
    with pytest.raises(InvalidInput):
        Retriever.load(tmp_path / "cut")
    (tmp_path / "cut" / "manifest.json").write_text('{"version": 1, "parts": [{"name": "../../etc"}]}')
    with pytest.raises(InvalidInput):
        Retriever.load(tmp_path / "cut")
