"""A corpus of vectors and the searches in it: the object that people hold."""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

import numpy as np

from .batch import BatchOptions, run_batch
from .compute import compute_wanted
from .connection import Connection
from .corpus_handle import CorpusHandle, opened
from .corpus_info import CorpusInfo, corpus_info
from .corpus_making import Material, append_to, create_corpus, material
from .deadline import Deadline
from .errors import InvalidInput
from .expression import Expression
from .hits import Hits
from .ids import id_array
from .pipeline import Part, search_parts
from .progress import Progress
from .rerank import MMR, AtMost, Recency
from .row_source import row_source
from .search_request import SearchRequest, Wanted, search_request


class Retriever:
    """Exact search among N vectors of d dimensions.

    The answer is always the true one: the score of an item is its inner product with the query ("ip"; "cosine": of the
    normalised rows; "l2": minus the squared distance), summed in float64 from the first dimension to the last, plus
    boost and recency, rounded once to float32. More is better; equal scores: the smaller row first. Ids are the same
    whatever the batch, the threads and the device.

    items       [N, d], N ≥ 1: float32, or other real numbers, converted as they are written. numpy, torch, pandas,
                polars, pyarrow, DLPack, lists
    ids         int64[N], not negative, each once; None: 0 … N - 1
    attributes  a dict of arrays, a pandas or polars DataFrame, or a pyarrow Table with N rows. bool → flag; int and
                float → number; datetime → number of seconds since 1970 UTC (a time without a zone is UTC; neighbours
                are 0.24 µs apart today); texts and categoricals → category. None, NaN, NaT and NA are missing, which a
                flag cannot be. Integers beyond ±2^53 are refused
    name        for people: it appears in `info()` and in the metrics
    device      "cpu", "cuda" (the GPUs of CUDA_VISIBLE_DEVICES; refused where that does not work) or "auto" ("cpu" for
                now), for all searches: the answers are the same
    timeout_s   seconds for making it; None: no limit. Starting the runtime, where there is none, is not counted

    The items are copied to a file that the runtime maps, 16 MiB at a time; no second copy is made in this process.
    Raises InvalidInput for what cannot be used, MemoryExceeded if it would not fit, TooLarge if the texts of the
    category columns take more than 64 MiB, RuntimeMissing.

    One runtime serves all notebooks of a person. Thread-safe. A forked child loads the corpus again when it uses it.
    Use `with`, or `close()`; a corpus goes as well when its Retriever is collected, and when the process ends.
    """

    def __init__(
        self,
        items: Any,
        ids: Any = None,
        metric: str = "ip",
        attributes: Any = None,
        name: str | None = None,
        device: str = "auto",
        timeout_s: float | None = None,
    ) -> None:
        deadline = Deadline(timeout_s)
        if metric not in ("ip", "cosine", "l2"):
            raise InvalidInput(f"metric is {metric!r}: want 'ip', 'cosine' or 'l2'", "metric")
        _require_device(device)
        made = material(row_source("items", items), ids, attributes)

        def make(connection: Connection) -> tuple[CorpusInfo, str]:
            return create_corpus(connection, made, metric, name, device, deadline)

        self._adopt(opened(make, device), made.ids is not None)

    @classmethod
    def load(cls, folder: str | os.PathLike[str], device: str = "auto", timeout_s: float | None = None) -> Retriever:
        """A corpus from a folder that `save` has written.

        Raises NotFound, InvalidInput if it is not whole, MemoryExceeded.
        """
        deadline = Deadline(timeout_s)
        _require_device(device)
        path = os.path.abspath(os.fspath(folder))

        def load(connection: Connection) -> tuple[CorpusInfo, str]:
            answer = connection.call(
                "corpus.load", {"folder": path, **compute_wanted(device, os.environ)}, deadline=deadline
            )
            # What is changed later lies in the runtime's own folder, which is loaded again after a crash.
            return corpus_info(answer.result), str(answer.result.get("folder", path))

        retriever = cls.__new__(cls)
        retriever._adopt(opened(load, device), None)
        return retriever

    def _adopt(self, handle: CorpusHandle, has_ids: bool | None) -> None:
        self._handle = handle
        self._has_ids = has_ids
        self._finalizer = weakref.finalize(self, handle.close)
        self._finalizer.atexit = False  # the connection's end frees the corpus

    def search(
        self,
        queries: Any,
        k: int,
        where: Expression | None = None,
        mask: Any = None,
        exclude: Any = None,
        boost: Any = None,
        recency: Recency | None = None,
        diversity: MMR | AtMost | None = None,
        device: str = "auto",
        timeout_s: float | None = None,
    ) -> Hits:
        """The best `k` items for each query.

        queries    [B, d], or [B, m, d] for people with m vectors each, of which the best counts; float32 or what
                   converts to it
        k          1 … 10 000; more than there are is no error
        where      a condition on the attributes: `(col("genre") == "rock") & ~col("nsfw")`
        mask       bool[rows] or [B, rows], rows in the order in which they came in (removed ones included): True may be
                   an answer
        exclude    ids that are not wanted: one array for all queries; a list with an array (or None) for each; or
                   (offsets, ids), ragged. Unknown and negative ids are no error
        boost      float32[rows], added to the scores
        recency    adds to what is new: `Recency("time", timedelta(days=7), weight=0.1)`
        diversity  `MMR(…)` or `AtMost(n, column)`; the scores stay the scores
        device     "auto", or the corpus's own
        timeout_s  seconds for the whole call

        Cost: about B · m · rows · d multiplications; up to seven vectors at once are read from an 8-bit copy, a quarter
        of the memory. Large batches are cut into several requests; two are on their way at a time. If the runtime
        crashes in mid-call, the call is repeated once. Raises InvalidInput, DeadlineExceeded, TooLarge, RuntimeCrashed.
        Ctrl-C cancels it in the runtime as well.
        """
        deadline = Deadline(timeout_s)
        wanted = Wanted(k, where, mask, exclude, boost, recency, diversity, device)
        request = search_request(self._handle.info, queries, wanted)
        return _gathered(list(search_parts(self._handle, request, deadline)), request)

    def search_batch(
        self,
        queries: Any,
        k: int,
        out: str | os.PathLike[str],
        chunk: int = 4096,
        exclude: Any = None,
        where: Expression | None = None,
        mask: Any = None,
        boost: Any = None,
        recency: Recency | None = None,
        diversity: MMR | AtMost | None = None,
        progress: Progress = True,
        restart: bool = False,
        device: str = "auto",
        timeout_s: float | None = None,
    ) -> Hits:
        """`search` for more queries than fit into memory, into the folder `out`; it goes on where it was stopped.

        queries   as for `search`; or the path of a `.npy` file, or a memory map, which are read a chunk at a time
        out       is made if need be, and gets `ids.npy`, `scores.npy`, `certificate.npy`, `job.json` and
                  `journal.jsonl`
        chunk     queries in one request, two of which are on their way; less where a request could not carry them
        progress  True prints a line; a function is called with (done, total); False is silent
        restart   throws away what is in `out`
        timeout_s seconds for this call; what is done by then is kept

        The same call again goes on, in the same or another process; after a crash, a Ctrl-C or the deadline. With other
        arguments, another corpus or other queries it raises Conflict, which says what differs. Large arrays are
        compared by samples. A `Recency` without `now` keeps the time of the first call. Returns the hits as memory maps
        of the files. Raises what `search` raises; OSError if the disk is full.
        """
        wanted = Wanted(k, where, mask, exclude, boost, recency, diversity, device)
        options = BatchOptions(Path(out), chunk, progress, restart)
        return run_batch(self._handle, queries, wanted, options, Deadline(timeout_s))

    def append(self, items: Any, ids: Any = None, attributes: Any = None, timeout_s: float | None = None) -> None:
        """Adds items, with the columns that the corpus has, and with ids if it has ids: all of them, or none.

        Raises InvalidInput, also for an id that is there already; MemoryExceeded; DeadlineExceeded; RuntimeCrashed.
        """
        info = self._handle.info
        if self._has_ids is not None and self._has_ids != (ids is not None):
            raise InvalidInput(
                "the corpus has ids of its own: give some"
                if self._has_ids
                else "the corpus counts its rows: give no ids",
                "ids",
            )
        source = row_source("items", items)
        if source.shape[1] != info.dimensions:
            raise InvalidInput(
                f"items has shape {list(source.shape)}: the corpus has {info.dimensions} dimensions", "items"
            )
        more: Material = material(source, ids, attributes, info.columns)
        append_to(self._handle, more, Deadline(timeout_s))

    def remove(self, ids: Any, timeout_s: float | None = None) -> int:
        """Removes items by id, and returns how many there were.

        They keep their rows, for masks and boosts, until `compact()`.
        """
        before = self._handle.info.live
        return before - self._handle.change("corpus.remove", {"ids": id_array("ids", ids)}, Deadline(timeout_s)).live

    def compact(self, timeout_s: float | None = None) -> None:
        """Gives the room of removed items back, and makes one part of those that were appended.

        Rows are counted anew, in the same order; ids stay.
        """
        self._handle.change("corpus.compact", None, Deadline(timeout_s))

    def save(self, folder: str | os.PathLike[str], timeout_s: float | None = None) -> int:
        """Writes a snapshot that `load` reads, and returns its bytes.

        Raises Conflict if the folder holds something already.
        """
        path = os.path.abspath(os.fspath(folder))
        answer = self._handle.submit("corpus.save", {"folder": path}, {}, Deadline(timeout_s)).wait()
        return int(answer.result.get("bytes", 0))

    def info(self, timeout_s: float | None = None) -> CorpusInfo:
        """What the runtime says of the corpus now."""
        return self._handle.refresh(Deadline(timeout_s))

    def close(self) -> None:
        """Lets the runtime forget the corpus. Twice is no error; any other call afterwards is."""
        self._finalizer()

    def __len__(self) -> int:
        """Items that can be found."""
        return self._handle.info.live

    def __enter__(self) -> Retriever:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        info = self._handle.info
        name = f" {info.name!r}" if info.name else ""
        return f"<Retriever{name} of {info.live} items, {info.dimensions} dimensions, {info.metric}, on {info.device}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Retriever cannot be pickled: save() it, and load() it in the other process")


def _require_device(device: str) -> None:
    if device not in ("auto", "cpu", "cuda"):
        raise InvalidInput(f"device is {device!r}: want 'auto', 'cpu' or 'cuda'", "device")


def _gathered(parts: list[Part], request: SearchRequest) -> Hits:
    if len(parts) == 1:
        arrays = (parts[0].ids, parts[0].scores, parts[0].certificate)
    else:
        empty = (np.empty((0, request.k), np.int64), np.empty((0, request.k), np.float32), np.empty(0, np.uint8))
        arrays = (
            np.concatenate([empty[0], *(each.ids for each in parts)]),
            np.concatenate([empty[1], *(each.scores for each in parts)]),
            np.concatenate([empty[2], *(each.certificate for each in parts)]),
        )
    return Hits(*arrays, request.now, sum(each.scan_ms for each in parts), sum(each.total_ms for each in parts))
