"""Tells what a judge says in the clock of this machine, by which pages count down. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .judge_says import JudgeSays

CLOCKS_APART_MS = 1000
"""Less is how long a message takes, not a clock that is wrong."""


def in_our_clock(says: JudgeSays, heard_ms: int) -> JudgeSays:
    """The same with every time of its judgements moved, if the two clocks are that far apart."""
    apart_ms = heard_ms - says.now_ms
    if abs(apart_ms) < CLOCKS_APART_MS:
        return says
    return replace(says, judgements=[_moved(judgement, apart_ms) for judgement in says.judgements])


def _moved(judgement: dict[str, Any], by_ms: int) -> dict[str, Any]:
    return {
        **_with_times(judgement, ("sinceMs", "lastActiveMs"), by_ms),
        "signals": [_with_times(signal, ("atMs",), by_ms) for signal in judgement["signals"]],
        "next": _with_times(judgement["next"], ("atMs", "warnedAtMs"), by_ms),
    }


def _with_times(value: dict[str, Any], keys: tuple[str, ...], by_ms: int) -> dict[str, Any]:
    moved = {key: max(0, value[key] + by_ms) for key in keys if isinstance(value.get(key), int)}
    return {**value, **moved}
