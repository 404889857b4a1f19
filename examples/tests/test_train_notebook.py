"""Runs 01-train.ipynb the ways people run it: as one process, and under torchrun with two.

BERTH_TEST_TORCH_PYTHON names a Python that has torch and numpy; without it these tests are skipped. The notebook is converted here in
a few lines of its own, so that a mistake in the platform's converter cannot hide one in the notebook.
"""

import ast
import json
import math
import os
import shutil
import signal
import subprocess
from functools import cache
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent
NOTEBOOK = json.loads((EXAMPLES / "01-train.ipynb").read_text(encoding="utf-8"))
PYTHON = os.environ.get("BERTH_TEST_TORCH_PYTHON")
NEEDS_TORCH = pytest.mark.skipif(PYTHON is None, reason="BERTH_TEST_TORCH_PYTHON names no Python with torch")
TINY = {
    "EPOCHS": 2,
    "BATCH": 1024,
    "DIM": 32,
    "HISTORY": 3,
}  # small, yet it learns: a recall of 0 would compare equal to anything
# The ranks share one pipe here. Unbuffered (as torchrun starts its own Python), a line and its end are written separately, and another
# rank's line gets between; so the Python is named.
LAUNCH = {
    1: [],
    2: ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--no-python", PYTHON],
}


def script_of(notebook, settings):
    """The notebook as a script: no skipped cells, no line magics, and `settings` assigned after the parameters cell."""
    lines = []
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] != "code" or "berth:skip" in tags:
            continue
        lines += [line for line in "".join(cell["source"]).splitlines() if not line.startswith("%")]
        if "parameters" in tags:
            lines += [f"{name} = {value!r}" for name, value in settings.items()]
    return "\n".join(lines) + "\n"


def imported_by(notebook):
    """The packages that the notebook's script imports, the standard library's among them."""
    tree = ast.parse(script_of(notebook, {}))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


