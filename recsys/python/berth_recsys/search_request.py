"""A search, checked and cut into requests that the protocol can carry: at most 64 MiB of arrays there and back."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .arrays import Float32, bool_array, float_vector
from .corpus_info import CorpusInfo
from .errors import InvalidInput, TooLarge
from .expression import Expression
from .frame import ALIGNMENT, MAX_BODY_BYTES, aligned
from .ids import Exclusions, exclusions
from .rerank import K_MAX, MMR, AtMost, Recency
from .row_source import row_source
from .rows import RowSource

# An answer's id and score; its certificate is one more byte for each query.
_HIT_BYTES = 8 + 4
# More would not be faster, and would make the runtime hold more at a time.
QUERIES_MAX = 8192
_SLACK_BYTES = 8 * ALIGNMENT


@dataclass(frozen=True)
class Wanted:
    """The arguments of a search as the caller gave them, but the queries."""

    k: int
    where: Expression | None = None
    mask: Any = None
    exclude: Any = None
    boost: Any = None
    recency: Recency | None = None
    diversity: MMR | AtMost | None = None
    device: str = "auto"


@dataclass(frozen=True)
class SearchRequest:
    """A search that is fit to be sent."""

    queries: RowSource
    k: int
    params: dict[str, Any]
    mask: npt.NDArray[np.bool_] | None = None
    boost: Float32 | None = None
    exclude: Exclusions | None = None
    now: float | None = None
    _fixed_bytes: int = field(default=0, repr=False)

    def stop_of(self, start: int, most: int = QUERIES_MAX) -> int:
        """Where the request that begins with query `start` ends.

        Raises TooLarge if not even that one query can be carried.
        """
        query_bytes = self.queries.row_values * 4 + (
            self.mask.shape[1] if self.mask is not None and self.mask.ndim == 2 else 0
        )
        room = MAX_BODY_BYTES - _SLACK_BYTES - self._fixed_bytes
        by_answer = MAX_BODY_BYTES // (self.k * _HIT_BYTES + 1 + ALIGNMENT)
        by_vectors = QUERIES_MAX * self.queries.shape[-1] // self.queries.row_values
        stop = min(len(self.queries), start + max(1, min(most, by_answer, by_vectors)))
        sizes = np.arange(1, stop - start + 1, dtype=np.int64) * query_bytes
        if self.exclude is not None:
            sizes += self.exclude.sizes(start, stop)
        count = int(np.searchsorted(sizes, room, "right"))
        if count == 0:
            raise TooLarge(
                f"query {start} with its exclusions and mask takes {sizes[0]} bytes: one request carries "
                f"{max(room, 0)} beside mask and boost"
            )
        return start + count

    def at(self, now: float | None) -> SearchRequest:
        """The same search at another time; the same one where there is none."""
        if now is None or "recency" not in self.params:
            return self
        recency = {**self.params["recency"], "now": now}
        return replace(self, params={**self.params, "recency": recency}, now=now)

    def sample(self, count: int) -> SearchRequest:
        """The same search for at most `count` of the queries, evenly spread, the first and the last among them."""
        chosen = np.unique(
            np.linspace(0, len(self.queries) - 1, min(count, len(self.queries))).astype(np.int64)
        ).tolist()
        rows = np.concatenate([self.queries.rows(row, row + 1) for row in chosen])
        queries = RowSource("queries", rows.shape, rows.dtype.name, lambda start, stop: rows[start:stop])
        mask = self.mask if self.mask is None or self.mask.ndim == 1 else self.mask[chosen]
        return replace(self, queries=queries, mask=mask, exclude=self.exclude and self.exclude.chosen(chosen))

    def part(self, start: int, stop: int) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Parameters (without the corpus) and arrays of the queries start … stop - 1."""
        arrays: dict[str, npt.NDArray[Any]] = {"queries": self.queries.rows(start, stop)}
        if self.mask is not None:
            mask = self.mask if self.mask.ndim == 1 else self.mask[start:stop]
            arrays["mask"] = np.ascontiguousarray(mask).view(np.uint8)
        if self.boost is not None:
            arrays["boost"] = self.boost
        if self.exclude is not None:
            arrays.update(self.exclude.part(start, stop))
        return self.params, arrays


def search_request(info: CorpusInfo, queries: Any, wanted: Wanted) -> SearchRequest:
    """Checks a search against the corpus. Raises InvalidInput or TooLarge."""
    source = queries if isinstance(queries, RowSource) else row_source("queries", queries, (2, 3))
    if source.shape[-1] != info.dimensions:
        raise InvalidInput(
            f"queries has shape {list(source.shape)}: the last axis must be {info.dimensions}, the dimensions "
            "of the items",
            "queries",
        )
    if wanted.device not in ("auto", info.device):
        raise InvalidInput(
            f"device is {wanted.device!r}: this corpus lives on {info.device!r}; the device is chosen when it is made",
            "device",
        )
    params = _params(wanted)
    rows, batch = info.rows, len(source)
    mask = None if wanted.mask is None else bool_array("mask", wanted.mask, ((rows,), (batch, rows)))
    boost = None if wanted.boost is None else float_vector("boost", wanted.boost, rows)
    fixed = aligned(0 if boost is None else boost.nbytes) + (
        aligned(rows) if mask is not None and mask.ndim == 1 else 0
    )
    if fixed > MAX_BODY_BYTES - _SLACK_BYTES:
        raise TooLarge(
            f"mask and boost take {fixed} bytes: one request carries {MAX_BODY_BYTES}. Use where and recency, "
            "or attributes."
        )
    recency_now = params["recency"]["now"] if "recency" in params else None
    return SearchRequest(
        source, params["k"], params, mask, boost, exclusions(wanted.exclude, batch), recency_now, fixed
    )


def _params(wanted: Wanted) -> dict[str, Any]:
    k = _k(wanted.k)
    params: dict[str, Any] = {"k": k}
    if wanted.where is not None:
        params["where"] = _typed(
            "where", wanted.where, Expression, "a condition such as col('genre') == 'rock'"
        ).to_json()
    if wanted.recency is not None:
        params["recency"] = _typed("recency", wanted.recency, Recency, "Recency(column, half_life, weight)").to_json()
    if wanted.diversity is not None:
        params["diversity"] = _typed("diversity", wanted.diversity, (MMR, AtMost), "MMR(…) or AtMost(…)").to_json(k)
    return params


def _k(value: Any) -> int:
    try:
        k = operator.index(value)
    except TypeError:
        raise InvalidInput(f"k is {value!r}: want a whole number", "k") from None
    if not 1 <= k <= K_MAX:
        raise InvalidInput(f"k is {k}: want 1 … {K_MAX}", "k")
    return k


def _typed(name: str, value: Any, kind: Any, wanted: str) -> Any:
    if not isinstance(value, kind):
        raise InvalidInput(f"{name} is a {type(value).__name__}: want {wanted}", name)
    return value
