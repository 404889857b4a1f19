"""What every process of the retrieval bench does with its libraries: the same calls, timed the same way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from retrieval_data import Case, Float32, Settings
from retrieval_twin import SAMPLE, Answer

BUDGET_S = 1.0


@dataclass(frozen=True)
class Searcher:
    """A library's search with everything resident: only `search` is timed.

    `prepare` brings queries into the library's own form, `read` its result into ours.
    """

    search: Callable[[Any], Any]
    read: Callable[[Any], Answer]
    prepare: Callable[[Float32], Any] = lambda queries: queries


class Libraries(Protocol):
    """The libraries of one process."""

    missing: dict[str, str]
    versions: dict[str, str]

    def searcher(self, who: str, share: float | None) -> Searcher:
        """The search among all rows, or among those that a filter of that share keeps."""
        ...


def measure(searcher: Searcher, case: Case, queries: Float32) -> list[float]:
    """Seconds of each call, after one that is not timed; as many as begin within a second, and at least one."""
    prepared = [searcher.prepare(batch) for batch in case.batches(queries)]
    searcher.search(prepared[-1])
    seconds = []
    for batch in prepared:
        start = time.perf_counter()
        searcher.search(batch)
        seconds.append(time.perf_counter() - start)
        if sum(seconds) > BUDGET_S:
            break
    return seconds


def answer(searcher: Searcher, case: Case, queries: Float32) -> Answer:
    """What the calls of the case answer: ours to all queries, because certificates are counted; others to the sample."""
    answers: list[Answer] = []
    for batch in case.batches(queries):
        answers.append(searcher.read(searcher.search(searcher.prepare(batch))))
        if answers[0].certificate is None and sum(len(each.ids) for each in answers) >= SAMPLE:
            break
    certificates = [each.certificate for each in answers if each.certificate is not None]
    return Answer(
        np.concatenate([each.ids for each in answers]),
        np.concatenate([each.scores for each in answers]),
        np.concatenate(certificates) if certificates else None,
    )


def common_methods(libraries: Libraries, settings: Settings, queries: Float32) -> dict[str, Callable[..., Any]]:
    """The requests that every process of this bench answers."""
    return {
        "ready": lambda: {"missing": libraries.missing, "versions": libraries.versions},
        "measure": partial(_measured, libraries, settings, queries),
        "answer": partial(_answered, libraries, settings, queries),
    }


def _measured(libraries: Libraries, settings: Settings, queries: Float32, who: str, case: str) -> list[float]:
    chosen = settings.cases[case]
    return measure(libraries.searcher(who, chosen.share), chosen, queries)


def _answered(
    libraries: Libraries, settings: Settings, queries: Float32, who: str, case: str, path: str
) -> list[int] | None:
    """Saves the answers; returns how many queries each kind of certificate has."""
    chosen = settings.cases[case]
    found = answer(libraries.searcher(who, chosen.share), chosen, queries)
    found.save(Path(path))
    return None if found.certificate is None else np.bincount(found.certificate, minlength=4).tolist()
