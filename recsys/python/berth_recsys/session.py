"""The one connection of this process to the runtime of a folder: found, or started, when somebody needs it.

A forked child shares no connection with its parent: it opens its own.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .connection import Connection
from .deadline import Deadline
from .errors import BerthRecsysError, Conflict, RuntimeCrashed, RuntimeMissing
from .folder import ensure_folder, socket_path
from .launch import Launch, launch

PROTOCOL_VERSION = 1
START_PATIENCE_S = 10.0
HELLO_PATIENCE_S = 10.0
# A runtime that loses the race ends at once: the winner has bound its socket by then, and answers within this.
AFTER_END_PATIENCE_S = 2.0
POLL_S = 0.02


class Session:
    """Connections by folder. Thread-safe: one thread starts a runtime, the others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: dict[Path, Connection] = {}
        self._launched: list[Launch] = []

    def connection(self, folder: Path) -> Connection:
        """The living connection, made if there is none.

        Raises RuntimeMissing if no runtime can be started, InvalidInput if the folder is not safe, and what `hello`
        answers.
        """
        with self._lock:
            known = self._connections.get(folder)
            if known is not None and known.alive:
                return known
            self._launched = [each for each in self._launched if each.process.poll() is None]  # leaves no zombies
            connection = self._open(folder)
            self._connections[folder] = connection
            return connection

    def close(self) -> None:
        """Ends all connections; the corpora that they made go with them."""
        with self._lock:
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()

    def forget(self) -> None:
        """In a forked child: lets go of what belongs to the parent."""
        for connection in self._connections.values():
            connection.abandon()
        self.__init__()  # type: ignore[misc]

    def _open(self, folder: Path) -> Connection:
        ensure_folder(folder)
        path = socket_path(folder)
        for last in (False, True):
            connection = Connection(_try_connect(path) or self._started(folder, path))
            try:
                _greet(connection)
                return connection
            except RuntimeCrashed as error:  # it was about to end when we came
                if last:
                    raise RuntimeMissing(f"The runtime at {path} ended while it was greeted.") from error
            except BaseException:
                connection.close()
                raise
        raise AssertionError("unreachable")

    def _started(self, folder: Path, path: Path) -> socket.socket:
        with _launching(folder):
            connected = _try_connect(path)  # somebody else may have started one while we waited
            return connected or self._launch(folder, path)

    def _launch(self, folder: Path, path: Path) -> socket.socket:
        started = launch(folder, os.environ)
        self._launched.append(started)
        ends = time.monotonic() + START_PATIENCE_S
        ended = False
        while time.monotonic() < ends:
            connected = _try_connect(path)
            if connected is not None:
                return connected
            if not ended and started.process.poll() is not None:
                ended = True
                ends = min(ends, time.monotonic() + AFTER_END_PATIENCE_S)
            time.sleep(POLL_S)
        code = started.process.poll()
        how = (
            f"has not answered within {START_PATIENCE_S:g} s" if code is None else f"ended with {code} while it started"
        )
        raise RuntimeMissing(f"The runtime {how}.\n{started.log_tail()}")


@contextmanager
def _launching(folder: Path) -> Iterator[None]:
    """One process at a time starts a runtime: two that start at once would both see that there is none."""
    lock = os.open(folder / "launch.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _try_connect(path: Path) -> socket.socket | None:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.connect(os.fspath(path))
        _require_own_peer(sock, path)
        return sock
    except (FileNotFoundError, ConnectionError):
        sock.close()
        return None
    except BaseException:
        sock.close()
        raise


def _require_own_peer(sock: socket.socket, path: Path) -> None:
    """The folder is closed to others; this is the second lock on the same door. Only Linux can tell."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return
    _, uid, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
    if uid != os.getuid():
        raise Conflict(f"{path} is held by a process of user {uid}, not by yours")


def _greet(connection: Connection) -> None:
    answer = connection.call("hello", {"version": PROTOCOL_VERSION}, deadline=Deadline(HELLO_PATIENCE_S))
    version = answer.result.get("version")
    if version != PROTOCOL_VERSION:
        raise BerthRecsysError(
            f"The runtime that runs speaks version {version!r} of the protocol, this package version "
            f"{PROTOCOL_VERSION}. "
            "End the notebooks that use it; the next one starts the runtime of its own package.",
            code="unsupported-version",
        )


SESSION = Session()
os.register_at_fork(after_in_child=SESSION.forget)
