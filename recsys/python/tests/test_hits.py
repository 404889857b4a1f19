"""What is shown of hits, and of progress."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

import numpy as np
import pytest

from berth_recsys.hits import Hits
from berth_recsys.progress import Reporter

from .libraries import have


def hits(queries: int = 20, k: int = 30) -> Hits:
    ids = np.arange(queries * k).reshape(queries, k)
    scores = -np.arange(queries * k, dtype=np.float32).reshape(queries, k)
    ids[:1, 2:] = -1
    scores[:1, 2:] = -np.inf
    return Hits(ids, scores, np.arange(queries, dtype=np.uint8) % 4)


def test_certificates_have_names() -> None:
    """Symptom: numbers, which nobody remembers."""
    assert hits(4).recall_certificate.tolist() == ["quantised", "float", "exact", "gpu"]


@pytest.mark.parametrize("name", have("pandas", "polars"))
def test_frames_of_each_library(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: to_frame() asks for pandas of a person who works with polars."""
    other = {"pandas": "polars", "polars": "pandas"}[name]
    monkeypatch.setitem(sys.modules, other, None)
    if name == "polars":
        monkeypatch.delitem(sys.modules, "pandas")
        monkeypatch.setitem(sys.modules, "pandas", None)
    frame = hits(2, 4).to_frame()
    assert type(frame).__module__.startswith(name)
    assert list(frame.columns) == ["query", "rank", "id", "score"]
    assert frame["query"].to_list() == [0, 0, 1, 1, 1, 1] and frame["id"].to_list() == [0, 1, 4, 5, 6, 7]


def test_without_a_library_of_frames_the_fix_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: 'No module named pandas'."""
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match="pip install pandas"):
        hits().to_frame()


def test_the_table_is_small() -> None:
    """Symptom: a notebook of megabytes, because a cell ended with `hits`."""
    html = hits(5000, 100)._repr_html_()
    assert html.count("<tr>") == 6 and len(html) < 10_000
    assert "<td>-</td>" in html and "<td>quantised</td>" in html
    assert hits(0, 3)._repr_html_().count("<tr>") == 1


def test_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: a plot of -inf; a NameError where there is no matplotlib."""
    if importlib.util.find_spec("matplotlib") is not None:
        monkeypatch.setenv("MPLBACKEND", "agg")
        axes = hits().plot()
        assert [len(line.get_xdata()) for line in axes.get_lines()] == [2, 30, 30, 30, 30]
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        hits().plot()


class Terminal:
    """Where a person looks."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def test_progress_on_a_terminal_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: a thousand lines; a rate that counts what an earlier call has done."""
    terminal, now = Terminal(), [100.0]
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("berth_recsys.progress.time.monotonic", lambda: now[0])
    reporter = Reporter(True, 100_000, 50_000)
    for done in (60_000, 70_000, 100_000):
        now[0] += 10
        reporter.report(done)
    assert terminal.text.count("\n") == 1 and terminal.text.count("\r") == 3
    assert "60,000 of 100,000 queries (60 %), 1,000/s, 0:40 left" in terminal.text


def test_progress_in_a_log_is_rare(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Symptom: a log of nothing but progress."""
    now = [0.0]
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    monkeypatch.setattr("berth_recsys.progress.time.monotonic", lambda: now[0])
    reporter = Reporter(True, 1000, 0)
    for done in range(1, 1001):
        now[0] += 0.1
        reporter.report(done)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4 and lines[-1].startswith("1,000 of 1,000 queries (100 %), 10/s")


def test_progress_of_one_s_own() -> None:
    """Symptom: a function that is called now and then only."""
    seen: list[Any] = []
    Reporter(lambda done, total: seen.append((done, total)), 10, 0).report(3)
    assert seen == [(3, 10)]
