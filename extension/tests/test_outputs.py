"""What cells of real kernels print while no page is there, and who can have it."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from .jupyter_servers import AUTH, JupyterServer, Person, inspecting_gateway, person
from .kernel_page import NOTEBOOK, KernelPage, kept, seen, start_kernel, until, until_ended
from .tiny_environment import call

# It goes on when the test says so.
LONG = """
import pathlib, sys, time
from IPython.display import display
print("first")
shown = display("old", display_id=True)
print("50%", end="", flush=True)
while not pathlib.Path({gate!r}).exists():
    time.sleep(0.02)
print("\\r100%")
shown.update("new")
print("wrong", file=sys.stderr)
1 + 1
"""
WHOLE = [("stdout", "first\n"), '{"text/plain": "\'new\'"}', ("stdout", "100%\n"), ("stderr", "wrong\n")]
RESULT = '{"text/plain": "2"}'


@pytest.fixture
def kernel(server: JupyterServer) -> Iterator[str]:
    kernel = start_kernel(server)
    yield kernel
    if kernel in [one["id"] for one in call(server, "GET", "api/kernels")]:
        call(server, "DELETE", f"api/kernels/{kernel}")
    call(server, "POST", "berth/outputs/saved", {"executions": [one["msgId"] for one in kept(server)]})


async def test_what_is_printed_after_the_page_has_gone_is_there_for_the_next_one(
    server: JupyterServer, kernel: str, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    code = LONG.format(gate=str(gate))
    async with KernelPage(server, kernel) as page:
        await page.run("a", code)
        await page.run("b", "3")
        first, second = until(server, "it has begun", lambda all: len(all[0]["outputs"]) == 3)
        assert (first["phase"], first["watched"], first["code"]) == ("running", True, code)
        assert (second["phase"], second["code"], second["outputs"]) == ("queued", None, [])
    until(server, "the page is gone", lambda all: not all[0]["watched"])
    gate.touch()
    first, second = until_ended(server)
    assert seen(first) == [*WHOLE, RESULT]
    assert (first["cellId"], first["count"], seen(second), second["count"]) == ("a", 1, ['{"text/plain": "3"}'], 2)
    assert first["heard"][-1] != second["heard"][-1]


async def test_a_cell_that_is_run_again_has_nothing_of_the_run_before(server: JupyterServer, kernel: str) -> None:
    async with KernelPage(server, kernel) as page:
        await page.run("a", "print(1)")
        until_ended(server)
        await page.run("a", "print(2)")
        (only,) = until(server, "it has run again", lambda all: all[0]["count"] == 2)
        assert until_ended(server) and seen(only) in ([], [("stdout", "2\n")])
        assert [seen(one) for one in kept(server)] == [[("stdout", "2\n")]]


async def test_what_is_saved_or_cleared_is_not_kept_and_what_runs_goes_on(
    server: JupyterServer, kernel: str, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    async with KernelPage(server, kernel) as page:
        saved = await page.run("saved", "print(1)")
        await page.run("cleared", "print(2)")
        until_ended(server)
        running = await page.run("running", LONG.format(gate=str(gate)))
        until(server, "it has begun", lambda all: len(all[-1]["outputs"]) == 3)
        call(server, "POST", "berth/outputs/saved", {"executions": [saved, running, "unknown"]})
        call(server, "POST", "berth/outputs/clear", {"path": NOTEBOOK, "cells": ["cleared", "running", "unknown"]})
        (only,) = kept(server)
        assert (only["cellId"], only["phase"], only["outputs"]) == ("running", "running", [])
    gate.touch()
    (only,) = until_ended(server)
    assert seen(only) == [("stdout", "100%\n"), ("stderr", "wrong\n"), RESULT]


async def test_a_kernel_that_is_restarted_goes_on_with_nothing_and_its_outputs_stay(
    server: JupyterServer, kernel: str, tmp_path: Path
) -> None:
    async with KernelPage(server, kernel) as page:
        await page.run("a", LONG.format(gate=str(tmp_path / "never")))
        until(server, "it has begun", lambda all: len(all[0]["outputs"]) == 3)
        call(server, "POST", f"api/kernels/{kernel}/restart")
        (only,) = until_ended(server)
        assert seen(only)[0] == ("stdout", "first\n")
    async with KernelPage(server, kernel) as page:
        await page.run("b", "print('heard')")
        until(server, "the new process is heard", lambda all: ("stdout", "heard\n") in seen(all[-1]))


async def test_a_kernel_that_is_shut_down_leaves_its_outputs(
    server: JupyterServer, kernel: str, tmp_path: Path
) -> None:
    async with KernelPage(server, kernel) as page:
        await page.run("a", LONG.format(gate=str(tmp_path / "never")))
        until(server, "it has begun", lambda all: len(all[0]["outputs"]) == 3)
        call(server, "DELETE", f"api/kernels/{kernel}")
    (only,) = kept(server)
    assert (only["phase"], only["watched"], seen(only)[0]) == ("ended", False, ("stdout", "first\n"))


async def test_a_cell_that_its_kernel_has_never_got_does_not_wait_for_ever(server: JupyterServer, kernel: str) -> None:
    async with KernelPage(server, kernel) as page:
        told = {"kernel": kernel, "session": page.session, "path": NOTEBOOK, "cells": [["lost", "a"]]}
        call(server, "POST", "berth/outputs/cells", told)
        assert [one["phase"] for one in kept(server)] == ["queued"]
    (only,) = until_ended(server)
    assert (only["code"], only["outputs"]) == (None, [])


async def test_what_a_person_types_is_not_kept(server: JupyterServer, kernel: str) -> None:
    async with KernelPage(server, kernel) as page:
        await page.run("a", "import getpass\nsecret = getpass.getpass('Password: ')\nprint(len(secret))")
        await page.answer("hunter2")
        (only,) = until_ended(server)
    assert ("stdout", "7\n") in seen(only)
    assert "hunter2" not in json.dumps(only)


def test_none_of_it_is_activity_of_the_person(server: JupyterServer) -> None:
    before = call(server, "GET", "api/status?no_track_activity=1")["last_activity"]
    kept(server)
    call(server, "POST", "berth/outputs/saved", {"executions": []})
    assert call(server, "GET", "api/status?no_track_activity=1")["last_activity"] == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("cells", b"[]"),
        ("cells", b"{"),
        ("cells", b'{"kernel": "k", "session": "s", "path": "p"}'),
        ("cells", b'{"kernel": "k", "session": "s", "path": 1, "cells": []}'),
        ("cells", b'{"kernel": "k", "session": "s", "path": "p", "cells": [["m"]]}'),
        ("cells", json.dumps({"kernel": "k", "session": "s", "path": "p", "cells": [["m", "c"]] * 1001}).encode()),
        ("clear", b'{"path": "p", "cells": [{}]}'),
        ("clear", json.dumps({"path": "p" * 5000, "cells": []}).encode()),
        ("saved", b'{"executions": "m"}'),
    ],
)
def test_a_body_that_is_not_what_it_should_be_is_refused(server: JupyterServer, path: str, body: bytes) -> None:
    answer = server.request("POST", f"berth/outputs/{path}", {**AUTH, "Content-Type": "application/json"}, body)
    assert answer.status == 400


def test_only_who_is_logged_in_can_ask_and_only_from_this_site(server: JupyterServer) -> None:
    assert server.request("GET", f"berth/outputs?path={'a.ipynb'}", {}).status == 403
    assert server.request("POST", "berth/outputs/saved", {}, b'{"executions": []}').status == 403
    assert server.request("POST", "berth/outputs/saved", server.log_in(), b'{"executions": []}').status == 403
    assert server.request("GET", "berth/outputs").status == 400


NO_KERNELS = """
from jupyter_server.auth.authorizer import AllowAllAuthorizer

