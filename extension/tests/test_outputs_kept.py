"""What is kept of a cell's outputs: all that can be seen, within a bound, and a line that says what is not."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from jupyterlab_berth.outputs.execution import Execution
from jupyterlab_berth.outputs.kept_file import KeptFile
from jupyterlab_berth.outputs.kept_outputs import KeptOutputs
from jupyterlab_berth.outputs.stream_text import StreamText


def seen(text: str) -> tuple[str, int]:
    """A terminal of one character at a time: the slow twin."""
    lines, cursor = [""], 0
    for character in text:
        if character == "\n":
            lines.append("")
            cursor = 0
        elif character == "\r":
            cursor = 0
        else:
            lines[-1] = lines[-1][:cursor] + character + lines[-1][cursor + 1 :]
            cursor += 1
    return "\n".join(lines), cursor


def stream(name: str, text: str) -> dict:
    return {"output_type": "stream", "name": name, "text": text}


def display(text: str, display_id: str | None = None) -> dict:
    transient = {} if display_id is None else {"transient": {"display_id": display_id}}
    return {"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}, **transient}


@pytest.mark.parametrize(
    ("why", "parts"),
    [
        ("plain lines", ["a\n", "b", "c\n"]),
        ("a bar that grows", ["1%|#", "\r2%|##", "\r3%|###", "\ndone\n"]),
        ("a bar that gets shorter leaves its end", ["long line", "\rab"]),
        ("the cursor is where the next part goes", ["abcdef\rxy", "z"]),
        ("a return at the end of a part", ["one\r", "two\r\n", "three"]),
        ("returns before the end of the line", ["a\rb\r\nc\r\r\n"]),
    ],
)
def test_shortened_text_looks_like_all_of_it(why: str, parts: list[str]) -> None:
    for rest in ("", "!", "\r*", "\nnext\n"):
        kept = StreamText()
        for part in parts:
            kept.add(part)
        assert seen(kept.text + rest) == seen("".join(parts) + rest), why
        assert kept.size == len(kept.text)


def test_a_progress_bar_of_a_whole_night_does_not_fill_the_memory() -> None:
    kept = StreamText()
    for step in range(50_000):
        kept.add(f"\r{step:6} |{'#' * 60}|")
    assert kept.size < 200


def test_backspaces_are_left_to_jupyterlab() -> None:
    kept = StreamText()
    for part in ("ab\b", "c\n", "d"):
        kept.add(part)
    assert kept.text == "ab\bc\nd"


def test_outputs_keep_their_order_and_streams_their_names() -> None:
    kept = KeptOutputs(100_000)
    for output in (stream("stdout", "1\n"), stream("stdout", "2\n"), stream("stderr", "e\n"), display("x")):
        kept.take(output)
    kept.take(stream("stdout", "3\n"))
    want = [stream("stdout", "1\n2\n"), stream("stderr", "e\n"), display("x"), stream("stdout", "3\n")]
    assert kept.as_json() == want


def test_a_display_is_updated_where_it_is_and_clear_output_waits() -> None:
    kept = KeptOutputs(100_000)
    for output in (display("old", "d"), stream("stdout", "1\n"), display("old", "d")):
        kept.take(output)
    kept.update("d", {"data": {"text/plain": "new"}, "metadata": {}})
    assert kept.as_json() == [display("new", "d"), stream("stdout", "1\n"), display("new", "d")]
    kept.clear(wait=True)
    assert len(kept.as_json()) == 3
    kept.take(stream("stdout", "2\n"))
    assert kept.as_json() == [stream("stdout", "2\n")]


def test_what_is_too_much_is_cut_in_the_middle_and_says_so() -> None:
    kept = KeptOutputs(400_000)
    for number in range(100_000):
        kept.take(stream("stdout", f"line {number}\n"))
    outputs = kept.as_json()
    assert len(json.dumps(outputs)) < 500_000
    text = "".join(output["text"] for output in outputs)
    assert text.startswith("line 0\nline 1\n")
    assert text.endswith("line 99998\nline 99999\n")
    (mark,) = [output for output in outputs if output["name"] == "stderr"]
    assert "were not kept" in mark["text"]


def test_one_output_that_is_larger_than_all_room_is_cut_and_the_next_is_kept() -> None:
    kept = KeptOutputs(10_000)
    kept.take(display("before"))
    kept.take(display("x" * 20_000, "d"))
    kept.take(stream("stdout", "y" * 20_000))
    kept.take(stream("stdout", "after\n"))
    first, mark, last = kept.as_json()
    assert (first, last) == (display("before"), stream("stdout", "after\n"))
    assert "were not kept" in mark["text"]
    kept.update("d", {"data": {"text/plain": "gone"}, "metadata": {}})
    assert kept.size < 10_000


def test_a_display_that_grows_in_an_update_stays_within_the_bound() -> None:
    kept = KeptOutputs(10_000)
    kept.take(display("small", "d"))
    kept.take(stream("stdout", "after\n"))
    kept.update("d", {"data": {"text/plain": "x" * 20_000}, "metadata": {}})
    assert kept.size <= 10_000
    assert kept.as_json()[-1] == stream("stdout", "after\n")


def test_a_line_that_is_written_over_a_million_times_does_not_hold_the_server_up() -> None:
    kept = StreamText()
    kept.add("x" * 1_000_000 + "\ry" * 1_000_000)  # hours, if each part were a new line of a million characters
    assert kept.text == "y" + "x" * 999_999 + "\ry"


NO_CELL = {
    "kernel": "k",
    "msg_id": [],
    "path": "p",
    "cell": "c",
    "code": "",
    "count": 1,
    "changed_ms": 1,
    "outputs": [],
}


@pytest.mark.parametrize("text", ["{", "[1]", '[{"kernel": 1}]', '{"a": 1}', "[" * 100_000, json.dumps([NO_CELL])])
def test_a_file_that_is_not_what_it_should_be_costs_its_outputs_and_nothing_else(text: str, tmp_path: Path) -> None:
    log = logging.getLogger("test")
    KeptFile(tmp_path, "/root", log).write([Execution("k", "m", cell="c")])
    (file,) = (tmp_path / "outputs").iterdir()
    file.write_text(text)
    assert KeptFile(tmp_path, "/root", log).take() == []
    assert not file.exists()


def test_each_folder_of_notebooks_has_its_own_file(tmp_path: Path) -> None:
    log = logging.getLogger("test")
    KeptFile(tmp_path, "/one", log).write([Execution("k", "m", path="a.ipynb", cell="c", code="1", count=2)])
    assert KeptFile(tmp_path, "/two", log).take() == []
    (found,) = KeptFile(tmp_path, "/one", log).take()
    assert (found.path, found.cell, found.code, found.count, found.phase) == ("a.ipynb", "c", "1", 2, "ended")


def test_two_servers_of_one_folder_leave_what_both_have_kept(tmp_path: Path) -> None:
    one, other = (KeptFile(tmp_path, "/one", logging.getLogger("test")) for _ in range(2))
    one.write([Execution("k", "m", path="a.ipynb", cell="c", code="1")])
    other.write([Execution("l", "n", path="b.ipynb", cell="d", code="2")])
    assert [found.msg_id for found in one.take()] == ["m", "n"]
