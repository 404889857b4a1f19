"""What is read of a server's answer, which may be anything."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from jupyterlab_berth.hub.workspace_word import NoWord, read_word

from ..jupyter_servers import EXTENSION
from .views import MINUTE_MS, NOW_MS, answer, own_limit, view


def test_the_workspaces_judgement_is_read_and_no_kernels() -> None:
    word = read_word(answer(idle_ms=5 * MINUTE_MS))
    assert (word.activity, word.idle_s, word.for_s, word.judged_ago_s) == ("idle", 300, 300, 1)
    assert word.own_limit is None
    assert not word.is_switched_off


@pytest.mark.parametrize(
    ("after", "want"),
    [
        (own_limit(NOW_MS), "over"),
        (own_limit(NOW_MS + 1), "later"),
        (own_limit(NOW_MS, warned=False), "later"),
        (own_limit(NOW_MS, hold="unconfirmed"), "later"),
        ({"hold": "no-limit"}, None),
    ],
)
def test_its_own_limit_is_over_only_when_announced_and_confirmed(after: dict, want: str | None) -> None:
    assert read_word(answer(after=after)).own_limit == want


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"<html>",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b'"active"',
        b"1" * 5000,
        json.dumps({**view(), "nowMs": "now"}).encode(),
        json.dumps({**view(), "nowMs": True}).encode(),
        json.dumps({**view(), "judgements": [{}]}).encode(),
        json.dumps({**view(), "judgements": [7]}).encode(),
        json.dumps({**view(), "enabled": 1}).encode(),
        answer("asleep"),
        answer(after={"atMs": "soon"}),
    ],
)
def test_rubbish_is_no_word(rubbish: bytes) -> None:
    with pytest.raises(NoWord):
        read_word(rubbish)


@pytest.mark.parametrize("unjudged", [{"judge": None}, {"judgedMs": None}, {"judgements": []}])
def test_before_the_first_judgement_there_is_no_word(unjudged: dict) -> None:
    with pytest.raises(NoWord, match="judged"):
        read_word(answer(**unjudged))


def test_it_can_be_imported_beside_a_hub_where_no_jupyter_server_is_installed() -> None:
    blocked = (
        "jupyter_server",
        "jupyter_server_proxy",
        "jupyter_client",
        "jupyter_core",
        "aiohttp",
        "jupyterlab",
        "uv",
    )
    program = f"import sys; sys.modules |= dict.fromkeys({blocked!r}); from jupyterlab_berth.hub import cull_arbiter"
    subprocess.run([sys.executable, "-c", program], cwd=EXTENSION, check=True)
