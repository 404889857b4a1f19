"""Files that only this person can read, written whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

LOCK_TRIES = 50
LOCK_PAUSE_S = 0.01


def write_json(path: Path, value: Any) -> None:
    """Writes a file of JSON, and makes the folders above it private where they have to be made."""
    _make_folder(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as out:
            json.dump(value, out)  # as ASCII: names of files may hold what UTF-8 has no place for
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Holds a lock among the processes of this machine, or has waited for it in vain: nobody may hang for another."""
    _make_folder(path)
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        for _ in range(LOCK_TRIES):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(LOCK_PAUSE_S)
            except OSError:  # there are disks without locks
                break
        yield
    finally:
        os.close(lock)


def read_json(path: Path) -> Any:
    """What is in it; None if it is not there, or is no JSON."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _make_folder(path: Path) -> None:
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
