"""Batches into a folder: the answers of `search`, whatever ends them in the middle."""

from __future__ import annotations

import json
import os
import signal
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from berth_recsys import Conflict, DeadlineExceeded, InvalidInput, Recency, Retriever, col
from berth_recsys.batch_folder import BatchFolder
from berth_recsys.query_file import batch_queries

RNG = np.random.default_rng(15)
ITEMS = RNG.standard_normal((4000, 16), dtype=np.float32)
QUERIES = RNG.standard_normal((3000, 16), dtype=np.float32)
PACKAGE = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def corpus(settings: Path) -> Any:
    attributes = {"time": np.arange(4000.0), "even": np.arange(4000) % 2 == 0}
    with Retriever(ITEMS, np.arange(4000) * 3, attributes=attributes) as made:
        yield made


def same(hits: Any, want: Any) -> None:
    np.testing.assert_array_equal(hits.ids, want.ids)
    np.testing.assert_array_equal(hits.scores, want.scores)
    np.testing.assert_array_equal(hits.certificate, want.certificate)


def done_of(folder: Path) -> int:
    """How far the journal says it is."""
    lines = [line for line in (folder / "journal.jsonl").read_text().splitlines() if line]
    return int(json.loads(lines[-1])["done"]) if lines else 0


class Stop(Exception):
    """Raised by a progress function."""


def stop_at(count: int) -> Any:
    def progress(done: int, total: int) -> None:
        if done >= count:
            raise Stop

    return progress


def sources(folder: Path) -> dict[str, Any]:
    """The same queries, in every form in which a batch may have them."""
    np.save(folder / "q.npy", QUERIES)
    np.save(folder / "wide.npy", QUERIES.astype(np.float64))
    np.save(folder / "broad.npy", np.pad(QUERIES, ((0, 0), (2, 3))))
    np.save(folder / "more.npy", np.concatenate([QUERIES[:7], QUERIES, QUERIES[:5]]))
    np.concatenate([np.zeros(5, np.uint8), QUERIES.view(np.uint8).reshape(-1)]).tofile(folder / "raw.bin")
    return {
        "array": QUERIES,
        "path": folder / "q.npy",
        "text path": str(folder / "q.npy"),
        "float64 path": folder / "wide.npy",
        "map": np.load(folder / "q.npy", mmap_mode="r"),
        "slice of a map": np.load(folder / "more.npy", mmap_mode="r")[7:-5],
        "raw map with an offset": np.memmap(folder / "raw.bin", np.float32, "r", 5, (3000, 16)),
        "map of copies": np.load(folder / "q.npy", mmap_mode="c"),
        "columns of a map": np.load(folder / "broad.npy", mmap_mode="r")[:, 2:18],
    }


def test_a_batch_is_the_search(corpus: Retriever, tmp_path: Path) -> None:
    """Symptom: other answers than `search` gives, or rows in another order, by where the queries lie."""
    want = corpus.search(QUERIES, 7)
    for name, queries in sources(tmp_path).items():
        hits = corpus.search_batch(queries, 7, tmp_path / "out" / name, chunk=700, progress=False)
        same(hits, want)
    ids = np.load(tmp_path / "out" / "array" / "ids.npy")
    scores = np.load(tmp_path / "out" / "array" / "scores.npy")
    assert ids.dtype == np.int64 and scores.dtype == np.float32 and ids.shape == scores.shape == (3000, 7)


def test_maps_are_read_as_files(tmp_path: Path) -> None:
    """Symptom: a batch over 100 GB of queries whose resident memory grows to 100 GB."""
    for name, queries in sources(tmp_path).items():
        source = batch_queries(queries)
        is_file = not np.shares_memory(source.read(0, 10), QUERIES) and source.read(0, 10).base is None
        assert is_file == (name not in ("array", "map of copies", "columns of a map")), name
        np.testing.assert_array_equal(source.rows(2990, 3000), QUERIES[2990:])


def test_what_a_batch_takes_with_it(corpus: Retriever, tmp_path: Path) -> None:
    """Symptom: exclusions, masks or boosts of the first chunk used for all."""
    ranked = corpus.search(QUERIES[:1], 4000).ids[0]
    exclude = [ranked[: index % 9] for index in range(3000)]
    boost = RNG.standard_normal(4000, dtype=np.float32)
    options: dict[str, Any] = {"where": col("even"), "exclude": exclude, "boost": boost}
    options["recency"] = Recency("time", 100, 0.5, now=4000)
    hits = corpus.search_batch(QUERIES, 3, tmp_path, chunk=999, progress=False, **options)
    same(hits, corpus.search(QUERIES, 3, **options))
    people = QUERIES.reshape(1000, 3, 16)
    same(corpus.search_batch(people, 3, tmp_path / "m", chunk=77, progress=False), corpus.search(people, 3))
    assert corpus.search_batch(QUERIES[:0], 3, tmp_path / "none", progress=False).ids.shape == (0, 3)