class Run:
    """A copy of the notebook's folder and the environment that a platform would give its script."""

    def __init__(self, folder, processes, settings=TINY, in_berth=True):
        self.folder = folder
        self.processes = processes
        shutil.copytree(EXAMPLES / "data", folder / "data", dirs_exist_ok=True)
        (folder / "script.py").write_text(script_of(NOTEBOOK, settings), encoding="utf-8")
        ours = ("BERTH_", "RANK", "WORLD_SIZE", "LOCAL_", "MASTER_", "TORCHELASTIC_")
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
        # One thread per process, alone or not: sums are then added up in the same order each time.
        self.env |= {"OMP_NUM_THREADS": "1"}
        self.env.pop("PYTHONUNBUFFERED", None)
        # torch imports thousands of modules; where nobody may write bytecode, each start compiles them all again (10 s and more).
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)
        if in_berth:
            self.env |= {
                "BERTH_RUN_ID": "test",
                "BERTH_CHECKPOINT_DIR": str(folder / "kept" / "checkpoints"),
                "BERTH_OUTPUT_DIR": str(folder / "kept" / "outputs"),
            }

    def start(self, **env):
        command = [PYTHON, *LAUNCH[self.processes], "script.py"]
        return subprocess.Popen(
            command, cwd=self.folder, env=self.env | env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def finish(self, **env):
        """Runs to the end and returns what it printed; fails with its errors if it failed."""
        process = self.start(**env)
        try:
            out, errors = process.communicate(timeout=300)
        finally:
            process.kill()
        assert process.returncode == 0, f"exit {process.returncode}\n{out}\n{errors}"
        return out

    def results(self):
        return json.loads((self.folder / "kept" / "outputs" / "metrics.json").read_text())


def reports_in(out):
    """The progress lines, in order."""
    return [json.loads(line)["berth"] for line in out.splitlines() if line.startswith('{"berth"')]


def kept_by(run):
    """What a run left in the files that take torch or numpy to read, described by the interpreter that has them."""
    code = """
import json, pathlib, sys, numpy, torch
kept = pathlib.Path("kept")
state = torch.load(kept / "checkpoints" / "two-tower.pt", weights_only=True)
found = {"step": state["step"], "epochs": len(state["curve"]), "parameters": len(state["model"])}
if (kept / "outputs").exists():
    arrays = numpy.load(kept / "outputs" / "vectors.npz")
    found["vectors"] = {key: [str(arrays[key].dtype), *arrays[key].shape, bool(numpy.isfinite(arrays[key]).all())] for key in arrays}
print(json.dumps(found))
"""
    return json.loads(subprocess.check_output([PYTHON, "-c", code], cwd=run.folder, env=run.env, text=True))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """`finished(1)` and `finished(2)`: an undisturbed tiny run with that many processes and what it printed, made when first asked for."""

    @cache
    def make(processes):
        run = Run(tmp_path_factory.mktemp("finished"), processes)
        return run, run.finish()

    return make


def test_a_run_imports_nothing_that_only_the_pictures_need():
    third_party = imported_by(NOTEBOOK) - {
        "csv",
        "gzip",
        "json",
        "os",
        "pathlib",
        "signal",
        "sys",
        "time",
    }
    assert third_party == {"numpy", "torch"}


@NEEDS_TORCH
@pytest.mark.parametrize("processes", [1, 2])
def test_a_run_reports_keeps_a_checkpoint_and_leaves_its_outputs(finished, processes):
    run, out = finished(processes)

    reports = reports_in(out)
    steps = [report["step"] for report in reports]
    assert steps == sorted(steps) and len(steps) > TINY["EPOCHS"]
    assert all(0 < report["progress"] <= 1 for report in reports) and reports[-1]["progress"] == 1
    of_epochs = [report["metrics"] for report in reports if "recall@20" in report["metrics"]]
    assert len(of_epochs) == TINY["EPOCHS"]
    assert all(math.isfinite(value) for report in reports for value in report["metrics"].values())
    speakers = {line.split(":")[0] for line in out.splitlines() if line.startswith("rank ")}
    assert speakers == ({"rank 0", "rank 1"} if processes == 2 else set())

    results = run.results()
    assert results["world_size"] == processes
    assert 0 < results["recall@20"] < 1 and 0 < results["popularity_recall@20"] < 1
    assert results["recall@20"] == of_epochs[-1]["recall@20"]

    films, people = results["films"], results["people"]
    assert (films, people) == (9125, 666)
    kept = kept_by(run)
    assert kept["vectors"] == {
        "item_ids": ["int64", films, True],
        "item_vectors": ["float32", films, TINY["DIM"], True],
        "person_ids": ["int64", people, True],
        "person_vectors": ["float32", people, TINY["DIM"], True],
    }
    assert kept["step"] == steps[-1] and kept["epochs"] == TINY["EPOCHS"] and kept["parameters"] > 0
    assert [path.name for path in (run.folder / "kept" / "checkpoints").iterdir()] == ["two-tower.pt"]


@NEEDS_TORCH
def test_two_processes_find_what_one_finds(finished):
    one, two = (finished(processes)[0].results() for processes in (1, 2))
    assert two["popularity_recall@20"] == one["popularity_recall@20"]
    # Rounding may move a person or two over the line between places 20 and 21.
    assert two["recall@20"] == pytest.approx(one["recall@20"], abs=2.5 / one["people"])


@NEEDS_TORCH
@pytest.mark.parametrize("processes", [1, 2])
def test_a_stopped_run_resumes_and_ends_where_an_undisturbed_one_ends(finished, tmp_path, processes):
    run = Run(tmp_path, processes)
    process = run.start()
    try:
        first = next(line for line in process.stdout if line.startswith('{"berth"'))
        process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert "asked to stop; checkpoint written at step" in out, first + out + errors
    assert processes == 2 or process.returncode == 0  # torchrun itself ends with an error when it is stopped
    assert not (run.folder / "kept" / "outputs").exists()
    step = kept_by(run)["step"]
    assert step > 0

    out = run.finish(BERTH_RESUME="1", BERTH_ATTEMPT="2")
    assert f"resuming at step {step}" in out
    assert reports_in(out)[0]["step"] > step
    undisturbed = finished(processes)[0].results()
    assert run.results()["recall@20"] == undisturbed["recall@20"]


@NEEDS_TORCH
def test_outside_berth_it_prints_for_people_and_writes_beside_the_notebook(tmp_path):
    out = Run(tmp_path, 1, in_berth=False).finish()
    assert '{"berth"' not in out
    assert "100%" in out
    assert (tmp_path / "checkpoints" / "two-tower.pt").exists()
    assert (tmp_path / "outputs" / "metrics.json").exists()


@NEEDS_TORCH
@pytest.mark.slow
def test_the_model_finds_at_least_half_as_many_again_as_popularity(tmp_path):
    run = Run(tmp_path, 2, settings={})
    run.finish()
    results = run.results()
    assert results["recall@20"] >= 1.5 * results["popularity_recall@20"]
    assert results["popularity_recall@20"] > 0.05  # a broken baseline would be easy to beat
