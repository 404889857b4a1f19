"""Real kernels under real Jupyter servers, with the real gateway: what they find, what they hold and for how long."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient

from .jupyter_servers import AUTH, JupyterServer, Person, is_alive, needs_gateway, person, wait_until
from .kernel_processes import (
    kernels,
    process_of,
    start_first_session,
    start_session,
    until_running,
    variables_of,
    write_kernelspec,
)
from .tiny_environment import GPU_OFFER, call, default_of, make_default, tiny_environment

pytestmark = needs_gateway


@pytest.fixture(scope="module")
def ada(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Her machine has one GPU, and an environment of its own."""
    with person(**tiny_environment(tmp_path_factory.mktemp("tiny"))) as someone:
        yield someone


@pytest.fixture(scope="module")
def server(ada: Person) -> JupyterServer:
    server = ada.server()
    make_default(server)
    return server


@pytest.fixture(autouse=True)
def no_kernel_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "server" in request.fixturenames:
        server = request.getfixturevalue("server")
        for session in call(server, "GET", "api/sessions"):
            call(server, "DELETE", f"api/sessions/{session['id']}")
        for kernel in kernels(server):
            call(server, "DELETE", f"berth/api/v1/kernels/{kernel['id']}")


def claim_gpu(server: JupyterServer, notebook: str = "a.ipynb") -> dict:
    request = {"notebook": notebook, "environment": "default", "offer": GPU_OFFER}
    claimed = call(server, "POST", "berth/api/v1/kernels", request)
    assert claimed["phase"] == "Ready", claimed
    return claimed


def said_by(person: Person, kernel_id: str, code: str) -> str:
    """What a kernel prints."""
    client = BlockingKernelClient()
    client.load_connection_file(str(person.home / "runtime" / f"kernel-{kernel_id}.json"))
    client.start_channels(hb=False)  # a busy machine misses beats
    printed: list[str] = []

    def note(message: dict) -> None:
        assert message["msg_type"] != "error", message["content"]
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    try:
        client.wait_for_ready(timeout=30)
        client.execute_interactive(code, output_hook=note, timeout=30)
    finally:
        client.stop_channels()
    return "".join(printed)


def test_a_kernel_and_a_run_find_the_lock_hash_of_their_environment(ada: Person, server: JupyterServer) -> None:
    lock_hash = default_of(server)["lockHash"]
    assert len(lock_hash) == 64
    show = "import os, sys; print(os.environ['BERTH_LOCK_HASH'], sys.prefix)"
    kernel_id = start_session(server)["kernel"]["id"]
    in_kernel = said_by(ada, kernel_id, show).split()
    (ada.root / "show.py").write_text(show)
    run = call(server, "POST", "berth/api/v1/runs", {"notebook": "show.py", "framework": "process"})
    path = f"berth/api/v1/runs/{run['id']}"
    wait_until("the run has ended", lambda: call(server, "GET", path)["endedAtMs"] is not None, 60)
    lines = [line["text"] for line in call(server, "GET", f"{path}/logs?rank=0")["lines"]]
    assert in_kernel[0] == lock_hash
    assert " ".join(in_kernel) in lines
    assert until_running(server, kernel_id)["lockHash"] == lock_hash


def test_a_kernel_sees_no_gpu_that_it_has_not_asked_for_and_nothing_of_the_gateway(
    ada: Person, server: JupyterServer
) -> None:
    kernel_id = start_session(server)["kernel"]["id"]
    view = until_running(server, kernel_id)
    assert (view["offer"], view["notebook"], view["devices"]) == ("cpu", "a.ipynb", [])
    variables = variables_of(process_of(ada, kernel_id))
    assert variables["CUDA_VISIBLE_DEVICES"] == ""
    assert {name for name in variables if name.startswith("BERTH_")} == {
        "BERTH_ENVIRONMENT",
        "BERTH_KERNEL_ID",
        "BERTH_LOCK_HASH",
        "BERTH_OFFER",
        "BERTH_SERVER_ID",
    }
    assert "PYTHONPATH" not in variables
    assert variables["PATH"].startswith(f"{variables['VIRTUAL_ENV']}/bin:")
    token = json.loads((ada.data / "gateway.json").read_text())["token"]
    assert not any(token in value for value in variables.values())


def test_the_gpu_is_kept_over_restarts_and_crashes_and_given_back_at_the_end(
    ada: Person, server: JupyterServer
) -> None:
    claimed = claim_gpu(server)
    session = start_session(server)
    kernel_id = session["kernel"]["id"]
    assert until_running(server, kernel_id)["id"] == claimed["id"]
    first = process_of(ada, kernel_id)
    assert variables_of(first)["CUDA_VISIBLE_DEVICES"] == claimed["devices"][0]

    call(server, "POST", f"api/kernels/{kernel_id}/restart")
    second = process_of(ada, kernel_id)
    assert second != first and variables_of(second)["BERTH_OFFER"] == GPU_OFFER

    os.kill(second, signal.SIGKILL)  # Jupyter restarts it by itself
    wait_until("it has been restarted", lambda: not is_alive(second) and process_of(ada, kernel_id) != second)
    assert variables_of(process_of(ada, kernel_id))["CUDA_VISIBLE_DEVICES"] == claimed["devices"][0]
    assert until_running(server, kernel_id)["id"] == claimed["id"]
    assert said_by(ada, kernel_id, "print(6 * 7)") == "42\n"  # Jupyter cannot shut it down before it has restarted it

    call(server, "DELETE", f"api/sessions/{session['id']}")
    assert kernels(server) == []


