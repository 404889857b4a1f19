"""How the arguments of a budget problem become what the solver takes: pure, no runtime."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from berth_recsys.budgets.budget_candidates import CHUNK
from berth_recsys.budgets.budget_data import BudgetData, budget_data, with_limits
from berth_recsys.budgets.budget_limits import ByLimit
from berth_recsys.budgets.budget_wire import columns_of, spec_of
from berth_recsys.budgets.warm_prices import carried_over
from berth_recsys.errors import InvalidInput

from .budget_twin import rows_of, used
from .libraries import have, library


def incidences(data: BudgetData) -> list[dict[Any, float]]:
    """What each candidate counts against, by limit."""
    option = data.options(0, len(data.candidates))
    found = []
    for each in option.tolist():
        limits, weights = data.table.limits_of(each)
        found.append(dict(zip([data.limits.keys[limit] for limit in limits], weights.tolist(), strict=True)))
    return found


def columns(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Each row of the columns, whether a candidate has it or not."""
    names = ("channel", "slot", "campaign", "content", "sends")
    return [{name: given[name][row] for name in names} for row in range(len(given["channel"]))]


def countable(given: dict[str, Any]) -> dict[str, Any]:
    """A budget for each name that something counts against: others are refused."""
    rows = columns(given)
    found: dict[str, Any] = {"total": 10} if used(rows, "total", None) > 0 else {}
    for dimension in ("channel", "slot", "campaign", "content"):
        names = sorted({each for each in np.ravel(given[dimension]).tolist() if each not in (None, -1)}, key=str)
        counted = {name: 5 for name in names if used(rows, dimension, name) > 0}
        found.update({dimension: counted} if counted else {})
    return found


def random_problem(random: np.random.Generator) -> dict[str, Any]:
    """Columns of all kinds: ragged or dense, by option or by candidate, texts, integers and none."""
    people, options = int(random.integers(1, 6)), int(random.integers(1, 6))
    given: dict[str, Any] = {}
    kind = random.choice(["dense", "option", "candidate"])
    if kind == "dense":
        given["value"], rows = random.normal(size=(people, options)), options
    else:
        count = int(random.integers(1, 20))
        given["value"], given["person"] = random.normal(size=count), np.sort(random.integers(0, people, count))
        rows = count
        if kind == "option":
            given["option"], rows = random.integers(0, options, count), options
    given["channel"] = random.choice(["push", "email", "in-app"], rows)
    given["slot"] = random.integers(-1, 3, rows)
    given["campaign"] = random.choice(np.array(["a", "b", None], object), rows)
    given["content"] = np.array([random.permutation(4)[:2] - 1 for _ in range(rows)]).reshape(rows, 2)
    given["sends"] = np.where(given["channel"] == "in-app", 0, random.choice([1.0, 2.0, 0.5], rows))
    given["attention"] = random.choice([0.0, 1.5], rows)
    given["budgets"] = countable(given)
    return given


@pytest.mark.parametrize("seed", range(60))
def test_each_candidate_counts_against_its_limits(seed: int) -> None:
    """Symptom: a push that counts against e-mail, a slate of which one piece is not counted, an in-app send that is."""
    given = random_problem(np.random.default_rng(seed))
    data = budget_data(given)
    for row, found in zip(rows_of(given), incidences(data), strict=True):
        wanted = {key: used([row], *key) for key in data.limits.keys}
        assert found == {key: weight for key, weight in wanted.items() if weight > 0}


