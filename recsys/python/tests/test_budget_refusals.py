"""What `Budget` refuses, and that it says all of it at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from berth_recsys.budgets.budget_data import budget_data
from berth_recsys.budgets.quiet_hours import QuietHours
from berth_recsys.errors import InvalidInput

BASE: dict[str, Any] = {
    "value": np.ones((4, 2)),
    "channel": ["push", "email"],
    "caps": {"person": 1},
    "budgets": {"total": 3},
}


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"value": [[1.0, math.nan]] * 4}, "value", "value[0, 1] is"),
        ({"value": np.full((4, 2), 1e39)}, "value", "beyond"),
        ({"value": [1.0, 2.0]}, "value", "give person="),
        ({"value": [1.0, 2.0], "person": [1, 0], "channel": None}, "person", "np.argsort(person"),
        ({"value": [1.0], "person": [10**12], "channel": None}, "person", "np.unique(ids"),
        ({"value": [1.0], "person": ["a"], "channel": None}, "person", "np.unique(ids"),
        ({"value": [1.0], "person": [-1], "channel": None}, "person", "from 0"),
        ({"value": [1.0, 1.0], "person": [0], "channel": None}, "person", "one person for each value"),
        ({"value": [1.0, 1.0], "person": [0, 0], "option": [0, 2]}, "option", "goes up to 2"),
        ({"value": [1.0, 1.0], "person": [0, 0], "option": [0, -2]}, "option", "option[1] is -2"),
        ({"channel": ["push"]}, "channel", "want 2, one for each option"),
        ({"channel": [True, False]}, "channel", "the name True"),
        ({"channel": np.array([1.5, 2])}, "channel", "Fractions are no names"),
        ({"sends": [1, -1]}, "sends", "sends[1] is"),
        ({"attention": [1, math.inf]}, "attention", "attention[1] is"),
        ({"budgets": {"channel": {"pusch": 3}}}, "budgets.channel", "Did you mean 'push'?"),
        ({"budgets": {"chanel": {"push": 3}}}, "budgets", "Did you mean 'channel'?"),
        ({"budgets": {"slot": {0: 3}}}, "budgets.slot", "give slot="),
        ({"budgets": {"attention": 3}}, "budgets.attention", "give attention="),
        ({"budgets": {"total": -1}}, "budgets.total", "total is -1"),
        ({"budgets": {"total": math.nan}}, "budgets.total", "total is nan"),
        ({"budgets": {"total": True}}, "budgets.total", "total is True"),
        ({"budgets": 7}, "budgets", "want a dict"),
        ({"budgets": {"total": 3}, "sends": [0, 0]}, "budgets.total", "sends = 0"),
        ({"floors": {"total": 4}}, "floors.total", "more than its budget of 3"),
        ({"floors": {"total": math.inf}}, "floors.total", "want a finite number"),
        ({"floors": {"channel": {"push": 2, "email": 2}}}, "floors.channel", "add up to 4"),
        ({"floors": {"content": {0: 1}}}, "budgets.content", "give content="),
        ({"content": ["a", "b"], "budgets": {"content": [1, 2]}}, "budgets.content", "want a dict by name"),
        (
            {"content": [0, 1], "budgets": {"content": np.ones(150_001)}},
            "budgets",
            "150,001 limits: want at most 150,000",
        ),
        (
            {"value": np.ones((1, 257)), "channel": range(257), "caps": {"channel": dict.fromkeys(range(257), 1)}},
            "caps.channel",
            "want at most 256",
        ),
        ({"value": np.broadcast_to(np.float32(1), (2**30, 2))}, "value", "want at most 480,000,000"),
        ({"content": [[1, 1], [1, 2]]}, "content", "each content at most once"),
        ({"caps": {"person": -1}}, "caps.person", "caps.person is -1"),
        ({"caps": {"person": 1.5}}, "caps.person", "want a whole number"),
        ({"caps": {"person": [1, 2, 1.5, 1]}}, "caps.person", "caps.person[2] is"),
        ({"caps": {"person": [1, 2]}}, "caps", "want 4, one for each person"),
        ({"caps": {"channel": {"mail": 1}}}, "caps.channel", "Did you mean 'email'?"),
        ({"caps": {"people": 1}}, "caps", "'person' and 'channel'"),
        (
            {"caps": {"channel": {"push": 1}}, "channel": ["push", "push"], "sends": [0, 1]},
            "sends",
            "Split the channel",
        ),
        ({"exclude": [0, 1]}, "exclude", "want bool"),
        ({"exclude": [True, False]}, "exclude", "want [4, 2]"),
        ({"exclude": ([0], [0, 1])}, "exclude", "want pairs"),
        ({"quiet": QuietHours("22:00", "08:00", ["UTC"] * 4, {})}, "slot", "give slot="),
    ],
)
def test_what_is_refused(wrong: dict[str, Any], field: str, said: str) -> None:
    """Symptom: a plan for another problem than the one that was meant."""
    with pytest.raises(InvalidInput) as caught:
        budget_data({**BASE, **wrong})
    assert caught.value.field == field and said in str(caught.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Symptom: mend one, start again, be told of the next."""
    with pytest.raises(InvalidInput) as caught:
        budget_data(
            {
                **BASE,
                "value": np.full((4, 2), np.nan),
                "caps": {"person": -2},
                "budgets": {"total": -3, "slots": {}},
                "floors": {"total": "many"},
                "exclude": [1],
            }
        )
    lines = str(caught.value).splitlines()
    assert lines[0] == "6 problems" and len(lines) == 7 and caught.value.field == "value"
