"""All that is wrong with the arguments of a budget problem, said at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import InvalidInput

_SHOWN = 20
_NEAR_MAX = 10_000


class Problems:
    """Collects what is wrong; `raise_any` raises one InvalidInput that names everything."""

    def __init__(self) -> None:
        self._found: list[tuple[str, str]] = []

    def __bool__(self) -> bool:
        return len(self._found) > 0

    def add(self, field: str, message: str) -> None:
        """Takes note of one. The message names the argument, what it is and what would be right."""
        self._found.append((field, message))

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Takes note of an InvalidInput that the block raises, and goes on after the block."""
        try:
            yield
        except InvalidInput as error:
            self.add(error.field or "", str(error))

    def raise_any(self) -> None:
        """Raises InvalidInput, with the field of the first problem, if there is one."""
        if not self._found:
            return
        field = self._found[0][0]
        if len(self._found) == 1:
            raise InvalidInput(self._found[0][1], field)
        lines = [message for _, message in self._found[:_SHOWN]]
        if len(self._found) > _SHOWN:
            lines.append(f"and {len(self._found) - _SHOWN} more")
        raise InvalidInput(f"{len(self._found)} problems\n  " + "\n  ".join(lines), field)


def near(name: Any, names: Iterable[Any]) -> str:
    """Where a name is unknown: those that look like it, or the first few. Starts with a blank; may be empty."""
    known = list(names)
    alike = difflib.get_close_matches(str(name), [str(each) for each in known[:_NEAR_MAX]], 3)
    shown = [each for each in known[:_NEAR_MAX] if str(each) in alike]
    if shown:
        return f" Did you mean {' or '.join(repr(each) for each in shown[:3])}?"
    return f" There are {', '.join(repr(each) for each in known[:5])}{' …' if len(known) > 5 else ''}." if known else ""
