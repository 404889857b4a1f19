"""The log of one rank: numbered segment files of JSON lines, bounded on disk, that never hurt the run.

A reader sees whole lines but perhaps at the very end of the newest segment, and knows a gap by the numbers. A line that
the disk has no room for is dropped and counted; the next line that can be written is preceded by a note that says so.
"""

import errno
import os
from collections.abc import Iterable
from json.encoder import encode_basestring

from berth_launcher.attempt import now_ms


class SegmentWriter:
    def __init__(self, folder: str, segment_bytes: int, max_segments: int) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._max_segments = max_segments
        self._handle = -1
        self._size = 0
        self._lost_records = 0
        self._lost_bytes = 0
        self._lost_why = ""

    def write(self, stream: str, records: Iterable[tuple[str, bool]]) -> None:
        """Appends the records of `stream` ("o", "e" or "x"). Never raises for the sake of the disk."""
        head = f'{{"t":{now_ms()},"s":"{stream}","m":'
        lines = [head + encode_basestring(text) + (',"p":true}\n' if is_part else "}\n") for text, is_part in records]
        if lines:
            self._append([line.encode("utf-8", "replace") for line in lines])

    def note(self, text: str) -> None:
        self.write("x", [(text, False)])

    def close(self) -> None:
        """Says what was lost, if there is room now."""
        if self._lost_records:
            self._append([])
        self._release()

    def _append(self, lines: list[bytes]) -> None:
        if self._lost_records:
            lost, why = (self._lost_records, self._lost_bytes), self._lost_why
            text = f"{lost[0]} records ({lost[1]} bytes) of output were lost: {why}"
            if self._put([f'{{"t":{now_ms()},"s":"x","m":{encode_basestring(text)}}}\n'.encode()]) > 0:
                self._count_lost(lines)
                return
            self._lost_records -= lost[0]
            self._lost_bytes -= lost[1]
        left = self._put(lines)
        if left > 0:
            self._count_lost(lines[-left:])

    def _count_lost(self, lines: list[bytes]) -> None:
        self._lost_records += len(lines)
        self._lost_bytes += sum(map(len, lines))

    def _put(self, lines: list[bytes]) -> int:
        """Writes as many whole lines as the disk takes, in few writes. Returns how many are left."""
        start = 0
        try:
            while start < len(lines):
                is_full = self._size > 0 and self._size + len(lines[start]) > self._segment_bytes
                if self._handle < 0 or is_full:
                    self._open_next()
                end, size = start + 1, self._size + len(lines[start])
                while end < len(lines) and size + len(lines[end]) <= self._segment_bytes:
                    size += len(lines[end])
                    end += 1
                start += self._write_whole(lines[start:end])
        except OSError as error:
            self._lost_why = error.strerror or str(error)
        return len(lines) - start

    def _write_whole(self, lines: list[bytes]) -> int:
        data = b"".join(lines)
        written = os.write(self._handle, data)
        if written == len(data):
            self._size += written
            return len(lines)
        whole = data.rfind(b"\n", 0, written) + 1  # a full disk cut it: leave no torn line behind
        os.ftruncate(self._handle, self._size + whole)
        self._size += whole
        count = data.count(b"\n", 0, whole)
        if count == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return count

    def _open_next(self) -> None:
        self._release()
        os.makedirs(self._folder, exist_ok=True)
        names = [name for name in os.listdir(self._folder) if name.endswith(".jsonl")]
        numbers = sorted(int(name[:-6]) for name in names if name[:-6].isdigit())
        for number in numbers[: max(0, len(numbers) + 1 - self._max_segments)]:  # first, so that it makes room
            os.unlink(self._path(number))
        number = numbers[-1] + 1 if numbers else 0
        self._handle = os.open(self._path(number), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        self._size = 0

    def _path(self, number: int) -> str:
        return os.path.join(self._folder, f"{number:06d}.jsonl")

    def _release(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
