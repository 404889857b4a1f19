"""What was stopped is on disk until the person has seen it, privately, and once."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_berth.activity.report import REPORTS_MAX, trace_of, write_report
from jupyterlab_berth.activity.stops import DONE_MAX, STOPS_MAX, Stops
from jupyterlab_berth.private_files import held

READINGS: list[dict[str, Any]] = [{"t": 1.5, "failed": "no"}, {"t": 2.5, "failed": "no"}]


def stop(stop_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": stop_id,
        "subject": {"kind": "workspace"},
        "name": "the workspace",
        "path": None,
        "kernelName": None,
        "atMs": 7,
        "why": "it was idle",
        "signals": [],
        "open": ["a.ipynb"],
        **changes,
    }


def ids(stops: Stops) -> list[str]:
    return [one["id"] for one in stops.all()]


def test_it_is_there_after_a_restart_and_gone_when_it_is_dismissed(tmp_path: Path) -> None:
    folder = tmp_path / "berth" / "activity"
    Stops(folder, "/root").note(stop("o-1"), READINGS)
    stops = Stops(folder, "/root")
    assert stops.all() == [stop("o-1")] and stops.readings_before("o-1") == READINGS
    assert stops.is_done("o-1") and not stops.is_done("o-2")
    assert stops.dismiss("o-1") and not stops.dismiss("o-1")
    again = Stops(folder, "/root")
    assert again.all() == [] and again.is_done("o-1"), "an order that is given again is not noted again"
    assert again.readings_before("o-1") == [] and list((folder / "before-stops").iterdir()) == []


def test_of_one_notebook_only_the_last_stop_is_told(tmp_path: Path) -> None:
    """A notebook whose kernel was brought back must not tell of an earlier release as if that were news."""
    stops = Stops(tmp_path, "/root")

    def kernel(kernel_id: str, path: str) -> dict[str, Any]:
        return {"subject": {"kind": "kernel", "id": kernel_id}, "path": path, "open": []}

    stops.note(stop("o-1", **kernel("k-1", "a.ipynb")), READINGS)
    stops.note(stop("o-2", **kernel("k-2", "b.ipynb")), READINGS)
    stops.note(stop("o-3", **kernel("k-3", "a.ipynb")), READINGS)
    assert ids(stops) == ["o-2", "o-3"] and stops.readings_before("o-1") == []
    Stops(tmp_path, "/other").note(stop("o-4", **kernel("k-4", "b.ipynb")), READINGS)
    assert ids(stops) == ["o-2", "o-3"], "another root folder has other notebooks of that name"
    stops.note(stop("o-5", open=["a.ipynb"]), READINGS)
    assert ids(stops) == ["o-2", "o-5"] and stops.is_done("o-1") and stops.is_done("o-3")


def test_only_this_person_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "berth" / "activity"
    Stops(folder, "/root").note(stop("o-1"), READINGS)
    write_report(folder, trace_of(READINGS, {"kind": "workspace"}, "keep", "", 1_000))
    for path in [folder, *folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_servers_with_another_root_folder_have_stops_of_their_own(tmp_path: Path) -> None:
    one, other = Stops(tmp_path, "/one"), Stops(tmp_path, "/other")
    assert ids(one) == ids(other) == []
    one.note(stop("o-1"), [])
    other.note(stop("o-2"), [])
    assert (ids(one), ids(other)) == (["o-1"], ["o-2"])
    assert not other.dismiss("o-1") and ids(one) == ["o-1"]


NOTE_MANY = """
import json, pathlib, sys
from jupyterlab_berth.activity.stops import Stops
for stop in json.load(sys.stdin):
    Stops(pathlib.Path(sys.argv[1]), "/root").note(stop, [])
