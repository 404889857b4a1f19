"""Processes that end in the middle: of a corpus, of the runtime, of a notebook.

Answers afterwards are those of before.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from berth_recsys import DeadlineExceeded, InvalidInput, Retriever, RuntimeCrashed, col

from .at_work import WORK_S, children, cpu_s, when_at_work
from .conftest import runtime_pid

RNG = np.random.default_rng(14)
ITEMS = RNG.standard_normal((20_000, 32), dtype=np.float32)
QUERIES = RNG.standard_normal((5, 32), dtype=np.float32)
PACKAGE = Path(__file__).resolve().parents[1]


def eventually(is_so: Callable[[], bool], what: str, within_s: float = 15.0) -> None:
    """Waits for a state."""
    ends = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < ends, f"not within {within_s} s: {what}"
        time.sleep(0.02)


def wait_gone(pid: int) -> None:
    """Waits until a process is no more than a zombie."""

    def gone() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            return True

    eventually(gone, f"process {pid} has ended")


def slow(corpus: Retriever) -> Any:
    """A search of some seconds."""
    return corpus.search(np.tile(QUERIES, (400, 1)), 500, mask=np.broadcast_to(np.ones(20_000, bool), (2000, 20_000)))


HEAD = """
import os, signal, sys, time
import numpy as np
from berth_recsys import *
from berth_recsys.session import SESSION
from pathlib import Path

items = np.random.default_rng(1).standard_normal((2000, 16), dtype=np.float32)

def server():
    folder = Path(os.environ["BERTH_RECSYS_DIR"])
    return SESSION.connection(folder).call("hello", {"version": 1}).result["pid"]
