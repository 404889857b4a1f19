"""Runs 04-budget.ipynb as a script, in a clone, and holds its plan against a twin that counts and bounds by other means.

BERTH_TEST_TORCH_PYTHON names the default environment's Python; without it the run is skipped.
"""

import json
import shutil
import subprocess
import sys

import pytest
from recsys_runtime import REPOSITORY, own_runtime
from test_train_notebook import EXAMPLES, NEEDS_TORCH, PYTHON, imported_by, script_of

NOTEBOOK = json.loads((EXAMPLES / "04-budget.ipynb").read_text(encoding="utf-8"))
SETTINGS = {"PERSON": 62, "K": 20, "SEED": 4}

# Ends the notebook's script: its candidates, and what it found.
KEEP = """
import json

np.savez(
    "kept.npz", person=candidates["person"], channel=candidates["channel"].fillna("none").to_numpy(str), slot=candidates["slot"].fillna("none").to_numpy(str),
    campaign=candidates["campaign"].fillna("none").to_numpy(str), value=candidates["value"].to_numpy(np.float32), content=content, zone=zone,
    favourite=favourite, promised=promised, send=plan.send, explained=np.array([story.sent for person in range(people) for story in plan.explain(person=person)]),
    item_ids=item_ids, person_ids=person_ids,
)
by_name = {f"{dimension} {name or ''}".strip(): price for (dimension, name), price in plan.prices.to_dict().items()}
facts = {
    "status": plan.status, "value": plan.value, "bound": plan.bound, "gap": plan.gap, "prices": by_name,
    "curve": [curve.budget.tolist(), curve.value.tolist(), curve.bound.tolist()], "more": [more.value, more.bound],
}
Path("facts.json").write_text(json.dumps(facts))
"""

# The twin: no pandas, no zoneinfo; one candidate after the other, one person after the other.
TWIN = """
import csv, gzip, json
import numpy as np
kept, facts = np.load("kept.npz"), json.load(open("facts.json"))
person, channel, slot, campaign, value, content, zone, send = (
    kept[name].tolist() for name in ("person", "channel", "slot", "campaign", "value", "content", "zone", "send")
)
favourite, prices = int(kept["favourite"]), facts["prices"]
hour_utc = {"early": 8, "noon": 13, "evening": 18}
offset = [1, 0, -5, -8, 9]  # Berlin, London, New York, Los Angeles, Tokyo at the end of November

seen = {}
with gzip.open("data/movielens-small/ratings.csv.gz", "rt") as file:
    for row in csv.DictReader(file):
        seen.setdefault(int(row["userId"]), set()).add(int(row["movieId"]))

used, quiet_sent, seen_sent, worth = {}, 0, 0, 0.0
each, best = {}, {}
for at, who in enumerate(person):
    is_message = channel[at] != "app"
    films = [film for film in content[at] if film >= 0]
    limits = ["attention"] if not is_message else [
        "total", "channel " + channel[at], "slot " + slot[at], "campaign " + campaign[at],
        *["content " + str(film) for film in films],
    ]
    hour = (hour_utc[slot[at]] + offset[zone[who]]) % 24 if is_message else 12
    is_quiet = hour < 8 or hour >= 22
    if send[at]:
        worth += value[at]
        quiet_sent += is_quiet
        rated = seen[int(kept["person_ids"][who])]
        seen_sent += sum(int(kept["item_ids"][film]) in rated for film in films)
        each[who, is_message] = each.get((who, is_message), 0) + 1
        for limit in limits:
            used[limit] = used.get(limit, 0) + 1
    if not is_quiet:
        margin = value[at] - sum(prices.get(limit, 0) for limit in limits)
        best[who, is_message] = max(best.get((who, is_message), 0.0), margin)

caps = {"total": 500, "channel push": 180, "slot evening": 150, f"content {favourite}": 15, "attention": 300}
floors = {"campaign 2010s": int(kept["promised"])}
bound = sum(best.values()) + sum(
    max(price, 0) * caps.get(limit, 0) + min(price, 0) * floors.get(limit, 0) for limit, price in prices.items()
)
print(json.dumps({
    **facts, "twin value": worth, "twin bound": bound, "quiet": quiet_sent, "seen": seen_sent, "most": max(each.values()),
    "over": {limit: used.get(limit, 0) for limit in caps if used.get(limit, 0) > caps[limit]},
    "under": {limit: used.get(limit, 0) for limit in floors if used.get(limit, 0) < floors[limit]},
    "channels": sorted({channel[at] for at in range(len(person)) if send[at]}),
    "stories differ": int((kept["explained"] != kept["send"]).sum()),
}))
"""


