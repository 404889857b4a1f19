"""Frames that no client of ours sends: the runtime refuses them, and goes on serving the others."""

from __future__ import annotations

import json
import os
import random
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from berth_recsys import Retriever
from berth_recsys.frame import read_frame

from .conftest import runtime_pid

RNG = np.random.default_rng(16)
ITEMS = RNG.standard_normal((300, 8), dtype=np.float32)


@pytest.fixture(scope="module")
def healthy(settings: Path) -> Iterator[Retriever]:
    """Somebody else's corpus, which must not notice."""
    with Retriever(ITEMS) as corpus:
        yield corpus


@pytest.fixture(autouse=True)
def unharmed(healthy: Retriever, settings: Path) -> Iterator[None]:
    """After each test the same runtime still answers."""
    before = runtime_pid(settings)
    want = healthy.search(ITEMS[:3], 4).ids.tolist()
    yield
    assert healthy.search(ITEMS[:3], 4).ids.tolist() == want
    assert runtime_pid(settings) == before


class Raw:
    """A socket to the runtime, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(15)
        self._socket.connect(str(folder / "runtime.sock"))

    def send(self, header: Any, body: bytes = b"") -> None:
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        self.send_bytes(struct.pack("<II", len(text), len(body)) + text + body)

    def send_bytes(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self) -> dict[str, Any]:
        """The next header."""
        return read_frame(self._read_into).header

    def ask(self, header: Any, body: bytes = b"") -> dict[str, Any]:
        self.send(header, body)
        return self.answer()

    def code(self, header: Any, body: bytes = b"") -> str:
        """The code with which a request is refused."""
        return str(self.ask(header, body)["error"]["code"])

    def is_ended(self) -> bool:
        """Whether the runtime hangs up, after whatever it still says."""
        try:
            while self._socket.recv(65536):
                pass
        except (ConnectionError, TimeoutError) as error:
            return isinstance(error, ConnectionError)
        return True

    def close(self) -> None:
        self._socket.close()

    def _read_into(self, target: memoryview) -> None:
        while len(target) > 0:
            count = self._socket.recv_into(target)
            if count == 0:
                raise EOFError
            target = target[count:]


@pytest.fixture
def raw(healthy: Retriever, settings: Path) -> Iterator[Raw]:
    connection = Raw(settings)
    yield connection
    connection.close()


@pytest.fixture
def corpus(raw: Raw, settings: Path) -> str:
    """A corpus of the raw connection's own: 4 rows of 2."""
    made = raw.ask(
        {
            "id": 1,
            "method": "corpus.create",
            "params": {"rows": 4, "dimensions": 2, "metric": "ip", "hasIds": False, "columns": []},
        }
    )["result"]
    Path(made["files"]["items"]).write_bytes(np.arange(8, dtype=np.float32).tobytes())
    params = {"corpus": made["corpus"], "part": made["part"], "categories": {}}
    assert "result" in raw.ask({"id": 2, "method": "corpus.seal", "params": params})
    return str(made["corpus"])


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<II", 0xFFFFFFFF, 0),
        struct.pack("<II", 2**20 + 1, 0),
        struct.pack("<II", 2, 2**26 + 1) + b"{}",
        struct.pack("<II", 5, 0) + b"hello",
        struct.pack("<II", 2, 0) + b"[]",
        struct.pack("<II", 0, 0),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_garbage_ends_the_connection_and_no_other(raw: Raw, data: bytes) -> None:
    """Symptom: 4 GiB are put aside for a stranger, or the runtime ends for all."""
    raw.send_bytes(data)
    assert raw.is_ended()


def test_random_bytes(settings: Path, healthy: Retriever) -> None:
    """Symptom: one of a thousand crafted frames ends the runtime."""
    random.seed(17)
    for _ in range(40):
        raw = Raw(settings)
        raw.send_bytes(struct.pack("<II", random.randrange(200), random.randrange(200)) + random.randbytes(400))
        raw.close()


def test_a_frame_that_never_ends_holds_nobody(raw: Raw, healthy: Retriever) -> None:
    """Symptom: a client that dies in mid-frame blocks the socket."""
    raw.send_bytes(struct.pack("<II", 100, 2**26) + b'{"id": 1')
    assert healthy.search(ITEMS[:1], 1).ids.shape == (1, 1)
    raw.close()


def create(**params: Any) -> dict[str, Any]:
    """A request for a corpus."""
    return {"id": 1, "method": "corpus.create", "params": {"rows": 1, "dimensions": 1, "metric": "ip", **params}}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"id": 1, "method": "corpus.fly", "params": {"corpus": "c1"}}, "not-found"),
        ({"id": 1, "method": "toString", "params": {}}, "not-found"),
        ({"id": 1, "method": "hello", "params": {"version": 99}}, "unsupported-version"),
        ({"id": 1, "method": "hello", "params": {}}, "unsupported-version"),
        ({"id": 1, "method": "hello", "params": []}, "invalid-input"),
        ({"id": 1}, "invalid-input"),
        ({"method": "hello", "params": {}}, "invalid-input"),
        ({"id": "one", "method": "hello", "params": {}}, "invalid-input"),
        ({"id": 1, "method": "corpus.search", "params": {"corpus": "__proto__"}}, "not-found"),
        ({"id": 1, "method": "corpus.info", "params": {"corpus": {"$ne": None}}}, "not-found"),
        ({"id": 1, "method": "corpus.load", "params": {"folder": "relative"}}, "invalid-input"),
        ({"id": 1, "method": "corpus.load", "params": {"folder": "/tmp/\0"}}, "invalid-input"),
        ({"id": 1, "method": "corpus.load", "params": {"folder": "/proc/self"}}, "not-found"),
        (create(rows=1e18), "invalid-input"),
        (create(rows=-1), "invalid-input"),
        (create(rows="9"), "invalid-input"),
        (create(metric="__proto__"), "invalid-input"),
        (create(columns=[{"name": "x", "kind": "flag"}, {"name": "x", "kind": "flag"}]), "invalid-input"),
        (create(columns=[{"name": "x", "kind": "toString"}]), "invalid-input"),
        ({"id": 1, "method": "hello", "params": {"version": 1}, "deadlineMs": "soon"}, "invalid-input"),
    ],
)
def test_requests_that_are_none_are_answered(raw: Raw, header: dict[str, Any], code: str) -> None:
    """Symptom: a request without an answer, for which the client waits for ever."""
    assert raw.code(header) == code
    assert raw.ask({"id": 2, "method": "hello", "params": {"version": 1}})["result"]["version"] == 1


