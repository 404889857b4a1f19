"""What was stopped for being idle, on disk until the person has seen it, with the last readings before each stop."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..private_files import held, read_json, write_json

STOPS_MAX = 50
DONE_MAX = 200
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Stops:
    """Those of the Jupyter servers with one root folder; all servers of one person share the file."""

    def __init__(self, folder: Path, root_folder: str) -> None:
        self._folder = folder
        self._file = folder / "stops.json"
        self._root = root_folder
        self._stamp: tuple[int, int] | None = None
        self._found: dict[str, Any] = {}

    def all(self) -> list[dict[str, Any]]:
        """The latest last."""
        return [one["stop"] for one in self._read()["stops"] if one["root"] == self._root]

    def get(self, stop_id: str) -> dict[str, Any] | None:
        """The one with this id."""
        return next((stop for stop in self.all() if stop["id"] == stop_id), None)

    def is_done(self, order_id: str) -> bool:
        """Whether an order was noted once, even if its stop has been dismissed since."""
        return order_id in self._read()["done"]

    def note(self, stop: dict[str, Any], readings: list[dict[str, Any]]) -> None:
        """Keeps a stop under the id of its order. Raises OSError if the disk does not take it."""
        if _ID.fullmatch(stop["id"]):
            write_json(self._readings_file(stop["id"]), readings)

        def add(noted: dict[str, Any]) -> None:
            others = [one for one in noted["stops"] if one["stop"]["id"] != stop["id"]]
            kept = [one for one in others if one["root"] != self._root or not _is_told_by(stop, one["stop"])]
            kept = [*kept, {"root": self._root, "stop": stop}][-STOPS_MAX:]
            for old in others:
                if old not in kept:
                    self._forget_readings(old["stop"]["id"])
            noted["stops"] = kept
            noted["done"] = [*noted["done"], stop["id"]][-DONE_MAX:]

        self._change(add)

    def take_back(self, stop_id: str) -> None:
        """It was noted before it was done, and could not be done."""

        def remove(noted: dict[str, Any]) -> None:
            noted["stops"] = [one for one in noted["stops"] if one["stop"]["id"] != stop_id]
            noted["done"] = [one for one in noted["done"] if one != stop_id]

        self._change(remove)
        self._forget_readings(stop_id)

    def dismiss(self, stop_id: str) -> bool:
        """The person has seen it; False if there is none with this id."""
        if self.get(stop_id) is None:
            return False

        def remove(noted: dict[str, Any]) -> None:
            noted["stops"] = [one for one in noted["stops"] if one["stop"]["id"] != stop_id]

        self._change(remove)
        self._forget_readings(stop_id)
        return True

    def readings_before(self, stop_id: str) -> list[dict[str, Any]]:
        """Those that were kept with it."""
        found = read_json(self._readings_file(stop_id)) if _ID.fullmatch(stop_id) else None
        return found if isinstance(found, list) else []

    def _readings_file(self, stop_id: str) -> Path:
        return self._folder / "before-stops" / f"{stop_id}.json"

    def _forget_readings(self, stop_id: str) -> None:
        if _ID.fullmatch(stop_id):
            with suppress(OSError):
                self._readings_file(stop_id).unlink()

    def _change(self, change: Callable[[dict[str, Any]], None]) -> None:
        with held(self._folder / "stops.lock"):
            noted = self._read(anew=True)
            noted = {"stops": list(noted["stops"]), "done": list(noted["done"])}
            change(noted)
            write_json(self._file, {"version": 1, **noted})
        self._stamp = None

    def _read(self, anew: bool = False) -> dict[str, Any]:
        """What the file says; it is read again when it has changed."""
        try:
            stat = self._file.stat()
            stamp = (stat.st_mtime_ns, stat.st_ino)
        except OSError:
            return {"stops": [], "done": []}
        if anew or stamp != self._stamp:
            self._found, self._stamp = _checked(read_json(self._file)), stamp
        return self._found


def _is_told_by(new: dict[str, Any], old: dict[str, Any]) -> bool:
    """Whether all that an earlier stop took was taken anew: of one kernel's notebook only the last stop is of use."""
    path = old.get("path")
    return path is not None and (path == new["path"] or path in new["open"])


def _checked(found: Any) -> dict[str, Any]:
    """What can be believed of a file that another version, or a person, may have written."""
    found = found if isinstance(found, dict) else {}
    stops, done = found.get("stops"), found.get("done")
    return {
        "stops": [one for one in stops if _is_noted(one)] if isinstance(stops, list) else [],
        "done": [one for one in done if isinstance(one, str)] if isinstance(done, list) else [],
    }


def _is_noted(one: Any) -> bool:
    """Whether pages can show it: one that has not all of a stop would keep them from showing any other."""
    stop = one.get("stop") if isinstance(one, dict) else None
    if not isinstance(stop, dict) or not isinstance(one.get("root"), str):
        return False
    subject, opened, signals = stop.get("subject"), stop.get("open"), stop.get("signals")
    return (
        all(isinstance(stop.get(key), str) for key in ("id", "name", "why"))
        and all(stop.get(key) is None or isinstance(stop[key], str) for key in ("path", "kernelName"))
        and isinstance(stop.get("atMs"), int)
        and isinstance(subject, dict)
        and isinstance(subject.get("kind"), str)
        and isinstance(opened, list)
        and all(isinstance(path, str) for path in opened)
        and isinstance(signals, list)
        and all(isinstance(signal, dict) for signal in signals)
    )