"""


def test_two_servers_that_note_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    servers = [
        subprocess.Popen([sys.executable, "-c", NOTE_MANY, str(tmp_path)], stdin=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for number, server in enumerate(servers):
        assert server.stdin
        server.stdin.write(json.dumps([stop(f"o-{number}-{count}") for count in range(20)]))
        server.stdin.close()
    assert [server.wait(60) for server in servers] == [0, 0]
    assert len(ids(Stops(tmp_path, "/root"))) == 40


def test_a_server_that_hangs_does_not_hold_up_another(tmp_path: Path) -> None:
    with held(tmp_path / "stops.lock"):
        Stops(tmp_path, "/root").note(stop("o-1"), [])
    assert ids(Stops(tmp_path, "/root")) == ["o-1"]


def test_what_could_not_be_done_is_taken_back_and_may_be_noted_again(tmp_path: Path) -> None:
    stops = Stops(tmp_path, "/root")
    stops.note(stop("o-1"), READINGS)
    stops.take_back("o-1")
    assert ids(stops) == [] and not stops.is_done("o-1")
    stops.note(stop("o-1"), READINGS)
    stops.note(stop("o-1"), READINGS)
    assert ids(stops) == ["o-1"]


def test_it_is_bounded(tmp_path: Path) -> None:
    stops = Stops(tmp_path, "/root")
    for number in range(STOPS_MAX + 3):
        stops.note(stop(f"o-{number}"), READINGS)
    assert ids(stops)[0] == "o-3" and len(stops.all()) == STOPS_MAX
    assert len(list((tmp_path / "before-stops").iterdir())) == STOPS_MAX
    assert len(json.loads((tmp_path / "stops.json").read_text())["done"]) <= DONE_MAX


def test_a_file_that_somebody_has_broken_is_as_if_there_was_none(tmp_path: Path) -> None:
    broken = ["", "[]", '{"stops": 1}', '{"stops": [1, {"root": "/root"}, {"root": "/root", "stop": {}}], "done": [1]}']
    broken.append('{"stops":' + "[" * 200_000)
    for text in broken:
        (tmp_path / "stops.json").write_text(text)
        assert Stops(tmp_path, "/root").all() == [], text
    stops = Stops(tmp_path, "/root")
    stops.note(stop("o-1"), [])
    assert ids(stops) == ["o-1"]


@pytest.mark.parametrize(
    "changes",
    [{"name": None}, {"why": 1}, {"path": 1}, {"atMs": "now"}, {"subject": {}}, {"open": [1]}, {"signals": [1]}],
)
def test_a_stop_that_pages_cannot_show_does_not_keep_them_from_showing_the_others(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    stops = Stops(tmp_path, "/root")
    stops.note(stop("o-1", **changes), [])
    stops.note(stop("o-2"), [])
    assert ids(stops) == ["o-2"]


def test_the_name_of_a_file_that_is_no_utf_8_does_not_keep_its_kernel_from_being_released(tmp_path: Path) -> None:
    stops = Stops(tmp_path, "/root")
    name = os.fsdecode(b"caf\xe9.ipynb")
    stops.note(stop("o-1", name=name, open=[name]), [{"t": 1.5, "failed": name}])
    assert stops.all()[0]["name"] == name and stops.readings_before("o-1")[0]["failed"] == name


def test_reports_do_not_fill_the_disk(tmp_path: Path) -> None:
    paths = [
        write_report(tmp_path, trace_of(READINGS, {"kind": "workspace"}, "keep", "", number * 1_000))
        for number in range(REPORTS_MAX + 2)
    ]
    kept = sorted((tmp_path / "reports").iterdir())
    assert kept == sorted(paths[2:]), "the oldest are gone"
    of_a_slow_clock = write_report(tmp_path, trace_of(READINGS, {"kind": "workspace"}, "keep", "", 0))
    assert of_a_slow_clock.exists() and len(list((tmp_path / "reports").iterdir())) == REPORTS_MAX


def test_no_id_leads_out_of_the_folder(tmp_path: Path) -> None:
    stops = Stops(tmp_path / "activity", "/root")
    (tmp_path / "secret.json").write_text("[1]")
    assert stops.readings_before("../../secret") == [] and not stops.dismiss("../../secret")


def test_a_report_is_a_trace_of_the_corpus() -> None:
    trace = trace_of(READINGS, {"kind": "kernel", "id": "k-1"}, "keep", "it was training", 1_000)
    assert trace["name"].startswith("report-19700101t000001-") and trace["source"] == "recorded"
    assert trace["samples"] == READINGS and "it was training" in trace["why"]
    assert trace["expect"] == [{"t_from": 1.5, "t_to": 2.5, "kernel": "k-1", "must": "keep"}]
