"""The traces belong to the scenarios: nobody has changed an expectation in one of the two, or scaled a rate."""

from __future__ import annotations

import json

import pytest

from .__main__ import TRACES
from .scenario import SPEED, Scenario
from .scenarios import RECORDED
from .synthetic import SYNTHETIC
from .synthetic.written import a_kernel, evidence
from .trace_file import BEGIN_T, scaled, trace_of, write_trace


def test_every_trace_has_one_scenario_and_every_scenario_a_trace():
    names = [scenario.name for scenario in [*RECORDED, *(scenario for scenario, _ in SYNTHETIC)]]
    assert sorted(names) == sorted(path.stem for path in TRACES.glob("*.json"))


@pytest.mark.parametrize("scenario", RECORDED, ids=lambda scenario: scenario.name)
def test_a_recorded_trace_says_what_its_scenario_says(scenario: Scenario):
    trace = json.loads((TRACES / f"{scenario.name}.json").read_text())
    assert trace == trace_of(scenario, trace["samples"], "recorded")


def test_the_synthetic_traces_are_what_is_written_down(tmp_path):
    for scenario, samples in SYNTHETIC:
        path = write_trace(tmp_path, trace_of(scenario, samples, "synthetic"))
        assert path.read_text() == (TRACES / path.name).read_text()


def test_scaling_keeps_every_rate_and_shortens_names():
    def process(cpu_s: float, io_bytes: int) -> dict:
        of = {"id": "4711-99", "program": "python", "kernel": "uuid", "terminal": None}
        return {**of, "cpu_s": cpu_s, "io_bytes": io_bytes}

    before = {
        "t": 1000.0,
        "evidence": evidence(a_kernel("uuid", cpu_s=1.0), processes=[process(5.0, 0)], input_t=990.0),
    }
    after = {
        "t": 1010.0,
        "evidence": evidence(a_kernel("uuid", cpu_s=3.0), processes=[process(5.5, 1024)], input_t=990.0),
    }
    first, second = scaled([before, after], {"uuid": "a"})
    assert (first["t"], second["t"]) == (BEGIN_T, BEGIN_T + 10 * SPEED)
    seconds = second["t"] - first["t"]
    kernels = [sample["evidence"]["kernels"][0] for sample in (first, second)]
    assert (kernels[1]["cpu_s"] - kernels[0]["cpu_s"]) / seconds == pytest.approx(2.0 / 10)
    processes = [sample["evidence"]["processes"][0] for sample in (first, second)]
    assert (processes[1]["cpu_s"] - processes[0]["cpu_s"]) / seconds == pytest.approx(0.5 / 10)
    assert processes[1]["io_bytes"] / seconds == pytest.approx(1024 / 10)
    assert [kernels[0]["id"], processes[0]["id"], processes[0]["kernel"]] == ["a", "p1", "a"]
    assert first["evidence"]["input_t"] == BEGIN_T - 10 * SPEED


def test_a_trace_has_one_line_for_each_sample(tmp_path):
    scenario, samples = SYNTHETIC[0]
    lines = write_trace(tmp_path, trace_of(scenario, samples, "synthetic")).read_text().splitlines()
    assert sum(line.startswith('    {"t":') for line in lines) == len(samples)
