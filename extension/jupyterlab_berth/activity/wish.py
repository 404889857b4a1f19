"""What a person asks for in their own idle policy, checked first: a judge refuses all that comes with a bad one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LONGEST_S = 366 * 24 * 3600
FLAGS = ("enabled", "dryRun")
LIMITS = ("softSeconds", "hardSeconds")


def wish_problems(wish: Any, where: str = "wish") -> list[str]:
    """Everything that is wrong with it, each with its path; a policy that leaves something out is none the worse."""
    if not isinstance(wish, dict):
        return [f"{where}: want an object or null"]
    checks: dict[str, Callable[[Any, str], list[str]]] = {
        **dict.fromkeys(FLAGS, _flag_problems),
        "kernel": _limits_problems,
        "workspace": _limits_problems,
        "busyMaxSeconds": _limit_problems,
        "unknownMaxSeconds": _limit_problems,
        "warnSeconds": lambda value, path: _seconds_problems(value, path, 0),
        "snooze": _snooze_problems,
    }
    return _problems(wish, where, checks)


def _problems(value: dict[str, Any], where: str, checks: dict[str, Callable[[Any, str], list[str]]]) -> list[str]:
    found = [f"{where}.{key[:64]}: there is no such setting" for key in value if key not in checks]
    for key, check in checks.items():
        if key in value:
            found += check(value[key], f"{where}.{key}")
    return found


def _limits_problems(value: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: want an object"]
    return _problems(value, where, dict.fromkeys(LIMITS, _limit_problems))


def _snooze_problems(value: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: want an object"]
    checks: dict[str, Callable[[Any, str], list[str]]] = {
        "stepSeconds": lambda one, path: _seconds_problems(one, path, 1),
        "budgetSeconds": lambda one, path: _seconds_problems(one, path, 0),
        "perSeconds": lambda one, path: _seconds_problems(one, path, 1),
    }
    return _problems(value, where, checks)


def _limit_problems(value: Any, where: str) -> list[str]:
    return [] if value is None else _seconds_problems(value, where, 1, " or null")


def _seconds_problems(value: Any, where: str, least: int, more: str = "") -> list[str]:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= LONGEST_S:
        return []
    return [f"{where}: want whole seconds from {least} to {LONGEST_S}{more}"]


def _flag_problems(value: Any, where: str) -> list[str]:
    return [] if isinstance(value, bool) else [f"{where}: want true or false"]
