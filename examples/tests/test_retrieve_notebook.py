"""Runs 02-retrieve.ipynb as a script, with an export of 01-train and without one, and holds what it found against a twin.

BERTH_TEST_TORCH_PYTHON names the default environment's Python; without it the runs are skipped. They share one runtime, in a folder of
their own, which is ended with them.
"""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from recsys_runtime import INSTALLED, REPOSITORY, own_runtime
from test_train_notebook import EXAMPLES, NEEDS_TORCH, PYTHON, Run, imported_by, script_of

NOTEBOOK = json.loads((EXAMPLES / "02-retrieve.ipynb").read_text(encoding="utf-8"))
SETTINGS = {"PERSON": 62, "K": 20}

# Ends the notebook's script: what it found, and what it searched in.
KEEP = """
np.savez("kept.npz", item_ids=item_ids, item_vectors=item_vectors, person_ids=person_ids, person_vectors=person_vectors)
kept_answers = {"plain": hits, "genre": by_genre, "genre and years": by_both, "arrived": arrived, "recency": fresh, "at most": spread,
                "mmr": varied, "everyone": everyone}
np.savez("answers.npz", **{name: answer.ids for name, answer in kept_answers.items()})
np.savez("scores.npz", **{name: answer.scores for name, answer in kept_answers.items()})
"""

# The twin: reads the data by other means than the notebook, scores every film in float64, sorts; and looks at each answer's films.
TWIN = """
import csv, gzip, json, sys
import numpy as np
person, k, year_from, year_to = int(sys.argv[1]), int(sys.argv[2]), 2000, 2012
kept, answers, found_scores = (np.load(name + ".npz") for name in ("kept", "answers", "scores"))
items, ids, people, person_ids = (kept[name] for name in ("item_vectors", "item_ids", "person_vectors", "person_ids"))
seen, arrival = {}, {}
with gzip.open("data/movielens-small/ratings.csv.gz", "rt") as file:
    for row in csv.DictReader(file):
        seen.setdefault(int(row["userId"]), set()).add(int(row["movieId"]))
        film, then = int(row["movieId"]), float(row["timestamp"])
        arrival[film] = min(then, arrival.get(film, np.inf))
        last = max(then, globals().get("last", 0))
with gzip.open("data/movielens-small/movies.csv.gz", "rt", encoding="utf-8") as file:
    rows = {int(row["movieId"]): row for row in csv.DictReader(file)}
genre = {film: row["genres"].split("|")[0] for film, row in rows.items()}
year = {film: int(row["title"].strip()[-5:-1]) if row["title"].strip()[-5:-1].isdigit() else None for film, row in rows.items()}

def scores_of(vector, boost=0.0):
    total = np.zeros(len(items))
    for axis in range(items.shape[1]):
        total += items[:, axis].astype(np.float64) * float(vector[axis])
    return (total + boost).astype(np.float32)

def best(scores, who, keep=lambda film: True, most=None):
    chosen, taken = [], {}
    for at in np.argsort(-scores, kind="stable"):
        film = int(ids[at])
        free = most is None or genre[film] == "(no genres listed)" or taken.get(genre[film], 0) < most
        if film in seen[who] or not keep(film) or not free:
            continue
        taken[genre[film]] = taken.get(genre[film], 0) + 1
        chosen.append(at)
        if len(chosen) == k:
            break
    return chosen

of_genres = lambda film: genre[film] in ("Comedy", "Drama")
of_years = lambda film: year[film] is not None and year_from <= year[film] <= year_to
since = lambda film: arrival.get(film, 0) >= 1388534400
me = scores_of(people[person_ids == person][0])
age = last - np.array([arrival.get(int(film), np.nan) for film in ids])
bonus = np.nan_to_num(0.15 * 2.0 ** (-age / (3 * 365 * 86400))).astype(np.float32).astype(np.float64)
newer = scores_of(people[person_ids == person][0], bonus)
want = {
    "plain": best(me, person), "genre": best(me, person, of_genres), "arrived": best(me, person, since),
    "genre and years": best(me, person, lambda film: of_genres(film) and of_years(film)),
    "at most": best(me, person, most=3), "recency": best(newer, person),
}
ids_of = {name: answers[name][0].tolist() for name in answers.files}
facts = {"differ": [name for name, at in want.items() if ids[at].tolist() != ids_of[name]]}
facts["scores differ"] = [
    name for name, at in want.items() if name != "recency" and not np.array_equal(me[at], found_scores[name][0])
]
facts["seen"] = [name for name in answers.files if name != "everyone" and seen[person] & set(ids_of[name])]
everyone = list(zip(person_ids.tolist(), answers["everyone"].tolist()))
facts["seen"] += [who for who, films in everyone if seen[who] & set(films)]
facts["lengths"] = sorted({len(set(films) - {-1}) for films in answers["everyone"].tolist() + list(ids_of.values())})
facts["differ"] += [
    who for at, (who, films) in enumerate(everyone) if at % 10 == 0 and ids[best(scores_of(people[at]), who)].tolist() != films
]
facts["people"] = len(everyone)
facts["genres"] = sorted({genre[film] for film in ids_of["genre"] + ids_of["genre and years"]})
facts["outside the years"] = [film for film in ids_of["genre and years"] if not of_years(film)]
facts["too old"] = [film for film in ids_of["arrived"] if not since(film)]
facts["most of a genre"] = max(np.unique([genre[film] for film in ids_of["at most"]], return_counts=True)[1].tolist())
facts["mmr begins with the best"] = ids_of["mmr"][0] == ids_of["plain"][0]
facts["mmr is the plain answer"] = ids_of["mmr"] == ids_of["plain"]
print(json.dumps(facts))
"""