@pytest.mark.parametrize("notebook", ["a.ipynb", "my folder/a.ipynb"])
def test_the_first_kernel_of_a_notebook_gets_its_gpu_although_jupyterlab_names_the_notebook_later(
    ada: Person, server: JupyterServer, notebook: str
) -> None:
    (ada.root / notebook).parent.mkdir(exist_ok=True)
    claimed = claim_gpu(server, notebook)
    kernel_id = start_first_session(server, notebook)["kernel"]["id"]
    assert until_running(server, kernel_id)["id"] == claimed["id"]


def test_a_restart_takes_what_is_kept_for_the_notebook(ada: Person, server: JupyterServer) -> None:
    kernel_id = start_session(server)["kernel"]["id"]
    until_running(server, kernel_id)
    request = {"notebook": "a.ipynb", "environment": "default", "offer": GPU_OFFER, "kernelId": kernel_id}
    claimed = call(server, "POST", "berth/api/v1/kernels", request)
    call(server, "POST", f"api/kernels/{kernel_id}/restart")
    assert until_running(server, kernel_id)["id"] == claimed["id"]
    assert [one["id"] for one in kernels(server)] == [claimed["id"]], "what it had before is given back"
    assert variables_of(process_of(ada, kernel_id))["BERTH_OFFER"] == GPU_OFFER


def test_a_kernel_goes_on_without_the_gateway_and_the_next_one_finds_what_it_holds(
    ada: Person, server: JupyterServer
) -> None:
    claimed = claim_gpu(server)
    kernel_id = start_session(server)["kernel"]["id"]
    until_running(server, kernel_id)
    pid, gateway = process_of(ada, kernel_id), ada.gateway_pid()
    os.kill(gateway, signal.SIGKILL)
    wait_until("there is another gateway", lambda: ada.gateway_pid() != gateway)
    again = until_running(server, kernel_id)
    assert (again["id"], again["devices"]) == (claimed["id"], claimed["devices"])
    assert process_of(ada, kernel_id) == pid
    call(server, "POST", f"api/kernels/{kernel_id}/restart")
    assert variables_of(process_of(ada, kernel_id))["BERTH_OFFER"] == GPU_OFFER


def test_what_a_killed_server_leaves_behind_is_given_back(ada: Person, server: JupyterServer) -> None:
    claim_gpu(server, "b.ipynb")
    other = ada.server()
    kernel_id = start_session(other, "b.ipynb")["kernel"]["id"]
    until_running(server, kernel_id)
    pid = process_of(ada, kernel_id)
    other.end(signal.SIGKILL)
    wait_until("its kernel has ended", lambda: not is_alive(pid))
    assert [one["kernelId"] for one in kernels(server)] == [kernel_id], "it may be restarted"
    wait_until("the GPU is free", lambda: kernels(server) == [], 30)


def test_the_kernels_of_a_server_that_stops_are_given_back_at_once(ada: Person, server: JupyterServer) -> None:
    other = ada.server()
    start_session(other, "c.ipynb")
    wait_until("it is known", lambda: kernels(server))
    other.end()
    assert kernels(server) == []


def test_a_kernel_outside_of_a_jupyter_server_starts_in_its_environment_as_well(
    ada: Person, server: JupyterServer
) -> None:
    """As nbconvert and papermill start it."""
    code = """if True:
        from jupyter_client.manager import start_new_kernel
        manager, client = start_new_kernel(kernel_name="berth-default")
        client.execute_interactive("import os; print(os.environ['BERTH_LOCK_HASH'])")
        client.stop_channels()
        manager.shutdown_kernel()
    """
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **ada.folders(), **ada.environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == default_of(server)["lockHash"], done.stderr
    assert kernels(server) == []


def test_an_environment_that_is_not_there_is_named_to_the_person(tmp_path: Path) -> None:
    with person(**tiny_environment(tmp_path / "tiny")) as grace:
        server = grace.server()
        default_of(server)
        write_kernelspec(grace, "berth-mine", [sys.executable, "-c", "pass", "{connection_file}"], "default")
        body = {"path": "a.ipynb", "name": "a.ipynb", "type": "notebook", "kernel": {"name": "berth-mine"}}
        headers = {**AUTH, "Content-Type": "application/json"}
        answer = server.request("POST", "api/sessions", headers, json.dumps(body).encode())
        assert answer.status == 500
        assert answer.json()["message"] == (
            "The environment default is not on this machine; make or repair it in the Berth panel."
        )
        assert kernels(server) == []


@pytest.mark.parametrize("environment", ["default", "../../etc"])
def test_without_a_gateway_or_with_a_strangers_kernelspec_a_kernel_starts_without_a_gpu(
    tmp_path: Path, environment: str
) -> None:
    program = tmp_path / "gateway.py"
    program.write_text("import sys; sys.exit('this machine is too small')")
    with person(BERTH_NODE=sys.executable, BERTH_GATEWAY=str(program), CUDA_VISIBLE_DEVICES="0") as grace:
        server = grace.server()
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        write_kernelspec(grace, "berth-default", argv, environment)
        session = start_session(server)
        assert said_by(grace, session["kernel"]["id"], "print(6 * 7)") == "42\n"
        assert variables_of(process_of(grace, session["kernel"]["id"]))["CUDA_VISIBLE_DEVICES"] == ""
        assert "without a GPU" in server.log.read_text()
