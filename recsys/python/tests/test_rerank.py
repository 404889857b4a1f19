"""Recency and diversity as the runtime reads them."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from berth_recsys import MMR, AtMost, Recency
from berth_recsys.errors import InvalidInput


def test_recency_in_the_unit_of_times() -> None:
    """Symptom: a half-life of a day is one second; `now` in local time."""
    json = Recency("time", timedelta(days=1), 0.5, datetime(1970, 1, 2)).to_json()
    assert json == {"column": "time", "halfLife": 86400.0, "weight": 0.5, "now": 86400.0}
    assert Recency("step", 10, 1, now=100).to_json()["now"] == 100.0
    assert Recency("time", np.timedelta64(1, "h"), 1, now=0).to_json()["halfLife"] == 3600.0


def test_now_is_now_unless_it_is_given() -> None:
    """Symptom: ages counted from the start of the notebook."""
    assert abs(Recency("time", 1, 1).to_json()["now"] - time.time()) < 5
    assert Recency("time", 1, 1, now=7).to_json()["now"] == 7.0


def test_diversity() -> None:
    """Symptom: a pool that is smaller than k, so that fewer come back."""
    assert MMR(0.5, 30).to_json(10) == {"mmr": 0.5, "pool": 30}
    assert MMR().to_json(10)["pool"] == 100
    assert MMR().to_json(10_000)["pool"] == 10_000
    assert AtMost(2, "genre").to_json(10) == {"atMost": 2, "column": "genre"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Recency("t", 0, 1), "recency.half_life"),
        (Recency("t", float("nan"), 1), "recency.half_life"),
        (Recency("t", 1, "much"), "recency.weight"),  # type: ignore[arg-type]
        (Recency("t", 1, 1, now="today"), "recency.now"),  # type: ignore[arg-type]
        (Recency("", 1, 1), "recency.column"),
    ],
)
def test_wrong_recency_names_its_field(wrong: Recency, field: str) -> None:
    """Symptom: a search without recency, because the half-life was no number."""
    with pytest.raises(InvalidInput) as caught:
        wrong.to_json()
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (MMR(1.5), "diversity.lambda_"),
        (MMR(0.5, 9), "diversity.pool"),
        (MMR(0.5, 9.5), "diversity.pool"),  # type: ignore[arg-type]
        (AtMost(0, "g"), "diversity.n"),
        (AtMost(True, "g"), "diversity.n"),
        (AtMost(1, 3), "diversity.column"),  # type: ignore[arg-type]
    ],
)
def test_wrong_diversity_names_its_field(wrong: Any, field: str) -> None:
    """Symptom: an error of the runtime that speaks of `mmr` where the person wrote `lambda_`."""
    with pytest.raises(InvalidInput) as caught:
        wrong.to_json(10)
    assert caught.value.field == field
