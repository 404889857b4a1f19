"""Runs a search that is too large for memory into a folder, and goes on where it was stopped."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .batch_folder import BatchFolder
from .corpus_handle import CorpusHandle
from .deadline import Deadline
from .errors import InvalidInput
from .fingerprint import job_of
from .hits import Hits
from .pipeline import search_parts
from .progress import Progress, Reporter
from .query_file import batch_queries
from .search_request import SearchRequest, Wanted, search_request

# A killed process loses at most the work of so long.
CHECKPOINT_EVERY_S = 2.0
# Of so many queries the answers are compared before a batch is gone on with.
SAMPLE_QUERIES = 16


@dataclass(frozen=True)
class BatchOptions:
    """How a batch is run; none of it changes the answers."""

    out: Path
    chunk: int
    progress: Progress
    restart: bool


@dataclass
class _Spent:
    scan_ms: float = 0.0
    total_ms: float = 0.0


def run_batch(corpus: CorpusHandle, queries: Any, wanted: Wanted, options: BatchOptions, deadline: Deadline) -> Hits:
    """Searches what is not done yet.

    Raises Conflict if the folder is about something else, and what a search raises.
    """
    if isinstance(options.chunk, bool) or not isinstance(options.chunk, int) or options.chunk < 1:
        raise InvalidInput(f"chunk is {options.chunk!r}: want a whole number of at least 1", "chunk")
    if not (isinstance(options.progress, bool) or callable(options.progress)):
        raise InvalidInput("progress is neither True, False nor a function of (done, total)", "progress")
    source = batch_queries(queries)
    request = search_request(corpus.info, source, wanted)  # what cannot be searched leaves no folder
    with BatchFolder(options.out, options.restart) as folder:
        job = folder.job()
        if job is not None and wanted.recency is not None and wanted.recency.now is None:
            request = request.at(job["now"])
        sample = search_parts(corpus, request.sample(SAMPLE_QUERIES), deadline) if len(source) > 0 else ()
        what = job_of(corpus.info, request, wanted, sample)
        done = folder.open(what, request.now, len(source), request.k)
        spent = _fill(corpus, request, folder, done, options, deadline)
        arrays = folder.arrays()
    return Hits(arrays["ids"], arrays["scores"], arrays["certificate"], request.now, spent.scan_ms, spent.total_ms)


def _fill(
    corpus: CorpusHandle,
    request: SearchRequest,
    folder: BatchFolder,
    done: int,
    options: BatchOptions,
    deadline: Deadline,
) -> _Spent:
    spent = _Spent()
    total = len(request.queries)
    reporter = Reporter(options.progress, total, done)
    saved, saved_at = done, time.monotonic()
    try:
        for part in search_parts(corpus, request, deadline, done, options.chunk):
            folder.write(part)
            done = part.stop
            spent.scan_ms += part.scan_ms
            spent.total_ms += part.total_ms
            if time.monotonic() - saved_at > CHECKPOINT_EVERY_S:
                folder.checkpoint(done)
                saved, saved_at = done, time.monotonic()
            reporter.report(done)
    finally:
        if done > saved:
            folder.checkpoint(done)
    return spent
