"""One connection to the runtime, for all threads of this process.

A thread writes and a thread reads, so a call that is interrupted in the middle never leaves half a frame behind.
Requests are queued without a lock: finalizers, which Python may run anywhere, can send `corpus.close`.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import queue
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from .deadline import GUARD_S, Deadline
from .errors import BerthRecsysError, RuntimeCrashed, error_of
from .frame import Arrays, Frame, encode_frame, read_arrays, read_frame

NO_LIMIT = Deadline(None)
LISTEN_EVERY_S = 0.1
# About twelve days: the protocol allows no longer one.
DEADLINE_MAX_MS = 2**30


@dataclass(frozen=True)
class Answer:
    """What the runtime answered."""

    result: dict[str, Any]
    arrays: dict[str, npt.NDArray[Any]]


class Call:
    """A request that is on its way."""

    def __init__(self, connection: Connection, number: int, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline
        self._ended = threading.Event()
        self._outcome: Answer | BerthRecsysError | None = None
        self._progress: deque[dict[str, Any]] = deque(maxlen=1)
        self.number = number

    def wait(self, on_progress: Callable[[dict[str, Any]], None] | None = None) -> Answer:
        """The answer.

        on_progress  is called in this thread with the newest of what the runtime says of how far it is; what it raises
                     cancels the request

        Raises what the runtime answered, RuntimeCrashed, or DeadlineExceeded; an interrupt cancels the request first.
        """
        try:
            answered = self._wait_ended(on_progress)
        except BaseException:
            self.cancel()
            raise
        if not answered:
            self.cancel()
            raise self._deadline.exceeded()
        if isinstance(self._outcome, Answer):
            return self._outcome
        raise self._outcome or RuntimeCrashed("the call ended without an answer")

    def _wait_ended(self, on_progress: Callable[[dict[str, Any]], None] | None) -> bool:
        """Waits in short steps: where polars is imported, a signal does not end a wait, and Ctrl-C would come late."""
        left_s = self._deadline.left_s()
        ends = math.inf if left_s is None else time.monotonic() + left_s + GUARD_S
        while not self._ended.wait(min(LISTEN_EVERY_S, max(0.0, ends - time.monotonic()))):
            if on_progress is not None and self._progress:
                on_progress(self._progress.pop())
            if time.monotonic() >= ends:
                return False
        return True

    def cancel(self) -> None:
        """Asks the runtime to stop; what it still answers is not waited for."""
        self._connection.cancel(self)

    def stop(self) -> None:
        """Asks the runtime to answer with what it has so far; the answer is still waited for."""
        self._connection.stop(self)

    def tell(self, progress: dict[str, Any]) -> None:
        """Notes how far the runtime is."""
        self._progress.append(progress)

    def settle(self, outcome: Answer | BerthRecsysError) -> None:
        """Ends the call. The first outcome counts."""
        if self._outcome is None:
            self._outcome = outcome
            self._ended.set()


@dataclass
class _Outgoing:
    pieces: list[memoryview]
    call: int | None


class Connection:
    """Speaks frames over a connected socket. Thread-safe."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._calls: dict[int, Call] = {}
        self._numbers = itertools.count(1)
        self._outgoing: queue.SimpleQueue[_Outgoing | None] = queue.SimpleQueue()
        self._lost: str | None = None
        for name, loop in (("reader", self._read), ("writer", self._write)):
            threading.Thread(target=loop, name=f"berth-recsys-{name}", daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether the runtime is still there, as far as is known."""
        return self._lost is None

    def submit(
        self, method: str, params: Mapping[str, Any], arrays: Arrays | None = None, deadline: Deadline = NO_LIMIT
    ) -> Call:
        """Sends a request and does not wait. The arrays must not change before it has ended.

        Raises TooLarge or InvalidInput if it cannot be encoded, DeadlineExceeded if no time is left.
        """
        number = next(self._numbers)
        header: dict[str, Any] = {"id": number, "method": method, "params": params}
        left_s = deadline.left_s()
        if left_s is not None:
            header["deadlineMs"] = min(math.ceil(left_s * 1000), DEADLINE_MAX_MS)
        pieces = encode_frame(header, arrays)
        call = Call(self, number, deadline)
        self._calls[number] = call
        self._outgoing.put(_Outgoing(pieces, number))
        if self._lost is not None:
            self._settle(number, self._crashed())
        return call

    def call(
        self, method: str, params: Mapping[str, Any], arrays: Arrays | None = None, deadline: Deadline = NO_LIMIT
    ) -> Answer:
        """Sends a request and waits for its answer."""
        return self.submit(method, params, arrays, deadline).wait()

    def post(self, method: str, params: Mapping[str, Any]) -> None:
        """Sends a request whose answer nobody wants. Never blocks, never raises; may be called by a finalizer."""
        with contextlib.suppress(Exception):
            self._outgoing.put(
                _Outgoing(encode_frame({"id": next(self._numbers), "method": method, "params": params}), None)
            )

    def cancel(self, call: Call) -> None:
        """Asks the runtime to stop a call, and forgets it. A request that has not been sent yet is not sent."""
        if self._calls.pop(call.number, None) is not None:
            self._outgoing.put(_Outgoing(encode_frame({"cancel": call.number}), None))

    def stop(self, call: Call) -> None:
        """Asks the runtime to end a call with what it has so far."""
        if call.number in self._calls:
            self._outgoing.put(_Outgoing(encode_frame({"stop": call.number}), None))

    def close(self) -> None:
        """Ends the connection; calls on their way end with RuntimeCrashed."""
        self._lose("the connection was closed")

    def abandon(self) -> None:
        """Lets go of the socket in a forked child: the connection goes on in the parent."""
        self._lost = "the process has forked"
        with contextlib.suppress(OSError):
            self._socket.close()

    def _write(self) -> None:
        try:
            while (outgoing := self._outgoing.get()) is not None:
                if outgoing.call is None or outgoing.call in self._calls:
                    for piece in outgoing.pieces:
                        self._socket.sendall(piece)
                del outgoing  # a body of 64 MiB must not be kept until the next request
        except OSError as error:
            self._lose(f"it has hung up ({error})")

    def _read(self) -> None:
        try:
            while True:
                self._take(read_frame(self._read_into))
        except EOFError:
            self._lose("it has hung up")
        except (OSError, BerthRecsysError) as error:
            self._lose(f"its answer could not be read ({error})")
        except MemoryError:
            self._lose("there was no memory for its answer")

    def _read_into(self, target: memoryview) -> None:
        while len(target) > 0:
            count = self._socket.recv_into(target)
            if count == 0:
                raise EOFError
            target = target[count:]

    def _take(self, frame: Frame) -> None:
        number, error = frame.header.get("id"), frame.header.get("error")
        if not isinstance(number, int):
            return
        progress = frame.header.get("progress")
        if progress is not None:
            call = self._calls.get(number)
            if call is not None and isinstance(progress, dict):
                call.tell(progress)
            return
        if isinstance(error, dict):
            field = error.get("field")
            self._settle(
                number,
                error_of(str(error.get("code")), str(error.get("message")), field if isinstance(field, str) else None),
            )
        else:
            result = frame.header.get("result")
            self._settle(number, Answer(result if isinstance(result, dict) else {}, read_arrays(frame)))

    def _settle(self, number: int, outcome: Answer | BerthRecsysError) -> None:
        call = self._calls.pop(number, None)
        if call is not None:
            call.settle(outcome)

    def _lose(self, why: str) -> None:
        if self._lost is None:
            self._lost = why
        self._outgoing.put(None)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        while self._calls:
            with contextlib.suppress(KeyError):
                _, call = self._calls.popitem()
                call.settle(self._crashed())
        if threading.current_thread().name == "berth-recsys-reader":
            self._socket.close()

    def _crashed(self) -> RuntimeCrashed:
        return RuntimeCrashed(f"the runtime is gone: {self._lost}")
