"""The agent and the real gateway: what is forgotten is released, and what works is not."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator

import pytest

from .activity_servers import configure, post, run_cell, start_notebook, view
from .jupyter_servers import JupyterServer, Person, needs_gateway, person, wait_until
from .tiny_environment import call

pytestmark = needs_gateway


@pytest.fixture
def ada() -> Iterator[Person]:
    with person() as someone:
        configure(someone, read_every_s=0.3)
        yield someone


def set_policy(person: Person, hard_s: int) -> None:
    """After how long an idle kernel is released, whoever waits for it."""
    policy = {
        "kernel": {"softSeconds": None, "hardSeconds": hard_s},
        "warnSeconds": 1,
        "snooze": {"stepSeconds": 600, "budgetSeconds": 600, "perSeconds": 3600},
    }
    folder = person.home / "data" / "berth"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "idle-policy.json").write_text(json.dumps(policy))


def judged(server: JupyterServer, kernel_id: str) -> dict | None:
    """What is judged of a kernel, once something is."""
    found = [one for one in view(server)["judgements"] if one["subject"].get("id") == kernel_id]
    return found[0] if found else None


def test_an_idle_kernel_is_announced_and_released_and_a_silent_busy_one_is_kept(ada: Person) -> None:
    set_policy(ada, hard_s=3)
    server = ada.server()
    busy = start_notebook(server, "busy.ipynb")
    run_cell(ada, busy, "import time; time.sleep(600)", waits=False)
    idle = start_notebook(server, "idle.ipynb")
    run_cell(ada, idle, "x = 1")
    call(server, "GET", "berth/api/v1/kernels")  # the first request starts the gateway

    wait_until("it is announced", lambda: (judged(server, idle) or {}).get("next", {}).get("warnedAtMs"), 60)
    wait_until("it is released", lambda: [one["id"] for one in call(server, "GET", "api/kernels")] == [busy], 60)
    (stop,) = view(server)["stops"]
    assert (stop["path"], stop["subject"]) == ("idle.ipynb", {"kind": "kernel", "id": idle}) and stop["why"]
    kept = judged(server, busy)
    assert kept is not None and kept["activity"] == "active"
    assert view(server)["judge"] == "gateway" and view(server)["problems"] == []


def test_a_snooze_is_answered_at_once_and_also_a_gateway_that_was_killed_goes_on(ada: Person) -> None:
    set_policy(ada, hard_s=600)
    server = ada.server()
    idle = start_notebook(server)
    run_cell(ada, idle, "x = 1")
    call(server, "GET", "berth/api/v1/kernels")
    wait_until("it is judged", lambda: judged(server, idle), 60)
    subject = {"kind": "kernel", "id": idle}
    answer = post(server, "snooze", {"subject": subject})
    assert (answer.status, answer.json()["granted"]) == (200, True), answer.body
    wait_until("it has the time", lambda: judged(server, idle)["next"]["snoozeLeftMs"] == 0)
    refused = post(server, "snooze", {"subject": subject})
    assert (refused.status, refused.json()["granted"]) == (200, False) and refused.json()["message"]
    killed = ada.gateway_pid()
    os.kill(killed, signal.SIGKILL)
    before = view(server)["judgedMs"]
    wait_until("another one judges", lambda: ada.gateway_pid() != killed and view(server)["judgedMs"] > before, 60)
    assert [one["id"] for one in call(server, "GET", "api/kernels")] == [idle], "what was granted still holds"
    assert judged(server, idle)["next"]["snoozeLeftMs"] == 0
