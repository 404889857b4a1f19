"""How many executions are kept, which leave first, and which have ended though nobody said so."""

from __future__ import annotations

import json

import pytest

from jupyterlab_berth.outputs.execution import now_ms
from jupyterlab_berth.outputs.output_keeper import QUEUE_MS, UNKNOWN, OutputKeeper

KERNEL, PATH = "k-1", "a.ipynb"


def say(keeper: OutputKeeper, msg_id: str, kind: str, content: dict, session: str = "process-1") -> None:
    header = {"msg_id": f"{msg_id}-{kind}", "msg_type": kind, "session": session}
    parent = {"msg_id": msg_id, "msg_type": "execute_request", "session": "page-1"}
    keeper.hear(KERNEL, {"header": header, "parent_header": parent, "content": content})


def run(keeper: OutputKeeper, msg_id: str, text: str = "", ends: bool = True, session: str = "process-1") -> None:
    say(keeper, msg_id, "status", {"execution_state": "busy"}, session)
    say(keeper, msg_id, "stream", {"name": "stdout", "text": text}, session)
    if ends:
        say(keeper, msg_id, "status", {"execution_state": "idle"}, session)


class Clock:
    """The server's clock, put forward by the test."""

    def __init__(self) -> None:
        self.now_ms = now_ms()

    def __call__(self) -> int:
        return self.now_ms


def cells(keeper: OutputKeeper) -> dict[str, str]:
    """The phases of the cells that are kept."""
    return {one["cellId"]: one["phase"] for one in keeper.of_notebook(PATH, lambda _: False)}


def test_when_there_is_no_more_room_what_ended_first_goes_and_what_runs_stays() -> None:
    keeper = OutputKeeper(total_bytes=250)
    names = ["running", "old", "newer", "newest"]
    keeper.assign(KERNEL, "page-1", PATH, [(name, name) for name in names])
    for name in names:
        run(keeper, name, "x" * 80, ends=name != "running")
    assert cells(keeper) == {"running": "running", "newer": "ended", "newest": "ended"}


def test_a_quick_cell_is_kept_until_its_page_has_told_of_it_and_others_are_not_kept_for_ever() -> None:
    keeper = OutputKeeper()
    for number in range(UNKNOWN + 5):
        run(keeper, f"m-{number}", "1")
    keeper.assign(KERNEL, "page-1", PATH, [(f"m-{number}", f"cell-{number}") for number in range(UNKNOWN + 5)])
    kept = {one["cellId"] for one in keeper.of_notebook(PATH, lambda _: False) if one["outputs"]}
    assert kept == {f"cell-{number}" for number in range(5, UNKNOWN + 5)}


def test_a_new_process_of_a_kernel_ends_what_the_old_one_was_asked_but_an_echo_of_the_page_does_not() -> None:
    keeper = OutputKeeper()
    keeper.assign(KERNEL, "page-1", PATH, [("a", "a")])
    run(keeper, "a", ends=False)
    run(keeper, "b", session="page-1")  # some kernels speak under the session of whoever asks
    assert cells(keeper) == {"a": "running"}
    run(keeper, "c", session="process-2")
    assert cells(keeper) == {"a": "ended"}


def test_a_page_that_goes_on_with_a_cell_is_the_one_that_shows_it() -> None:
    keeper = OutputKeeper()
    keeper.assign(KERNEL, "page-1", PATH, [("a", "a")])
    run(keeper, "a", ends=False)
    keeper.assign(KERNEL, "page-2", PATH, [("a", "a")])
    say(keeper, "a", "stream", {"name": "stdout", "text": "more"})
    shown_by: list[str] = []
    keeper.of_notebook(PATH, lambda execution: shown_by.append(execution.session) or False)
    assert shown_by == ["page-2"]


def test_a_request_that_never_reached_its_idle_kernel_does_not_wait_for_ever() -> None:
    clock = Clock()
    keeper = OutputKeeper(clock=clock)
    run(keeper, "before")
    keeper.assign(KERNEL, "page-1", PATH, [("lost", "a")])
    keeper.keep_up_with([KERNEL])
    assert cells(keeper) == {"a": "queued"}  # it may be on its way
    clock.now_ms += 2 * QUEUE_MS
    keeper.keep_up_with([KERNEL])
    assert cells(keeper) == {"a": "ended"}
    run(keeper, "lost", ends=False)  # it had only been slow
    assert cells(keeper) == {"a": "running"}


