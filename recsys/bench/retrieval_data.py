"""What all processes of the retrieval bench search: items, queries, and the column that filters go by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

# As many queries as the largest batch has.
QUERIES = 256


@dataclass(frozen=True)
class Case:
    """A kind of call: so many queries at a time, and the share of rows that its filter keeps (None: no filter)."""

    name: str
    batch: int
    calls: int
    share: float | None

    def batches(self, queries: Float32) -> list[Float32]:
        """The queries of each timed call, the same for everybody."""
        starts = (call * self.batch % len(queries) for call in range(self.calls))
        return [np.ascontiguousarray(queries[start : start + self.batch]) for start in starts]


@dataclass(frozen=True)
class Settings:
    """What `settings.json` in the bench's folder says."""

    rows: int
    dimensions: int
    k: int
    seed: int
    data: str | None
    threads: int
    device: str
    cases: dict[str, Case]


@dataclass(frozen=True)
class Data:
    """`items` float32[N, d], `queries` float32[256, d], `ranks` float64[N]: a permutation of 0 … 1 in N steps."""

    items: Float32
    queries: Float32
    ranks: npt.NDArray[np.float64]

    def kept(self, share: float) -> npt.NDArray[np.bool_]:
        """Which rows a filter of that share keeps: those with `rank < share`."""
        return self.ranks < share


def read_settings(folder: Path) -> Settings:
    """The settings that the bench has written."""
    found: dict[str, Any] = json.loads((folder / "settings.json").read_text())
    cases = {each["name"]: Case(**each) for each in found.pop("cases")}
    return Settings(**found, cases=cases)


def make_data(folder: Path, settings: Settings) -> dict[str, int]:
    """Writes the arrays into the folder; of a `.npy` file the rows behind the items are the queries.

    Raises ValueError if the file is no table of more than 256 rows of numbers.
    """
    if settings.data is None:
        random = np.random.default_rng(settings.seed)
        items = random.standard_normal((settings.rows, settings.dimensions), dtype=np.float32)
        queries = random.standard_normal((QUERIES, settings.dimensions), dtype=np.float32)
    else:
        table = np.load(settings.data, mmap_mode="r")
        if table.ndim != 2 or len(table) <= QUERIES or table.dtype.kind != "f":
            raise ValueError(f"{settings.data} is {table.dtype}{list(table.shape)}: want floats [more than 256, d]")
        rows = min(settings.rows, len(table) - QUERIES)
        items = np.ascontiguousarray(table[:rows], np.float32)
        queries = np.ascontiguousarray(table[rows : rows + QUERIES], np.float32)
    ranks = np.random.default_rng(settings.seed + 1).permutation(len(items)) / len(items)
    for name, array in (("items", items), ("queries", queries), ("ranks", ranks)):
        np.save(folder / f"{name}.npy", array)
    return {"rows": len(items), "dimensions": items.shape[1]}


def read_data(folder: Path) -> Data:
    """The arrays, in memory."""
    return Data(*(np.load(folder / f"{name}.npy") for name in ("items", "queries", "ranks")))
