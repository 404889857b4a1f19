"""What pages send, checked. Pure; whatever is wrong is named all at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .wish import wish_problems

KERNELS_MAX = 1000
SECONDS_MAX = 366 * 24 * 3600
TEXT_MAX_CHARACTERS = 4000
PROBLEMS_MAX = 20
_KERNEL = re.compile(r"[A-Za-z0-9_-]{1,128}")
_PAGE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STOP = re.compile(r"[A-Za-z0-9_-]{1,64}")


class BadBody(ValueError):
    """A request that cannot be understood; `problems` names what is wrong and what would be right."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class InputSays:
    """What a page says of its person."""

    page: str
    kernels: dict[str, float]
    input_s: float | None
    waits: list[str]
    has_wish: bool
    wish: dict[str, Any] | None


@dataclass(frozen=True)
class WrongSays:
    """What a person finds wrong: about a kernel or the workspace, or about something that was stopped."""

    subject: dict[str, str] | None
    stop_id: str | None
    text: str


def read_input(body: Any) -> InputSays:
    """Reads `POST input`. Raises BadBody."""
    says = _object(body, {"kernels", "input", "waitsInput", "tabs", "wish", "page"})
    problems = []
    page, kernels, waits = says.get("page"), says.get("kernels", {}), says.get("waitsInput", [])
    if not (isinstance(page, str) and _PAGE.fullmatch(page)):
        problems.append("page: want 1 to 64 letters, digits, _ or -")
    if not (isinstance(kernels, dict) and len(kernels) <= KERNELS_MAX and all(_is_kernel(one) for one in kernels)):
        problems.append(f"kernels: want an object with at most {KERNELS_MAX} ids of kernels")
    elif not all(_is_seconds(value) for value in kernels.values()):
        problems.append(f"kernels: want seconds from 0 to {SECONDS_MAX}")
    if says.get("input") is not None and not _is_seconds(says["input"]):
        problems.append(f"input: want seconds from 0 to {SECONDS_MAX}, or null")
    if not (isinstance(waits, list) and len(waits) <= KERNELS_MAX and all(_is_kernel(one) for one in waits)):
        problems.append(f"waitsInput: want a list of at most {KERNELS_MAX} ids of kernels")
    if says.get("wish") is not None:
        problems += wish_problems(says["wish"])[:PROBLEMS_MAX]
    if problems:
        raise BadBody(problems)
    return InputSays(page, kernels, says.get("input"), waits, "wish" in says, says.get("wish"))


def read_snooze(body: Any) -> dict[str, str]:
    """Reads `POST snooze`: its subject. Raises BadBody."""
    return read_subject(_object(body, {"subject"}).get("subject"))


def read_dismissed(body: Any) -> str:
    """Reads `POST stops/dismiss`: the stop's id. Raises BadBody."""
    stop_id = _object(body, {"id"}).get("id")
    if not (isinstance(stop_id, str) and _STOP.fullmatch(stop_id)):
        raise BadBody(["id: want the id of a stop"])
    return stop_id


def read_wrong(body: Any) -> WrongSays:
    """Reads `POST wrong`. Raises BadBody."""
    says = _object(body, {"subject", "stopId", "text"})
    text, stop_id, subject = says.get("text", ""), says.get("stopId"), says.get("subject")
    problems = []
    if not (isinstance(text, str) and len(text) <= TEXT_MAX_CHARACTERS):
        problems.append(f"text: want at most {TEXT_MAX_CHARACTERS} characters")
    if stop_id is not None and not (isinstance(stop_id, str) and _STOP.fullmatch(stop_id)):
        problems.append("stopId: want the id of a stop, or null")
    if (stop_id is None) == (subject is None):
        problems.append("want either subject or stopId")
    if problems:
        raise BadBody(problems)
    return WrongSays(None if subject is None else read_subject(subject), stop_id, text)


def read_subject(subject: Any) -> dict[str, str]:
    """A kernel or the workspace. Raises BadBody."""
    if isinstance(subject, dict):
        if subject == {"kind": "workspace"}:
            return {"kind": "workspace"}
        if subject.keys() == {"kind", "id"} and subject["kind"] == "kernel" and _is_kernel(subject["id"]):
            return {"kind": "kernel", "id": subject["id"]}
    raise BadBody(['subject: want {"kind": "workspace"} or {"kind": "kernel", "id": …}'])


def _object(body: Any, keys: set[str]) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise BadBody(["the body: want a JSON object"])
    unknown = sorted(body.keys() - keys)
    if unknown:
        raise BadBody([f"{key[:64]}: there is no such field" for key in unknown[:PROBLEMS_MAX]])
    return body


def _is_kernel(value: Any) -> bool:
    return isinstance(value, str) and _KERNEL.fullmatch(value) is not None


def _is_seconds(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 <= value <= SECONDS_MAX  # never so for NaN
