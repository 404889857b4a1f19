"""The errors of this package: one class, closed codes. Codes are stable; messages are for people.

Each says what was wrong, where (`field`), and what would be right. Those that Python has a name for are that as well,
so that `except ValueError`, `except MemoryError` and `except TimeoutError` catch them.
"""

from __future__ import annotations

from typing import Any


class BerthRecsysError(Exception):
    """A failure that the caller can act on.

    `code` is one of `invalid-input`, `not-found`, `memory-exceeded`, `too-large`, `deadline-exceeded`, `cancelled`,
    `runtime-crashed`, `runtime-missing`, `conflict`, `infeasible`, `unsupported-version`, `internal`. `field` names the
    argument, as `attributes.genre` or `where.of[1].value`.
    """

    code = "internal"

    def __init__(self, message: str, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.field = field
        if code is not None:
            self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.field, self.code)


class InvalidInput(BerthRecsysError, ValueError):
    """An argument cannot be used: the message says which, what it is and what it should be."""

    code = "invalid-input"


class NotFound(BerthRecsysError):
    """The corpus, the column or the folder does not exist."""

    code = "not-found"


class MemoryExceeded(BerthRecsysError, MemoryError):
    """It does not fit into the memory, or the folder of the files, that is left: the message has both numbers."""

    code = "memory-exceeded"


class TooLarge(BerthRecsysError):
    """One message would be longer than the protocol allows."""

    code = "too-large"


class DeadlineExceeded(BerthRecsysError, TimeoutError):
    """`timeout_s` has passed. Nothing was changed."""

    code = "deadline-exceeded"


class Cancelled(BerthRecsysError):
    """The call was cancelled before it had ended."""

    code = "cancelled"


class RuntimeCrashed(BerthRecsysError):
    """The runtime's process ended in mid-call, and once more when the call was repeated, if it could be."""

    code = "runtime-crashed"


class RuntimeMissing(BerthRecsysError):
    """The runtime cannot be started: no Node.js, no bundle, or it ended at once. The message says what to do."""

    code = "runtime-missing"


class Conflict(BerthRecsysError):
    """Something else is there already, or what is there has changed."""

    code = "conflict"


_BY_CODE: dict[str, type[BerthRecsysError]] = {
    each.code: each
    for each in (
        InvalidInput,
        NotFound,
        MemoryExceeded,
        TooLarge,
        DeadlineExceeded,
        Cancelled,
        RuntimeCrashed,
        RuntimeMissing,
        Conflict,
    )
}


def error_of(code: str, message: str, field: str | None = None) -> BerthRecsysError:
    """The error for a code of the protocol; a code this version does not know keeps its name in `code`."""
    return _BY_CODE.get(code, BerthRecsysError)(message, field, code)
