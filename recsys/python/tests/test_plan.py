"""What is shown of a plan: tables, frames, pictures, progress. The runtime's answer is made up here."""

from __future__ import annotations

import importlib.util
import math
import sys
from typing import Any

import numpy as np
import pytest

from berth_recsys.budgets.budget_curve import Curve
from berth_recsys.budgets.budget_data import budget_data
from berth_recsys.budgets.budget_handle import RawSolution
from berth_recsys.budgets.budget_limits import limits_of
from berth_recsys.budgets.budget_plan import Plan
from berth_recsys.budgets.budget_problems import Problems
from berth_recsys.budgets.budget_solution import InfeasibleError
from berth_recsys.budgets.budget_wire import solution_of
from berth_recsys.budgets.plan_reasons import REASONS
from berth_recsys.budgets.quiet_hours import QuietHours
from berth_recsys.budgets.solve_progress import SolveProgress, SolveReporter
from berth_recsys.errors import BerthRecsysError, InvalidInput

from .libraries import have

GIVEN: dict[str, Any] = {
    "value": [0.9, 0.8, -0.1, 0.7, 0.6, 0.5, 0.4],
    "person": [0, 0, 0, 1, 2, 2, 3],
    "option": [0, 1, 2, 0, 1, 2, 0],
    "channel": ["push", "<email>", "in-app"],
    "slot": [0, 0, 1],
    "campaign": ["x", None, "y"],
    "content": [[4, 5], [6, -1], [7, 4]],
    "sends": [1, 1, 0],
    "attention": [0, 0, 1],
    "caps": {"person": 1, "channel": {"push": 1}},
    "budgets": {"total": 2, "channel": {"push": 1, "<email>": 1}, "attention": 1},
    "exclude": [False, False, False, False, False, True, False],
    "quiet": QuietHours(
        "22:00", "08:00", ["UTC"] * 4, [np.datetime64("2026-01-01T12:00"), np.datetime64("2026-01-01T23:00")]
    ),
}
# total, attention, push, <email>
PRICES = [0.3, 0.0, 0.2, 0.0]
OF_EMAIL = np.array([0.3, 0.0, 0.0, 0.2])


def plan(send: tuple[int, ...] = (0, 4), result: dict[str, Any] | None = None, **arrays: Any) -> Plan:
    data = budget_data(GIVEN)
    bits = np.zeros(7, np.uint8)
    bits[list(send)] = 1
    answer = {
        "status": "certified",
        "reason": None,
        "bound": 1.6,
        "value": 1.5,
        "gap": 0.0625,
        "passes": 7,
        "fullPasses": 2,
        "ms": 1500,
        "history": [{"passes": 1, "gap": None}, {"passes": 5, "gap": 0.5}, {"passes": 7, "gap": 0.0625}],
        **(result or {}),
    }
    made = {
        "prices": np.array(PRICES),
        "usage": np.array([2.0, 0.0, 1.0, 1.0]),
        "shortfall": np.zeros(4),
        "send": np.packbits(bits, bitorder="little"),
        **arrays,
    }
    return Plan(data, solution_of(RawSolution(answer, made), data.limits, 7))


def test_numbers_have_names() -> None:
    """Symptom: prices[17], and nobody knows of what."""
    found = plan()
    assert found.send.tolist() == [True, False, False, False, True, False, False] and found.sent == 2
    assert (found.prices.total, found.prices.attention) == (0.3, 0.0)
    assert found.usage.channel == {"push": 1.0, "<email>": 1.0} and found.slack.attention == 1.0
    assert found.prices["channel", "push"] == 0.2 and found.usage.campaign == {}
    assert (found.seconds, found.full_passes, found.gap) == (1.5, 2, 0.0625)
    assert "total: 0.3" in repr(found.prices) and "gap 6.25 %" in repr(found)
    with pytest.raises(KeyError):
        _ = found.prices["slot", 0]


