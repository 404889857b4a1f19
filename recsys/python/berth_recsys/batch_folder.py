"""The folder of a batch: what it is about, how far it is, and its answers.

At every moment a killed process leaves a folder that can be gone on with. `job.json` is replaced in one step. The
arrays are filled in place, in order; a line of `journal.jsonl` is written after what it speaks of is on the disk.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import Conflict
from .fingerprint import differences
from .frame import bytes_of
from .pipeline import Part

VERSION = 1
JOB, JOURNAL, LOCK = "job.json", "journal.jsonl", "lock"
ARRAYS: Mapping[str, np.dtype[Any]] = {
    "ids": np.dtype("<i8"),
    "scores": np.dtype("<f4"),
    "certificate": np.dtype("u1"),
}


class BatchFolder:
    """A folder that one process at a time fills. Use `with`. Raises Conflict if another process has it."""

    def __init__(self, folder: Path, restart: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._open: dict[str, int] = {}
        self._data_at: dict[str, int] = {}
        self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise Conflict(f"another process is filling {folder}", "out") from None
        except OSError as error:  # a file system without locks
            if error.errno not in (errno.ENOTSUP, errno.ENOLCK, errno.ENOSYS):
                raise
        if restart:
            for name in (JOURNAL, JOB, *(f"{each}.npy" for each in ARRAYS)):
                (folder / name).unlink(missing_ok=True)

    def __enter__(self) -> BatchFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._open.values():
            os.close(file)
        os.close(self._lock)

    def job(self) -> dict[str, Any] | None:
        """What the folder is about; None if it is new.

        Raises Conflict if it holds arrays of somebody else's, or cannot be read.
        """
        try:
            job = json.loads((self._folder / JOB).read_text())
        except FileNotFoundError:
            foreign = [f"{each}.npy" for each in ARRAYS if (self._folder / f"{each}.npy").exists()]
            if foreign:
                raise Conflict(
                    f"{self._folder} holds {', '.join(foreign)} of no batch: choose another folder, or restart=True",
                    "out",
                ) from None
            return None
        except ValueError as error:
            raise Conflict(f"{self._folder / JOB} cannot be read: restart=True begins anew", "out") from error
        if not isinstance(job, dict) or job.get("version") != VERSION or not isinstance(job.get("what"), dict):
            raise Conflict(f"{self._folder / JOB} is of another version: restart=True begins anew", "out")
        return job

    def open(self, what: Mapping[str, Any], now: float | None, count: int, k: int) -> int:
        """Makes the folder ready for `count` answers of `k`, and returns how many it has.

        Raises Conflict if it is about something else.
        """
        job = self.job()
        if job is None:
            self._replace(JOB, json.dumps({"version": VERSION, "what": what, "now": now}, indent=1))
        elif job["what"] != what:
            raise Conflict(
                f"{self._folder} was begun with other arguments: {'; '.join(differences(job['what'], what))}. "
                "restart=True begins anew.",
                "out",
            )
        done = min(self._journalled(), count)
        for name, shape in (("ids", (count, k)), ("scores", (count, k)), ("certificate", (count,))):
            self._open_array(name, shape, done)
        self._open[JOURNAL] = os.open(
            self._folder / JOURNAL, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666
        )
        os.write(self._open[JOURNAL], b"\n")  # ends a line that a killed process has left half written
        return done

    def write(self, part: Part) -> None:
        """Puts answers in their place."""
        self._write("ids", part.ids, part.start)
        self._write("scores", part.scores, part.start)
        self._write("certificate", part.certificate, part.start)

    def checkpoint(self, done: int) -> None:
        """Everything up to `done` survives from here on."""
        for name in ARRAYS:
            os.fsync(self._open[name])
        os.write(self._open[JOURNAL], f'{{"done": {done}}}\n'.encode())
        os.fsync(self._open[JOURNAL])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The answers, as memory maps."""
        return {name: np.load(self._folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}

    def _journalled(self) -> int:
        done = 0
        with contextlib.suppress(FileNotFoundError), (self._folder / JOURNAL).open(errors="replace") as journal:
            for line in journal:
                with contextlib.suppress(ValueError, TypeError, KeyError):
                    done = int(json.loads(line)["done"]) if line.endswith("}\n") else done
        return done

    def _open_array(self, name: str, shape: tuple[int, ...], done: int) -> None:
        path = self._folder / f"{name}.npy"
        header = _header(ARRAYS[name], shape)
        self._data_at[name] = len(header)
        size = len(header) + int(np.prod(shape, dtype=np.int64)) * ARRAYS[name].itemsize
        file = self._open[name] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        if os.fstat(file).st_size == size and os.pread(file, len(header), 0) == header:
            return
        if done > 0:
            raise Conflict(f"{path} is not as it was left: restart=True begins anew", "out")
        os.ftruncate(file, 0)
        os.pwrite(file, header, 0)
        os.ftruncate(file, size)
        _reserve(file, size)

    def _write(self, name: str, values: npt.NDArray[Any], start: int) -> None:
        row_bytes = values.nbytes // len(values)
        left = bytes_of(np.ascontiguousarray(values, ARRAYS[name]))
        place = self._data_at[name] + start * row_bytes
        while len(left) > 0:
            written = os.pwrite(self._open[name], left, place)
            left, place = left[written:], place + written

    def _replace(self, name: str, text: str) -> None:
        temporary = self._folder / f"{name}.part"
        with temporary.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._folder / name)


def _reserve(file: int, size: int) -> None:
    """A disk that is too full says so now, and not after hours; where the file system can tell."""
    try:
        os.posix_fallocate(file, 0, size)
    except AttributeError:  # not on macOS
        return
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS, errno.ENODEV):
            raise


def _header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """The beginning of a `.npy` file."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    )
    return header.getvalue()
