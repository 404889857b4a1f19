"""The notebook of the notebook-call bench: `notebook_call.py FOLDER`. It holds the array and does what is asked (`bench_loop`).

Runtimes are its own, each in a new folder below FOLDER, and end with it.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from bench_loop import serve
from berth_recsys import Hits, Retriever
from own_runtime import end_runtime, runtime_pid

QUERIES = 32
_STEP_ROWS = 2**18


class Notebook:
    """An array, queries, and a corpus made from the array."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runtimes = 0
        self._k = 0
        self._items = np.empty((0, 0), np.float32)
        self._queries = self._items
        self._corpus: Retriever | None = None

    def fill(self, rows: int, dimensions: int, k: int, seed: int) -> None:
        """Makes the array and the queries, which go to `queries.f32` as well."""
        random = np.random.default_rng(seed)
        self._k = k
        self._items = np.empty((rows, dimensions), np.float32)
        for start in range(0, rows, _STEP_ROWS):
            random.standard_normal(out=self._items[start : start + _STEP_ROWS], dtype=np.float32)
        self._queries = random.standard_normal((QUERIES, dimensions), dtype=np.float32)
        self._queries.tofile(self._folder / "queries.f32")

    def create(self) -> dict[str, float]:
        """Seconds until the corpus is made, and until its first answer; no runtime runs before."""
        self._runtimes += 1
        os.environ["BERTH_RECSYS_DIR"] = str(self._folder / f"run-{self._runtimes}")
        start = time.perf_counter()
        self._corpus = Retriever(self._items)
        created = time.perf_counter()
        self._search()
        answered = time.perf_counter()
        return {"create": created - start, "firstQuery": answered - start}

    def _search(self) -> Hits:
        assert self._corpus is not None
        return self._corpus.search(self._queries, self._k)

    def queries(self, count: int) -> list[float]:
        """Seconds of each of so many equal calls, after one that is not timed."""
        self._search()
        seconds = []
        for _ in range(count):
            start = time.perf_counter()
            self._search()
            seconds.append(time.perf_counter() - start)
        return seconds

    def digest(self) -> str:
        """Of the answer, to be compared with the same one inside Node."""
        hits = self._search()
        return hashlib.sha256(hits.ids.tobytes() + hits.scores.tobytes()).hexdigest()

    def peak(self) -> dict[str, int] | None:
        """The peak of resident memory of the runtime and its children, in bytes; None where /proc does not tell."""
        if not Path("/proc/self/status").exists():
            return None
        server = runtime_pid()
        children = [int(each.name) for each in Path("/proc").glob("[0-9]*") if _parent(each) == server]
        return {
            "server": _peak_bytes(server),
            "children": sum(_peak_bytes(child) for child in children),
            "count": len(children),
        }

    def save(self, folder: str) -> None:
        """A snapshot, which shares its bytes with the corpus where both are in one file system."""
        assert self._corpus is not None
        self._corpus.save(folder)

    def end(self) -> None:
        """Ends corpus and runtime."""
        if self._corpus is None:
            return
        end_runtime(self._corpus)
        self._corpus = None

    def send(self, port: int) -> float:
        """Seconds to send the array by HTTP, without a copy on this side, until the other side has it."""
        start = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("POST", "/", memoryview(self._items).cast("B"))
        answer = connection.getresponse()
        length = int(answer.read())
        connection.close()
        if length != self._items.nbytes:
            raise RuntimeError(f"{length} bytes of {self._items.nbytes} have arrived")
        return time.perf_counter() - start


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):  # it has ended meanwhile
        return -1


def _peak_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def main() -> None:
    """Serves until stdin ends."""
    notebook = Notebook(Path(sys.argv[1]))
    methods: dict[str, Any] = {
        name: getattr(notebook, name) for name in ("fill", "create", "queries", "digest", "peak", "save", "end", "send")
    }
    try:
        serve(methods)
    finally:
        notebook.end()


if __name__ == "__main__":
    main()