def test_a_name_of_a_column_is_no_path(raw: Raw, settings: Path) -> None:
    """Symptom: a column called `../../x` makes a file elsewhere."""
    columns = [{"name": "../../x", "kind": "flag"}, {"name": "__proto__", "kind": "number"}]
    params = {"rows": 1, "dimensions": 1, "metric": "ip", "hasIds": False, "columns": columns}
    made = raw.ask({"id": 1, "method": "corpus.create", "params": params})
    if "result" in made:
        folder = os.path.dirname(made["result"]["files"]["items"])
        assert all(os.path.dirname(path) == folder for path in made["result"]["files"]["columns"].values())


FLOATS = np.ones((1, 2), np.float32).tobytes()


@pytest.mark.parametrize(
    ("arrays", "params"),
    [
        ({}, {}),
        ({"queries": {"dtype": "float32", "shape": [1, 2], "offset": 8}}, {}),
        ({"queries": {"dtype": "float32", "shape": [1, 2], "offset": -8}}, {}),
        ({"queries": {"dtype": "float32", "shape": [2**53, 2**53], "offset": 0}}, {}),
        ({"queries": {"dtype": "float32", "shape": [1, 2.5], "offset": 0}}, {}),
        ({"queries": {"dtype": "float32", "shape": [[1], 2], "offset": 0}}, {}),
        ({"queries": {"dtype": "float64", "shape": [1, 1], "offset": 0}}, {}),
        ({"queries": {"dtype": "constructor", "shape": [1, 2], "offset": 0}}, {}),
        ({"queries": {"dtype": "float32", "shape": [1, 1, 1, 2], "offset": 0}}, {}),
        ({"queries": {"dtype": "float32", "shape": [0, 2], "offset": 0}}, {}),
        ({"queries": {"dtype": "float32", "shape": [2, 1], "offset": 0}}, {}),
        ({"queries": None}, {}),
        ("queries", {}),
        ({"queries": {"dtype": "float32", "shape": [1, 2], "offset": 0}}, {"k": 10**9}),
        ({"queries": {"dtype": "float32", "shape": [1, 2], "offset": 0}}, {"k": "1"}),
        ({"queries": {"dtype": "float32", "shape": [1, 2], "offset": 0}}, {"where": {"op": "or", "of": 5}}),
        ({"queries": {"dtype": "float32", "shape": [1, 2], "offset": 0}}, {"where": {"op": "eval", "of": []}}),
        ({"queries": {"dtype": "float32", "shape": [1, 2], "offset": 0}}, {"recency": {"column": "x"}}),
        ({"queries": {"dtype": "float32", "shape": [1, 2], "offset": 0}}, {"diversity": {"mmr": 2, "pool": 3}}),
        ({"queries": {"dtype": "float32", "shape": [1, 2], "offset": 0}}, {"unknown": 1}),
    ],
)
def test_arrays_and_parameters_that_do_not_fit_are_refused(raw: Raw, corpus: str, arrays: Any, params: Any) -> None:
    """Symptom: a read beyond the body, an allocation of 2^109 bytes, or an answer to another question."""
    header = {"id": 7, "method": "corpus.search", "params": {"corpus": corpus, "k": 1, **params}, "arrays": arrays}
    assert raw.code(header, FLOATS) == "invalid-input"
    good = {**header, "params": {"corpus": corpus, "k": 1}, "id": 8}
    good["arrays"] = {"queries": {"dtype": "float32", "shape": [1, 2], "offset": 0}}
    assert raw.ask(good, FLOATS)["id"] == 8


@pytest.mark.parametrize("levels", [40, 5000])
def test_deep_conditions_are_refused(raw: Raw, corpus: str, levels: int) -> None:
    """Symptom: a stack overflow that ends the runtime, by a condition in a condition in a condition."""
    text = '{"op":"missing","column":"x"}'
    for _ in range(levels):
        text = '{"op":"not","of":[' + text + "]}"
    head = '{"id":7,"method":"corpus.search","params":{"corpus":"' + corpus + '","k":1,"where":' + text
    head += '},"arrays":{"queries":{"dtype":"float32","shape":[1,2],"offset":0}}}'
    assert raw.code(head.encode(), FLOATS) in ("invalid-input", "internal")


def test_a_corpus_is_its_owner_s(raw: Raw, healthy: Retriever) -> None:
    """Symptom: one notebook closes, or reads, what another has made."""
    for method in ("corpus.info", "corpus.close", "corpus.search", "corpus.compact"):
        assert raw.code({"id": 1, "method": method, "params": {"corpus": healthy.info().corpus}}) == "not-found"


def test_a_cancel_of_nothing_is_nothing(raw: Raw) -> None:
    """Symptom: a cancel that comes too late ends the connection, or another request."""
    raw.send({"cancel": 99})
    assert "result" in raw.ask({"id": 2, "method": "hello", "params": {"version": 1}})
    assert raw.code({"cancel": "all"}) == "invalid-input"
