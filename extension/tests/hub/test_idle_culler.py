"""JupyterHub's idle-culler on a real Hub: what its own rule gets wrong in both directions, and what ours does."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone

import pytest

from jupyterlab_berth.hub import make_cull_arbiter

from ..jupyter_servers import free_port, needs_gateway
from .kernel_client import forget_tab, run_and_leave
from .real_hub import HUB_PYTHON, PROXY, RealHub, real_hub

LIMIT_S = 12
SAFETY_LIMIT_S = 16
SILENT_CELL = "import time; time.sleep(600)"
GROUPS = {"without-berth": ["ada", "bob"], "with-berth": ["eva", "max", "liar"]}
OUR_ARBITER = f"""
from jupyterlab_berth.hub import make_cull_arbiter
c.IdleCuller.cull_arbiter_hook = make_cull_arbiter(safety_limit_s={SAFETY_LIMIT_S})
"""
PROXY_IS_READ = "200 GET /api/routes"
OPTIONS = (f"--timeout={LIMIT_S}", "--cull-every=2", "--IdleCuller.log_level=DEBUG")

needs_hub = pytest.mark.skipif(
    not HUB_PYTHON or not PROXY.exists(),
    reason="BERTH_TEST_HUB_PYTHON names no environment of a Hub, or npm's proxy is missing",
)


@needs_hub
@needs_gateway
async def test_the_unmodified_rule_culls_a_silent_cell_and_keeps_a_forgotten_tab_and_ours_does_not() -> None:
    with real_hub(GROUPS) as hub:
        tabs = await open_everything(hub)
        hub.start_culler("plain-culler", "", *OPTIONS)
        hub.start_culler("berth-culler", OUR_ARBITER, *OPTIONS)

        await until("the unmodified rule has culled a silent cell", lambda: has_stopped(hub, "ada"))
        await until("our arbiter has stopped a forgotten tab", lambda: has_stopped(hub, "max"))
        await until("a server without a word of Berth is stopped at last", lambda: has_stopped(hub, "liar"))

        assert await hub.is_running("bob"), "the unmodified rule keeps a forgotten tab"
        assert await hub.is_running("eva"), "our arbiter keeps a silent cell"
        assert "keep /user/eva/: Berth sees it active" in hub.log("berth-culler")
        await assert_the_liar_learnt_nothing(hub)
        await assert_who_cannot_ask_stops_nothing(hub)
        for tab in tabs:
            tab.cancel()


async def open_everything(hub: RealHub) -> list[asyncio.Task[None]]:
    """Everybody's server, a silent cell in two of them and a forgotten tab in two others."""
    await until("the Hub answers", lambda: answers(hub))
    people = [user for group in GROUPS.values() for user in group]
    await asyncio.gather(*(hub.api("POST", f"/users/{user}/server") for user in people))
    for user in people:
        await until(f"the server of {user} runs", lambda user=user: hub.is_running(user))
    await assert_one_can_ask_and_keep_it(hub, "liar")
    for user in ("eva", "max"):  # else the gateway leaves the processors to a page for a while
        await hub.ask("GET", f"{hub.url}user/{user}/berth/api/v1/runs")
    await asyncio.gather(*(run_and_leave(hub, user, SILENT_CELL) for user in ("ada", "eva")))
    tabs = [await forget_tab(hub, user) for user in ("bob", "max")]
    for user in ("eva", "max"):
        await until(f"Berth has judged the server of {user}", lambda user=user: is_judged(hub, user))
    return tabs


async def assert_one_can_ask_and_keep_it(hub: RealHub, user: str) -> None:
    """That it was asked must not become activity, or no server without Berth would ever look idle."""
    asked = datetime.now(timezone.utc)
    arbiter = make_cull_arbiter(api_url=hub.api_url, api_token=hub.tokens["berth-culler"])
    server = (await hub.api("GET", f"/users/{user}"))["servers"][""]
    assert not await arbiter(inactive=timedelta(0), inactive_limit=LIMIT_S, server=server)
    looked = hub.log("hub").count(PROXY_IS_READ)
    await until("the Hub has read its proxy twice", lambda: is_logged(hub, PROXY_IS_READ, looked + 2))
    seen = datetime.fromisoformat((await hub.api("GET", f"/users/{user}"))["servers"][""]["last_activity"])
    assert seen < asked, "that a culler asks is no activity of the server"


async def is_logged(hub: RealHub, text: str, times: int) -> bool:
    return hub.log("hub").count(text) >= times


async def assert_the_liar_learnt_nothing(hub: RealHub) -> None:
    """Whoever runs a server reads the token that it is asked with: it must open no other server, nor the Hub."""
    notes = [json.loads(line) for line in hub.liars_notes.read_text().splitlines()]
    asked = [note for note in notes if "/berth/activity" in note["path"]]
    assert {note["Accept-Encoding"] for note in asked} == {None}, "a small answer could become one of any size"
    tokens = {note["Authorization"].split()[1] for note in asked}
    assert tokens and not tokens & set(hub.tokens.values())
    before = (await hub.api("GET", "/users/liar"))["last_activity"]
    for token in tokens:
        holder = json.loads((await hub.ask("GET", f"{hub.api_url}/user", token=token)).body)
        assert holder["name"] == "liar"
        assert {scope.partition("!")[2] for scope in holder["scopes"]} <= {"server=liar/", "user=liar"}, holder
    after = (await hub.api("GET", "/users/liar"))["last_activity"]
    assert before == after, "that a culler asks is no activity of the person"


async def assert_who_cannot_ask_stops_nothing(hub: RealHub) -> None:
    """A culler whose role lacks the scopes, and one whose Hub is away."""
    away = f"http://127.0.0.1:{free_port()}/hub/api"
    for url in (hub.api_url, away):
        arbiter = make_cull_arbiter(api_url=url, api_token=hub.tokens["plain-culler"])
        long_ago = timedelta(hours=23)
        assert not await arbiter(inactive=long_ago, inactive_limit=LIMIT_S, server={"url": "/user/bob/"})


async def is_judged(hub: RealHub, user: str) -> bool:
    hub.assert_alive()
    view = json.loads((await hub.ask("GET", f"{hub.url}user/{user}/berth/activity?timelines=0")).body)
    return any(judgement["subject"]["kind"] == "workspace" for judgement in view["judgements"])


async def has_stopped(hub: RealHub, user: str) -> bool:
    hub.assert_alive()
    return "" not in (await hub.api("GET", f"/users/{user}"))["servers"]


async def answers(hub: RealHub) -> bool:
    hub.assert_alive()
    try:
        return (await hub.ask("GET", f"{hub.api_url}/")).code == 200
    except OSError:
        return False


async def until(what: str, is_so: Callable[[], Awaitable[bool]], timeout_s: float = 60.0) -> None:
    """Looks four times a second; fails naming `what` when it is not so in time."""
    deadline = time.monotonic() + timeout_s
    while not await is_so():
        assert time.monotonic() < deadline, f"waited {timeout_s} s in vain until {what}"
        await asyncio.sleep(0.25)
