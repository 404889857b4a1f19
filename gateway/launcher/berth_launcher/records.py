"""Turns a stream of bytes into records of text: a line, an update of a progress bar, or a part of either.

`\\n`, `\\r\\n` and `\\r` end a record. Of several `\\r` updates within 200 ms the last is kept. What stays without an end for
500 ms (a prompt) or grows beyond 32 KiB is handed out as a part, and the rest follows in the next record.
Holds at most one record plus one read in memory.
"""

import re

MAX_RECORD_BYTES = 32 * 1024
UPDATE_WINDOW_S = 0.2
IDLE_S = 0.5
_END = re.compile(rb"(\r\n|\n|\r)")

Record = tuple[str, bool]  # the text, and whether its line continues in the next record


class Splitter:
    def __init__(self) -> None:
        self._tail = b""
        self._tail_due: float | None = None
        self._update: bytes | None = None  # the newest `\r` update that was not handed out yet
        self._update_due = 0.0
        self._is_open = False  # a part of the current line was handed out
        self._skip_newline = False  # a `\r` was taken for an end; a `\n` right after it belongs to it

    def feed(self, data: bytes, now: float) -> list[Record]:
        records = self._expire_update(now)
        if self._skip_newline:
            self._skip_newline = False
            data = data[1:] if data.startswith(b"\n") else data
        data = self._tail + data
        if b"\r" in data:
            self._feed_with_updates(data, now, records)
        else:
            self._feed_lines(data, records)
        if len(self._tail) > MAX_RECORD_BYTES:
            self._flush_update(records)
            self._tail = self._hand_out_parts(self._tail, records)
        self._tail_due = now + (UPDATE_WINDOW_S if self._tail.endswith(b"\r") else IDLE_S) if self._tail else None
        return records

    def due(self) -> float | None:
        """When `expire` has something to do, if ever."""
        times = [self._tail_due, self._update_due if self._update is not None else None]
        return min((time for time in times if time is not None), default=None)

    def expire(self, now: float) -> list[Record]:
        records = self._expire_update(now)
        if self._tail_due is None or now < self._tail_due:
            return records
        self._tail_due = None
        self._flush_update(records)
        if self._tail.endswith(b"\r"):
            text, self._tail, self._skip_newline = self._tail[:-1], b"", True
            if text or self._is_open:
                self._hand_out(text, records)
            return records
        whole = len(self._tail) - _cut_character_bytes(self._tail)
        if whole > 0:
            records.append((self._tail[:whole].decode("utf-8", "replace"), True))
            self._tail, self._is_open = self._tail[whole:], True
        return records

    def finish(self) -> list[Record]:
        records: list[Record] = []
        self._flush_update(records)
        text, self._tail, self._tail_due = self._tail.rstrip(b"\r"), b"", None
        if text:
            self._hand_out(text, records)
        return records

    def _feed_lines(self, data: bytes, records: list[Record]) -> None:
        end = data.rfind(b"\n")
        self._tail = data[end + 1 :]
        if end < 0:
            return
        self._flush_update(records)
        lines = data[:end].decode("utf-8", "replace").split("\n")  # one decode: a newline never is inside a character
        if self._is_open or max(map(len, lines)) > MAX_RECORD_BYTES // 4:
            for line in data[:end].split(b"\n"):
                self._hand_out(line, records)
        else:
            records.extend([(line, False) for line in lines])

    def _feed_with_updates(self, data: bytes, now: float, records: list[Record]) -> None:
        is_undecided = data.endswith(b"\r")  # it may be the first half of `\r\n`
        pieces = _END.split(data[:-1] if is_undecided else data)
        self._tail = pieces[-1] + (b"\r" if is_undecided else b"")
        for text, end in zip(pieces[0:-1:2], pieces[1::2], strict=True):
            if end != b"\r" or self._is_open:
                self._flush_update(records)
                self._hand_out(text, records)
            elif text:
                self._update_due = now + UPDATE_WINDOW_S if self._update is None else self._update_due
                self._update = text

    def _expire_update(self, now: float) -> list[Record]:
        records: list[Record] = []
        if self._update is not None and now >= self._update_due:
            self._flush_update(records)
        return records

    def _flush_update(self, records: list[Record]) -> None:
        if self._update is not None:
            text, self._update = self._update, None
            self._hand_out(text, records)

    def _hand_out(self, text: bytes, records: list[Record]) -> None:
        text = self._hand_out_parts(text, records)
        records.append((text.decode("utf-8", "replace"), False))
        self._is_open = False

    def _hand_out_parts(self, text: bytes, records: list[Record]) -> bytes:
        start = 0
        while len(text) - start > MAX_RECORD_BYTES:
            part = text[start : start + MAX_RECORD_BYTES]
            part = part[: len(part) - _cut_character_bytes(part)]
            records.append((part.decode("utf-8", "replace"), True))
            start += len(part)
            self._is_open = True
        return text[start:]


def _cut_character_bytes(text: bytes) -> int:
    """How many bytes at the end are the beginning of a UTF-8 character whose rest is missing (0 to 3)."""
    for count in range(1, min(3, len(text)) + 1):
        byte = text[-count]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return count if count < needed else 0
        if byte < 0x80:
            return 0
    return 0
