"""A runtime that this process alone uses, in the folder `$BERTH_RECSYS_DIR`: who it is, and how it is ended."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from berth_recsys import Retriever
from berth_recsys.connection import Connection
from berth_recsys.session import SESSION


def runtime_pid() -> int:
    """The process that serves the folder, started if there is none."""
    return int(_connection().call("hello", {"version": 1}).result["pid"])


def end_runtime(corpus: Retriever) -> None:
    """Ends the runtime with its only corpus, and waits until both are gone."""
    # Waits for the answer, which `close` does not: a runtime that is ended meanwhile leaves the corpus's files behind.
    _connection().call("corpus.close", {"corpus": corpus.info().corpus})
    stop_runtime()


def stop_runtime() -> None:
    """Ends the runtime, whose corpora are closed, and waits until it is gone."""
    pid = runtime_pid()
    SESSION.close()
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)


def _connection() -> Connection:
    return SESSION.connection(Path(os.environ["BERTH_RECSYS_DIR"]))
