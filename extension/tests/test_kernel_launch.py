"""How a kernel is started: the pure decisions."""

from __future__ import annotations

import pytest

from jupyterlab_berth.kernel_launch import (
    environment_of,
    kernel_command,
    launch_request,
    notebook_of,
    planned_variables,
    read_launch_plan,
    unplanned_variables,
)

ANSWER = {
    "id": "a-12345",
    "python": "/e/bin/python",
    "argv": ["/e/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "variables": {"BERTH_OFFER": "cpu", "CUDA_VISIBLE_DEVICES": ""},
    "removed": ["PYTHONPATH"],
}


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        [],
        {},
        {"berth": "default"},
        {"berth": {}},
        {"berth": {"environment": 1}},
        {"berth": {"environment": "../default"}},
        {"berth": {"environment": "default\n"}},
        {"berth": {"environment": "a" * 49}},
    ],
)
def test_a_strangers_metadata_names_no_environment(metadata: object) -> None:
    assert environment_of(metadata) is None


def test_an_environment_is_named_in_the_kernelspec() -> None:
    assert environment_of({"berth": {"environment": "pandas-work", "hash": "0"}, "other": 1}) == "pandas-work"


@pytest.mark.parametrize("path", ["", "a.ipynb", "../a.ipynb", "/a\0b.ipynb", "/" + "a" * 4096])
def test_what_is_no_absolute_path_is_no_notebook(path: str) -> None:
    assert notebook_of({"JPY_SESSION_NAME": path}, {}) is None
    assert notebook_of({}, {}) is None


def test_a_kernel_that_is_started_inside_of_a_kernel_is_not_that_of_its_notebook() -> None:
    env = {"JPY_SESSION_NAME": "/home/a.ipynb"}
    assert notebook_of(env, env) is None
    assert notebook_of(env, {"JPY_SESSION_NAME": "/home/b.ipynb"}) == "/home/a.ipynb"


def test_the_request_holds_what_the_server_knows() -> None:
    wanted = {"kernelId": "k-1", "environment": "default", "notebook": "/home/a.ipynb", "restart": True}
    assert launch_request("k-1", "default", "/home/a.ipynb", restart=True) == wanted
    for bad in (None, "", "../k", "k\n"):
        with pytest.raises(ValueError, match="kernel id"):
            launch_request(bad, "default", None, restart=False)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../a"},
        {"id": None},
        {"python": "python"},
        {"argv": []},
        {"argv": "python"},
        {"argv": [1]},
        {"variables": {"A": 1}},
        {"variables": []},
        {"removed": None},
    ],
)
def test_an_answer_that_is_not_of_the_contract_is_not_acted_upon(change: dict) -> None:
    with pytest.raises(ValueError, match="answer"):
        read_launch_plan({**ANSWER, **change})


def test_the_command_is_that_of_the_gateway_with_the_servers_connection_file() -> None:
    command = kernel_command(read_launch_plan(ANSWER), "/run/{id}.json", ["--debug"])
    assert command == ["/e/bin/python", "-m", "ipykernel_launcher", "-f", "/run/{id}.json", "--debug"]


def test_a_kernel_finds_its_own_environment_first_and_nothing_that_leads_elsewhere() -> None:
    env = {"PATH": "/usr/bin:/e/bin:/bin", "PYTHONPATH": "/x", "BERTH_DATA_DIR": "/d", "LANG": "C", "BERTH_OFFER": "x"}
    assert planned_variables(env, read_launch_plan(ANSWER)) == {
        "PATH": "/e/bin:/usr/bin:/bin",
        "LANG": "C",
        "BERTH_OFFER": "cpu",
        "CUDA_VISIBLE_DEVICES": "",
    }


def test_a_kernel_that_nobody_accounts_for_sees_no_gpu() -> None:
    env = {"PATH": "/bin", "CUDA_VISIBLE_DEVICES": "0,1", "BERTH_GATEWAY": "/g"}
    assert unplanned_variables(env) == {"PATH": "/bin", "CUDA_VISIBLE_DEVICES": ""}