def test_it_goes_on_where_it_was_stopped(corpus: Retriever, tmp_path: Path) -> None:
    """Symptom: a batch that begins anew after every interruption, and never ends."""
    want = corpus.search(QUERIES, 5)
    with pytest.raises(Stop):
        corpus.search_batch(QUERIES, 5, tmp_path, chunk=100, progress=stop_at(1000))
    assert done_of(tmp_path) == 1000
    seen: list[int] = []
    hits = corpus.search_batch(QUERIES, 5, tmp_path, chunk=500, progress=lambda done, total: seen.append(done))
    assert seen == [1500, 2000, 2500, 3000]
    same(hits, want)
    again = corpus.search_batch(QUERIES, 5, tmp_path, progress=stop_at(0))
    same(again, want)


def test_a_deadline_leaves_it_to_be_gone_on_with(
    corpus: Retriever, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Symptom: what was done before the deadline is lost."""
    hour_later = time.monotonic() + 3600

    def pass_time(done: int, total: int) -> None:
        if done >= 200:
            monkeypatch.setattr("berth_recsys.deadline.time", SimpleNamespace(monotonic=lambda: hour_later))

    with pytest.raises(DeadlineExceeded):
        corpus.search_batch(QUERIES, 5, tmp_path, chunk=50, progress=pass_time, timeout_s=600)
    monkeypatch.undo()
    assert 200 <= done_of(tmp_path) < 3000
    same(corpus.search_batch(QUERIES, 5, tmp_path, progress=False), corpus.search(QUERIES, 5))


def test_an_interrupt_leaves_it_to_be_gone_on_with(corpus: Retriever, tmp_path: Path) -> None:
    """Symptom: what was done before Ctrl-C is lost."""

    def interrupt(done: int, total: int) -> None:
        if done >= 200:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        corpus.search_batch(QUERIES, 5, tmp_path, chunk=50, progress=interrupt)
    assert 200 <= done_of(tmp_path) < 3000
    same(corpus.search_batch(QUERIES, 5, tmp_path, progress=False), corpus.search(QUERIES, 5))


def test_another_batch_in_the_same_folder_is_refused(corpus: Retriever, tmp_path: Path) -> None:
    """Symptom: half of the answers are of the old parameters, the other half of the new ones."""
    exclude = [[1]] * 3000
    corpus.search_batch(QUERIES, 5, tmp_path, exclude=exclude, progress=False)
    other = QUERIES.copy()
    other[-1, -1] += 1
    changes: list[tuple[str, dict[str, Any]]] = [
        ("k", {"k": 6}),
        ("queries", {"queries": other}),
        ("queries", {"queries": QUERIES[:-1], "exclude": exclude[:-1]}),
        ("where", {"where": col("even")}),
        ("mask", {"mask": np.ones(4000, bool)}),
        ("boost", {"boost": np.ones(4000)}),
        ("exclude", {"exclude": [[2]] * 3000}),
        ("recency", {"recency": Recency("time", 1, 1)}),
    ]
    for name, change in changes:
        with pytest.raises(Conflict, match=rf"other arguments: .*{name} \("):
            corpus.search_batch(
                **{"queries": QUERIES, "k": 5, "out": tmp_path, "exclude": exclude, "progress": False, **change}
            )
    hits = corpus.search_batch(QUERIES, 6, tmp_path, progress=False, restart=True)
    same(hits, corpus.search(QUERIES, 6))


def test_another_corpus_of_the_same_size_is_noticed(corpus: Retriever, tmp_path: Path) -> None:
    """Symptom: the embeddings were trained anew, and yesterday's answers are given as today's."""
    with pytest.raises(Stop):
        corpus.search_batch(QUERIES, 5, tmp_path, chunk=100, where=col("even"), progress=stop_at(500))
    for items, even in ((ITEMS + np.float32(1e-3), np.arange(4000) % 2 == 0), (ITEMS, np.arange(4000) % 2 == 1)):
        attributes = {"time": np.arange(4000.0), "even": even}
        other = Retriever(items, np.arange(4000) * 3, attributes=attributes)
        with other, pytest.raises(Conflict, match="answers"):
            other.search_batch(QUERIES, 5, tmp_path, where=col("even"), progress=False)
    attributes = {"time": np.arange(4000.0), "even": np.arange(4000) % 2 == 0}
    with Retriever(ITEMS, np.arange(4000) * 3, attributes=attributes) as twin:
        same(
            twin.search_batch(QUERIES, 5, tmp_path, where=col("even"), progress=False),
            corpus.search(QUERIES, 5, where=col("even")),
        )


def test_now_stays_the_first_call_s(corpus: Retriever, tmp_path: Path) -> None:
    """Symptom: ages counted from two moments in one batch, or a Conflict at every resumption."""
    recency = Recency("time", timedelta(days=20_000), 1.0)
    with pytest.raises(Stop):
        corpus.search_batch(QUERIES, 5, tmp_path, chunk=100, recency=recency, progress=stop_at(500))
    now = json.loads((tmp_path / "job.json").read_text())["now"]
    hits = corpus.search_batch(QUERIES, 5, tmp_path, recency=recency, progress=False)
    assert hits.now == now and abs(now - time.time()) < 60
    same(hits, corpus.search(QUERIES, 5, recency=Recency("time", timedelta(days=20_000), 1.0, now=now)))


def test_a_folder_that_was_changed_is_refused(corpus: Retriever, tmp_path: Path) -> None:
    """Symptom: zeros for the rows whose file somebody has replaced; a foreign ids.npy overwritten."""
    corpus.search_batch(QUERIES, 5, tmp_path / "a", progress=False)
    (tmp_path / "a" / "scores.npy").unlink()
    with pytest.raises(Conflict, match=r"scores.npy is not as it was left"):
        corpus.search_batch(QUERIES, 5, tmp_path / "a", progress=False)
    (tmp_path / "b").mkdir()
    np.save(tmp_path / "b" / "ids.npy", [1])
    with pytest.raises(Conflict, match=r"ids.npy of no batch"):
        corpus.search_batch(QUERIES, 5, tmp_path / "b", progress=False)
    (tmp_path / "b" / "job.json").write_text("{")
    with pytest.raises(Conflict, match=r"restart=True begins anew"):
        corpus.search_batch(QUERIES, 5, tmp_path / "b", progress=False)
    same(corpus.search_batch(QUERIES, 5, tmp_path / "b", progress=False, restart=True), corpus.search(QUERIES, 5))


def test_a_journal_that_was_cut_counts_up_to_its_last_whole_line(corpus: Retriever, tmp_path: Path) -> None:
    """Symptom: `{"done": 30` is taken for 30, or for 3000, after a power cut in mid-line."""
    with pytest.raises(Stop):
        corpus.search_batch(QUERIES, 5, tmp_path, chunk=100, progress=stop_at(500))
    with (tmp_path / "journal.jsonl").open("a") as journal:
        journal.write('{"done": 29')
    seen: list[int] = []
    hits = corpus.search_batch(QUERIES, 5, tmp_path, chunk=2500, progress=lambda done, total: seen.append(done))
    assert seen == [3000]
    same(hits, corpus.search(QUERIES, 5))


def test_two_processes_do_not_fill_one_folder(corpus: Retriever, tmp_path: Path) -> None:
    """Symptom: a cell that was started twice writes over itself."""
    with BatchFolder(tmp_path, restart=False), pytest.raises(Conflict, match="another process is filling"):
        corpus.search_batch(QUERIES, 5, tmp_path, progress=False)


@pytest.mark.parametrize("wrong", [{"chunk": 0}, {"chunk": 1.5}, {"progress": "yes"}, {"queries": "nowhere.npy"}])
def test_wrong_arguments_leave_no_folder(corpus: Retriever, tmp_path: Path, wrong: dict[str, Any]) -> None:
    """Symptom: an empty folder that the next, correct call finds in its way."""
    with pytest.raises(InvalidInput):
        corpus.search_batch(**{"queries": QUERIES, "k": 5, "out": tmp_path / "out", "progress": False, **wrong})
    assert not (tmp_path / "out").exists()


def test_files_that_are_no_queries_are_refused(tmp_path: Path) -> None:
    """Symptom: a truncated or column-major file read as queries."""
    np.save(tmp_path / "fortran.npy", np.asfortranarray(QUERIES))
    np.save(tmp_path / "text.npy", np.array([["a"]]))
    np.save(tmp_path / "flat.npy", QUERIES[0])
    np.save(tmp_path / "cut.npy", QUERIES)
    os.truncate(tmp_path / "cut.npy", 1000)
    (tmp_path / "none.npy").write_bytes(b"none")
    for name, says in [
        ("fortran", "column by column"),
        ("text", "want float32"),
        ("flat", r"shape \[16\]"),
        ("cut", "it was cut"),
        ("none", r"is no .npy file"),
    ]:
        with pytest.raises(InvalidInput, match=says):
            batch_queries(tmp_path / f"{name}.npy")


def test_progress_is_printed(corpus: Retriever, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Symptom: an hour without a word."""
    corpus.search_batch(QUERIES, 5, tmp_path, chunk=500)
    out, err = capsys.readouterr()
    assert out == "" and "3,000 of 3,000 queries (100 %)" in err