@pytest.fixture(scope="module")
def environment():
    with own_runtime() as env:
        yield env


def run_in(folder, env):
    """Runs the notebook there, and the twin. Returns what the notebook printed, and the facts."""
    (folder / "script.py").write_text(script_of(NOTEBOOK, SETTINGS) + KEEP, encoding="utf-8")
    done = subprocess.run([PYTHON, "script.py"], cwd=folder, env=env, text=True, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    twin = [PYTHON, "-c", TWIN, *map(str, SETTINGS.values())]
    return done.stdout, json.loads(subprocess.check_output(twin, cwd=folder, env=env, text=True, timeout=120))


@pytest.fixture(scope="module")
def retrieved(tmp_path_factory, environment):
    """`retrieved("exported")`: the package is installed and 01-train has run there.

    `retrieved("cloned")`: it is not, the folder lies in a clone, and there is no export. Each runs when it is first asked for.
    """

    @cache
    def make(kind):
        folder = tmp_path_factory.mktemp(kind)
        if kind == "exported":
            train = Run(folder, 1, in_berth=False)
            older = folder / "01-train.runs" / "older" / "outputs" / "vectors.npz"
            older.parent.mkdir(parents=True)
            older.write_bytes(b"not this one")
            os.utime(older, (0, 0))
            train.finish()
            return run_in(folder, environment | INSTALLED)
        (folder / "recsys").symlink_to(REPOSITORY / "recsys")
        examples = folder / "examples"
        shutil.copytree(EXAMPLES / "data", examples / "data")
        return run_in(examples, environment)

    return make


def test_it_needs_nothing_that_the_default_environment_lacks_but_the_package():
    third_party = imported_by(NOTEBOOK) - set(sys.stdlib_module_names)
    assert third_party == {"berth_recsys", "matplotlib", "numpy", "pandas"}


def test_without_the_package_and_a_clone_it_says_how_to_get_it(tmp_path):
    cell = next(cell for cell in NOTEBOOK["cells"] if cell["id"] == "package")
    command = [sys.executable, "-I", "-S", "-c", "".join(cell["source"])]
    done = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True, timeout=30)
    assert done.returncode != 0
    assert "npm run wheel -- recsys" in done.stderr.splitlines()[-1]
    assert "pip install" in done.stderr.splitlines()[-1]


@NEEDS_TORCH
def test_it_searches_in_what_01_has_written_last(retrieved):
    out, facts = retrieved("exported")
    assert f"vectors from {Path('outputs/vectors.npz')}" in out
    assert facts["people"] == 666


@NEEDS_TORCH
def test_in_a_clone_it_finds_the_package_and_makes_vectors_of_its_own(retrieved):
    out, facts = retrieved("cloned")
    assert "01-train has not run here" in out
    assert facts["people"] == 671


@NEEDS_TORCH
@pytest.mark.parametrize("kind", ["exported", "cloned"])
def test_its_answers_are_the_twins(retrieved, kind):
    out, facts = retrieved(kind)
    assert (facts["differ"], facts["scores differ"]) == ([], [])
    assert "same films in the same order: True" in out and "bit for bit: True" in out
    assert "the same as alone: True" in out


@NEEDS_TORCH
@pytest.mark.parametrize("kind", ["exported", "cloned"])
def test_each_film_that_it_finds_is_new_to_the_person_and_fulfils_the_conditions(retrieved, kind):
    _, facts = retrieved(kind)
    assert facts["seen"] == []
    assert facts["lengths"] == [SETTINGS["K"]]
    assert facts["genres"] == ["Comedy", "Drama"]
    assert (facts["outside the years"], facts["too old"]) == ([], [])


@NEEDS_TORCH
@pytest.mark.parametrize("kind", ["exported", "cloned"])
def test_diversity_holds(retrieved, kind):
    _, facts = retrieved(kind)
    assert facts["most of a genre"] == 3
    assert facts["mmr begins with the best"] and not facts["mmr is the plain answer"]
