"""Every way in which a call fails has a class, a code, and says where."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import berth_recsys as recsys
from berth_recsys import MMR, AtMost, Recency, Retriever, col
from berth_recsys.errors import error_of
from berth_recsys.session import SESSION

from .at_work import children, when_at_work
from .conftest import runtime_pid
from .libraries import have, library

RNG = np.random.default_rng(13)
ITEMS = RNG.standard_normal((200, 8), dtype=np.float32)
QUERIES = RNG.standard_normal((3, 8), dtype=np.float32)


def test_errors_are_what_python_calls_them() -> None:
    """Symptom: `except TimeoutError` or `except ValueError` in a pipeline does not catch ours."""
    kinds = {
        recsys.InvalidInput: ValueError,
        recsys.MemoryExceeded: MemoryError,
        recsys.DeadlineExceeded: TimeoutError,
    }
    for ours, python in kinds.items():
        error = error_of(ours.code, "what", "where.of[1]")
        assert type(error) is ours and isinstance(error, python) and isinstance(error, recsys.BerthRecsysError)
        assert (str(error), error.code, error.field) == ("what", ours.code, "where.of[1]")
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.code, again.field) == (ours, "what", ours.code, "where.of[1]")


def test_codes_of_a_newer_runtime_keep_their_name() -> None:
    """Symptom: an unknown code ends in a KeyError of the reader's thread, and the call waits for ever."""
    error = error_of("quota-exceeded", "too many")
    assert type(error) is recsys.BerthRecsysError and error.code == "quota-exceeded"


@pytest.fixture(scope="module")
def corpus(settings: Path) -> Any:
    with Retriever(ITEMS, attributes={"genre": ["a"] * 200, "price": np.arange(200.0)}) as made:
        yield made


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"k": 0}, "k"),
        ({"k": 10_001}, "k"),
        ({"k": 2.5}, "k"),
        ({"queries": QUERIES[:, :3]}, "queries"),
        ({"queries": QUERIES[0]}, "queries"),
        ({"queries": np.full((1, 8), np.nan)}, "queries"),
        ({"where": col("nope") == 1}, "where"),
        ({"where": col("genre") < "b"}, "where"),
        ({"where": (col("price") > 1) & (col("price") == "cheap")}, "where"),
        ({"where": "genre == 'a'"}, "where"),
        ({"mask": np.ones(3, bool)}, "mask"),
        ({"boost": np.full(200, np.inf)}, "boost"),
        ({"boost": np.ones(3)}, "boost"),
        ({"exclude": [[1]]}, "exclude"),
        ({"recency": Recency("genre", 1, 1)}, "recency"),
        ({"recency": 7}, "recency"),
        ({"diversity": AtMost(1, "price")}, "diversity"),
        ({"diversity": MMR(0.5, 1)}, "diversity"),
        ({"device": "cuda"}, "device"),
        ({"timeout_s": 0}, "timeout_s"),
    ],
)
def test_a_wrong_argument_is_named(corpus: Retriever, arguments: dict[str, Any], field: str) -> None:
    """Symptom: 'invalid input' without a word of which of ten arguments."""
    with pytest.raises(recsys.InvalidInput) as caught:
        corpus.search(**{"queries": QUERIES, "k": 3, **arguments})
    assert caught.value.field is not None and caught.value.field.startswith(field)
    assert corpus.search(QUERIES, 3).ids.shape == (3, 3)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"items": ITEMS[:0]}, "items"),
        ({"items": np.where(np.eye(200, 8), np.inf, ITEMS)}, "items"),
        ({"ids": np.zeros(200, int)}, "ids"),
        ({"ids": np.arange(199)}, "ids"),
        ({"metric": "dot"}, "metric"),
        ({"device": "tpu"}, "device"),
        ({"name": "x" * 300}, "name"),
        ({"attributes": {"price": np.full(200, np.inf)}}, "attributes.price"),
    ],
)
def test_a_corpus_that_cannot_be_made_is_refused(settings: Path, arguments: dict[str, Any], field: str) -> None:
    """Symptom: a corpus with a row that makes every search fail, or one that is left behind half made."""
    with pytest.raises(recsys.InvalidInput) as caught:
        Retriever(**{"items": ITEMS, **arguments})
    assert caught.value.field is not None and caught.value.field.startswith(field)


def test_what_does_not_fit_says_both_numbers(settings: Path) -> None:
    """Symptom: the machine swaps, or the kernel kills the notebook."""
    items = np.broadcast_to(np.float32(0), (2**31 - 1, 4096))
    with pytest.raises(recsys.MemoryExceeded, match=r"GiB"):
        Retriever(items)