def test_candidates_that_count_alike_are_one_option() -> None:
    """Symptom: 10^8 options, one for each candidate, because the columns came by candidate."""
    value = np.ones(3 * CHUNK // 2, np.float32)
    person = np.arange(len(value)) // 3
    campaign = np.arange(len(value)) % 7
    data = budget_data(
        {"value": value, "person": person, "campaign": campaign, "budgets": {"total": 5, "campaign": {0: 3, 6: 2}}}
    )
    assert len(data.table) == 3
    again = [set(data.options(0, len(value))[campaign == name].tolist()) for name in (0, 6)]
    assert all(len(each) == 1 for each in again) and again[0] != again[1]


def test_many_combinations_are_sorted_not_tabled() -> None:
    """Symptom: a table of 10^12 cells for slates of three out of 10^4."""
    random = np.random.default_rng(0)
    content = np.argsort(random.random((500, 3000)), axis=1)[:, :6].astype(np.int64)
    data = budget_data(
        {
            "value": np.ones(500),
            "person": np.arange(500),
            "content": content,
            "budgets": {"content": np.full(3000, 4.0)},
        }
    )
    for slate, found in zip(content.tolist(), incidences(data), strict=True):
        assert found == {("content", piece): 1.0 for piece in slate}


def test_columns_are_what_the_files_hold() -> None:
    """Symptom: a file of the wrong length or type, which the runtime refuses, or reads as something else."""
    given = {
        "value": [[1.0, 2.0, -1.0], [3.0, 0.5, 4.0]],
        "channel": ["push", "push", "in-app"],
        "sends": [1, 1, 0],
        "caps": {"person": [1, math.inf], "channel": {"push": [2, 1]}},
        "budgets": {"total": 2, "channel": {"push": 1}},
        "exclude": [[False, True, False], [False, False, False]],
    }
    data = budget_data(given)
    spec, columns = spec_of(data, "mine"), columns_of(data)
    assert spec == {
        "people": 2,
        "candidates": 6,
        "options": 3,
        "limits": 2,
        "incidences": 4,
        "personCap": "column",
        "channels": [{"cap": "column", "counted": True}, {"cap": None, "counted": False}],
        "isDense": True,
        "name": "mine",
    }
    assert columns["value"].read(0, 6).tolist() == [1, -math.inf, -1, 3, 0.5, 4]
    assert columns["personCap"].tolist() == [1, 65535] and columns["channelCap0"].tolist() == [2, 1]
    assert columns["optionStart"].tolist() == [0, 2, 4, 4] and columns["optionLimit"].tolist() == [0, 1, 0, 1]
    assert "start" not in columns and columns["optionChannel"].tolist() == [0, 0, 1]


def test_people_without_candidates() -> None:
    """Symptom: the candidates of the next person, for a person who has none."""
    data = budget_data({"value": [1.0, 2.0, 3.0], "person": [1, 1, 4], "caps": {"person": [1] * 7}})
    assert data.candidates.people == 7
    assert columns_of(data)["start"].tolist() == [0, 0, 2, 2, 2, 3, 3, 3]
    assert data.candidates.persons(1, 3).tolist() == [1, 4] and data.candidates.person_of(2) == 4
    assert budget_data({"value": [], "person": []}).candidates.people == 0


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK + 1, 2 * CHUNK])
def test_chunks_meet(size: int) -> None:
    """Symptom: a person at the border of two chunks who loses candidates, or gets them twice."""
    random = np.random.default_rng(size)
    person = np.sort(random.integers(0, 1000, size)).astype(np.int32)
    data = budget_data({"value": np.ones(size, np.float32), "person": person, "option": person % 5})
    assert np.array_equal(np.diff(data.candidates.start), np.bincount(person, minlength=data.candidates.people))
    assert np.array_equal(data.candidates.persons(CHUNK - 5, size), person[CHUNK - 5 :])


def test_a_memory_map_is_not_read_at_once(tmp_path: Any) -> None:
    """Symptom: 10^8 values in memory twice."""
    np.arange(12, dtype=np.float64).tofile(tmp_path / "value")
    mapped = np.memmap(tmp_path / "value", np.float64, "r", shape=(4, 3))
    data = budget_data({"value": mapped})
    assert np.shares_memory(data.candidates.value, mapped)
    assert data.values(3, 6).tolist() == [3, 4, 5] and data.values(3, 6).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float16, np.int8, np.bool_, np.uint64, ">f8"])
def test_values_of_any_dtype(dtype: Any) -> None:
    """Symptom: a warning of an overflow for float16; True that is worth nothing; bytes in the wrong order."""
    data = budget_data({"value": np.array([[1, 0]], dtype)})
    assert data.values(0, 2).tolist() == [1.0, 0.0] and data.values(0, 2).dtype == np.dtype("=f4")


def test_too_many_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: an option for each of 10^8 candidates, because no two cost the same attention."""
    monkeypatch.setattr("berth_recsys.budgets.budget_data._OPTIONS_MAX", 3)
    given = {"value": np.ones(4), "person": np.zeros(4, int), "attention": np.arange(4) / 7}
    assert len(budget_data(given | {"attention": [1, 2, 2, 3], "budgets": {"attention": 2}}).table) == 3
    with pytest.raises(InvalidInput, match="Round sends"):
        budget_data(given | {"budgets": {"attention": 2}})


def test_pairs_are_excluded() -> None:
    """Symptom: the pair (2, 1) excludes person 1's option 2."""
    dense = budget_data({"value": np.ones((3, 2)), "exclude": ([2, 0, 99], [1, 0, 0])})
    assert np.flatnonzero(np.isinf(dense.values(0, 6))).tolist() == [0, 5]
    ragged = budget_data(
        {"value": np.ones(4), "person": [0, 0, 2, 2], "option": [5, 1, 1, 5], "exclude": ([2, 0], [5, 1])}
    )
    assert np.flatnonzero(np.isinf(ragged.values(0, 4))).tolist() == [1, 3]
    none = budget_data({"value": np.ones((3, 2)), "exclude": (np.empty(0, int), np.empty(0, int))})
    assert np.isfinite(none.values(0, 6)).all()


@pytest.mark.parametrize("name", have("pandas", "polars", "pyarrow"))
def test_names_of_each_library(name: str) -> None:
    """Symptom: the category's number instead of its name; NA as a channel of its own."""
    module = library(name)
    texts = ["push", None, "email", "push"]
    columns = {
        "pandas": lambda: [module.Categorical(texts), module.Series(texts), module.Series(texts, dtype="category")],
        "polars": lambda: [module.Series(texts), module.Series(texts, dtype=module.Categorical)],
        "pyarrow": lambda: [
            module.array(texts),
            module.array(texts).dictionary_encode(),
            module.chunked_array([texts]),
        ],
    }[name]()
    for channel in columns:
        data = budget_data(
            {"value": np.ones((2, 4)), "channel": channel, "budgets": {"channel": {"email": 1, "push": 3}}}
        )
        assert incidences(data)[:4] == [
            {("channel", "push"): 1},
            {},
            {("channel", "email"): 1},
            {("channel", "push"): 1},
        ]


