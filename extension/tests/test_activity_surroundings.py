"""The agent in servers that are not as usual: with terminals, or with a part that fails."""

from __future__ import annotations

import json
import sys

import aiohttp
import pytest
from yarl import URL

from . import jupyter_servers
from .activity_processes import BURN
from .activity_servers import judged_server
from .jupyter_servers import AUTH, BASE_URL, inspecting_gateway, person, wait_until
from .tiny_environment import call

BROKEN_SESSIONS = """
from jupyter_server.services.sessions.sessionmanager import SessionManager

class BrokenSessions(SessionManager):
    async def list_sessions(self):
        raise RuntimeError("cannot connect to https://ada:secret@kernels.example")

c.ServerApp.session_manager_class = BrokenSessions
"""


async def test_what_works_in_a_terminal_is_seen_with_its_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [name for name in jupyter_servers.OTHER_EXTENSIONS if name != "jupyter_server_terminals"]
    monkeypatch.setattr(jupyter_servers, "OTHER_EXTENSIONS", others)
    with person(**inspecting_gateway()) as ada:
        operator = judged_server(ada)
        assert operator.evidence()["terminals"] == []
        name = call(operator.server, "POST", "api/terminals")["name"]
        seen = operator.until("it is seen", lambda found: found["terminals"])
        assert seen["terminals"] == [{"name": name}]
        (ada.home / "work.py").write_text(BURN.format(seconds=600))
        url = URL(f"http://{operator.server.host}{BASE_URL}terminals/websocket/{name}", encoded=True)
        async with aiohttp.ClientSession() as session, session.ws_connect(url, headers=AUTH) as socket:
            await socket.send_str(json.dumps(["stdin", f"exec {sys.executable} {ada.home}/work.py\r"]))
            works = operator.until("it works", lambda found: sum(one["cpu_s"] or 0 for one in found["processes"]) > 0.2)
        assert {one["terminal"] for one in works["processes"]} == {name}
        call(operator.server, "DELETE", f"api/terminals/{name}")
        operator.until("it is gone", lambda found: not found["terminals"] and not found["processes"])


def test_a_reading_that_fails_says_of_which_kind_and_the_log_why_once() -> None:
    with person(**inspecting_gateway()) as ada:
        operator = judged_server(ada, more_config=BROKEN_SESSIONS)
        wait_until("several have failed", lambda: len(operator.exchange()["readings"]) > 3)
        failed = operator.exchange()["readings"]
        assert {one["failed"] for one in failed} == {"RuntimeError"}, "a report must not hold the password"
        log = operator.server.log.read_text()
        assert log.count("berth: activity could not be read") == 1 and "cannot connect to" in log
