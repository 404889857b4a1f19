"""What one attempt is: its folder, its order (`attempt.json`), and who may carry it out (`launcher.json`).

The folder is the only interface to the gateway. Every file in it but the log segments appears whole or not at all.
"""

import errno
import json
import os
import socket
import time
from typing import Any, NamedTuple

MARKER = "BERTH_ATTEMPT_DIR"


class AttemptError(Exception):
    """`attempt.json` cannot be carried out; the message names every field that is wrong."""


class Attempt(NamedTuple):
    run_id: str
    number: int
    framework: str
    python: str
    command: list
    processes: int
    work_dir: str
    env: dict
    segment_bytes: int
    max_segments: int
    grace_s: float
    deadline_ms: int | None


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def read_json(path: str) -> Any | None:
    """The document at `path`, or None when it is missing, unreadable or not JSON."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def write_json(path: str, document: Any, in_place: bool = False) -> None:
    """Replaces `path` as a whole and makes it durable. Raises OSError, leaving the former file.

    With `in_place`, a full disk makes it overwrite the former file, whose first block is there already.
    """
    data = (json.dumps(document) + "\n").encode()
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        _write_durably(temporary, data)
        os.rename(temporary, path)
    except OSError:
        _unlink_quietly(temporary)
        if not in_place:
            raise
        overwrite(path, data)
    sync_folder(os.path.dirname(path))


def overwrite(path: str, data: bytes) -> None:
    """Puts `data` into the blocks that the file at `path` already has. Raises OSError when there is none."""
    handle = os.open(path, os.O_WRONLY)
    try:
        if os.pwrite(handle, data, 0) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.ftruncate(handle, len(data))
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_durably(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: str) -> None:
    """Makes a rename durable; some file systems refuse fsync on folders, which is no reason to fail."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def claim(attempt_dir: str, identity: str) -> bool:
    """True for exactly one caller per attempt, ever: hard links are atomic also on network file systems."""
    path = os.path.join(attempt_dir, "launcher.json")
    temporary = f"{path}.{os.getpid()}.tmp"
    # the host: where a home is shared among machines, a pid means nothing on the others
    claimed = {"pid": os.getpid(), "identity": identity, "host": socket.gethostname(), "startedAtMs": now_ms()}
    try:
        _write_durably(temporary, (json.dumps(claimed) + "\n").encode())
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        return _claim_without_links(path, temporary)
    finally:
        _unlink_quietly(temporary)
    sync_folder(attempt_dir)
    return True


def _claim_without_links(path: str, temporary: str) -> bool:
    """For file systems without hard links (exFAT, some FUSE): the exclusive creation is the claim."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except FileExistsError:
        return False
    os.rename(temporary, path)
    return True


def _unlink_quietly(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def read_attempt(attempt_dir: str) -> Attempt:
    """Parses and checks `attempt.json`; raises AttemptError naming all problems at once."""
    path = os.path.join(attempt_dir, "attempt.json")
    try:
        with open(path, encoding="utf-8") as file:
            raw = json.load(file)
    except OSError as error:
        raise AttemptError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise AttemptError(f"{path} is not valid JSON: {error}") from error
    if not isinstance(raw, dict):
        raise AttemptError(f"{path}: want an object")
    problems = _problems(raw)
    if problems:
        raise AttemptError(f"{path}: " + "; ".join(problems))
    return Attempt(
        raw['runId'], raw['attempt'], raw['framework'], raw['python'], raw['command'], raw['processes'], raw['workDir'],
        raw.get('env', {}), raw.get('segmentBytes', 1 << 20), raw.get('maxSegments', 64),
        raw.get('graceMs', 20_000) / 1000, raw.get('deadlineMs'),
    )  # fmt: skip


def _problems(raw: dict) -> list:
    problems = []

    def want(key: str, is_right: bool, wanted: str) -> None:
        if not is_right:
            problems.append(f"{key}={raw.get(key)!r}: want {wanted}")

    def integer(key: str, low: int, fallback: int | None = None) -> None:
        value = raw.get(key, fallback)
        want(key, isinstance(value, int) and _is_integer(value) and value >= low, f"an integer of at least {low}")

    want("version", raw.get("version") == 1, "1")
    want("framework", raw.get("framework") in ("torchrun", "process"), '"torchrun" or "process"')
    for key in ("runId", "python", "workDir"):
        want(key, _is_text(raw.get(key)) and raw[key] != "", "a non-empty string")
    command, env = raw.get("command"), raw.get("env", {})
    want("command", isinstance(command, list) and bool(command) and all(map(_is_text, command)), "a list of strings")
    want("env", isinstance(env, dict) and all(_is_variable(*pair) for pair in env.items()), "an object of strings")
    integer("attempt", 0)
    integer("processes", 1)
    integer("segmentBytes", 1024, 1 << 20)
    integer("maxSegments", 2, 64)
    integer("graceMs", 0, 20_000)
    deadline = raw.get("deadlineMs")
    want("deadlineMs", deadline is None or _is_integer(deadline), "epoch milliseconds or null")
    if raw.get("framework") == "process" and raw.get("processes") != 1:
        want("processes", False, '1, because the framework "process" starts one process')
    return problems


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _is_variable(key: Any, value: Any) -> bool:
    return _is_text(key) and key != "" and "=" not in key and _is_text(value)
