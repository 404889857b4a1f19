"""Slates: a digest of k pieces of content for each person, as one option.

Greedy, with a discount for what repeats: the next piece is the one that adds most to those that were chosen, as in
maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998), but in units of value.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..arrays import as_array, require_real
from ..errors import InvalidInput
from .budget_candidates import Candidates, candidates_of
from .budget_problems import Problems
from .name_column import NameColumn, name_column

Float64 = npt.NDArray[np.float64]

_CELLS = 2**20


class Slates(NamedTuple):
    """One digest for each person who has something: arguments of `Budget`.

    value    float32[n]: what the pieces add, together
    person   int64[n], ascending
    content  int64[n, k], the best first; -1 where there are fewer
    """

    value: npt.NDArray[np.float32]
    person: npt.NDArray[np.int64]
    content: npt.NDArray[np.int64]


def slates(
    value: Any, person: Any, content: Any, k: int, vectors: Any = None, discount: float = 0.5, by_rank: Any = None
) -> Slates:
    """Chooses at most k different pieces of content for each person.

    value      real[V]: what each piece is worth to the person on its own
    person     int[V], from 0, in order
    content    int[V], from 0: the row in `vectors`, and what budgets={"content": …} names
    vectors    real[C, d]: pieces are alike by their cosine, from 0 (at right angles, or opposite) to 1; None: different
               pieces are not alike at all
    discount   0 … 1: of what a piece is worth, the share that is lost where an equal one was chosen before
    by_rank    real[k], from 0: the share that is left at each place, 1 for all by default: people read from the top

    The piece at place r is the one with the largest value · (1 - discount · s), where s is how much it is like the most
    similar of those before it; equal: the earlier candidate. It adds that times by_rank[r]. A slate ends where nothing
    would add more than 0, and people without any piece get none. Cost: about V · k · d multiplications.
    Raises InvalidInput that names all that is wrong.
    """
    problems = Problems()
    candidates = candidates_of(value, person, problems)
    pieces = NameColumn(np.empty(0, np.int64), None)
    with problems.collecting():
        pieces = _pieces(content, len(candidates))
    unit = _unit(vectors, pieces, problems)
    count = _count(k, problems)
    ranks = _ranks(by_rank, count, problems)
    if not (isinstance(discount, (int, float)) and 0 <= discount <= 1):
        problems.add("discount", f"discount is {discount!r}: want 0 … 1")
    problems.raise_any()
    codes = pieces.codes.astype(np.int64)
    worth = np.zeros(candidates.people)
    chosen = np.full((candidates.people, count), -1, np.int64)
    for people, cells in _blocks(candidates):
        worth[people], chosen[people] = _block(candidates, codes, cells, unit, float(discount), ranks)
    some = np.flatnonzero(chosen[:, 0] >= 0)
    return Slates(worth[some].astype(np.float32), some, chosen[some])


def _pieces(content: Any, count: int) -> NameColumn:
    column = name_column("content", content)
    if len(column) != count:
        raise InvalidInput(f"content has {len(column):,} values: want {count:,}, one for each value", "content")
    if column.names:
        raise InvalidInput("content are texts: want numbers from 0, the rows of a table of content", "content")
    if count and column.codes.min() < 0:
        raise InvalidInput(f"content has {column.codes.min()}: want numbers from 0", "content")
    return column


def _unit(vectors: Any, pieces: NameColumn, problems: Problems) -> Float64 | None:
    """The vectors at length 1; those of length 0 are like nothing."""
    if vectors is None:
        return None
    with problems.collecting():
        array = as_array("vectors", vectors)
        require_real("vectors", array.dtype)
        most = int(pieces.codes.max(initial=-1))
        if array.ndim != 2 or len(array) <= most:
            raise InvalidInput(
                f"vectors has shape {list(array.shape)}: want [C, d] with a row for each content, up to {most}",
                "vectors",
            )
        wide = array.astype(np.float64)
        if not np.isfinite(wide).all():
            row = int(np.argmin(np.isfinite(wide).all(axis=1)))
            raise InvalidInput(f"vectors[{row}] is not finite: want finite numbers", "vectors")
        length = np.linalg.norm(wide, axis=1, keepdims=True)
        return wide / np.where(length > 0, length, 1)
    return None


def _count(k: Any, problems: Problems) -> int:
    try:
        count = operator.index(k)
    except TypeError:
        count = 0
    if not 1 <= count <= 1000:
        problems.add("k", f"k is {k!r}: want a whole number, 1 … 1000")
        return 1
    return count


def _ranks(by_rank: Any, count: int, problems: Problems) -> Float64:
    if by_rank is None:
        return np.ones(count)
    with problems.collecting():
        array = as_array("by_rank", by_rank)
        require_real("by_rank", array.dtype)
        if array.shape == (count,) and np.all((array >= 0) & (array < math.inf)):
            return array.astype(np.float64)
        problems.add("by_rank", f"by_rank is {array.tolist()!r:.80}: want {count} finite numbers from 0")
    return np.ones(count)


def _blocks(candidates: Candidates) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """People with about as many candidates, and where these are: int64[people, width], -1 where there are fewer."""
    if candidates.start is None:
        raise InvalidInput("person is None: want one number for each value", "person")
    start = candidates.start.astype(np.int64)
    counts = np.diff(start)
    classes = np.where(counts > 0, np.ceil(np.log2(np.maximum(counts, 1))), -1).astype(np.int64)
    for each in np.unique(classes[classes >= 0]).tolist():
        width = 2**each
        people = np.flatnonzero(classes == each)
        for first in range(0, len(people), max(1, _CELLS // width)):
            some = people[first : first + max(1, _CELLS // width)]
            place = np.arange(width)
            yield some, np.where(place < counts[some, None], start[some, None] + place, -1)


def _block(
    candidates: Candidates,
    codes: npt.NDArray[np.int64],
    cells: npt.NDArray[np.int64],
    unit: Float64 | None,
    discount: float,
    ranks: Float64,
) -> tuple[Float64, npt.NDArray[np.int64]]:
    """Slates of some people side by side."""
    value = np.where(cells >= 0, candidates.value[cells], -np.inf).astype(np.float64)
    piece = np.where(cells >= 0, codes[cells], -1)
    alike = np.zeros(value.shape)
    worth = np.zeros(len(cells))
    chosen = np.full((len(cells), len(ranks)), -1, np.int64)
    everybody = np.arange(len(cells))
    ended = np.zeros(len(cells), np.bool_)
    for rank, share in enumerate(ranks):
        gain = np.where(value > 0, value * (1 - discount * alike), -np.inf)
        best = np.argmax(gain, axis=1)
        added = gain[everybody, best] * share
        ended |= ~(added > 0)
        if ended.all():
            break
        taken = np.where(ended, -1, piece[everybody, best])
        chosen[:, rank] = taken
        worth += np.where(ended, 0, added)
        value = np.where(piece == taken[:, None], -np.inf, value)
        if unit is not None:
            alike = np.maximum(alike, _cosine(unit, piece, taken))
    return worth, chosen


def _cosine(unit: Float64, piece: npt.NDArray[np.int64], taken: npt.NDArray[np.int64]) -> Float64:
    """How much each piece is like the one that was taken: 0 … 1."""
    found = np.empty(piece.shape)
    step = max(1, _CELLS * 8 // max(1, piece.shape[1] * unit.shape[1]))
    for first in range(0, len(piece), step):
        rows = slice(first, first + step)
        found[rows] = np.einsum("pwd,pd->pw", unit[piece[rows]], unit[taken[rows]])
    return np.clip(found, 0, 1)
