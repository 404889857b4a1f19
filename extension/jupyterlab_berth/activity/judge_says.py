"""What a judge says, checked by its shape before anything is done: it comes from another process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

JUDGES = ("gateway", "operator")
ORDER_KINDS = ("release", "stopping")


@dataclass(frozen=True)
class JudgeSays:
    """The parts that the agent acts on; judgements, signals and answers are passed on as they are."""

    judge: str
    now_ms: int
    boot: str | None
    seq: int
    judgements: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    snoozes: list[dict[str, Any]]
    enabled: bool
    dry_run: bool
    problems: list[str]


def read_judge_says(body: Any) -> JudgeSays:
    """Reads the body of an exchange. Raises ValueError naming the first thing that is not of the contract."""
    says = _object(body, "the body")
    if says.get("version") != 1:
        raise ValueError("version: want 1")
    if says.get("judge") not in JUDGES:
        raise ValueError(f"judge: want one of {', '.join(JUDGES)}")
    cursor = says.get("cursor")
    if cursor is not None:
        cursor = _object(cursor, "cursor")
        _need(isinstance(cursor.get("boot"), str), "cursor.boot: want a text")
        _need(_is_count(cursor.get("seq")), "cursor.seq: want a count")
    return JudgeSays(
        judge=says["judge"],
        now_ms=_count(says, "nowMs"),
        boot=None if cursor is None else cursor["boot"],
        seq=0 if cursor is None else cursor["seq"],
        judgements=_list(says, "judgements", _check_judgement),
        orders=_list(says, "orders", _check_order),
        snoozes=_list(says, "snoozes", _check_answer),
        enabled=_flag(says, "enabled"),
        dry_run=_flag(says, "dryRun"),
        problems=_list(says, "problems", lambda one, where: _need(isinstance(one, str), f"{where}: want a text")),
    )


def _check_judgement(one: Any, where: str) -> None:
    judgement = _object(one, where)
    subject = _object(judgement.get("subject"), f"{where}.subject")
    is_kernel = subject.get("kind") == "kernel" and isinstance(subject.get("id"), str)
    _need(is_kernel or subject.get("kind") == "workspace", f"{where}.subject: want a kernel or the workspace")
    _need(isinstance(judgement.get("name"), str), f"{where}.name: want a text")
    _need(judgement.get("activity") in ("active", "idle", "unknown"), f"{where}.activity: want active, idle or unknown")
    last = judgement.get("lastActiveMs")
    _need(last is None or _is_count(last), f"{where}.lastActiveMs: want a time or null")
    _check_signals(judgement.get("signals"), f"{where}.signals")
    step = _object(judgement.get("next"), f"{where}.next")
    for key in ("atMs", "warnedAtMs"):
        _need(step.get(key) is None or _is_count(step[key]), f"{where}.next.{key}: want a time or null")


def _check_order(one: Any, where: str) -> None:
    order = _object(one, where)
    _need(isinstance(order.get("id"), str) and order["id"] != "", f"{where}.id: want a text")
    _need(order.get("kind") in ORDER_KINDS, f"{where}.kind: want one of {', '.join(ORDER_KINDS)}")
    kernel = order.get("kernel")
    _need(isinstance(kernel, str) or (kernel is None and order["kind"] == "stopping"), f"{where}.kernel: want its id")
    _need(_is_count(order.get("atMs")), f"{where}.atMs: want a time")
    _need(isinstance(order.get("why"), str), f"{where}.why: want a text")
    _check_signals(order.get("signals"), f"{where}.signals")


def _check_answer(one: Any, where: str) -> None:
    answer = _object(one, where)
    _need(isinstance(answer.get("id"), str), f"{where}.id: want a text")
    _need(isinstance(answer.get("granted"), bool), f"{where}.granted: want true or false")
    _need(isinstance(answer.get("message"), str), f"{where}.message: want a text")


def _check_signals(signals: Any, where: str) -> None:
    _need(isinstance(signals, list) and all(isinstance(one, dict) for one in signals), f"{where}: want a list")


def _need(is_so: bool, problem: str) -> None:
    if not is_so:
        raise ValueError(problem)


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where}: want an object")
    return value


def _list(says: dict[str, Any], key: str, check: Callable[[Any, str], None]) -> list[Any]:
    values = says.get(key)
    if not isinstance(values, list):
        raise ValueError(f"{key}: want a list")
    for index, value in enumerate(values):
        check(value, f"{key}[{index}]")
    return values


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _count(says: dict[str, Any], key: str) -> int:
    _need(_is_count(says.get(key)), f"{key}: want a count")
    return says[key]


def _flag(says: dict[str, Any], key: str) -> bool:
    _need(isinstance(says.get(key), bool), f"{key}: want true or false")
    return says[key]