@pytest.fixture(scope="module")
def budgeted(tmp_path_factory):
    """The notebook has run in a clone, without an export of 01-train: what it printed, and the facts."""
    clone = tmp_path_factory.mktemp("cloned")
    (clone / "recsys").symlink_to(REPOSITORY / "recsys")
    examples = clone / "examples"
    shutil.copytree(EXAMPLES / "data", examples / "data")
    (examples / "script.py").write_text(script_of(NOTEBOOK, SETTINGS) + KEEP, encoding="utf-8")
    with own_runtime() as env:
        done = subprocess.run([PYTHON, "script.py"], cwd=examples, env=env, text=True, capture_output=True, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr
        twin = subprocess.check_output([PYTHON, "-c", TWIN], cwd=examples, env=env, text=True, timeout=120)
        yield done.stdout, json.loads(twin)


def test_it_needs_nothing_that_the_default_environment_lacks_but_the_package():
    third_party = imported_by(NOTEBOOK) - set(sys.stdlib_module_names)
    assert third_party == {"berth_recsys", "matplotlib", "numpy", "pandas"}


def test_cells_that_02_has_as_well_are_the_same_here():
    other = json.loads((EXAMPLES / "02-retrieve.ipynb").read_text(encoding="utf-8"))
    sources = [{cell["id"]: cell["source"] for cell in notebook["cells"]} for notebook in (NOTEBOOK, other)]
    for cell in ("package", "vectors"):
        assert sources[0][cell] == sources[1][cell]


@NEEDS_TORCH
def test_the_plan_keeps_every_cap_floor_and_quiet_hour(budgeted):
    out, facts = budgeted
    assert (facts["over"], facts["under"], facts["quiet"], facts["seen"], facts["most"]) == ({}, {}, 0, 0, 1)
    assert "broken: nothing" in out
    assert facts["channels"] == ["app", "mail", "push"]  # a plan that sends nothing would keep everything else, too


@NEEDS_TORCH
def test_its_value_and_its_bound_are_those_of_the_twin(budgeted):
    _, facts = budgeted
    assert facts["status"] == "certified" and 0 <= facts["gap"] <= 1e-3
    assert facts["twin value"] == pytest.approx(facts["value"], rel=1e-9)
    assert facts["value"] <= facts["twin bound"] <= facts["bound"] * (1 + 1e-9)
    assert facts["twin bound"] == pytest.approx(facts["bound"], rel=1e-6)  # but for what rounding may amount to


@NEEDS_TORCH
def test_more_budget_is_never_worth_less(budgeted):
    _, facts = budgeted
    budget, value, bound = facts["curve"]
    for now, later in zip(range(len(budget)), range(1, len(budget)), strict=False):
        assert value[now] <= bound[later]
    more_value, more_bound = facts["more"]
    assert facts["value"] <= more_bound and more_value <= more_bound


@NEEDS_TORCH
def test_it_says_why_for_every_candidate_and_what_a_floor_would_need(budgeted):
    out, facts = budgeted
    assert facts["stories differ"] == 0
    assert "No plan keeps all floors" in out and "lower the floor of 200 by 138" in out
