"""What pages and judges send is checked, and whatever is wrong is named."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterlab_berth.activity.agent_port import take_port_settings
from jupyterlab_berth.activity.judge_says import read_judge_says
from jupyterlab_berth.activity.request_bodies import (
    BadBody,
    read_dismissed,
    read_input,
    read_snooze,
    read_subject,
    read_wrong,
)
from jupyterlab_berth.activity.wish import wish_problems

from .activity_words import judgement, order, says

INPUT: dict[str, Any] = {
    "page": "p-1",
    "kernels": {"k-1": 1.5},
    "input": 2,
    "waitsInput": ["k-1"],
    "tabs": 1,
    "wish": None,
}
WHOLE_WISH: dict[str, Any] = {
    "enabled": True,
    "dryRun": False,
    "kernel": {"softSeconds": 60, "hardSeconds": None},
    "workspace": {"hardSeconds": 3600},
    "busyMaxSeconds": None,
    "unknownMaxSeconds": 60,
    "warnSeconds": 0,
    "snooze": {"stepSeconds": 60, "budgetSeconds": 0, "perSeconds": 3600},
}


def problems_of(read: Any, body: Any) -> list[str]:
    with pytest.raises(BadBody) as raised:
        read(body)
    return raised.value.problems


def test_what_a_page_says_is_read() -> None:
    heard = read_input({**INPUT, "wish": WHOLE_WISH})
    assert (heard.page, heard.kernels, heard.input_s, heard.waits, heard.wish) == (
        "p-1",
        {"k-1": 1.5},
        2,
        ["k-1"],
        WHOLE_WISH,
    )
    assert read_input({"page": "p-1"}).has_wish is False, "what is left out is as it was"
    assert read_input(INPUT).has_wish is True


def test_all_that_is_wrong_with_it_is_named_at_once() -> None:
    body = {"page": "../", "kernels": {"k-1": -1}, "input": "now", "waitsInput": [1], "wish": {"enabled": 1, "x": 2}}
    named = " ".join(problems_of(read_input, body))
    for field in ("page", "kernels", "input", "waitsInput", "wish.enabled", "wish.x"):
        assert f"{field}: " in named
    assert problems_of(read_input, {**INPUT, "more": 1}) == ["more: there is no such field"]
    assert problems_of(read_input, [1]) == ["the body: want a JSON object"]
    for seconds in (float("nan"), float("inf"), True, "1", 1e12):
        assert problems_of(read_input, {**INPUT, "kernels": {"k-1": seconds}})
    assert problems_of(read_input, {**INPUT, "kernels": {f"k-{n}": 1 for n in range(1001)}})


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        ([], "wish"),
        ({"kernel": None}, "wish.kernel"),
        ({"kernel": {"softSeconds": 0}}, "wish.kernel.softSeconds"),
        ({"kernel": {"softSeconds": 1.5}}, "wish.kernel.softSeconds"),
        ({"workspace": {"hard": 5}}, "wish.workspace.hard"),
        ({"snooze": {"stepSeconds": None}}, "wish.snooze.stepSeconds"),
        ({"snooze": 1}, "wish.snooze"),
        ({"warnSeconds": None}, "wish.warnSeconds"),
        ({"busyMaxSeconds": 10**10}, "wish.busyMaxSeconds"),
        ({"enabled": None}, "wish.enabled"),
    ],
)
def test_a_wish_that_a_judge_would_refuse_is_not_sent_to_it(wish: Any, where: str) -> None:
    assert [problem.partition(":")[0] for problem in wish_problems(wish)] == [where]


def test_a_whole_wish_and_an_empty_one_are_right() -> None:
    assert wish_problems(WHOLE_WISH) == wish_problems({}) == []


def test_a_subject_is_a_kernel_or_the_workspace_and_nothing_else() -> None:
    assert read_snooze({"subject": {"kind": "workspace"}}) == {"kind": "workspace"}
    assert read_subject({"kind": "kernel", "id": "k-1"}) == {"kind": "kernel", "id": "k-1"}
    for wrong in (None, {}, {"kind": "kernel"}, {"kind": "kernel", "id": "../x"}, {"kind": "workspace", "id": "k"}):
        assert problems_of(read_snooze, {"subject": wrong})
    assert problems_of(read_dismissed, {"id": "../../etc/passwd"})
    assert read_dismissed({"id": "o-1"}) == "o-1"


def test_a_report_is_about_one_thing() -> None:
    assert read_wrong({"subject": None, "stopId": "o-1", "text": "no"}).stop_id == "o-1"
    assert problems_of(read_wrong, {"text": "no"}) == ["want either subject or stopId"]
    both = {"subject": {"kind": "workspace"}, "stopId": "o-1", "text": "x" * 5000}
    assert len(problems_of(read_wrong, both)) == 2


def test_a_judge_is_read_and_passed_on_as_it_speaks() -> None:
    body = says([judgement()], orders=[order("o-1", "release", "k-1"), order("o-2", "stopping")], judge="gateway")
    heard = read_judge_says({**body, "cursor": {"boot": "life-one", "seq": 4}})
    assert (heard.judge, heard.boot, heard.seq, heard.judgements) == ("gateway", "life-one", 4, [judgement()])
    assert [one["id"] for one in heard.orders] == ["o-1", "o-2"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"version": 2}, "version"),
        ({"judge": "me"}, "judge"),
        ({"nowMs": -1}, "nowMs"),
        ({"nowMs": True}, "nowMs"),
        ({"cursor": {"boot": 1, "seq": 1}}, "cursor.boot"),
        ({"cursor": {"boot": "b", "seq": -1}}, "cursor.seq"),
        ({"judgements": {}}, "judgements"),
        ({"judgements": [1]}, "judgements[0]"),
        ({"judgements": [judgement(activity="dead")]}, "judgements[0].activity"),
        ({"judgements": [judgement({"kind": "kernel"})]}, "judgements[0].subject"),
        ({"judgements": [judgement(atMs="now")]}, "judgements[0].next.atMs"),
        ({"orders": [order("o-1", "release")]}, "orders[0].kernel"),
        ({"orders": [order("o-1", "explode", "k-1")]}, "orders[0].kind"),
        ({"orders": [{}]}, "orders[0].id"),
        ({"snoozes": [{"id": "s"}]}, "snoozes[0].granted"),
        ({"dryRun": None}, "dryRun"),
        ({"problems": [1]}, "problems[0]"),
    ],
)
def test_a_judge_that_speaks_otherwise_is_not_heard(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named.replace("[", r"\[")):
        read_judge_says(says(**change))


def test_the_port_and_the_token_are_taken_out_of_what_kernels_inherit() -> None:
    environ = {"BERTH_AGENT_TOKEN": "t" * 32, "BERTH_AGENT_PORT": "9000", "HOME": "/"}
    settings = take_port_settings(environ)
    assert settings is not None and (settings.port, settings.token) == (9000, "t" * 32)
    assert environ == {"HOME": "/"} and "t" * 32 not in repr(settings)
    assert take_port_settings({"BERTH_AGENT_PORT": "9000"}) is None
    default = take_port_settings({"BERTH_AGENT_TOKEN": "t" * 32})
    assert default is not None and default.port == 8889
    with pytest.raises(ValueError, match=r"BERTH_AGENT_TOKEN.*BERTH_AGENT_PORT"):
        take_port_settings({"BERTH_AGENT_TOKEN": "short", "BERTH_AGENT_PORT": "99999"})
