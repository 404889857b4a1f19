"""The file that outputs wait in while there is no server: an idle workspace is stopped, its person comes later."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from pathlib import Path

from ..private_files import write_json
from .execution import Execution


class KeptFile:
    """Written when a server ends, and read once by the next server of the same folder of notebooks."""

    def __init__(self, data_folder: Path, root_folder: str, log: logging.Logger) -> None:
        name = hashlib.sha256(os.fsencode(root_folder)).hexdigest()[:16]
        self._path = data_folder / "outputs" / f"{name}.json"
        self._log = log

    def take(self) -> list[Execution]:
        """What the last server left, oldest first; the file is gone then."""
        try:
            text = self._path.read_text()
            self._path.unlink()
            return [Execution.from_json(entry) for entry in json.loads(text)]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            self._log.warning("Outputs that were kept in %s are lost: %s", self._path, error)
            return []

    def write(self, executions: list[Execution]) -> None:
        """Leaves these for the next server, with what another one has left; only this person can read them."""
        if not executions:
            return
        left = {execution.msg_id: execution for execution in [*self.take(), *executions]}
        try:
            write_json(self._path, [execution.to_json() for execution in left.values()])
        except OSError as error:
            self._log.warning("Outputs could not be kept in %s: %s", self._path, error)
