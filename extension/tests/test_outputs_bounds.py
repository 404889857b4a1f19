"""How many executions are kept, and which leave first."""

from __future__ import annotations

from jupyterlab_berth.outputs.output_keeper import UNKNOWN, OutputKeeper

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