def test_many_texts_are_carried(settings: Path) -> None:
    """Symptom: 'a request has 2600000 bytes of parameters' after minutes of copying, for a column of titles."""
    items = np.arange(100_000, dtype=np.float32)[:, None]
    titles = [f"title of song {index}" for index in range(100_000)]
    with Retriever(items, attributes={"genre": ["a"] * 100_000, "title": titles}) as corpus:
        assert corpus.search([[1.0]], 2, where=col("title") == "title of song 77").ids.tolist() == [[77, -1]]


def test_texts_that_do_not_fit_name_their_column(settings: Path) -> None:
    """Symptom: an error of the protocol, without the column."""
    titles = [str(index) * 5_000_000 for index in range(9)] + ["x" * 30_000_000]
    with pytest.raises(recsys.TooLarge, match=r"'title', with 10 different texts") as caught:
        Retriever(np.ones((10, 1)), attributes={"genre": ["a"] * 10, "title": titles})
    assert caught.value.field == "attributes.title"
    with pytest.raises(recsys.InvalidInput, match="no Unicode") as wrong:
        Retriever(np.ones((1, 1)), attributes={"title": ["half \ud800"]})
    assert wrong.value.field == "attributes.title"


def test_a_closed_retriever_says_so(settings: Path) -> None:
    """Symptom: 'there is no corpus c7'."""
    corpus = Retriever(ITEMS)
    corpus.close()
    corpus.close()
    for call in (lambda: corpus.search(QUERIES, 1), corpus.info, lambda: corpus.remove([1])):
        with pytest.raises(recsys.InvalidInput, match="closed"):
            call()


def test_a_retriever_is_not_pickled(corpus: Retriever) -> None:
    """Symptom: a worker process gets a copy that speaks on nobody's connection."""
    with pytest.raises(TypeError, match="save"):
        pickle.dumps(corpus)


def slow_search(corpus: Retriever, **options: Any) -> Any:
    """One that takes many seconds: every query has a mask of its own."""
    queries = RNG.standard_normal((6000, 64), dtype=np.float32)
    return corpus.search(queries, 1000, mask=np.broadcast_to(np.arange(30_000) % 2 == 0, (6000, 30_000)), **options)


@pytest.fixture(scope="module")
def large(settings: Path) -> Any:
    with Retriever(RNG.standard_normal((30_000, 64), dtype=np.float32)) as made:
        yield made


def failures(folder: Path, code: str) -> int:
    """How many requests the runtime itself has ended with an error."""
    text = SESSION.connection(folder).call("metrics", {}).result["text"]
    counts = [
        line.split()[-1] for line in text.splitlines() if line.startswith("berth_recsys_failures") and code in line
    ]
    return sum(map(int, counts))


def test_a_deadline_ends_the_call_and_nothing_else(large: Retriever, runtime: Path) -> None:
    """Symptom: `timeout_s` that is not kept; a runtime that works on for a caller who has left."""
    before = failures(runtime, "deadline-exceeded")
    with pytest.raises(recsys.DeadlineExceeded):
        slow_search(large, timeout_s=2)
    assert large.search(RNG.standard_normal((1, 64)), 1, timeout_s=20).ids.shape == (1, 1)
    assert failures(runtime, "deadline-exceeded") > before


def test_an_interrupt_cancels_in_the_runtime(large: Retriever, runtime: Path) -> None:
    """Symptom: Ctrl-C is heard when the call has ended; or the next call waits for the one that was given up."""
    for name in have("polars"):
        library(name)  # its handler of signals lets waits go on
    before = failures(runtime, "cancelled")
    processes = children(runtime_pid(runtime))
    with pytest.raises(KeyboardInterrupt), when_at_work(processes, lambda: os.kill(os.getpid(), signal.SIGINT)):
        slow_search(large)
    assert large.search(RNG.standard_normal((1, 64)), 1).ids.shape == (1, 1)
    assert failures(runtime, "cancelled") > before


def test_threads_share_the_connection(corpus: Retriever) -> None:
    """Symptom: two threads get each other's answers."""
    alone = [corpus.search(QUERIES[index : index + 1], 5).ids.tolist() for index in range(3)]
    failures: list[Any] = []

    def work(index: int) -> None:
        for _ in range(20):
            if corpus.search(QUERIES[index : index + 1], 5).ids.tolist() != alone[index]:
                failures.append(index)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []


def test_a_corpus_that_nobody_holds_is_closed(runtime: Path) -> None:
    """Symptom: a cell that is run again and again fills the memory."""

    def corpora() -> int:
        text = SESSION.connection(runtime).call("metrics", {}).result["text"]
        return sum(line.startswith("berth_recsys_corpus") for line in text.splitlines())

    before = corpora()
    for _ in range(5):
        Retriever(ITEMS)
    deadline = time.monotonic() + 10
    while corpora() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert corpora() <= before
    assert sys.getrefcount(ITEMS) < 20