def test_names_that_are_numbers() -> None:
    """Symptom: campaign 7 and campaign 70_000_000_000 need a table of 70 billion; int8 that overflows; 7.0 is no 7."""
    for codes in (
        [7, -1, 70_000_000_000],
        [7.0, math.nan, 70_000_000_000.0],
        np.array([7, None, 70_000_000_000], object),
    ):
        data = budget_data(
            {"value": np.ones((1, 3)), "campaign": codes, "budgets": {"campaign": {7.0: 1, 70_000_000_000: 1}}}
        )
        assert [list(each) for each in incidences(data)] == [[("campaign", 7)], [], [("campaign", 70_000_000_000)]]
    small = np.array([7, 120, -1], np.int8)
    data = budget_data({"value": np.ones((1, 3)), "campaign": small, "budgets": {"campaign": {7: 1}}})
    assert [list(each) for each in incidences(data)] == [[("campaign", 7)], [], []]


BASE: dict[str, Any] = {
    "value": np.ones((4, 2)),
    "channel": ["push", "email"],
    "caps": {"person": 1},
    "budgets": {"total": 3},
}


def test_a_channel_without_a_cap_may_be_mixed() -> None:
    """Symptom: a volume ladder with a free step, or in-app beside push, is refused where no cap is at stake."""
    data = budget_data({**BASE, "channel": ["push", "push"], "sends": [0, 1], "caps": {"person": 1}})
    assert [rule.is_counted for rule in data.table.rules] == [True, False] and data.table.channel.tolist() == [1, 0]


def test_unused_names_of_an_array_are_fine() -> None:
    """Symptom: a table of 10^5 pieces of content is refused, because today's candidates are of 10^4."""
    budgets = {"content": np.array([2.0, math.inf, 5.0, 1.0])}
    data = budget_data({"value": np.ones((2, 2)), "content": [0, 2], "budgets": budgets})
    assert data.limits.keys == (("content", 0), ("content", 2), ("content", 3))
    with pytest.raises(InvalidInput, match="no content is called 3"):
        budget_data({"value": np.ones((2, 2)), "content": [0, 2], "floors": {"content": np.array([0, 0, 0, 1])}})


def test_a_day_without_candidates() -> None:
    """Symptom: "no channel is called 'push'", because nobody could get anything today."""
    empty = {"value": [], "person": [], "channel": np.empty(0, "U4"), "sends": []}
    data = budget_data(empty | {"caps": {"channel": {"push": 1}}, "budgets": {"total": 1, "channel": {"push": 2}}})
    assert len(data.limits) == 2 and len(data.table) == 0 and spec_of(data, None)["incidences"] == 0


def test_limits_change_by_name() -> None:
    """Symptom: what-if on a limit that is not there changes nothing, in silence."""
    data = budget_data({**BASE, "budgets": {"total": 3, "channel": {"push": math.inf}}})
    changed = with_limits(data, {"channel": {"push": 1}}, {"total": 2})
    assert changed.limits.cap.tolist() == [3, 1] and changed.limits.floor.tolist() == [2, 0]
    assert data.limits.cap.tolist() == [3, math.inf]
    with pytest.raises(InvalidInput, match="give it one when the problem is made"):
        with_limits(data, {"channel": {"email": 1}}, None)
    with pytest.raises(InvalidInput, match="more than its budget"):
        with_limits(data, {"total": 1}, {"total": 2})


def test_prices_are_carried_over_by_name() -> None:
    """Symptom: yesterday's price of push for today's e-mail, because a campaign has come between."""
    today = budget_data({**BASE, "budgets": {"total": 3, "channel": {"push": 1, "email": 1}}}).limits
    before = ByLimit(
        budget_data({**BASE, "budgets": {"channel": {"email": 1}, "total": 2}}).limits, np.array([0.5, 0.25])
    )
    assert (before.total, before.channel) == (0.5, {"email": 0.25})
    assert carried_over(today, before).tolist() == [0.5, 0.0, 0.25]
    assert carried_over(today, {"total": 1.0, ("channel", "push"): 2}).tolist() == [1.0, 2.0, 0.0]
    assert carried_over(today, {"channel": {"email": 3}, "total": 1, "slot": {7: 2}}).tolist() == [1.0, 0.0, 3.0]
    with pytest.raises(InvalidInput, match="finite"):
        carried_over(today, {"total": math.nan})
    for mistyped in ({"totl": 1}, {("chanel", "push"): 1}, {7: 1}, {"channel": 1}):
        with pytest.raises(InvalidInput, match="warm"):
            carried_over(today, mistyped)
    with pytest.raises(InvalidInput, match="want a plan"):
        carried_over(today, 7)