"""


def notebook(code: str) -> subprocess.Popen[str]:
    """Another Python process, of the same runtime."""
    return subprocess.Popen(
        [sys.executable, "-c", HEAD + textwrap.dedent(code)],
        cwd=PACKAGE,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


def test_a_corpus_s_process_that_is_killed_is_started_again(own_runtime: Path) -> None:
    """Symptom: one fault in native code, and every later cell of the notebook fails."""
    with Retriever(ITEMS, attributes={"even": np.arange(20_000) % 2 == 0}) as corpus:
        corpus.remove(corpus.search(QUERIES, 3).ids.reshape(-1))
        want = corpus.search(QUERIES, 10, where=col("even"))
        for child in children(runtime_pid(own_runtime)):
            os.kill(child, signal.SIGKILL)
            wait_gone(child)
        hits = corpus.search(QUERIES, 10, where=col("even"))
        np.testing.assert_array_equal(hits.ids, want.ids)
        assert len(corpus) == corpus.info().live < 20_000


def test_a_search_in_which_the_process_dies_is_repeated(own_runtime: Path) -> None:
    """Symptom: RuntimeCrashed for a search that would have succeeded the second time."""
    with Retriever(ITEMS) as corpus:
        want = corpus.search(QUERIES, 500).ids
        (child,) = children(runtime_pid(own_runtime))
        with when_at_work([child], lambda: os.kill(child, signal.SIGKILL)):
            hits = slow(corpus)
        assert children(runtime_pid(own_runtime)) != [child]
        np.testing.assert_array_equal(hits.ids, np.tile(want, (400, 1)))


def test_a_search_in_which_the_process_dies_twice_is_given_up(own_runtime: Path) -> None:
    """Symptom: a query that crashes the process is sent for ever."""
    with Retriever(ITEMS) as corpus:
        server = runtime_pid(own_runtime)
        done = threading.Event()

        def reaper() -> None:
            started: dict[int, float] = {}
            while not done.wait(0.002):
                for child in children(server):
                    if cpu_s(child) > started.setdefault(child, cpu_s(child)) + WORK_S:
                        os.kill(child, signal.SIGKILL)

        thread = threading.Thread(target=reaper)
        thread.start()
        try:
            with pytest.raises(RuntimeCrashed):
                slow(corpus)
        finally:
            done.set()
            thread.join()
        assert corpus.search(QUERIES, 1).ids.shape == (5, 1)


def test_a_runtime_that_is_killed_is_started_again_with_the_corpus(own_runtime: Path) -> None:
    """Symptom: an hour of work with a corpus is lost, because somebody ended the wrong process."""
    ids = RNG.permutation(10**6)[:20_000]
    corpus = Retriever(ITEMS[:15_000], ids[:15_000], attributes={"genre": ["a", "b", None] * 5000}, name="kept")
    corpus.append(ITEMS[15_000:], ids[15_000:], {"genre": ["c"] * 5000})
    corpus.remove(corpus.search(QUERIES, 3).ids.reshape(-1))
    want = corpus.search(QUERIES, 10, where=col("genre") != "b")
    server = runtime_pid(own_runtime)
    os.kill(server, signal.SIGKILL)
    wait_gone(server)
    hits = corpus.search(QUERIES, 10, where=col("genre") != "b")
    np.testing.assert_array_equal(hits.ids, want.ids)
    np.testing.assert_array_equal(hits.scores, want.scores)
    assert runtime_pid(own_runtime) != server
    assert corpus.info().name == "kept"
    corpus.append(ITEMS[:5], [10**6, 10**6 + 1, 10**6 + 2, 10**6 + 3, 10**6 + 4], {"genre": ["d"] * 5})
    corpus.close()


def test_what_was_removed_from_a_loaded_corpus_stays_removed_when_the_runtime_dies(
    own_runtime: Path, tmp_path: Path
) -> None:
    """Symptom: a crash brings removed items of a loaded snapshot back, or the corpus is lost for good."""
    with Retriever(ITEMS) as corpus:
        corpus.save(tmp_path / "saved")
    with Retriever.load(tmp_path / "saved") as loaded:
        best = loaded.search(QUERIES, 3).ids
        loaded.remove(np.unique(best))
        before = loaded.search(QUERIES, 3).ids
        for _ in range(2):
            server = runtime_pid(own_runtime)
            os.kill(server, signal.SIGKILL)
            wait_gone(server)
            assert np.array_equal(loaded.search(QUERIES, 3).ids, before)
    assert not np.isin(before, best).any()


def test_a_failed_append_leaves_no_files(own_runtime: Path) -> None:
    """Symptom: each failed append keeps as much memory as it would have added, until the corpus is closed."""
    with Retriever(ITEMS) as corpus:
        folder = Path(corpus._handle._files)
        before = sorted(path.name for path in folder.iterdir())
        wrong = ITEMS[:100].copy()
        wrong[3, 0] = np.nan
        for _ in range(2):
            with pytest.raises(InvalidInput):
                corpus.append(wrong)
        with pytest.raises(InvalidInput):
            corpus.append(ITEMS[:100], ids=np.arange(100))
        corpus.info()
        assert sorted(path.name for path in folder.iterdir()) == before


def test_a_search_in_which_the_runtime_dies_is_repeated(own_runtime: Path) -> None:
    """Symptom: the same, in the middle of a call."""
    with Retriever(ITEMS) as corpus:
        want = corpus.search(QUERIES, 500).ids
        server = runtime_pid(own_runtime)
        (child,) = children(server)
        with when_at_work([child], lambda: os.kill(server, signal.SIGKILL)):
            hits = slow(corpus)
        assert runtime_pid(own_runtime) != server
        np.testing.assert_array_equal(hits.ids, np.tile(want, (400, 1)))


def test_a_change_in_which_the_runtime_dies_is_done_or_not_done(own_runtime: Path) -> None:
    """Symptom: after a crash in `append` or `remove` the corpus cannot be used, or is not what `len` says."""
    with Retriever(ITEMS[:10_000]) as corpus:
        for victims in (lambda: [runtime_pid(own_runtime)], lambda: children(runtime_pid(own_runtime))):
            before, ended = len(corpus), victims()
            threading.Timer(0.004, lambda pids=ended: [os.kill(pid, signal.SIGKILL) for pid in pids]).start()
            with contextlib.suppress(RuntimeCrashed):
                corpus.append(ITEMS[10_000:])
            for pid in ended:
                wait_gone(pid)
            hits = corpus.search(QUERIES, 10, mask=np.ones(corpus.info().rows, bool))
            assert len(corpus) in (before, before + 10_000)
            assert (hits.ids >= 0).all() and hits.ids.max() < len(corpus)


def test_a_runtime_whose_files_are_gone_says_so(own_runtime: Path) -> None:
    """Symptom: answers from an empty corpus, or an error that speaks of a manifest."""
    import shutil

    with Retriever(ITEMS) as corpus:
        files = corpus._handle._files
        server = runtime_pid(own_runtime)
        os.kill(server, signal.SIGKILL)
        wait_gone(server)
        shutil.rmtree(files)
        with pytest.raises(RuntimeCrashed, match="cannot be loaded"):
            corpus.search(QUERIES, 1)


def test_a_runtime_that_hangs_does_not_hold_a_call_with_a_deadline(
    own_runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Symptom: `timeout_s` that only a healthy runtime keeps."""
    monkeypatch.setattr("berth_recsys.connection.GUARD_S", 0.5)
    with Retriever(ITEMS) as corpus:
        server = runtime_pid(own_runtime)
        os.kill(server, signal.SIGSTOP)
        try:
            start = time.monotonic()
            with pytest.raises(DeadlineExceeded):
                corpus.search(QUERIES, 1, timeout_s=0.2)
            assert time.monotonic() - start < 3
        finally:
            os.kill(server, signal.SIGCONT)
        assert corpus.search(QUERIES, 1).ids.shape == (5, 1)


