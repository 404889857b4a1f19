"""The agent in a real Jupyter server with real kernels, asked by the test as by an operator."""

from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path

import pytest

from .activity_processes import BURN
from .activity_servers import (
    BEARER,
    TOKEN,
    Operator,
    kernel_in,
    post,
    run_cell,
    start_notebook,
    view,
)
from .activity_words import judgement, says
from .jupyter_servers import AUTH, Person, inspecting_gateway, person, wait_until
from .kernel_processes import process_of, variables_of
from .tiny_environment import call

pytestmark = pytest.mark.usefixtures("nothing_is_left")


def memory_of(pid: int) -> int:
    """Bytes of it that are in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_kernel_is_seen_with_its_notebook_its_state_its_cells_and_its_processor_time(
    grace: Person, operator: Operator
) -> None:
    kernel_id = start_notebook(operator.server, "folder/a.ipynb")
    seen = operator.until("it is seen", lambda found: found["kernels"])
    kernel = kernel_in(seen, kernel_id)
    assert kernel["state"] == "starting", "as long as nobody has asked it anything"
    assert (kernel["path"], kernel["name"], kernel["executions"]) == ("folder/a.ipynb", "a.ipynb", 0)
    assert (kernel["waits_input"], kernel["input_t"], kernel["gpu_util"]) == (False, None, None)
    assert seen["processes"] == [] and seen["leases"] == []
    run_cell(grace, kernel_id, BURN.format(seconds=0.5))
    later = operator.until("the cell is counted", lambda found: kernel_in(found, kernel_id)["executions"] == 1)
    assert kernel_in(later, kernel_id)["cpu_s"] >= kernel["cpu_s"] + 0.4
    operator.until("it is idle", lambda found: kernel_in(found, kernel_id)["state"] == "idle")


def test_a_silent_cell_is_busy_and_messages_of_widgets_are_no_cells(grace: Person, operator: Operator) -> None:
    kernel_id = start_notebook(operator.server)
    run_cell(grace, kernel_id, "from comm import create_comm; comm = create_comm(target_name='t'); comm.send({'a': 1})")
    operator.until("one cell is counted", lambda found: kernel_in(found, kernel_id)["executions"] == 1)
    run_cell(grace, kernel_id, "import time; time.sleep(600)", waits=False)
    seen = operator.until("it is busy", lambda found: kernel_in(found, kernel_id)["state"] == "busy")
    assert kernel_in(seen, kernel_id)["executions"] == 2


def test_what_a_cell_leaves_running_is_seen_after_it(grace: Person, operator: Operator) -> None:
    kernel_id = start_notebook(operator.server)
    left = "nohup sleep 600 > /dev/null 2>&1 &"
    run_cell(grace, kernel_id, f"import subprocess; subprocess.run({left!r}, shell=True)")
    seen = operator.until("it is seen", lambda found: found["processes"])
    assert [(one["program"], one["kernel"]) for one in seen["processes"]] == [("sleep", kernel_id)]
    assert kernel_in(operator.evidence(), kernel_id)["state"] == "idle"
    os.kill(int(seen["processes"][0]["id"].partition("-")[0]), signal.SIGKILL)
    operator.until("it is gone", lambda found: found["processes"] == [])


def test_input_in_a_page_is_of_its_notebook_and_of_the_workspace(operator: Operator) -> None:
    kernel_id = start_notebook(operator.server)
    body = {"page": "p-1", "kernels": {kernel_id: 5, "gone": 1}, "input": 5, "waitsInput": [], "tabs": 1, "wish": None}
    assert post(operator.server, "input", body).status == 204
    seen = operator.until("it is seen", lambda found: kernel_in(found, kernel_id)["input_t"] is not None)
    assert seen["input_t"] >= kernel_in(seen, kernel_id)["input_t"]
    again = operator.evidence()
    assert kernel_in(again, kernel_id)["input_t"] == kernel_in(seen, kernel_id)["input_t"]


def test_a_question_that_ended_with_its_kernel_is_not_that_of_the_next_cell(grace: Person, operator: Operator) -> None:
    kernel_id = start_notebook(operator.server)
    run_cell(grace, kernel_id, "import time")
    run_cell(grace, kernel_id, "time.sleep(600)", waits=False)
    operator.until("a cell runs", lambda found: kernel_in(found, kernel_id)["state"] == "busy")
    body = {"kernels": {}, "input": None, "waitsInput": [kernel_id], "tabs": 1, "page": "page-that-is-closed"}
    assert post(operator.server, "input", body).status == 204
    operator.until("it waits for an answer", lambda found: kernel_in(found, kernel_id)["waits_input"])
    os.kill(process_of(grace, kernel_id), signal.SIGKILL)  # Jupyter restarts it by itself
    operator.until("it begins anew", lambda found: kernel_in(found, kernel_id)["state"] != "busy")
    run_cell(grace, kernel_id, "import time; time.sleep(600)", waits=False)
    busy = operator.until("the next cell runs", lambda found: kernel_in(found, kernel_id)["state"] == "busy")
    assert kernel_in(busy, kernel_id)["waits_input"] is False, "it would be taken for idle"


def test_a_kernel_that_was_killed_in_a_cell_is_busy_no_longer(grace: Person, operator: Operator) -> None:
    kernel_id = start_notebook(operator.server)
    run_cell(grace, kernel_id, "import time; time.sleep(600)", waits=False)
    operator.until("a cell runs", lambda found: kernel_in(found, kernel_id)["state"] == "busy")
    os.kill(process_of(grace, kernel_id), signal.SIGKILL)  # as who has used too much memory; Jupyter restarts it
    operator.until("nothing runs", lambda found: kernel_in(found, kernel_id)["state"] == "idle")
    run_cell(grace, kernel_id, "import time; time.sleep(600)", waits=False)
    operator.until("a cell runs again", lambda found: kernel_in(found, kernel_id)["state"] == "busy")


def test_a_wish_reaches_the_judge_and_is_taken_back(operator: Operator) -> None:
    wish = {"kernel": {"hardSeconds": 60}}
    assert post(operator.server, "input", {"page": "p-1", "wish": wish}).status == 204
    assert operator.exchange()["wish"] == wish
    assert post(operator.server, "input", {"page": "p-1"}).status == 204
    assert operator.exchange()["wish"] == wish
    assert post(operator.server, "input", {"page": "p-1", "wish": None}).status == 204
    assert operator.exchange()["wish"] is None


def test_readings_are_told_from_where_the_judge_has_them(operator: Operator) -> None:
    everything = operator.exchange()
    last = everything["readings"][-1]["seq"]
    wait_until("there are more", lambda: operator.exchange()["readings"][-1]["seq"] > last)
    more = operator.exchange(cursor={"boot": everything["boot"], "seq": last})["readings"]
    assert more[0]["seq"] == last + 1
    other_life = operator.exchange(cursor={"boot": "another-life", "seq": last})["readings"]
    assert other_life[0]["seq"] == everything["readings"][0]["seq"]


def test_what_strangers_send_to_the_port_is_not_kept(operator: Operator) -> None:
    """A body of one MiB from each of many would be as much memory as they like."""
    before = memory_of(operator.server.process.pid)
    strangers = []
    for _ in range(100):
        stranger = socket.create_connection(("127.0.0.1", operator.port))
        stranger.sendall(b"POST /exchange HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" + b"x" * 1_000_000)
        strangers.append(stranger)
    assert operator.exchange()["version"] == 1
    assert memory_of(operator.server.process.pid) - before < 50 * 1024 * 1024
    for stranger in strangers:
        stranger.close()


def test_a_snooze_is_asked_for_until_it_is_answered(operator: Operator) -> None:
    operator.exchange()
    for _ in range(2):
        asked = post(operator.server, "snooze", {"subject": {"kind": "workspace"}})
        assert (asked.status, asked.json()) == (202, None)
    (request,) = operator.exchange()["snoozes"]
    assert request["subject"] == {"kind": "workspace"} and view(operator.server)["asking"] == [request["id"]]
    answer = {"id": request["id"], "granted": True, "untilMs": 5, "message": "until five"}
    assert operator.exchange(snoozes=[answer])["snoozes"] == []
    assert view(operator.server)["asking"] == []
    unknown = post(operator.server, "snooze", {"subject": {"kind": "kernel", "id": "k-none"}})
    assert (unknown.status, unknown.json()["code"]) == (404, "not-found")


def test_a_view_has_what_the_judge_said_and_a_timeline_of_every_kernel(operator: Operator) -> None:
    kernel_id = start_notebook(operator.server)
    operator.until("it is seen", lambda found: found["kernels"])
    said = judgement({"kind": "kernel", "id": kernel_id})
    operator.exchange(judgements=[said], problems=["kernel: is wrong"], dryRun=True)
    found = view(operator.server)
    assert (found["judge"], found["dryRun"], found["problems"]) == ("operator", True, ["kernel: is wrong"])
    assert found["judgements"][0]["subject"] == said["subject"] and found["judgedMs"] <= found["nowMs"]
    assert [one["kernel"] for one in found["timelines"]] == [kernel_id, None]
    assert found["timelines"][0]["points"][-1]["state"] in ("starting", "idle")


def test_what_is_judged_active_raises_the_last_activity_of_the_server_and_asking_does_not(operator: Operator) -> None:
    def last_activity() -> str:
        return call(operator.server, "GET", "api/status")["last_activity"]

    operator.evidence()
    before = last_activity()
    for _ in range(3):
        view(operator.server)
        post(operator.server, "input", {"page": "p-1", "input": 1})
        operator.evidence()
    assert last_activity() == before
    now_ms = view(operator.server)["nowMs"]
    operator.exchange(judgements=[judgement({"kind": "workspace"}, activity="idle", lastActiveMs=now_ms)])
    assert last_activity() == before
    operator.exchange(judgements=[judgement({"kind": "workspace"}, activity="active", lastActiveMs=now_ms)])
    assert last_activity() > before


def test_only_who_has_the_token_may_ask_and_kernels_do_not_inherit_it(grace: Person, operator: Operator) -> None:
    body = json.dumps(says()).encode()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}, AUTH):
        refused = operator.request("POST", "/exchange", headers, body)
        assert (refused.status, refused.json()["code"]) == (401, "unauthenticated")
        assert "Server" not in refused.headers
    for wrong in (b"", b"[]", b"{", b'{"version":2}', b"[" * 100_000):
        refused = operator.request("POST", "/exchange", BEARER, wrong)
        assert (refused.status, refused.json()["code"]) == (400, "invalid-input"), wrong[:20]
    assert operator.request("GET", "/exchange", BEARER).status == 405
    assert operator.request("GET", "/healthz", {}).json() == {"alive": True}
    for path in ("/", "/berth/activity", "/api/kernels"):
        assert operator.request("GET", path, BEARER).status == 404
    kernel_id = start_notebook(operator.server)
    variables = variables_of(process_of(grace, kernel_id))
    assert "BERTH_AGENT_TOKEN" not in variables and "BERTH_AGENT_PORT" not in variables
    assert variables["BERTH_SERVER_ID"]


def test_a_body_that_is_too_large_is_refused_and_the_next_one_is_answered(operator: Operator) -> None:
    try:
        refused = operator.request("POST", "/exchange", BEARER, b"x" * (1024 * 1024 + 1))
    except (ConnectionError, BrokenPipeError):
        refused = None  # the port may close the connection before it has been sent
    assert refused is None or refused.status in (400, 413)
    assert operator.exchange()["version"] == 1


def test_a_port_that_is_taken_does_not_keep_the_server_from_working(operator: Operator) -> None:
    with person(**inspecting_gateway()) as ada:
        server = ada.server(BERTH_AGENT_TOKEN=TOKEN, BERTH_AGENT_PORT=str(operator.port))
        wait_until("it says so", lambda: "nobody can ask for activity" in server.log.read_text())
        assert view(server)["judge"] is None
        server.end()
        assert server.process.returncode == 0


def test_a_kernel_that_dies_takes_nothing_with_it(grace: Person, operator: Operator) -> None:
    kernel_id, other = start_notebook(operator.server), start_notebook(operator.server, "b.ipynb")
    operator.until("both have begun", lambda found: [bool(one["cpu_s"]) for one in found["kernels"]] == [True] * 2)
    spent_s = 4  # more than a kernel needs to begin
    run_cell(grace, kernel_id, f"import time\nwhile time.process_time() < {spent_s + 1}: pass")
    operator.until("it is seen", lambda found: kernel_in(found, kernel_id)["cpu_s"] >= spent_s)
    os.kill(process_of(grace, kernel_id), signal.SIGKILL)  # Jupyter restarts it by itself
    operator.until("it has begun anew", lambda found: (kernel_in(found, kernel_id)["cpu_s"] or spent_s) < spent_s)
    assert kernel_in(operator.evidence(), other)["cpu_s"] is not None
