"""The outputs of one execution within a bound: beginning and end are kept, and a line says what is not."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from .stream_text import StreamText

CHUNK = 64 * 1024
"""A stream is kept in pieces of about this size, so that its oldest lines can go alone."""


class Entry:
    """One output, or a piece of a stream."""

    def __init__(self, output: dict[str, Any], stream: StreamText | None = None) -> None:
        self.output = output
        self.stream = stream
        self._size = 0 if stream is not None else size_of(output)

    @property
    def size(self) -> int:
        """In bytes, nearly."""
        return self._size if self.stream is None else self.stream.size

    def become(self, output: dict[str, Any]) -> int:
        """Takes another output's place, and returns by how much that is larger."""
        before = self._size
        self._size = size_of(output)
        self.output = output
        return self._size - before

    def as_json(self) -> dict[str, Any]:
        """As in a notebook."""
        return self.output if self.stream is None else {**self.output, "text": self.stream.text}


class KeptOutputs:
    """Outputs as a notebook would show them. Displays still know their `transient.display_id`."""

    def __init__(self, limit: int) -> None:
        self._half = limit // 2
        self.clear_next = False
        self._clear()

    @property
    def size(self) -> int:
        """What it holds, in bytes."""
        return self._head_size + self._tail_size

    def take(self, output: dict[str, Any]) -> None:
        """Appends an output as it came from a kernel; one that is none raises."""
        if output["output_type"] == "stream" and not (type(output["name"]) is type(output["text"]) is str):
            raise TypeError("Text of a stream that is no text.")
        if self.clear_next:
            self.clear_next = False
            self._clear()
        if output["output_type"] == "stream":
            self._print(output["name"], output["text"])
        else:
            entry = self._append(Entry(output))
            self._grow(entry.size, is_tail=bool(self._tail))

    def _print(self, name: str, text: str) -> None:
        part = self._tail if self._tail or self._cut > 0 else self._head
        last = part[-1] if part else None
        if last is None or last.stream is None or last.output["name"] != name:
            last = self._append(Entry({"output_type": "stream", "name": name}, StreamText()))
        elif last.size >= CHUNK and last.stream.ends_a_line:
            last = self._append(Entry(last.output, StreamText()))
        before = last.size
        last.stream.add(text)
        self._grow(last.size - before, is_tail=bool(self._tail))

    def update(self, display_id: str, content: dict[str, Any]) -> None:
        """Replaces what a display shows, wherever it is shown."""
        shown = {key: content.get(key, {}) for key in ("data", "metadata")}
        for entry in [*self._head, *self._tail]:
            if entry.output.get("transient", {}).get("display_id") == display_id:
                growth = entry.become({**entry.output, **shown})
                if entry in self._head:
                    self._grow(growth, is_tail=False)
                elif entry in self._tail:
                    self._grow(growth, is_tail=True)

    def clear(self, wait: bool) -> None:
        """Forgets all, at once or when the next output comes."""
        if wait:
            self.clear_next = True
        else:
            self._clear()

    def as_json(self) -> list[dict[str, Any]]:
        """In order; where something was cut there is a line that says so."""
        mark = [cut_mark(self._cut)] if self._cut > 0 else []
        return [*(entry.as_json() for entry in self._head), *mark, *(entry.as_json() for entry in self._tail)]

    def _clear(self) -> None:
        self._head: list[Entry] = []
        self._tail: deque[Entry] = deque()
        self._head_size = self._tail_size = self._cut = 0

    def _append(self, entry: Entry) -> Entry:
        """To the head until something has left it for the tail, and to the tail for ever after."""
        (self._tail if self._tail or self._cut > 0 else self._head).append(entry)
        return entry

    def _grow(self, size: int, is_tail: bool) -> None:
        """What the head has no room for begins the tail; of a tail that is too long the oldest goes."""
        if is_tail:
            self._tail_size += size
        else:
            self._head_size += size
        while self._head_size > self._half:
            moved = self._head.pop()
            self._head_size -= moved.size
            self._tail.appendleft(moved)
            self._tail_size += moved.size
        while self._tail_size > self._half:
            gone = self._tail.popleft()
            self._tail_size -= gone.size
            self._cut += gone.size


def size_of(output: dict[str, Any]) -> int:
    """Of its JSON. One that no page could read is refused, or the notebook would get none of its outputs."""
    return len(json.dumps(output, allow_nan=False))


def cut_mark(size: int) -> dict[str, Any]:
    """The line that stands where something was cut."""
    text = f"\n[{size:,} bytes of this output were not kept while no page was there to show it]\n"
    return {"output_type": "stream", "name": "stderr", "text": text}
