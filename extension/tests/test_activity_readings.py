"""The readings that are kept, the timelines made of them, and what a person notices of a view."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyterlab_berth.activity.cpu_account import CpuAccount
from jupyterlab_berth.activity.front_end_input import FrontEndInput
from jupyterlab_berth.activity.judge_says import read_judge_says
from jupyterlab_berth.activity.last_activity import publish_last_activity
from jupyterlab_berth.activity.orders import is_stale
from jupyterlab_berth.activity.our_clock import in_our_clock
from jupyterlab_berth.activity.proc_files import ProcStat
from jupyterlab_berth.activity.ring import BYTES_MAX, KEPT_S, MESSAGE_MAX_BYTES, READINGS_MAX, ReadingRing
from jupyterlab_berth.activity.timelines import timelines
from jupyterlab_berth.activity.view import activity_view, is_moved, what_is_noticed

from .activity_words import evidence, judgement, kernel, says


def numbers(texts: list[str]) -> list[int]:
    return [json.loads(text)["seq"] for text in texts]


def test_a_judge_gets_what_it_lacks_and_one_of_another_life_gets_all() -> None:
    ring = ReadingRing("life-two")
    for t in range(1, 6):
        ring.add({"t": t, "failed": "no"})
    assert numbers(ring.after("life-two", 3)) == [4, 5]
    assert numbers(ring.after("life-one", 3)) == numbers(ring.after(None, 0)) == [1, 2, 3, 4, 5]
    assert ring.after("life-two", 5) == []
    assert json.loads(ring.after("life-two", 4)[0]) == {"seq": 5, "t": 5, "failed": "no"}
    assert ring.readings()[-1] == {"t": 5, "failed": "no"}
    assert [ring.get(seq) and ring.get(seq)["t"] for seq in (0, 1, 5, 6)] == [None, 1, 5, None]


def test_it_is_bounded_in_time_in_number_and_in_bytes() -> None:
    ring = ReadingRing("life-one")
    ring.add({"t": 0, "failed": "no"})
    ring.add({"t": KEPT_S + 1, "failed": "no"})
    assert numbers(ring.after(None, 0)) == [2]
    for _ in range(READINGS_MAX + 5):
        ring.add({"t": KEPT_S + 2, "failed": "no"})
    assert len(ring.readings()) == READINGS_MAX
    for _ in range(20):
        ring.add({"t": KEPT_S + 2, "failed": "x" * (BYTES_MAX // 10)})
    assert 8 <= len(ring.readings()) <= 10
    ring.add({"t": KEPT_S + 2, "failed": "x" * (BYTES_MAX + 1)})
    assert len(ring.readings()) == 1, "the last one is kept, whatever its size"


def test_many_readings_are_told_in_pieces_oldest_first() -> None:
    ring = ReadingRing("life-one")
    for t in range(8):
        ring.add({"t": t, "failed": "x" * (MESSAGE_MAX_BYTES // 3)})
    told: list[int] = []
    while piece := numbers(ring.after("life-one", told[-1] if told else 0)):
        assert len(piece) <= 3
        told += piece
    assert told == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_timeline_shows_processors_in_use_input_and_what_could_not_be_seen() -> None:
    job = {"id": "7-1", "program": "job", "kernel": "k-1", "terminal": None, "cpu_s": 1.0, "io_bytes": 0}
    shell = {**job, "id": "8-1", "kernel": None, "terminal": "1"}
    readings: list[dict[str, Any]] = [
        {"t": 10, "evidence": evidence([kernel("k-1", cpu_s=1.0)], [job, shell])},
        {"t": 20, "evidence": evidence([kernel("k-1", cpu_s=6.0, input_t=15)], [{**job, "cpu_s": 16.0}, shell])},
        {"t": 30, "failed": "no"},
        {"t": 40, "evidence": evidence([kernel("k-1", cpu_s=None, input_t=15)], [{**shell, "cpu_s": 2.0}])},
    ]
    of_kernel, rest = timelines(readings)
    assert (of_kernel["kernel"], of_kernel["name"], rest["kernel"]) == ("k-1", "a.ipynb", None)
    assert [point["cpu"] for point in of_kernel["points"]] == [None, 2.0, None, None]
    assert [point["input"] for point in of_kernel["points"]] == [False, True, False, False]
    assert [point["state"] for point in of_kernel["points"]] == ["idle", "idle", "unknown", "idle"]
    assert [point["cpu"] for point in rest["points"]] == [None, 0.0, None, 0.05]
    assert timelines([]) == []


def test_a_view_is_told_when_a_person_would_notice() -> None:
    def view(**changes: Any) -> dict[str, Any]:
        heard = read_judge_says(says([judgement(**{"atMs": 100_000, **changes})], nowMs=1_000))
        return activity_view(heard, 1_000, 2_000, [], [])

    first = view()
    for unnoticed in ({"idleMs": 15_000}, {"lastActiveMs": 3}, {"atMs": 100_400}):
        again = view(**unnoticed)
        assert what_is_noticed(again) == what_is_noticed(first) and not is_moved(first, again), unnoticed
    assert is_moved(first, view(atMs=160_000))
    assert what_is_noticed(view(warnedAtMs=5)) != what_is_noticed(first)
    assert what_is_noticed(view(activity="active")) != what_is_noticed(first)
    active = view(activity="active", atMs=1)
    assert not is_moved(active, view(activity="active", atMs=90_000)), "of what is active the end moves all the time"


def test_a_judge_whose_clock_is_wrong_announces_in_ours() -> None:
    signal = {"signal": "input", "counts": False, "text": "", "atMs": 79_000}
    said = judgement(atMs=100_000, warnedAtMs=90_000, sinceMs=78_000, signals=[signal])
    heard = read_judge_says(says([said], nowMs=80_000))
    (far,) = in_our_clock(heard, 50_000).judgements
    assert (far["next"]["atMs"], far["next"]["warnedAtMs"], far["sinceMs"]) == (70_000, 60_000, 48_000)
    assert (far["signals"][0]["atMs"], far["lastActiveMs"]) == (49_000, None)
    assert in_our_clock(heard, 80_200) == heard


def test_without_a_judge_nothing_is_said_to_be_stopped() -> None:
    view = activity_view(None, None, 5, [], ["asked"])
    assert (view["judge"], view["judgedMs"], view["enabled"], view["judgements"]) == (None, None, False, [])
    assert view["asking"] == ["asked"]


def test_the_last_activity_that_cullers_see_only_rises_and_only_while_active() -> None:
    settings: dict[str, Any] = {"last_activity_times": {}}

    def publish(activity: str, at_ms: int, now_ms: int = 100_000) -> float | None:
        workspace = judgement({"kind": "workspace"}, activity=activity, lastActiveMs=at_ms)
        publish_last_activity(settings, [judgement(activity="active", lastActiveMs=99_000), workspace], now_ms)
        at = settings["last_activity_times"].get("berth")
        return None if at is None else at.timestamp()

    assert publish("idle", 50_000) is None and publish("unknown", 50_000) is None
    assert publish("active", 50_000) == 50
    assert publish("active", 40_000) == 50
    assert publish("idle", 60_000) == 50
    assert publish("active", 900_000) == 100, "not later than now, whatever a judge says"


def test_the_same_input_told_twice_is_one_and_a_later_one_is_another() -> None:
    heard = FrontEndInput()
    heard.hear("page-1", {"k-1": 3.0}, 1.0, [], 100.0)
    assert (heard.of_kernel("k-1"), heard.input_t) == (97.0, 99.0)
    heard.hear("page-1", {"k-1": 12.6}, 10.4, [], 110.0)
    assert (heard.of_kernel("k-1"), heard.input_t) == (97.0, 99.0), "a message that was slow is no input"
    heard.hear("page-2", {"k-1": 500.0}, None, [], 120.0)
    assert (heard.of_kernel("k-1"), heard.input_t) == (97.0, 99.0), "another page has not seen it"
    heard.hear("page-2", {}, 2.0, [], 130.0)
    assert (heard.of_kernel("k-1"), heard.input_t) == (97.0, 128.0)


@pytest.mark.parametrize(
    ("age_s", "read_every_s", "want"), [(59, 15, False), (61, 15, True), (-61, 15, True), (61, 20, False)]
)
def test_an_order_of_a_judge_that_has_slept_meanwhile_releases_nothing(
    age_s: float, read_every_s: float, want: bool
) -> None:
    assert is_stale(1_000.0, 1_000.0 + age_s, read_every_s) is want


def test_input_is_still_heard_after_the_clock_was_set_back() -> None:
    heard = FrontEndInput()
    heard.hear("page-1", {"k-1": 1.0}, 1.0, [], 90_000.0)
    heard.hear("page-1", {"k-1": 2.0}, 2.0, [], 100.0)
    assert (heard.of_kernel("k-1"), heard.input_t) == (98.0, 98.0), "somebody types, and it is not a day from now"
    heard.hear("page-1", {"k-1": 1.0}, 1.0, [], 110.0)
    assert (heard.of_kernel("k-1"), heard.input_t) == (109.0, 109.0)


def test_a_cell_waits_until_every_page_says_otherwise_or_it_ends() -> None:
    heard = FrontEndInput()
    heard.hear("page-1", {}, None, ["k-1", "k-2"], 0.0)
    heard.hear("page-2", {}, None, [], 0.0)
    assert heard.is_waiting("k-1")
    heard.stop_waiting({"k-1"})
    assert not heard.is_waiting("k-1") and heard.is_waiting("k-2")
    heard.hear("page-1", {}, None, [], 0.0)
    assert not heard.is_waiting("k-2")


def stat(own_s: float, reaped_s: float) -> ProcStat:
    return ProcStat("python", "S", 1, 1, 1, 0, -1, False, own_s, reaped_s, 5)


@pytest.mark.parametrize("is_late", [False, True])
def test_a_child_is_taken_off_once_also_when_linux_adds_it_a_look_later(is_late: bool) -> None:
    account = CpuAccount()
    assert account.update(stat(1.0, 0.0)) == 1.0
    account.child_ended(4.0)
    if is_late:
        assert account.update(stat(1.0, 0.0)) == 1.0
    assert account.update(stat(1.0, 4.5)) == 1.5
    assert account.update(stat(1.0, 6.5)) == 3.5, "a later child is not the one that was taken off"


def test_a_child_that_nobody_waited_for_takes_nothing_off_what_comes_later() -> None:
    account = CpuAccount()
    account.update(stat(1.0, 0.0))
    account.child_ended(100.0)
    account.update(stat(1.0, 0.0))
    account.update(stat(1.0, 0.0))
    assert account.update(stat(1.0, 2.0)) == 3.0