def test_two_notebooks_at_once_start_one_runtime(own_runtime: Path) -> None:
    """Symptom: two runtimes, or a notebook that cannot connect, when a whole team opens its notebooks at nine."""
    code = """
    corpus = Retriever(items)
    print(server(), corpus.search(items[:2], 3).ids.tolist())
    """
    outs = {finished(each) for each in [notebook(code) for _ in range(4)]}
    assert len(outs) == 1


def test_a_notebook_that_is_killed_leaves_nothing(own_runtime: Path) -> None:
    """Symptom: the corpora of dead kernels fill the memory, or a half sent request holds the runtime."""
    server = runtime_pid(own_runtime)
    with Retriever(ITEMS) as corpus:
        before = len(children(server))
        process = notebook("""
        corpus = Retriever(items)
        print("ready", flush=True)
        while True:
            corpus.search(np.tile(items, (4, 1)), 500)
        """)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        eventually(lambda: len(children(server)) == before + 1, "its corpus is there")
        process.kill()
        process.wait()
        eventually(lambda: len(children(server)) == before, "its corpus is gone")
        assert corpus.search(QUERIES, 1).ids.shape == (5, 1)
        assert runtime_pid(own_runtime) == server


def test_a_forked_child_has_a_connection_of_its_own(own_runtime: Path) -> None:
    """Symptom: parent and child read each other's answers; the child's end closes the parent's corpus."""
    code = """
    corpus = Retriever(items)
    want = corpus.search(items[:3], 4).ids.tolist()
    child = os.fork()
    if child == 0:
        same = corpus.search(items[:3], 4).ids.tolist() == want
        corpus.close()
        os._exit(0 if same else 1)
    for _ in range(20):
        assert corpus.search(items[:3], 4).ids.tolist() == want
    assert os.waitpid(child, 0)[1] == 0
    time.sleep(0.3)
    assert corpus.search(items[:3], 4).ids.tolist() == want
    print("good")
    """
    assert finished(notebook(code)) == "good"


def test_an_interrupt_in_the_terminal_does_not_reach_the_runtime(own_runtime: Path) -> None:
    """Symptom: Ctrl-C in one notebook's terminal ends the corpora of all."""
    process = notebook("""
    os.setpgrp()
    corpus = Retriever(items)
    before = server()
    try:
        os.killpg(0, signal.SIGINT)
        time.sleep(5)
    except KeyboardInterrupt:
        pass
    assert server() == before
    print(corpus.search(items[:1], 1).ids.shape)
    """)
    assert finished(process) == "(1, 1)"
