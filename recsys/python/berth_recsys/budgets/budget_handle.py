"""A budget in the runtime: made, filled and sealed, solved as often as one likes, made again if the runtime was lost.

A budget belongs to the connection that made it. When that is lost, because the runtime was killed or this process has
forked, it is made again from its columns; they must give the same numbers then.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..compute import compute_wanted
from ..connection import NO_LIMIT, Call, Connection
from ..corpus_files import fill_parts
from ..deadline import Deadline
from ..errors import BerthRecsysError, Cancelled, InvalidInput, RuntimeCrashed
from ..folder import runtime_folder
from ..session import SESSION


@dataclass(frozen=True)
class Column:
    """Numbers that are made when they are sent: `read(start, stop)` gives those of a range."""

    length: int
    read: Callable[[int, int], npt.NDArray[Any]]


@dataclass(frozen=True)
class RawSolution:
    """What the runtime answered to a solve (docs/reference/recsys-protocol.md)."""

    result: dict[str, Any]
    arrays: dict[str, npt.NDArray[Any]]


SolveProgress = Callable[[dict[str, Any]], "bool | None"]

_DTYPES: dict[str, np.dtype[Any]] = {
    "value": np.dtype("<f4"),
    "start": np.dtype("<u4"),
    "option": np.dtype("<i4"),
    "optionStart": np.dtype("<u4"),
    "optionLimit": np.dtype("<u4"),
    "optionWeight": np.dtype("<f8"),
    "optionChannel": np.dtype("<u2"),
    "cap": np.dtype("<f8"),
    "floor": np.dtype("<f8"),
}
_CAPS: np.dtype[Any] = np.dtype("<u2")
# The protocol's; about 24 days.
_MOST_MS = 2.0**31


class BudgetHandle:
    """Where a budget is. Thread-safe; use `create`."""

    def __init__(
        self, spec: Mapping[str, Any], columns: Mapping[str, npt.NDArray[Any] | Column], device: str, deadline: Deadline
    ) -> None:
        self._spec = dict(spec)
        self._columns = dict(columns)
        self._device = device
        self._runtime = runtime_folder(os.environ)
        self._lock = threading.Lock()
        self._closed = False
        self._connection, self._budget = self._made_anew(deadline)

    @classmethod
    def create(
        cls,
        spec: Mapping[str, Any],
        columns: Mapping[str, npt.NDArray[Any] | Column],
        device: str = "auto",
        deadline: Deadline = NO_LIMIT,
    ) -> BudgetHandle:
        """A budget, sealed.

        spec     the parameters of `budget.create`, without the device
        columns  by the names of the files; arrays, which are kept without a copy, or a `Column`

        Raises InvalidInput with all that is wrong, MemoryExceeded, DeadlineExceeded, RuntimeMissing, RuntimeCrashed.
        Nothing is left of it then.
        """
        return cls(spec, columns, device, deadline)

    def solve(
        self,
        gap: float = 1e-3,
        seed: int = 0,
        max_passes: int = 2000,
        best_by_s: float | None = None,
        prices: npt.NDArray[np.float64] | None = None,
        cap: npt.NDArray[np.float64] | None = None,
        floor: npt.NDArray[np.float64] | None = None,
        progress: SolveProgress | None = None,
        deadline: Deadline = NO_LIMIT,
    ) -> RawSolution:
        """A plan, certified or the best so far.

        best_by_s   seconds after which the best plan by then is the answer
        prices      of another solve, to begin with
        cap, floor  instead of those of the budget, for this solve
        progress    called with what the runtime says of how far it is; False: the best plan so far is the answer

        Raises InvalidInput, Cancelled, DeadlineExceeded (after `deadline` there is no answer), RuntimeCrashed: the next
        call starts the budget's process again. Ctrl-C cancels it in the runtime as well. It is repeated, once, if the
        runtime itself has ended; not if only the budget's process has, which may have had a reason.
        """
        params = {
            "gap": gap,
            "seed": seed,
            "maxPasses": max_passes,
            "bestByMs": None if best_by_s is None else min(max(0.0, best_by_s * 1000), _MOST_MS),
        }
        given = {"prices": prices, "cap": cap, "floor": floor}
        arrays = {
            name: np.ascontiguousarray(values, np.float64) for name, values in given.items() if values is not None
        }
        connection, budget = self._place(deadline)
        try:
            return _solved(connection.submit("budget.solve", {**params, "budget": budget}, arrays, deadline), progress)
        except RuntimeCrashed:
            if self._closed:
                raise Cancelled("the Budget was closed while it was solved", "budget") from None
            if connection.alive:
                raise
        # The runtime itself was lost, which says nothing against this solve.
        connection, budget = self._place(deadline)
        return _solved(connection.submit("budget.solve", {**params, "budget": budget}, arrays, deadline), progress)

    def close(self) -> None:
        """Lets go of the budget; never raises, may be called twice, and by a finalizer."""
        if not self._closed:
            self._closed = True
            self._columns = {}
            if self._connection.alive:
                self._connection.post("budget.close", {"budget": self._budget})

    def _place(self, deadline: Deadline) -> tuple[Connection, str]:
        """The living connection and the budget's name there, made again if need be."""
        with self._lock:
            if self._closed:
                raise InvalidInput("this Budget is closed", "budget")
            if not self._connection.alive:
                self._connection, self._budget = self._made_anew(deadline)
            return self._connection, self._budget

    def _made_anew(self, deadline: Deadline) -> tuple[Connection, str]:
        """Once more if the runtime itself has ended meanwhile; not if only the budget's process has."""
        connection = SESSION.connection(self._runtime)
        try:
            return connection, self._made(connection, deadline)
        except RuntimeCrashed:
            if connection.alive:
                raise
            connection = SESSION.connection(self._runtime)
            return connection, self._made(connection, deadline)

    def _made(self, connection: Connection, deadline: Deadline) -> str:
        params = {**self._spec, **compute_wanted(self._device, os.environ)}
        answer = connection.call("budget.create", params, deadline=deadline)
        budget, files = str(answer.result.get("budget")), answer.result.get("files")
        try:
            if not isinstance(files, dict):
                raise BerthRecsysError(f"the runtime's files are no files: {str(files)[:200]}")
            for name, path in files.items():
                self._fill(name, Path(str(path)), deadline)
            connection.call("budget.seal", {"budget": budget}, deadline=deadline)
        except BaseException:
            connection.post("budget.close", {"budget": budget})
            raise
        return budget

    def _fill(self, name: str, path: Path, deadline: Deadline) -> None:
        dtype = _DTYPES.get(name, _CAPS)
        column = self._columns.get(name)
        if column is None:
            raise InvalidInput(f"the column {name} is missing", name)
        if not isinstance(column, Column):
            array = column
            column = Column(len(array), lambda start, stop: array[start:stop])

        def read(start: int, stop: int) -> npt.NDArray[Any]:
            deadline.left_s()
            return column.read(start, stop)

        fill_parts(os.fspath(path), column.length, dtype, read)


def _solved(call: Call, progress: SolveProgress | None) -> RawSolution:
    def tell(said: dict[str, Any]) -> None:
        if progress is not None and progress(said) is False:
            call.stop()

    answer = call.wait(tell)
    return RawSolution(answer.result, answer.arrays)
