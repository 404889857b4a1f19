"""What sending is worth, and the volume ladder's arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from berth_recsys import ladder_volume, send_value, volume_ladder
from berth_recsys.errors import InvalidInput


def test_the_formula() -> None:
    """Symptom: fatigue that makes worthless messages worth something; a cost with the wrong sign."""
    value = send_value(0.2, worth=5.0, p_unsubscribe=0.01, unsubscribe_cost=30, sent_recently=2, fatigue=0.1)
    assert value.dtype == np.float32 and float(value) == pytest.approx(0.2 * 5 - 0.01 * 30 - 0.2)
    assert float(send_value(0.01, 1.0, sent_recently=3, fatigue=0.1)) < 0


def test_by_person_and_option() -> None:
    """Symptom: the fatigue of one person for another, where shapes are mixed up."""
    p_open = np.full((3, 2), 0.5)
    value = send_value(p_open, worth=[1.0, 2.0], sent_recently=np.array([[0], [1], [9]]), fatigue=[0, 0.1, 0.4])
    assert np.allclose(value, [[0.5, 1.0], [0.4, 0.9], [0.1, 0.6]])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"p_open": 1.2}, "p_open"),
        ({"p_open": [0.5, np.nan]}, "p_open"),
        ({"p_open": "high"}, "p_open"),
        ({"p_unsubscribe": -0.1}, "p_unsubscribe"),
        ({"unsubscribe_cost": -1}, "unsubscribe_cost"),
        ({"worth": np.inf}, "worth"),
        ({"sent_recently": 1.5}, "sent_recently"),
        ({"sent_recently": -1}, "sent_recently"),
        ({"fatigue": []}, "fatigue"),
        ({"fatigue": [[1.0]]}, "fatigue"),
        ({"p_open": np.ones(3), "worth": np.ones(2)}, "p_open"),
    ],
)
def test_what_is_refused(wrong: dict[str, Any], field: str) -> None:
    """Symptom: percents for probabilities; a cost that is a gain."""
    with pytest.raises(InvalidInput) as caught:
        send_value(**{"p_open": 0.5, **wrong})
    assert caught.value.field == field


def test_the_ladder_counts_messages() -> None:
    """Symptom: "two messages" counts as one."""
    given = volume_ladder([[1.0, 3.0, 4.0], [0.0, -1.0, 5.0]])
    assert given["value"].tolist() == [[2.0, 3.0], [-1.0, 5.0]] and given["sends"].tolist() == [1, 2]
    assert given["caps"] == {"person": 1}
    assert ladder_volume(np.array([[True, False], [False, True], [False, False]])).tolist() == [1, 2, 0]


@pytest.mark.parametrize("wrong", [[1.0, 2.0], [[1.0]], [[1.0, np.nan]], [["a", "b"]]])
def test_no_ladder(wrong: Any) -> None:
    """Symptom: a ladder of nothing but no messages."""
    with pytest.raises(InvalidInput):
        volume_ladder(wrong)
    with pytest.raises(InvalidInput):
        ladder_volume([1, 2])
