"""What the user's program prints is what the log holds."""

import time

from conftest import PYTHON, wait_for


def test_lines_of_both_streams_arrive_in_order_and_whole(attempt):
    """Symptom: output missing, mixed between streams, or letters of other alphabets broken."""
    result = attempt.order(
        "import sys\nprint('Zürich 東京 \\U0001f600')\nprint('oops', file=sys.stderr)\nprint('end')"
    ).run()
    assert (result["exitCode"], result["signal"], result["stopped"], result["launchError"]) == (0, None, None, None)
    assert attempt.texts("o") == ["Zürich 東京 \U0001f600", "end"]
    assert attempt.texts("e") == ["oops"]
    assert all(abs(record["t"] / 1000 - time.time()) < 60 and "p" not in record for record in attempt.records())
    rank = attempt.rank()
    assert (rank["rank"], rank["exitCode"], rank["signal"], rank["lastError"]) == (0, 0, None, None)
    assert rank["startedAtMs"] <= rank["endedAtMs"] <= result["endedAtMs"]


def test_last_line_without_a_newline_is_not_lost(attempt):
    """Symptom: the final print(..., end='') never shows."""
    attempt.order("print('a'); print('b', end='')").run()
    assert [(r["m"], r.get("p")) for r in attempt.records()] == [("a", None), ("b", None)]


def test_progress_bar_keeps_the_newest_of_a_burst(attempt):
    """Symptom: a tqdm bar fills the log with thousands of updates, or its last state is missing."""
    script = "for i in range(5000): print(f'{i}%', end='\\r', flush=True)\nprint('done', end='\\r\\n')\nprint('x')"
    attempt.order(script).run()
    texts = attempt.texts()
    assert texts[-3:] == ["4999%", "done", "x"]
    assert len(texts) < 200


def test_long_line_is_split_and_can_be_joined(attempt):
    """Symptom: one huge line exhausts memory, or is cut within a character."""
    attempt.order("print('é' * 100_000); print('next')").run()
    records = attempt.records()
    assert "".join(r["m"] for r in records[:-1]) == "é" * 100_000
    assert [r.get("p", False) for r in records] == [True] * (len(records) - 2) + [False, False]
    assert max(len(r["m"].encode()) for r in records) <= 32 * 1024
    assert records[-1]["m"] == "next"


def test_bytes_that_are_no_text_do_no_harm(attempt):
    """Symptom: binary output breaks the JSON or ends the tee."""
    attempt.order(r"import os; os.write(1, b'a\xff\xc3\nb\0c\x1b[0m\nok\n')").run()
    assert attempt.texts() == ["a��", "b\0c\x1b[0m", "ok"]


def test_prompt_without_newline_shows_while_the_program_waits(attempt):
    """Symptom: 'Continue? ' stays invisible until the program ends; its rest then lands on a wrong line."""
    script = "import os\nprint('name ☃? ', end='', flush=True)\nwhile not os.path.exists('go'): 0\nprint('Bob')\nprint('end')"
    attempt.order(script).launch()
    wait_for("the prompt", lambda: attempt.says("name ☃? "))
    (attempt.work / "go").touch()
    attempt.result()
    assert [(r["m"], r.get("p")) for r in attempt.records()] == [("name ☃? ", True), ("Bob", None), ("end", None)]


def test_log_is_bounded_and_the_gap_shows_in_the_numbers(attempt):
    """Symptom: a chatty run fills the disk; a reader cannot tell that the beginning is gone."""
    attempt.order("for i in range(20_000): print(f'line {i}')", segmentBytes=20_000, maxSegments=4).run()
    names = [path.name for path in attempt.segments()]
    assert len(names) == 4 and names[0] > "000000.jsonl"
    assert [int(name[:6]) for name in names] == list(range(int(names[0][:6]), int(names[0][:6]) + 4))
    assert all(path.stat().st_size <= 20_000 for path in attempt.segments())
    texts = attempt.texts()
    assert texts == [f"line {i}" for i in range(20_000 - len(texts), 20_000)]


def test_many_short_lines_all_arrive(attempt):
    """Symptom: a program that prints faster than its log is written loses lines."""
    script = (
        "import sys\nfor i in range(20): sys.stdout.write('a line of thirty letters......\\n' * 10_000)\nprint('end')"
    )
    attempt.order(script, command=[PYTHON, "main.py"]).run()
    texts = attempt.texts()
    assert len(texts) == 200_001
    assert texts[-1] == "end"


def test_output_of_a_child_that_outlives_the_program_does_not_delay_the_end(attempt):
    """Symptom: a run hangs for ever because a background process holds its stdout."""
    script = "import subprocess\nprint(subprocess.Popen(['sleep', '1000'], start_new_session=True).pid)"
    result = attempt.order(script).run()
    assert result["exitCode"] == 0
    assert attempt.living() == []