class NoKernels(AllowAllAuthorizer):
    def is_authorized(self, handler, user, action, resource):
        return resource != "kernels"

c.ServerApp.authorizer_class = NoKernels
"""


def test_who_may_not_see_kernels_does_not_see_what_they_print_and_who_may_not_run_cells_changes_nothing() -> None:
    with person(**inspecting_gateway()) as ada:
        config = ada.home / "config" / "jupyter_server_config.py"
        config.parent.mkdir()
        config.write_text(NO_KERNELS)
        server = ada.server()
        assert server.request("GET", "berth/outputs?path=a.ipynb").status == 403
        for path, body in (
            ("cells", {"kernel": "k", "session": "s", "path": "a.ipynb", "cells": [["m", "c"]]}),
            ("clear", {"path": "a.ipynb", "cells": ["c"]}),
            ("saved", {"executions": ["m"]}),
        ):
            headers = {**AUTH, "Content-Type": "application/json"}
            assert server.request("POST", f"berth/outputs/{path}", headers, json.dumps(body).encode()).status == 403


async def test_a_name_that_ends_with_a_space_is_another_name(server: JupyterServer, kernel: str) -> None:
    async with KernelPage(server, kernel, "a.ipynb ") as page:
        told = await page.run("a", "1")
        assert [one["msgId"] for one in kept(server, "a.ipynb ")] == [told]
        assert kept(server, "a.ipynb") == []


async def test_a_server_that_is_stopped_leaves_them_to_the_next_one() -> None:
    def left(bob: Person) -> list[Path]:
        return [file for file in (bob.data / "outputs").glob("*") if file.is_file()]

    with person(**inspecting_gateway()) as bob:
        server = bob.server()
        async with KernelPage(server, start_kernel(server)) as page:
            await page.run("a", "print(1)")
            until_ended(server)
            server.end()
        (file,) = left(bob)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        server = bob.server()
        (only,) = kept(server)
        assert (only["cellId"], only["phase"], seen(only)) == ("a", "ended", [("stdout", "1\n")])
        assert left(bob) == []
        call(server, "POST", "berth/outputs/saved", {"executions": [only["msgId"]]})
        server.end()
        assert left(bob) == []
