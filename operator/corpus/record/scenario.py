"""What a recorded scenario consists of. All times are minutes of the trace; `SECONDS_PER_MINUTE` says how long one is played."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .stage import Stage

# A minute of a trace is played in so many seconds: times and counters of a trace are larger by this factor's inverse.
SECONDS_PER_MINUTE = 2.0
SPEED = 60 / SECONDS_PER_MINUTE

Action = Callable[["Stage"], Awaitable[None]]


@dataclass(frozen=True)
class Step:
    """Something that happens at a minute of the scenario."""

    at: float
    act: Action


@dataclass(frozen=True)
class Expectation:
    """What must become of a kernel, or with `kernel` None of the workspace, between two minutes."""

    must: str
    kernel: str | None
    start: float
    end: float


@dataclass(frozen=True)
class Scenario:
    """One trace. `why` says what happens and why a reasonable person wants this outcome."""

    name: str
    why: str
    policy: dict
    minutes: float
    expect: Sequence[Expectation]
    before: Sequence[Action] = ()
    steps: Sequence[Step] = ()
    demand: Sequence[tuple[float, bool]] = ()
    server_options: dict = field(default_factory=dict)


def at(minute: float, *actions: Action) -> list[Step]:
    """These actions, one after the other, at that minute."""
    return [Step(minute, act) for act in actions]


def every(minutes: float, first: float, last: float, *actions: Action) -> list[Step]:
    """These actions again and again."""
    count = int((last - first) / minutes) + 1
    return [step for index in range(count) for step in at(first + index * minutes, *actions)]


def keep(kernel: str | None, start: float, end: float) -> Expectation:
    """It is not stopped in that time."""
    return Expectation("keep", kernel, start, end)


def stop(kernel: str | None, due: float, end: float) -> Expectation:
    """It is stopped by `end`; before `due` nobody could ask for it."""
    return Expectation("stop", kernel, due, end)


def limits(
    kernel: float | None = None,
    workspace: float | None = None,
    soft: float | None = None,
    warn: float = 5,
    **more: object,
) -> dict:
    """A policy with these hard limits in minutes; `soft` is the kernel's soft one."""

    def seconds(minutes: float | None) -> int | None:
        return None if minutes is None else round(minutes * 60)

    return {
        "kernel": {"softSeconds": seconds(soft), "hardSeconds": seconds(kernel)},
        "workspace": {"softSeconds": None, "hardSeconds": seconds(workspace)},
        "warnSeconds": seconds(warn),
        **more,
    }
