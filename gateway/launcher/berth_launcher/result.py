"""`exit.json`: how an attempt ended. It must come to be, even on a disk that is full."""

import json
import os
import time

from berth_launcher.attempt import now_ms, overwrite, sync_folder, write_json

MAX_BACKOFF_S = 2.0
SPARE_BYTES = 4096


def exit_record(
    *,
    exit_code: int | None = None,
    signal_name: str | None = None,
    stopped: str | None = None,
    oom_killed: bool = False,
    launcher_killed: bool = False,
    launch_error: str | None = None,
) -> dict:
    return {
        "endedAtMs": now_ms(),
        "exitCode": exit_code,
        "signal": signal_name,
        "stopped": stopped,
        "oomKilled": oom_killed,
        "launcherKilled": launcher_killed,
        "launchError": launch_error,
    }


def exit_path(attempt_dir: str) -> str:
    return os.path.join(attempt_dir, "exit.json")


def reserve_result(attempt_dir: str) -> None:
    """Takes the disk block now that the result will be written into. Without room for it, writing will retry."""
    try:
        with open(_spare_path(attempt_dir), "wb") as file:
            file.write(b" " * SPARE_BYTES)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        pass


def write_result(attempt_dir: str, record: dict) -> bool:
    """Writes `exit.json`, however long it takes. False only when the attempt's folder is gone."""
    try:
        overwrite(_spare_path(attempt_dir), (json.dumps(record) + "\n").encode())
        os.rename(_spare_path(attempt_dir), exit_path(attempt_dir))
        sync_folder(attempt_dir)
        return True
    except OSError:
        pass  # no spare, or a file system that writes in place nowhere: give its room back and compete for it
    wait_s = 0.05
    while os.path.isdir(attempt_dir):
        try:
            os.unlink(_spare_path(attempt_dir))
        except OSError:
            pass
        try:
            write_json(exit_path(attempt_dir), record)
            return True
        except OSError:
            time.sleep(wait_s)
            wait_s = min(2 * wait_s, MAX_BACKOFF_S)
    return False


def _spare_path(attempt_dir: str) -> str:
    return os.path.join(attempt_dir, "exit.json.spare")
