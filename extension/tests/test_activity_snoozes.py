"""Snoozes are asked for once, bounded, and not for ever."""

from __future__ import annotations

import pytest

from jupyterlab_berth.activity.snoozes import EXPIRES_MS, PENDING_MAX, Snoozes, TooManySnoozes

WORKSPACE = {"kind": "workspace"}


def kernel(number: int) -> dict[str, str]:
    return {"kind": "kernel", "id": f"k-{number}"}


async def test_two_clicks_are_one_snooze_and_after_its_answer_another_may_be_asked_for() -> None:
    snoozes = Snoozes()
    first = snoozes.ask(WORKSPACE, 0)
    assert snoozes.ask(WORKSPACE, 5) is first and len(snoozes.pending(5)) == 1
    answer = {"id": first.request["id"], "granted": True, "untilMs": 9, "message": ""}
    snoozes.hear([{**answer, "id": "another"}, answer, answer])
    assert await first.answer == answer and snoozes.pending(5) == []
    assert snoozes.ask(WORKSPACE, 6).request["id"] != first.request["id"]


async def test_more_than_a_judge_takes_are_refused() -> None:
    snoozes = Snoozes()
    for number in range(PENDING_MAX):
        snoozes.ask(kernel(number), 0)
    with pytest.raises(TooManySnoozes):
        snoozes.ask(WORKSPACE, 0)


async def test_one_that_nobody_could_answer_is_given_up() -> None:
    snoozes = Snoozes()
    asked = snoozes.ask(WORKSPACE, 0)
    assert snoozes.pending(EXPIRES_MS) and snoozes.pending(EXPIRES_MS + 1) == []
    assert asked.answer.cancelled()
    snoozes.hear([{"id": asked.request["id"], "granted": True, "untilMs": 9, "message": ""}])
    assert snoozes.ask(WORKSPACE, EXPIRES_MS + 2).request["id"] != asked.request["id"]
