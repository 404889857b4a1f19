"""Connections to a runtime that we play: only what a real one never does."""

from __future__ import annotations

import json
import socket
import struct
import time

import pytest

from berth_recsys.connection import Connection
from berth_recsys.deadline import Deadline
from berth_recsys.errors import RuntimeCrashed
from berth_recsys.frame import read_frame


def peer() -> tuple[Connection, socket.socket]:
    """A connection, and its other end."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    return Connection(ours), theirs


@pytest.mark.parametrize(
    "data", [b"", struct.pack("<II", 2**30, 0), struct.pack("<II", 4, 0) + b"nope", struct.pack("<II", 9, 0) + b"{}"]
)
def test_a_runtime_that_answers_garbage_is_gone(data: bytes) -> None:
    """Symptom: a reader's thread that died of it, and a call that waits for ever."""
    connection, theirs = peer()
    call = connection.submit("hello", {})
    theirs.sendall(data)
    theirs.close()
    with pytest.raises(RuntimeCrashed, match="the runtime is gone"):
        call.wait()
    assert not connection.alive
    with pytest.raises(RuntimeCrashed):
        connection.call("hello", {})


def test_answers_of_nobody_s_requests_are_dropped() -> None:
    """Symptom: the answer to a call that was given up is taken for that of the next one."""
    connection, theirs = peer()
    call = connection.submit("hello", {})
    for header in ({"id": 77, "result": {}}, {"id": None, "error": {}}, {"id": call.number, "progress": {"done": 1}}):
        text = json.dumps(header).encode()
        theirs.sendall(struct.pack("<II", len(text), 0) + text)
    text = json.dumps({"id": call.number, "result": {"version": 5}}).encode()
    theirs.sendall(struct.pack("<II", len(text), 0) + text)
    assert call.wait().result == {"version": 5}
    connection.close()
    deadline = time.monotonic() + 5
    while theirs.recv(65536) and time.monotonic() < deadline:
        pass


def test_long_time_outs_are_cut_to_what_the_protocol_allows() -> None:
    """Symptom: `timeout_s=1e9`, for no limit, is refused."""
    connection, theirs = peer()
    connection.submit("hello", {}, deadline=Deadline(1e9))

    def read_into(target: memoryview) -> None:
        target[:] = theirs.recv(len(target), socket.MSG_WAITALL)

    assert read_frame(read_into).header["deadlineMs"] == 2**30
    connection.close()
