"""A corpus in the runtime, and how it is found again.

A corpus belongs to the connection that made it. When that is lost, because the runtime was killed or this process has
forked, the corpus is loaded again from its files; nothing of it is kept in this process. The runtime itself starts a
corpus's child again when that has died. Files of a killed runtime are kept for ten minutes
after the next one has started, or until that one ends.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .compute import compute_wanted
from .connection import Call, Connection
from .corpus_info import CorpusInfo, corpus_info
from .deadline import Deadline
from .errors import Conflict, InvalidInput, NotFound, RuntimeCrashed
from .folder import runtime_folder
from .frame import Arrays
from .session import SESSION


class CorpusHandle:
    """Where a corpus is, and what is known of it. Thread-safe."""

    def __init__(self, runtime: Path, connection: Connection, info: CorpusInfo, files: str, device: str) -> None:
        """`files` is the folder of the corpus's files, or of the snapshot it was loaded from."""
        self._runtime = runtime
        self._connection = connection
        self._files = files
        self._device = device
        self._lock = threading.Lock()
        self._closed = False
        self._is_unsure = False
        self._corpus = info.corpus
        self.info = info

    def place(self, deadline: Deadline) -> tuple[Connection, str]:
        """The living connection and the corpus's name there, loaded again if need be.

        Raises RuntimeCrashed if its files are gone, Conflict if they hold something else than before, InvalidInput if
        it was closed.
        """
        with self._lock:
            if self._closed:
                raise InvalidInput("this Retriever is closed", "corpus")
            if not self._connection.alive:
                connection = SESSION.connection(self._runtime)
                self.info = self._loaded(connection, deadline)
                self._connection, self._corpus = connection, self.info.corpus
            elif self._is_unsure:
                answer = self._connection.call("corpus.info", {"corpus": self._corpus}, deadline=deadline)
                self.info = corpus_info(answer.result, self._corpus)
            self._is_unsure = False
            return self._connection, self._corpus

    def submit(self, method: str, params: Mapping[str, Any], arrays: Arrays, deadline: Deadline) -> Call:
        """Sends a request about this corpus."""
        connection, corpus = self.place(deadline)
        return connection.submit(method, {**params, "corpus": corpus}, arrays, deadline)

    def change(self, method: str, arrays: Arrays | None, deadline: Deadline) -> CorpusInfo:
        """Calls a method that changes the corpus and answers what it is like then. It is never repeated."""
        connection, corpus = self.place(deadline)
        with self.changing():
            info = corpus_info(connection.call(method, {"corpus": corpus}, arrays, deadline).result, corpus)
            self.update(info)
            return info

    def refresh(self, deadline: Deadline) -> CorpusInfo:
        """What the runtime says of the corpus now. It is asked once more if it crashes."""
        try:
            return self.change("corpus.info", None, deadline)
        except RuntimeCrashed:
            return self.change("corpus.info", None, deadline)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Around a change: if it fails, the corpus may be as before or as it should be, and is asked before it is
        used.
        """
        try:
            yield
        except BaseException:
            self._is_unsure = True
            raise

    def update(self, info: CorpusInfo, files: str | None = None) -> None:
        """Takes note of what has changed. What came from before the corpus was loaded again is old."""
        with self._lock:
            if info.corpus == self._corpus:
                self.info = info
                self._files = files or self._files

    def close(self) -> None:
        """Lets go of the corpus; never raises, may be called twice, and by a finalizer."""
        if not self._closed:
            self._closed = True
            if self._connection.alive:
                self._connection.post("corpus.close", {"corpus": self._corpus})

    def _loaded(self, connection: Connection, deadline: Deadline) -> CorpusInfo:
        try:
            answer = connection.call(
                "corpus.load", {"folder": self._files, **compute_wanted(self._device, os.environ)}, deadline=deadline
            )
        except (NotFound, InvalidInput) as error:
            raise RuntimeCrashed(
                f"the runtime has ended, and the corpus cannot be loaded from {self._files} again: {error}"
            ) from error
        info = corpus_info(answer.result)
        if not self._is_unsure and info.content() != self.info.content():
            connection.post("corpus.close", {"corpus": info.corpus})
            raise Conflict(
                f"the runtime has ended, and {self._files} holds {info.live} of {info.rows} rows: there were "
                f"{self.info.live} of {self.info.rows}"
            )
        self._files = str(answer.result.get("folder", self._files))  # the runtime may have moved them
        return info


def opened(make: Callable[[Connection], tuple[CorpusInfo, str]], device: str) -> CorpusHandle:
    """A corpus of the runtime that is meant now, which `make` makes: what it is like, and the folder of its files.

    It is made again, once, if the runtime itself has ended meanwhile; not if only the corpus's process has, which may
    have had a reason.
    """
    runtime = runtime_folder(os.environ)
    connection = SESSION.connection(runtime)
    try:
        info, files = make(connection)
    except RuntimeCrashed:
        if connection.alive:
            raise
        connection = SESSION.connection(runtime)
        info, files = make(connection)
    return CorpusHandle(runtime, connection, info, files, device)
