"""What a judge orders is carried out once, noted for the person, and not at all if somebody has come back."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from .activity_servers import (
    Operator,
    judged_server,
    kernel_in,
    post,
    run_cell,
    start_notebook,
    view,
)
from .activity_words import judgement, order
from .jupyter_servers import Person, inspecting_gateway, person, wait_until
from .tiny_environment import call

pytestmark = pytest.mark.usefixtures("nothing_is_left")


def test_a_release_shuts_the_kernel_down_once_and_says_so(operator: Operator) -> None:
    kernel_id, other = start_notebook(operator.server), start_notebook(operator.server, "b.ipynb")
    operator.until("both are seen", lambda found: len(found["kernels"]) == 2)
    given = [order("order-one", "release", kernel_id)]
    wait_until("it is done", lambda: operator.order(given) == ["order-one"])
    assert [one["id"] for one in call(operator.server, "GET", "api/kernels")] == [other]
    assert [one["path"] for one in call(operator.server, "GET", "api/sessions")] == ["b.ipynb"]
    (stop,) = view(operator.server)["stops"]
    assert stop["subject"] == {"kind": "kernel", "id": kernel_id}
    assert (stop["path"], stop["name"], stop["kernelName"]) == ("a.ipynb", "a.ipynb", "python3")
    assert (stop["id"], stop["why"], stop["atMs"], stop["open"]) == ("order-one", "it was idle", 7, [])
    assert stop["signals"] == given[0]["signals"]
    assert operator.order(given) == ["order-one"]
    assert operator.exchange()["done"] == [], "the judge no longer gives it"
    assert len(view(operator.server)["stops"]) == 1
    assert post(operator.server, "stops/dismiss", {"id": "order-one"}).status == 204
    assert view(operator.server)["stops"] == []
    assert post(operator.server, "stops/dismiss", {"id": "order-one"}).status == 404


def test_a_full_disk_keeps_a_kernel_until_its_stop_can_be_noted_and_fills_no_log(
    grace: Person, operator: Operator
) -> None:
    kernel_id = start_notebook(operator.server)
    operator.until("it is seen", lambda found: found["kernels"])
    (grace.home / "data" / "berth" / "activity").mkdir(mode=0o700, parents=True, exist_ok=True)
    in_the_way = grace.home / "data" / "berth" / "activity" / "before-stops" / "order-full.json"
    in_the_way.mkdir(parents=True)
    given = [order("order-full", "release", kernel_id)]
    for _ in range(5):
        assert operator.order(given) == []
    wait_until("it says so", lambda: "an order could not be carried out" in operator.server.log.read_text())
    assert operator.server.log.read_text().count("an order could not be carried out") == 1
    assert [one["id"] for one in call(operator.server, "GET", "api/kernels")] == [kernel_id]
    in_the_way.rmdir()
    wait_until("it is released", lambda: operator.order(given) == ["order-full"])
    assert post(operator.server, "stops/dismiss", {"id": "order-full"}).status == 204


def test_a_kernel_that_has_gone_by_itself_is_released(operator: Operator) -> None:
    given = [order("order-gone", "release", "a-kernel-that-is-not")]
    wait_until("it is done", lambda: operator.exchange(orders=given)["done"] == ["order-gone"])
    assert view(operator.server)["stops"] == []


def test_a_kernel_that_is_used_again_before_the_order_comes_is_not_released(grace: Person, operator: Operator) -> None:
    kernel_id = start_notebook(operator.server)
    operator.until("it is seen", lambda found: found["kernels"])
    heard = operator.exchange()
    late = {"cursor": {"boot": heard["boot"], "seq": heard["readings"][-1]["seq"]}}
    run_cell(grace, kernel_id, "x = 1")
    given = [order("order-late", "release", kernel_id)]
    operator.until("the cell is counted", lambda found: kernel_in(found, kernel_id)["executions"] == 1)
    assert operator.exchange(orders=given, **late)["done"] == []
    assert operator.exchange(orders=given)["done"] == [], "a judge that has heard nothing cannot know either"
    assert [one["id"] for one in call(operator.server, "GET", "api/kernels")] == [kernel_id]
    wait_until("it is released when all was heard", lambda: operator.order(given) == ["order-late"])
    assert post(operator.server, "stops/dismiss", {"id": "order-late"}).status == 204


def test_a_kernel_for_which_somebody_has_just_asked_for_a_snooze_is_not_released(operator: Operator) -> None:
    kernel_id = start_notebook(operator.server)
    subject = {"kind": "kernel", "id": kernel_id}
    operator.until("it is seen", lambda found: found["kernels"])
    assert post(operator.server, "snooze", {"subject": subject}).status == 202
    given = [order("order-snoozed", "release", kernel_id)]
    for _ in range(3):
        assert operator.order(given) == []
    assert [one["id"] for one in call(operator.server, "GET", "api/kernels")] == [kernel_id]
    (asked,) = operator.exchange()["snoozes"]
    answer = {"id": asked["id"], "granted": False, "untilMs": None, "message": "used up"}
    operator.exchange(snoozes=[answer])
    wait_until("it is released when that was refused", lambda: operator.order(given) == ["order-snoozed"])
    assert post(operator.server, "stops/dismiss", {"id": "order-snoozed"}).status == 204


def test_a_kernel_that_has_become_busy_before_the_order_comes_is_not_released(
    grace: Person, operator: Operator
) -> None:
    kernel_id = start_notebook(operator.server)
    run_cell(grace, kernel_id, "import time")
    operator.until("it is at rest", lambda found: kernel_in(found, kernel_id)["state"] == "idle")
    heard = operator.exchange()
    idle = {"cursor": {"boot": heard["boot"], "seq": heard["readings"][-1]["seq"]}}
    run_cell(grace, kernel_id, "time.sleep(600)", waits=False, silent=True)
    working = operator.until("it works", lambda found: kernel_in(found, kernel_id)["state"] == "busy")
    assert kernel_in(working, kernel_id)["executions"] == 1, "what no client is to see is no cell"
    given = [order("order-busy", "release", kernel_id)]
    for _ in range(3):
        assert operator.exchange(orders=given, **idle)["done"] == []
    assert [one["id"] for one in call(operator.server, "GET", "api/kernels")] == [kernel_id]


def test_a_kernel_that_the_judge_has_not_seen_is_not_released() -> None:
    with person(**inspecting_gateway()) as ada:
        operator = judged_server(ada, read_every_s=3600)
        wait_until("the one reading is made", lambda: operator.exchange()["readings"])
        kernel_id = start_notebook(operator.server)
        run_cell(ada, kernel_id, "1")
        given = [order("order-late", "release", kernel_id)]
        for _ in range(3):
            assert operator.order(given) == []
        assert [one["id"] for one in call(operator.server, "GET", "api/kernels")] == [kernel_id]
        assert view(operator.server)["stops"] == []


def test_who_comes_back_after_a_stop_finds_what_was_open() -> None:
    with person(**inspecting_gateway()) as ada:
        operator = judged_server(ada)
        for path in ("a.ipynb", "folder/b.ipynb"):
            start_notebook(operator.server, path)
        operator.until("both are seen", lambda found: len(found["kernels"]) == 2)
        given = [order("order-stop", "stopping")]
        wait_until("it is noted", lambda: operator.exchange(orders=given)["done"] == ["order-stop"])
        operator.server.end(signal.SIGKILL)
        again = judged_server(ada)
        (stop,) = view(again.server)["stops"]
        assert (stop["subject"], stop["open"]) == ({"kind": "workspace"}, ["a.ipynb", "folder/b.ipynb"])
        wait_until("it is still done", lambda: again.exchange(orders=given)["done"] == ["order-stop"])
        assert len(view(again.server)["stops"]) == 1
        report = post(again.server, "wrong", {"subject": None, "stopId": "order-stop", "text": "it was training"})
        trace = json.loads(Path(report.json()["file"]).read_text())
        assert [one["path"] for one in trace["samples"][-1]["evidence"]["kernels"]] == ["a.ipynb", "folder/b.ipynb"]
        assert "it was training" in trace["why"] and trace["expect"][0]["must"] == "keep"


def test_a_stop_that_did_not_come_is_not_told_of() -> None:
    with person(**inspecting_gateway()) as ada:
        operator = judged_server(ada)
        start_notebook(operator.server)
        operator.until("it is seen", lambda found: len(found["kernels"]) == 1)
        given = [order("order-stop", "stopping")]
        wait_until("it is noted", lambda: operator.exchange(orders=given)["done"] == ["order-stop"])
        assert len(view(operator.server)["stops"]) == 1
        assert operator.exchange(orders=[])["done"] == []
        assert view(operator.server)["stops"] == []
        wait_until("the next one is noted", lambda: operator.exchange(orders=given)["done"] == ["order-stop"])
        assert len(view(operator.server)["stops"]) == 1


def test_what_somebody_does_in_the_last_moment_before_a_stop_is_told_before_it() -> None:
    with person(**inspecting_gateway()) as ada:
        operator = judged_server(ada, read_every_s=600)
        wait_until("there is a reading", lambda: operator.exchange()["readings"])
        given = [order("order-stop", "stopping")]

        def told(**changes: Any) -> list[dict[str, Any]]:
            heard = operator.exchange()
            cursor = {"boot": heard["boot"], "seq": heard["readings"][-1]["seq"]}
            return operator.exchange(cursor=cursor, **changes)["readings"]

        assert told(orders=given) == []
        says = {"kernels": {}, "input": 0, "waitsInput": [], "tabs": 1, "page": "page-1"}
        assert post(operator.server, "input", says).status == 204
        assert told() == []
        (reading,) = told(orders=given)
        assert reading["evidence"]["input_t"] is not None
        assert told(orders=given) == []
        kernel_id = start_notebook(operator.server)
        (reading,) = told(orders=given)
        wait_until("it rests", lambda: not told(orders=given) and not told(orders=given))
        run_cell(ada, kernel_id, "1 + 1")
        (reading,) = told(orders=given)
        assert kernel_in(reading["evidence"], kernel_id)["executions"] >= 1


def test_a_judge_is_heard_that_has_a_thousand_kernels_released(operator: Operator) -> None:
    name = "n" * 200
    signals = [{"signal": "kernel-cpu", "counts": False, "text": "It used nothing. " * 5, "atMs": 1}] * 4
    ids = [f"{index:036}" for index in range(1000)]
    judged = [judgement({"kind": "kernel", "id": one}, name=name, path=name, signals=signals) for one in ids]
    orders = [{**order(one, "release", one), "signals": signals} for one in ids]
    assert len(json.dumps([judged, orders])) > 2 * 1024 * 1024
    operator.exchange(judgements=judged, orders=orders)
    assert len(view(operator.server)["judgements"]) == 1000
    operator.exchange()
