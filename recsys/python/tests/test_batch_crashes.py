"""Batches in which somebody dies: the corpus's process, the runtime, the notebook."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from berth_recsys import Retriever, RuntimeCrashed

from .conftest import runtime_pid
from .test_batch import ITEMS, PACKAGE, QUERIES, done_of
from .test_crashes import children


def test_a_runtime_that_is_killed_in_a_batch(own_runtime: Path, tmp_path: Path) -> None:
    """Symptom: a batch of a night that ends at two o'clock with RuntimeCrashed."""
    with Retriever(ITEMS) as corpus:
        want = corpus.search(QUERIES, 20)
        killed: list[int] = []

        def progress(done: int, total: int) -> None:
            if done in (600, 1800):
                server = runtime_pid(own_runtime)
                victim = server if done == 600 else children(server)[0]
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

        hits = corpus.search_batch(QUERIES, 20, tmp_path, chunk=300, progress=progress)
        assert len(killed) == 2
        np.testing.assert_array_equal(hits.ids, want.ids)


def test_a_part_that_always_crashes_ends_the_batch(own_runtime: Path, tmp_path: Path) -> None:
    """Symptom: a batch that hangs on one query, and starts a process again and again."""
    with Retriever(ITEMS) as corpus:
        server = runtime_pid(own_runtime)
        done = threading.Event()

        def reaper() -> None:
            while not done.wait(0.1):
                for child in children(server):
                    os.kill(child, signal.SIGKILL)

        thread = threading.Thread(target=reaper)
        mask = np.broadcast_to(np.ones(4000, bool), (3000, 4000))
        thread.start()
        try:
            with pytest.raises(RuntimeCrashed):
                corpus.search_batch(QUERIES, 500, tmp_path, chunk=1000, mask=mask, progress=False)
        finally:
            done.set()
            thread.join()
        hits = corpus.search_batch(QUERIES, 500, tmp_path, chunk=1000, mask=mask, progress=False)
        assert (hits.ids >= 0).all()


def test_a_notebook_that_is_killed_in_a_batch_goes_on_in_the_next(own_runtime: Path, tmp_path: Path) -> None:
    """Symptom: a kernel that was restarted begins the batch anew."""
    np.save(tmp_path / "items.npy", ITEMS)
    np.save(tmp_path / "q.npy", QUERIES)
    code = f"""
import numpy as np, os, signal, sys
import berth_recsys.batch
from berth_recsys import Retriever
berth_recsys.batch.CHECKPOINT_EVERY_S = 0
def progress(done, total):
    if done >= int(sys.argv[1]): os.kill(os.getpid(), signal.SIGKILL)
with Retriever(np.load({str(tmp_path / "items.npy")!r})) as corpus:
    corpus.search_batch({str(tmp_path / "q.npy")!r}, 5, {str(tmp_path / "out")!r}, chunk=100, progress=progress)
"""
    for stop in (700, 1500, 10_000):
        run = subprocess.run([sys.executable, "-c", code, str(stop)], cwd=PACKAGE, capture_output=True, text=True)
        assert run.returncode == (0 if stop == 10_000 else -signal.SIGKILL), run.stderr
        assert done_of(tmp_path / "out") == min(stop, 3000)
    with Retriever(ITEMS) as corpus:
        np.testing.assert_array_equal(np.load(tmp_path / "out" / "ids.npy"), corpus.search(QUERIES, 5).ids)


def test_memory_stays_small(runtime: Path, tmp_path: Path) -> None:
    """Symptom: the answers, or the queries, of a whole batch in memory."""
    np.save(tmp_path / "items.npy", ITEMS)
    np.save(tmp_path / "q.npy", np.tile(QUERIES, (4, 1)))
    code = f"""
import numpy as np, resource
from berth_recsys import Retriever
say = lambda done, total: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
queries, out = {str(tmp_path / "q.npy")!r}, {str(tmp_path / "a")!r}
with Retriever(np.load({str(tmp_path / "items.npy")!r})) as corpus:
    corpus.search_batch(queries, 500, out, chunk=400, progress=say)
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE, capture_output=True, text=True, check=True)
    peaks = [int(line) for line in run.stdout.split()]
    assert len(peaks) == 30
    assert peaks[-1] - peaks[3] < 20_000  # KiB, of 70 000 of answers
