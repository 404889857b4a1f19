"""Where a scenario is played: one server, its kernels and terminals by the scenario's own names, one person's page."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from .judge import Judge
from .page import KernelChannel, Page
from .real_server import RealServer
from .scenario import SECONDS_PER_MINUTE, Scenario

READS_PER_MINUTE = 1
READY_S = 60.0


class Stage:
    """Everything a step can reach."""

    def __init__(self, scenario: Scenario) -> None:
        every_s = SECONDS_PER_MINUTE / READS_PER_MINUTE
        self.server = RealServer(scenario.server_options, every_s)
        self.judge = Judge(self.server, every_s)
        self.page = Page(self.server)
        self.pages = [self.page]
        self.channels: dict[str, KernelChannel] = {}
        self.terminals: dict[str, WebSocketClientConnection] = {}
        self.tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Stage:
        try:
            await self.server.start()
        except BaseException:
            await self.server.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        for page in self.pages:
            page.close()
        for task in self.tasks:
            task.cancel()
        for channel in self.channels.values():
            channel.close()
        for terminal in self.terminals.values():
            terminal.close()
        await self.server.close()

    async def start_kernel(self, name: str) -> None:
        """A notebook `name`.ipynb with a kernel, connected and idle."""
        body = {"path": f"{name}.ipynb", "name": name, "type": "notebook", "kernel": {"name": "python3"}}
        session = await self.server.request("POST", "api/sessions", body)
        channel = KernelChannel(self.server, session["kernel"]["id"])  # type: ignore[index]
        await channel.open()
        await channel.ask_kernel()
        self.channels[name] = channel
        await self.wait_for_state(name, "idle")

    async def wait_for_state(self, name: str, state: str) -> None:
        """Returns once the kernel's state is that."""

        async def is_so() -> bool:
            return await self.state_of(name) == state

        await until(f"kernel {name} is {state}", is_so)

    async def state_of(self, name: str) -> str:
        """The kernel's state as the server has it."""
        model = await self.server.request("GET", f"api/kernels/{self.channels[name].kernel}?no_track_activity=1")
        return model["execution_state"]  # type: ignore[index]

    async def start_terminal(self, name: str) -> None:
        """A terminal with a shell at its prompt."""
        await self.server.request("POST", "api/terminals", {"name": name})
        url = f"ws://127.0.0.1:{self.server.port}/terminals/websocket/{name}"
        request = HTTPRequest(url, headers={"Authorization": f"token {self.server.token}"})
        self.terminals[name] = await websocket_connect(request, on_message_callback=lambda _: None)

    async def type_in(self, terminal: str, line: str) -> None:
        """A line and Enter."""
        await self.terminals[terminal].write_message(json.dumps(["stdin", f"{line}\r"]))

    def go_on(self, repeated: asyncio.Task[None]) -> None:
        """Something that goes on until the end."""
        self.tasks.append(repeated)

    def names(self) -> dict[str, str]:
        """The scenario's name of each kernel, by Jupyter's."""
        return {channel.kernel: name for name, channel in self.channels.items()}


async def until(what: str, is_so: Callable[[], Awaitable[bool]]) -> None:
    """Looks ten times a second; fails naming `what` when it is not so in time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_S
    while not await is_so():
        if loop.time() > deadline:
            raise TimeoutError(f"waited {READY_S:g} s in vain until {what}")
        await asyncio.sleep(0.1)


async def record(scenario: Scenario) -> tuple[list[dict], dict[str, str]]:
    """Plays a scenario and returns its samples, unscaled, and the names of its kernels."""
    async with Stage(scenario) as stage:
        for act in scenario.before:
            await act(stage)
        stage.judge.skip()
        following = asyncio.create_task(stage.judge.follow())
        try:
            await play(stage, scenario)
        finally:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following
        return stage.judge.samples, stage.names()


async def play(stage: Stage, scenario: Scenario) -> None:
    """Each step at its time; a step that takes long delays those after it."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for step in sorted(scenario.steps, key=lambda step: step.at):
        await asyncio.sleep(max(0.0, begun + step.at * SECONDS_PER_MINUTE - loop.time()))
        await step.act(stage)
    await asyncio.sleep(max(0.0, begun + scenario.minutes * SECONDS_PER_MINUTE - loop.time()))
