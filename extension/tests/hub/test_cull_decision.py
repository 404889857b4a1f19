"""Whether a server is culled: the table."""

from __future__ import annotations

import pytest

from jupyterlab_berth.hub.cull_decision import DAY_S, CullSettings, decide_cull
from jupyterlab_berth.hub.workspace_word import NoWord, WorkspaceWord, read_word

from .views import MINUTE_MS, NOW_MS, answer, own_limit

LIMIT_S = 3600
HOUR_MS = 60 * MINUTE_MS
OLD = NOW_MS - 6 * MINUTE_MS
OVER = own_limit(NOW_MS - 1)


def word(*args: object, **options: object) -> WorkspaceWord:
    return read_word(answer(*args, **options))


@pytest.mark.parametrize(
    ("what", "said", "inactive_s"),
    [
        ("a silent cell, which the Hub sees nothing of", word("active"), 10 * DAY_S),
        ("it is active, and its own limit seems over", word("active", after=OVER), 0),
        ("idle, and not yet for long enough", word(idle_ms=HOUR_MS - 1), 0),
        (
            "Berth's own limit is not over: the person was shown a later time",
            word(idle_ms=9 * HOUR_MS, after=own_limit(NOW_MS + 1)),
            0,
        ),
        ("over, and nobody was warned", word(idle_ms=9 * HOUR_MS, after=own_limit(NOW_MS - 1, warned=False)), 0),
        (
            "over, and a fresh look must confirm it",
            word(idle_ms=9 * HOUR_MS, after=own_limit(NOW_MS - 1, hold="unconfirmed")),
            0,
        ),
        ("Berth cannot tell, and the Hub has seen nothing for hours", word("unknown"), 23 * 3600),
        ("idle long ago, and the judgement is old", word(idle_ms=9 * HOUR_MS, judgedMs=OLD), 0),
        ("judged in the future: a clock has jumped", word(idle_ms=9 * HOUR_MS, judgedMs=NOW_MS + 10 * MINUTE_MS), 0),
        ("all stops are switched off", word(idle_ms=9 * HOUR_MS, enabled=False), 0),
        ("the policy is on trial", word(idle_ms=9 * HOUR_MS, dryRun=True), 0),
        ("on trial by its class", word(idle_ms=9 * HOUR_MS, after={"hold": "dry-run"}), 0),
        ("the policy cannot be read", word(idle_ms=9 * HOUR_MS, problems=["idle-policy.json: …"]), 0),
        ("the server has no Berth", NoWord("404"), 23 * 3600),
        ("nobody knows anything", NoWord("404"), None),
    ],
)
def test_a_server_is_kept(what: str, said: WorkspaceWord | NoWord, inactive_s: float | None) -> None:
    assert not decide_cull(said, inactive_s, LIMIT_S, CullSettings()).cull, what


@pytest.mark.parametrize(
    ("what", "said", "inactive_s"),
    [
        ("a forgotten tab: the Hub saw it a second ago", word(idle_ms=HOUR_MS), 1),
        ("the Hub has no idea of it, and Berth has", word(idle_ms=HOUR_MS), None),
        ("Berth's own limit is over, and announced", word(idle_ms=MINUTE_MS, after=OVER), 1),
        ("unknown for longer than Berth's policy allows", word("unknown", after=OVER), 1),
        (
            "nobody waits, so it is the culler's limit",
            word(idle_ms=HOUR_MS, after={"limit": "soft", "hold": "nobody-waits"}),
            1,
        ),
        ("unknown is no way to hold a server for ever", word("unknown"), DAY_S),
        ("nor is a Berth that does not answer", NoWord("404"), DAY_S),
        ("nor an old judgement", word("active", judgedMs=OLD), DAY_S),
    ],
)
def test_a_server_is_culled(what: str, said: WorkspaceWord | NoWord, inactive_s: float | None) -> None:
    assert decide_cull(said, inactive_s, LIMIT_S, CullSettings()).cull, what


def test_the_safety_limit_is_never_stricter_than_the_cullers_own() -> None:
    settings = CullSettings(safety_limit_s=60)
    assert not decide_cull(NoWord("404"), 120, LIMIT_S, settings).cull
    assert decide_cull(NoWord("404"), LIMIT_S, LIMIT_S, settings).cull


def test_the_safety_limit_can_be_left_out() -> None:
    assert not decide_cull(NoWord("404"), 10 * DAY_S, LIMIT_S, CullSettings(safety_limit_s=None)).cull


def test_the_log_says_why() -> None:
    settings = CullSettings()
    assert "404; the Hub saw nothing for 5 s of 86400 s" in decide_cull(NoWord("404"), 5, LIMIT_S, settings).why
    assert "idle for 3600 s of 3600 s" in decide_cull(word(idle_ms=HOUR_MS), 1, LIMIT_S, settings).why
