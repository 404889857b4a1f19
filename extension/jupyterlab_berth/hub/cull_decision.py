"""Whether a server is culled, by what Berth says of it. Pure.

Missing evidence never stops a server: one with no answer, an old one or an uncertain one is left to the Hub's own idea
of its inactivity, with a limit far above the usual one, so that it is no way to be held for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .workspace_word import NoWord, WorkspaceWord

DAY_S = 24 * 3600.0


@dataclass(frozen=True)
class CullSettings:
    """How far evidence is trusted."""

    safety_limit_s: float | None = DAY_S
    """A server that Berth knows nothing of is culled when the Hub saw no activity for so long; None: never."""
    stale_after_s: float = 300.0
    """A judgement older than that is no evidence."""


class CullDecision(NamedTuple):
    """Whether to cull, and why, for the log."""

    cull: bool
    why: str


def decide_cull(
    word: WorkspaceWord | NoWord, inactive_s: float | None, limit_s: float, settings: CullSettings
) -> CullDecision:
    """Decides on one server. `inactive_s`: since when the Hub saw no activity; `limit_s`: the culler's own limit.

    Where Berth's policy has a limit for the workspace, that one holds, for it is the one that the person was shown,
    was warned of and could snooze. Else it is the culler's, against the idle time that Berth measured.
    """
    doubt = _doubt(word, settings)
    if doubt is not None:
        return _by_the_hub(doubt, inactive_s, limit_s, settings)
    if word.activity == "active":
        return CullDecision(False, "Berth sees it active")
    if word.own_limit is not None:
        return CullDecision(word.own_limit == "over", f"its own limit in Berth's policy: {word.own_limit}")
    if word.activity == "unknown":
        return _by_the_hub("Berth cannot tell", inactive_s, limit_s, settings)
    return CullDecision(word.idle_s >= limit_s, f"Berth has seen it idle for {word.idle_s:.0f} s of {limit_s:.0f} s")


def _doubt(word: WorkspaceWord | NoWord, settings: CullSettings) -> str | None:
    if isinstance(word, NoWord):
        return str(word)
    if abs(word.judged_ago_s) > settings.stale_after_s:  # also a judgement from the future: a clock has jumped
        return f"what Berth judged is {word.judged_ago_s:.0f} s old"
    return "Berth's stops are switched off or on trial" if word.is_switched_off else None


def _by_the_hub(doubt: str, inactive_s: float | None, limit_s: float, settings: CullSettings) -> CullDecision:
    if settings.safety_limit_s is None or inactive_s is None:
        return CullDecision(False, doubt)
    limit = max(limit_s, settings.safety_limit_s)
    return CullDecision(inactive_s >= limit, f"{doubt}; the Hub saw nothing for {inactive_s:.0f} s of {limit:.0f} s")