def test_a_request_that_waits_for_a_kernel_which_works_or_starts_goes_on_waiting() -> None:
    clock = Clock()
    keeper = OutputKeeper(clock=clock)
    run(keeper, "works", ends=False)
    say(keeper, "asked-meanwhile", "status", {"execution_state": "idle"})  # as a debugger's requests have it say
    keeper.assign(KERNEL, "page-1", PATH, [("next", "a")])
    keeper.assign("k-starting", "page-1", PATH, [("first", "b")])
    clock.now_ms += 2 * QUEUE_MS
    keeper.keep_up_with([KERNEL, "k-starting"])
    assert cells(keeper) == {"a": "queued", "b": "queued"}


def test_what_is_queued_on_a_kernel_that_is_gone_or_is_restarted_has_ended() -> None:
    keeper = OutputKeeper()
    keeper.assign("k-gone", "page-1", PATH, [("m-1", "a")])
    keeper.keep_up_with([])
    assert cells(keeper) == {"a": "ended"}
    keeper.assign(KERNEL, "page-1", PATH, [("m-2", "b")])
    keeper.end(KERNEL)
    assert cells(keeper)["b"] == "ended"


def test_a_request_that_is_told_of_while_its_kernel_is_released_does_not_wait_for_ever() -> None:
    clock = Clock()
    keeper = OutputKeeper(clock=clock)
    run(keeper, "before")
    keeper.end(KERNEL)
    keeper.assign(KERNEL, "page-1", PATH, [("late", "a")])
    clock.now_ms += 2 * QUEUE_MS
    keeper.keep_up_with([KERNEL])  # it is not gone yet
    assert cells(keeper) == {"a": "ended"}


def test_kernels_that_die_one_after_the_other_without_a_page_do_not_fill_the_memory() -> None:
    keeper = OutputKeeper(total_bytes=1000)
    names = [f"m-{number}" for number in range(50)]
    for name in names:
        run(keeper, name, "x" * 100, ends=False)
        keeper.end(KERNEL)
    keeper.assign(KERNEL, "page-1", PATH, [(name, name) for name in names])
    kept = [one for one in keeper.of_notebook(PATH, lambda _: False) if one["outputs"]]
    assert len(kept) <= 10


def test_a_page_that_goes_on_with_an_older_run_does_not_take_the_newer_one_away() -> None:
    keeper = OutputKeeper()
    keeper.assign(KERNEL, "page-1", PATH, [("old", "a")])
    run(keeper, "new", "new\n")
    keeper.assign(KERNEL, "page-2", PATH, [("new", "a")])
    keeper.assign(KERNEL, "page-3", PATH, [("old", "a")], is_known=True)  # it had asked before page 2 ran the cell
    assert [one["msgId"] for one in keeper.of_notebook(PATH, lambda _: False)] == ["new"]


def test_a_display_that_a_widget_updates_is_as_the_person_would_have_seen_it() -> None:
    keeper = OutputKeeper()
    keeper.assign(KERNEL, "page-1", PATH, [("m", "a")])
    old, new = (
        {"data": {"text/plain": text}, "metadata": {}, "transient": {"display_id": "d"}} for text in ("old", "new")
    )
    say(keeper, "m", "display_data", old)
    header = {"msg_id": "u", "msg_type": "update_display_data", "session": "process-1"}
    parent = {"msg_id": "c", "msg_type": "comm_msg", "session": "page-1"}
    keeper.hear(KERNEL, {"header": header, "parent_header": parent, "content": new})
    (only,) = keeper.of_notebook(PATH, lambda _: False)
    assert only["outputs"][0]["data"] == new["data"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("stream", {"name": "stdout", "text": ["no text"]}),
        ("stream", {"name": {}, "text": "x"}),
        ("display_data", {"data": {"application/json": float("nan")}, "metadata": {}}),
        ("execute_input", {"code": ["x"]}),
        ("status", {}),
        ("stream", []),
    ],
)
def test_a_message_that_is_none_costs_the_notebook_none_of_its_outputs(kind: str, content: dict) -> None:
    keeper = OutputKeeper()
    keeper.assign(KERNEL, "page-1", PATH, [("m", "a")])
    run(keeper, "m", "right\n", ends=False)
    with pytest.raises((TypeError, KeyError, ValueError)):
        say(keeper, "m", kind, content)
    assert "right" in json.dumps(keeper.of_notebook(PATH, lambda _: False), allow_nan=False)


def test_threads_that_go_on_to_print_after_their_cells_were_saved_do_not_fill_the_memory() -> None:
    keeper = OutputKeeper()
    names = [f"m-{number}" for number in range(UNKNOWN + 5)]
    for name in names:
        keeper.assign(KERNEL, "page-1", PATH, [(name, name)])
        run(keeper, name)
        keeper.forget([name])
    for name in names:
        say(keeper, name, "stream", {"name": "stdout", "text": "still here"})
    keeper.assign(KERNEL, "page-1", PATH, [(name, name) for name in names], is_known=True)
    assert len(cells(keeper)) <= UNKNOWN + 1
