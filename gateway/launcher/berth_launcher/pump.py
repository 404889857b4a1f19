"""The event loop of the launcher: drains pipes into a log while it waits for signals, children and deadlines.

One thread, no locks. A signal of any kind wakes the loop through a pipe, so nothing is missed between two waits.
"""

import fcntl
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Iterable
from typing import IO

from berth_launcher.records import Splitter
from berth_launcher.segments import SegmentWriter

READ_BYTES = 256 * 1024
PIPE_BYTES = 1 << 20
F_SETPIPE_SZ = 1031

Observer = Callable[[Iterable[str]], None]


class Stream:
    """One pipe of a child and the stream name its records carry."""

    def __init__(self, handle: int, name: str, writer: SegmentWriter, observer: Observer | None) -> None:
        self.handle = handle
        self.splitter = Splitter()
        self._name = name
        self._writer = writer
        self._observer = observer
        self._continued = ""
        os.set_blocking(handle, False)
        if sys.platform.startswith("linux"):
            try:
                fcntl.fcntl(handle, F_SETPIPE_SZ, PIPE_BYTES)  # fewer, larger reads; the default works as well
            except OSError:
                pass

    def read(self) -> bool:
        """Reads once. False at the end of the stream."""
        try:
            data = os.read(self.handle, READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            data = b""
        self.write(self.splitter.feed(data, time.monotonic()) if data else self.splitter.finish())
        return bool(data)

    def write(self, records: list[tuple[str, bool]]) -> None:
        if not records:
            return
        self._writer.write(self._name, records)
        if self._observer is not None:
            self._observer(self._join(records))

    def _join(self, records: list[tuple[str, bool]]) -> Iterable[str]:
        """Lines as they were before they became parts; of a very long one only the beginning."""
        for text, is_part in records:
            line = self._continued[:4096] + text
            self._continued = line if is_part else ""
            if not is_part:
                yield line


class Pump:
    def __init__(self, writer: SegmentWriter) -> None:
        self._writer = writer
        self._selector = selectors.DefaultSelector()
        self._streams: dict = {}
        self._wake_read, self._wake_write = os.pipe()
        for handle in (self._wake_read, self._wake_write):
            os.set_blocking(handle, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ)

    def listen(self, handlers: dict) -> None:
        """Installs signal handlers that wake `turn`. SIGHUP gets one too: whoever started us may go away."""
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGHUP, *handlers):
            signal.signal(number, handlers.get(number, _nothing))

    def attach(self, pipe: IO[bytes] | None, name: str, observer: Observer | None = None) -> None:
        """Takes `pipe` over; its records carry `name`."""
        assert pipe is not None
        handle = os.dup(pipe.fileno())
        pipe.close()
        self._streams[handle] = Stream(handle, name, self._writer, observer)
        self._selector.register(handle, selectors.EVENT_READ)

    @property
    def has_streams(self) -> bool:
        return bool(self._streams)

    def turn(self, wait_s: float) -> None:
        """Waits until something happens, at most `wait_s`, and moves what can be read."""
        due = min((time for time in (stream.splitter.due() for stream in self._streams.values()) if time), default=None)
        if due is not None:
            wait_s = min(wait_s, due - time.monotonic())
        for key, _ in self._selector.select(max(0.0, wait_s)):
            if key.fd == self._wake_read:
                self._drain_wakeups()
            elif not self._streams[key.fd].read():
                self._detach(key.fd)
        now = time.monotonic()
        for stream in self._streams.values():
            stream.write(stream.splitter.expire(now))

    def finish(self) -> None:
        """Takes what is in the pipes now, without waiting for those who still hold the other ends."""
        until = time.monotonic() + 1.0
        for handle in list(self._streams):
            while time.monotonic() < until and _is_readable(handle) and self._streams[handle].read():
                pass
            self._streams[handle].write(self._streams[handle].splitter.finish())
            self._detach(handle)

    def _detach(self, handle: int) -> None:
        self._selector.unregister(handle)
        del self._streams[handle]
        os.close(handle)

    def _drain_wakeups(self) -> None:
        try:
            while os.read(self._wake_read, 4096):
                pass
        except BlockingIOError:
            pass


def _is_readable(handle: int) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(handle, selectors.EVENT_READ)
        return bool(selector.select(0))


def _nothing(_number: int, _frame: object) -> None:
    """A handler that only wakes the loop; unlike SIG_IGN it is not inherited by what we execute."""


def exit_of(status: int) -> tuple[int | None, str | None]:
    """The exit code and the signal name of a wait status; one of them is None."""
    code = os.waitstatus_to_exitcode(status)
    return (code, None) if code >= 0 else (None, signal_name(-code))


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"
