"""What a plan gives to a decider is read by the decider itself, and means the same there."""

from __future__ import annotations

import json
import math
import os
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from berth_recsys import Budget, InvalidInput

from .conftest import REPOSITORY

MADE = datetime(2026, 11, 27, 3, 30, tzinfo=timezone.utc)
KERNELS = REPOSITORY / "recsys" / "lib" / "kernels" / "index.js"

# Reads a plan from stdin, and tells what each option costs at its beginning.
PRICES = """
const [, kernels] = process.argv;
const { Decider, readDecisionPlan } = await import(kernels);
let text = '';
for await (const part of process.stdin) text += part;
const json = JSON.parse(text);
const curve = { startMs: json.madeAtMs, intervalMs: 3600000, arrivals: new Array(24).fill(100) };
const plan = readDecisionPlan(json, { curve, maxAgeMs: 86400000 });
const decider = new Decider(plan);
const prices = Array.from(plan.options.channel, (_, option) => decider.priceOf(option, json.madeAtMs));
console.log(JSON.stringify({ prices, limits: plan.limitNames, channels: plan.channels, names: plan.channelNames }));
"""


def problem_of(people: int = 400) -> Budget:
    """Six options on three channels, with a cap that differs from person to person."""
    value = np.random.default_rng(3).exponential(1, (people, 6)).astype(np.float32)
    return Budget(
        value,
        channel=["push", "push", "mail", "mail", "app", "app"],
        campaign=["a", "b", "a", "b", "a", "b"],
        sends=[1, 1, 1, 2, 0, 0],
        attention=[0, 0, 0, 0, 1, 1],
        caps={"person": np.arange(people) % 3, "channel": {"push": 1}},
        budgets={"total": 300, "channel": {"push": 100}, "campaign": {"a": math.inf}, "attention": 150},
        floors={"campaign": {"b": 50}},
    )


def read_by_node(plan: dict[str, object]) -> dict[str, object]:
    command = [os.environ["BERTH_RECSYS_NODE"], "--input-type=module", "-e", PRICES, str(KERNELS)]
    done = subprocess.run(command, input=json.dumps(plan), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_decider_asks_the_prices_of_the_plan(runtime: Path) -> None:
    with problem_of() as problem:
        plan = problem.solve()
    written = plan.for_decider(MADE)
    found = read_by_node(written)
    prices = plan.prices
    of_campaign = {name: prices.campaign[name] for name in ("a", "b")}
    push = prices.total + prices.channel["push"]
    wanted = [
        push + of_campaign["a"],
        push + of_campaign["b"],
        prices.total + of_campaign["a"],
        2 * (prices.total + of_campaign["b"]),
        prices.attention,
        prices.attention,
    ]
    assert found["prices"] == pytest.approx(wanted, rel=1e-12)
    assert [tuple(name) for name in found["limits"]] == list(prices.to_dict())  # type: ignore[attr-defined]
    by_name = dict(zip(found["names"], found["channels"], strict=False))  # type: ignore[call-overload]
    assert by_name["push"] == {"cap": 1, "isCounted": True}
    assert written["personCap"] is None  # it differs: given with each arrival


@pytest.mark.parametrize(
    "made_at", [MADE, MADE.astimezone(timezone(timedelta(hours=-5))), np.datetime64("2026-11-27T03:30")]
)
def test_the_time_is_told_in_milliseconds_whatever_its_zone(runtime: Path, made_at: object) -> None:
    with problem_of(200) as problem:
        plan = problem.solve()
    assert plan.for_decider(made_at)["madeAtMs"] == 1_795_750_200_000


def test_what_is_no_time_is_refused(runtime: Path) -> None:
    with problem_of(200) as problem:
        plan = problem.solve()
    for wrong in ("yesterday", None, np.datetime64("NaT")):
        with pytest.raises(InvalidInput, match="made_at is"):
            plan.for_decider(wrong)


def test_candidates_without_options_cannot_be_named_online(runtime: Path) -> None:
    with Budget(np.ones(3, np.float32), [0, 1, 2], channel=["push"] * 3, budgets={"total": 2}) as problem:
        plan = problem.solve()
    with pytest.raises(InvalidInput, match="made without option="):
        plan.for_decider(MADE)
