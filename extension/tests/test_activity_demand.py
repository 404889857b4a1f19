"""A real kernel that holds a GPU, and a run that waits for it: the soft limit counts from then on, and the GPU goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .activity_servers import configure, run_cell, view
from .jupyter_servers import JupyterServer, Person, needs_gateway, person, wait_until
from .kernel_processes import kernels, start_session, until_running
from .tiny_environment import GPU_OFFER, call, make_default, tiny_environment

pytestmark = needs_gateway
POLICY = {"kernel": {"softSeconds": 3}, "warnSeconds": 1}


@pytest.fixture
def ada(tmp_path: Path) -> Iterator[Person]:
    """Her machine has one GPU."""
    with person(**tiny_environment(tmp_path)) as someone:
        folder = someone.home / "data" / "berth"
        folder.mkdir(parents=True, mode=0o700)
        (folder / "idle-policy.json").write_text(json.dumps(POLICY))
        configure(someone, read_every_s=0.3)
        yield someone


def judged(server: JupyterServer, kernel_id: str) -> dict:
    """What is judged of a kernel; empty before."""
    found = [one for one in view(server)["judgements"] if one["subject"].get("id") == kernel_id]
    return found[0] if found else {}


def test_an_idle_kernel_keeps_its_gpu_until_a_run_waits_for_it_and_then_the_run_has_it(ada: Person) -> None:
    server = ada.server()
    make_default(server)
    wish = {"notebook": "a.ipynb", "environment": "default", "offer": GPU_OFFER}
    claimed = call(server, "POST", "berth/api/v1/kernels", wish)
    kernel_id = start_session(server)["kernel"]["id"]
    assert until_running(server, kernel_id)["devices"] == claimed["devices"]
    run_cell(ada, kernel_id, "x = 1")

    wait_until("it is idle for longer than the limit", lambda: judged(server, kernel_id).get("idleMs", 0) > 4_000, 60)
    assert judged(server, kernel_id)["next"]["hold"] == "nobody-waits"
    assert until_running(server, kernel_id)["id"] == claimed["id"]

    (ada.root / "train.py").write_text("import os; print(os.environ['CUDA_VISIBLE_DEVICES'])")
    asked = {"notebook": "train.py", "framework": "process", "offer": GPU_OFFER}
    run = f"berth/api/v1/runs/{call(server, 'POST', 'berth/api/v1/runs', asked)['id']}"
    wait_until("the run has ended", lambda: call(server, "GET", run)["endedAtMs"] is not None, 60)
    ended = call(server, "GET", run)
    assert (ended["phase"], ended["devices"]) == ("Succeeded", claimed["devices"])
    assert kernels(server) == [] and call(server, "GET", "api/kernels") == []
    (stop,) = view(server)["stops"]
    assert (stop["path"], stop["subject"]["id"]) == ("a.ipynb", kernel_id) and stop["why"]
