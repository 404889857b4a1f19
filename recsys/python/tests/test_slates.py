"""Digests: a slow, obvious twin, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from berth_recsys import slates
from berth_recsys.errors import InvalidInput


def twin(
    value: list[float], content: list[int], k: int, vectors: Any, discount: float, by_rank: list[float]
) -> tuple[float, list[int]]:
    """The slate of one person, piece by piece."""
    chosen: list[int] = []
    worth = 0.0
    while len(chosen) < k:
        best, gain = -1, 0.0
        for place, (each, piece) in enumerate(zip(value, content, strict=True)):
            if piece in chosen or each <= 0:
                continue
            alike = max((cosine(vectors, piece, other) for other in chosen), default=0.0)
            added = each * (1 - discount * alike)
            if added > gain:
                best, gain = place, added
        if best < 0 or gain * by_rank[len(chosen)] <= 0:
            break
        worth += gain * by_rank[len(chosen)]
        chosen.append(content[best])
    return worth, chosen


def cosine(vectors: Any, one: int, other: int) -> float:
    if vectors is None:
        return 0.0
    a, b = np.asarray(vectors[one], float), np.asarray(vectors[other], float)
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return min(1.0, max(0.0, float(a @ b) / length)) if length > 0 else 0.0


@pytest.mark.parametrize("seed", range(25))
def test_each_slate_is_the_twins(seed: int) -> None:
    """Symptom: a digest of three times the same; the pieces of another person; worth that is not what was added."""
    random = np.random.default_rng(seed)
    count, pieces, k = int(random.integers(0, 60)), 9, int(random.integers(1, 5))
    person = np.sort(random.integers(0, 12, count))
    content = random.integers(0, pieces, count)
    value = random.normal(0.5, 1, count)
    vectors = random.normal(size=(pieces, 3)) if random.random() < 0.7 else None
    if vectors is not None:
        vectors[0] = 0
    discount, by_rank = float(random.random()), np.sort(random.random(k))[::-1]
    made = slates(value, person, content, k, vectors, discount, by_rank)
    assert np.all(np.diff(made.person) > 0) and made.content.shape == (len(made.person), k)
    found = {
        who: (worth, slate) for who, worth, slate in zip(made.person.tolist(), made.value, made.content, strict=True)
    }
    for who in range(12):
        theirs = person == who
        worth, slate = twin(value[theirs].tolist(), content[theirs].tolist(), k, vectors, discount, by_rank.tolist())
        if not slate:
            assert who not in found
            continue
        assert found[who][1].tolist() == slate + [-1] * (k - len(slate))
        assert found[who][0] == pytest.approx(worth, rel=1e-6)


def test_what_repeats_is_worth_less() -> None:
    """Symptom: three reports of one match, and nothing of the weather."""
    vectors = [[1.0, 0.0], [1.0, 0.01], [0.0, 1.0]]
    alike = slates([1.0, 0.9, 0.4], [0, 0, 0], [0, 1, 2], 2, vectors, discount=0.8)
    blind = slates([1.0, 0.9, 0.4], [0, 0, 0], [0, 1, 2], 2)
    assert alike.content.tolist() == [[0, 2]] and blind.content.tolist() == [[0, 1]]
    assert alike.value[0] == pytest.approx(1.4) and blind.value[0] == pytest.approx(1.9)


def test_people_with_many_candidates() -> None:
    """Symptom: a table of people by the largest number of candidates, which one person blows up."""
    person = np.concatenate([np.zeros(70_000, int), np.arange(1, 50_001)])
    content = np.arange(len(person)) % 65_000
    made = slates(np.linspace(1, 2, len(person)), person, content, 2)
    assert len(made.person) == 50_001 and made.content[0].tolist() == [4999, 4998]


def test_nobody_has_anything() -> None:
    """Symptom: "content are texts" of a day without candidates."""
    made = slates([], [], [], 2)
    assert made.value.shape == made.person.shape == (0,) and made.content.shape == (0, 2)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"k": 0}, "k"),
        ({"k": 1.5}, "k"),
        ({"content": [0]}, "content"),
        ({"content": [0, -1]}, "content"),
        ({"content": ["a", "b"]}, "content"),
        ({"value": [1.0, np.nan]}, "value"),
        ({"person": [1, 0]}, "person"),
        ({"person": None}, "value"),
        ({"vectors": [[1.0, 0.0]]}, "vectors"),
        ({"vectors": [[1.0], [np.inf]]}, "vectors"),
        ({"discount": 1.5}, "discount"),
        ({"by_rank": [1.0]}, "by_rank"),
        ({"by_rank": [1.0, -1.0]}, "by_rank"),
    ],
)
def test_what_is_refused(wrong: dict[str, Any], field: str) -> None:
    """Symptom: the vector of another piece, by a negative number."""
    good: dict[str, Any] = {"value": [1.0, 2.0], "person": [0, 0], "content": [0, 1], "k": 2}
    with pytest.raises(InvalidInput) as caught:
        slates(**{**good, **wrong})
    assert caught.value.field == field
