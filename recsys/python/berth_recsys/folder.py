"""Where the runtime's socket lies: a folder of this person's own, which nobody else may enter (ADR 0010)."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .errors import InvalidInput

SOCKET_NAME = "runtime.sock"
LOG_NAME = "runtime.log"
# The field of a Unix address is 108 bytes on Linux, 104 elsewhere, and ends with a zero.
SOCKET_PATH_MAX_BYTES = 103


def runtime_folder(environ: Mapping[str, str]) -> Path:
    """`$BERTH_RECSYS_DIR`, else a folder in `$XDG_RUNTIME_DIR`, else one in the folder for temporary files."""
    if chosen := environ.get("BERTH_RECSYS_DIR"):
        return Path(chosen).expanduser().absolute()
    session = environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(session) and os.path.isdir(session):
        return Path(session) / "berth-recsys"
    return Path(tempfile.gettempdir()) / f"berth-recsys-{os.getuid()}"


def socket_path(folder: Path) -> Path:
    """The socket in it. Raises InvalidInput if the operating system cannot address a socket there."""
    path = folder / SOCKET_NAME
    length = len(os.fsencode(path))
    if length > SOCKET_PATH_MAX_BYTES:
        raise InvalidInput(
            f"{path} is {length} bytes long: a socket's path has at most {SOCKET_PATH_MAX_BYTES}. "
            "Set BERTH_RECSYS_DIR to a shorter folder of your own.",
            "BERTH_RECSYS_DIR",
        )
    return path


def ensure_folder(folder: Path) -> None:
    """Makes the folder with mode 0700 unless it is there.

    Raises InvalidInput if it is a link, another's, or open to others.
    """
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        pass
    except OSError as error:
        raise InvalidInput(
            f"{folder} cannot be made: {error.strerror}. Set BERTH_RECSYS_DIR.", "BERTH_RECSYS_DIR"
        ) from error
    problem = folder_problem(folder)
    if problem is not None:
        raise InvalidInput(f"{folder} {problem}. Set BERTH_RECSYS_DIR to a folder of your own.", "BERTH_RECSYS_DIR")


def folder_problem(folder: Path) -> str | None:
    """What is wrong with the folder, if it is there: where others may write, anybody could have made it first."""
    try:
        found = os.lstat(folder)
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found.st_mode):
        return "is a link"
    if not stat.S_ISDIR(found.st_mode):
        return "is no folder"
    if found.st_uid != os.getuid():
        return f"belongs to user {found.st_uid}, not to you"
    if stat.S_IMODE(found.st_mode) & 0o077:
        return f"has mode {stat.S_IMODE(found.st_mode):04o}: others may enter it, want 0700"
    return None