@pytest.mark.parametrize(
    ("candidate", "reason", "said"),
    [
        (0, "sent", ["worth 0.4 more than its price of 0.5"]),
        (2, "excluded", ["quiet hours: 2026-01-01 23:00 in UTC, within the quiet hours 22:00 to 08:00"]),
        (3, "full", ["channel push (1 of 1)", "total (2 of 2)", "has no room left"]),
        (4, "sent", ["worth 0.3 more"]),
        (5, "excluded", ["exclude: excluded when the problem was made"]),
        (6, "price", ["its value of 0.4 is not above its price of 0.5", "total 0.3", "channel push 0.2"]),
    ],
)
def test_stories(candidate: int, reason: str, said: list[str]) -> None:
    """Symptom: "not sent", and no way to know what to change."""
    story = plan().explain(candidate)
    assert story.reason == reason and story.sent == (reason == "sent")
    assert [part for part in said if part not in story.text] == []


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_reasons_are_counted(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: a person torn apart at the border of two chunks, whose cap is then never full."""
    monkeypatch.setattr("berth_recsys.budgets.plan_reasons.CHUNK", chunk)
    found = plan(prices=OF_EMAIL)
    assert found.reasons() == {
        **dict.fromkeys(REASONS, 0),
        "sent": 2,
        "excluded": 2,
        "cap": 1,
        "full": 2,
    }
    assert sum(plan((), usage=np.zeros(4)).reasons().values()) == 7


def test_what_would_change_it() -> None:
    """Symptom: "too expensive", without the value at which it is sent."""
    story = plan().explain(6)
    assert story.needed_value == pytest.approx(0.5) and story.binding == (("total", None), ("channel", "push"))
    assert story.costs == {("total", None): pytest.approx(0.3), ("channel", "push"): pytest.approx(0.2)}
    beaten = plan(prices=OF_EMAIL).explain(1)
    assert (
        beaten.reason == "cap"
        and "the person's cap of 1: candidate 0 (margin 0.6); above a value of 1.1" in beaten.text
    )
    assert beaten.took_place == (0,) and beaten.needed_value == pytest.approx(0.5 + 0.6)
    assert beaten.names == {"channel": "<email>", "slot": 0, "campaign": None, "content": (6,)}


def test_a_full_cap_is_part_of_what_it_takes() -> None:
    """Symptom: "above 0.9 it would be sent", and at 0.95 it is not, for the cap is full of what is worth more."""
    data = budget_data({"value": [[3.0, 0.2, -1.0]], "budgets": {"total": 9}, "caps": {"person": 1}})
    arrays = {"prices": np.array([0.9]), "usage": np.ones(1), "shortfall": np.zeros(1), "send": np.array([1], np.uint8)}
    _, dear, worthless = Plan(data, solution_of(RawSolution({}, arrays), data.limits, 3)).explain(person=0)
    assert (dear.reason, worthless.reason) == ("price", "no value")
    assert dear.needed_value == worthless.needed_value == pytest.approx(0.9 + 2.1)
    assert dear.took_place == worthless.took_place == (0,) and "above a value of 3 it would be sent" in dear.text
    assert (dear.option, str(dear).split(":")[0]) == (1, "candidate 1 of person 0 (option 1)")
    never = budget_data({"value": [[0.2]], "budgets": {"total": 9}, "caps": {"person": 0}})
    arrays["send"] = np.zeros(1, np.uint8)
    story = Plan(never, solution_of(RawSolution({}, arrays), never.limits, 1)).explain(0)
    assert (story.reason, story.needed_value) == ("price", None) and "the person's cap is 0" in story.text


def test_costs_add_up_to_the_price() -> None:
    """Symptom: "its price of 0.1: total 0.3", for what a floor takes off is not said."""
    story = plan(prices=np.array([0.6, 0.0, -0.15, 0.0])).explain(6)
    assert "its price of 0.45: total 0.6 and channel push -0.15" in story.text
    assert sum(story.costs.values()) == pytest.approx(story.price) and story.binding == (("total", None),)


def test_which_cap_is_full() -> None:
    """Symptom: "the person's cap", where it is that of one channel, or is nothing at all."""
    given = {"value": [[3.0, 2.0, 1.0]], "channel": ["push", "push", "email"]}

    def told(caps: dict[str, Any], place: int) -> str:
        data = budget_data({**given, "caps": caps})
        arrays = {name: np.zeros(0) for name in ("prices", "usage", "shortfall")}
        sent = np.packbits([caps.get("person") != 0, False, False], bitorder="little")
        return (
            Plan(data, solution_of(RawSolution({}, {**arrays, "send": sent}), data.limits, 3)).explain((0, place)).text
        )

    assert "what fills the person's cap for channel push of 1: candidate 0" in told({"channel": {"push": 1}}, 1)
    assert "what fills the person's cap of 1: candidate 0" in told({"person": 1, "channel": {"push": 2}}, 1)
    assert told({"person": 0}, 2) == "the person's cap is 0"
    assert told({"person": 2, "channel": {"email": 0}}, 2) == "the person's cap for channel email is 0"


def test_rounding_is_not_blamed_on_a_limit() -> None:
    """Symptom: "a limit is full" of a candidate that has room everywhere."""
    story = plan((4,), usage=np.array([1.0, 0.0, 0.0, 1.0])).explain(0)
    assert (story.reason, story.sent) == ("rest", False) and "rounded to whole messages" in story.text


def test_what_is_sent_below_its_price() -> None:
    """Symptom: "worth -0.1 more than its price"."""
    story = plan((0, 6)).explain(6)
    assert (story.reason, story.sent) == ("fills", True) and story.margin < 0


def test_the_table() -> None:
    """Symptom: a channel named <script> that runs in the notebook; "certified" where it is not said first."""
    html = plan()._repr_html_()
    assert html.startswith("<div><b>certified</b></div>") and "&lt;email&gt;" in html and "<email>" not in html
    assert "partial (deadline)" in plan(result={"status": "partial", "reason": "deadline"})._repr_html_()
    stories = plan().explain(person=0)
    assert stories._repr_html_().count("<tr>") == 4 and "<email>" not in stories._repr_html_()
    assert len(stories) == 3 and str(stories).count("\n") == 2


def test_the_table_is_small() -> None:
    """Symptom: a notebook of megabytes, because a cell ended with a plan of 10^4 limits."""
    content = {"value": np.ones((2, 500)), "content": np.arange(500), "budgets": {"content": np.ones(500)}}
    data = budget_data(content)
    arrays = {name: np.zeros(500) for name in ("prices", "usage", "shortfall")}
    raw = RawSolution({"status": "certified"}, {**arrays, "send": np.zeros(125, np.uint8)})
    table = Plan(data, solution_of(raw, data.limits, 1000))._repr_html_()
    assert table.count("<tr>") == 23 and "and 480 more limits" in table


@pytest.mark.parametrize("name", have("pandas", "polars"))
def test_frames(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: a list of numbers to be joined by hand with the names of campaigns."""
    other = {"pandas": "polars", "polars": "pandas"}[name]
    monkeypatch.setitem(sys.modules, other, None)
    frame = plan().to_frame()
    assert type(frame).__module__.startswith(name)
    assert frame["candidate"].to_list() == [0, 4] and frame["person"].to_list() == [0, 2]
    assert frame["channel"].to_list() == ["push", "<email>"] and frame["content_1"].to_list() == [5, -1]
    assert frame["campaign"].to_list()[0] == "x" and frame["option"].to_list() == [0, 1]
    assert (frame["campaign"].isna() if name == "pandas" else frame["campaign"].is_null()).to_list() == [False, True]
    assert frame["margin"].to_list() == pytest.approx([0.4, 0.3])
    prices = plan().prices.to_frame()
    assert prices["name"].to_list() == ["", "", "push", "<email>"] and prices["value"].to_list() == PRICES


def test_the_curve_is_shown() -> None:
    """Symptom: a curve whose columns do not fit together."""
    curve = Curve(("channel", "<email>"), np.array([2.0, 1.0]), [plan(), plan()])
    html = curve._repr_html_()
    assert "<td>1.5</td>" in html and "<email>" not in html and html.count("<tr>") == 3
    assert curve.used.tolist() == [1.0, 1.0] and len(curve) == 2


def test_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: axes without names; a logarithm of 0; a NameError where there is no matplotlib."""
    curve = Curve(("total", None), np.array([2.0, 1.0]), [plan(), plan()])
    if importlib.util.find_spec("matplotlib") is not None:
        monkeypatch.setenv("MPLBACKEND", "agg")
        axes = plan().plot().axes
        assert [each.get_xlabel() for each in axes][:2] == [
            "price of one more (units of value)",
            "used (% of the budget)",
        ]
        assert [label.get_text() for label in axes[0].get_yticklabels()] == ["channel push", "total"]
        assert axes[2].get_lines()[0].get_xdata().tolist() == [5, 7]
        assert curve.plot().get_lines()[0].get_xdata().tolist() == [1.0, 2.0]
        empty = plan((), prices=np.zeros(4), usage=np.zeros(4)).plot().axes
        assert [each.texts[0].get_text() for each in empty[:2]] == ["no limit has a price", "no budget is used"]
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    for draw in (plan().plot, curve.plot):
        with pytest.raises(ImportError, match="pip install matplotlib"):
            draw()


def test_infeasible_in_words() -> None:
    """Symptom: "infeasible"."""
    given = {**GIVEN, "floors": {"channel": {"<email>": 1}, "attention": 1}}
    data = budget_data(given)
    raw = RawSolution(
        {"status": "infeasible"},
        {"conflict": np.array([0.5, 0.0, 1e-3, -1.0]), "relaxation": np.array([0.0, 0.0, 0.0, 0.25])},
    )
    with pytest.raises(InfeasibleError) as caught:
        solution_of(raw, data.limits, 7)
    assert "at least 1 of channel <email> with at most 2 of total" in str(caught.value)
    assert "channel <email>: lower the floor of 1 by 0.25" in str(caught.value)
    assert caught.value.conflict == {("total", None): 0.5, ("channel", "<email>"): 1.0}
    assert caught.value.code == "infeasible" and isinstance(caught.value, ValueError)


def test_an_answer_that_is_none() -> None:
    """Symptom: a plan made of another problem's arrays."""
    with pytest.raises(BerthRecsysError, match="as prices"):
        plan(prices=np.zeros(3))
    with pytest.raises(BerthRecsysError, match="as usage"):
        plan(usage=np.zeros(4, np.float32))
    with pytest.raises(BerthRecsysError, match="nothing as send"):
        solution_of(
            RawSolution({}, {name: np.zeros(0) for name in ("prices", "usage", "shortfall")}),
            limits_of(None, None, Problems()),
            0,
        )


def test_nothing_known_yet() -> None:
    """Symptom: a gap of 0 for a plan of which nothing is known."""
    found = plan((), {"status": "partial", "reason": "stopped", "bound": None, "gap": None, "value": 0})
    assert found.bound == math.inf and found.gap == math.inf and "partial (stopped)" in repr(found)
    assert "gap not known" in repr(found)
    short = plan((), {"status": "partial", "reason": "deadline", "gap": None}, shortfall=np.array([0, 0, 3.0, 0]))
    assert "3 missing to floors" in repr(short) and "3 missing to floors" in short._repr_html_()


def report(reporter: SolveReporter, done: int, gap: float | None = None) -> bool:
    return reporter.report({"done": done, "total": 100, "what": "level 1, 50 people", "gap": gap, "bound": None})


def test_progress_of_one_s_own() -> None:
    """Symptom: None from a function that only prints stops the solve."""
    seen: list[SolveProgress] = []
    assert report(SolveReporter(seen.append), 3, 0.5)
    assert seen == [SolveProgress(3, 100, "level 1, 50 people", None, None, 0.5)]
    assert not report(SolveReporter(lambda _: False), 3)
    with pytest.raises(InvalidInput, match="a function"):
        SolveReporter(5)  # type: ignore[arg-type]


def test_a_line_where_a_person_looks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Symptom: a line for a solve of 0.1 s; a thousand lines; none in a notebook."""
    now = [0.0]
    monkeypatch.setattr("berth_recsys.budgets.solve_progress.time.monotonic", lambda: now[0])
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    reporter = SolveReporter(None)
    for done in range(1, 31):
        now[0] += 0.1
        report(reporter, done, 0.01)
    reporter.end()
    text = capsys.readouterr().err
    assert text.count("\n") == 1 and 8 <= text.count("\r") <= 11 and "gap 1 %" in text
    monkeypatch.delitem(sys.modules, "ipykernel")
    quiet, log = SolveReporter(None), SolveReporter(True)
    for done in range(1, 1000):
        now[0] += 0.1
        report(quiet, done)
        report(log, done)
    quiet.end()
    log.end()
    assert len(capsys.readouterr().err.splitlines()) == 4
