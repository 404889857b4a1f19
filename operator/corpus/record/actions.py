"""What can happen in a scenario: each function makes an action that a step carries out on a stage."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable

from .page import KernelChannel, Page
from .scenario import SECONDS_PER_MINUTE, Action
from .stage import Stage, until


def kernel(name: str) -> Action:
    """A notebook with a kernel is opened."""
    return lambda stage: stage.start_kernel(name)


def run(name: str, code: str) -> Action:
    """A cell is run; nobody waits for its end."""
    return lambda stage: stage.channels[name].run(code)


def run_to_end(name: str, code: str) -> Action:
    """A cell is run, and its end waited for."""

    async def act(stage: Stage) -> None:
        await stage.channels[name].run(code)
        await stage.wait_for_state(name, "busy")
        await stage.wait_for_state(name, "idle")

    return act


def asked(name: str) -> Action:
    """The page tells that the cell waits for an answer."""

    async def act(stage: Stage) -> None:
        channel = stage.channels[name]

        async def is_so() -> bool:
            return channel.asks is not None

        await until(f"kernel {name} asks", is_so)
        await stage.page.tell([channel.kernel])

    return act


def answer(name: str, value: str) -> Action:
    """A person answers the cell."""

    async def act(stage: Stage) -> None:
        await stage.channels[name].answer(value)
        await stage.page.typed(stage.channels[name].kernel)

    return act


def leave(name: str) -> Action:
    """The notebook's page is closed; its kernel goes on."""

    async def act(stage: Stage) -> None:
        stage.channels[name].close()

    return act


def typed(name: str | None) -> Action:
    """A person types in that notebook, or with None somewhere else."""
    return lambda stage: stage.page.typed(None if name is None else stage.channels[name].kernel)


def edit(name: str) -> Action:
    """A person writes in the notebook, which is saved; nothing is run."""

    async def act(stage: Stage) -> None:
        content = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        body = {"type": "notebook", "format": "json", "content": content}
        await stage.server.request("PUT", f"api/contents/{name}.ipynb", body)
        await stage.page.typed(stage.channels[name].kernel)

    return act


def tab(visible: bool) -> Action:
    """JupyterLab is open in one more tab, and nobody touches it. A visible one polls."""

    async def act(stage: Stage) -> None:
        page = Page(stage.server)
        stage.pages.append(page)
        await page.open()
        if visible:
            page.show(SECONDS_PER_MINUTE)

    return act


def reconnect_for_ever(name: str, every_s: float) -> Action:
    """A page that loses its connection and comes back, again and again, with a new session each time."""

    async def storm(stage: Stage) -> None:
        while True:
            channel = KernelChannel(stage.server, stage.channels[name].kernel)
            await channel.open()
            await channel.ask_kernel()
            await asyncio.sleep(every_s)
            channel.close()

    async def act(stage: Stage) -> None:
        stage.go_on(asyncio.create_task(storm(stage)))

    return act


def poll_for_ever(path: str, every_s: float) -> Action:
    """Some script asks the server the same, again and again."""

    async def polling(stage: Stage) -> None:
        while True:
            await stage.server.request("GET", path)
            await asyncio.sleep(every_s)

    async def act(stage: Stage) -> None:
        stage.go_on(asyncio.create_task(polling(stage)))

    return act


def terminal(name: str) -> Action:
    """A terminal is opened."""
    return lambda stage: stage.start_terminal(name)


def line(name: str, text: str) -> Action:
    """A line is sent to a terminal, by no person."""
    return lambda stage: stage.type_in(name, text)


def kill_kernel(name: str) -> Action:
    """The kernel's process dies, as for want of memory."""

    async def act(stage: Stage) -> None:
        await stage.channels[name].run("import os; os.kill(os.getpid(), 9)")

    return act


def restart_kernel(name: str) -> Action:
    """A person restarts the kernel."""

    async def act(stage: Stage) -> None:
        await stage.server.request("POST", f"api/kernels/{stage.channels[name].kernel}/restart")
        await stage.page.typed(stage.channels[name].kernel)

    return act


def interrupt(name: str) -> Action:
    """A person interrupts the cell."""

    async def act(stage: Stage) -> None:
        await stage.server.request("POST", f"api/kernels/{stage.channels[name].kernel}/interrupt")
        await stage.page.typed(stage.channels[name].kernel)

    return act


def freeze(stage: Stage) -> Awaitable[None]:
    """The server's process no longer runs, so it answers nobody."""
    return _signal(stage, signal.SIGSTOP)


def thaw(stage: Stage) -> Awaitable[None]:
    """It runs again."""
    return _signal(stage, signal.SIGCONT)


async def _signal(stage: Stage, what: signal.Signals) -> None:
    os.kill(stage.server.pid, what)


def denied(is_so: bool) -> Action:
    """Whether the agent refuses the judge."""

    async def act(stage: Stage) -> None:
        stage.judge.denied = is_so

    return act


def away(is_so: bool) -> Action:
    """Whether the judge asks nobody."""

    async def act(stage: Stage) -> None:
        stage.judge.away = is_so

    return act


async def restart_server(stage: Stage) -> None:
    """The server dies with its kernels and is started again, without them."""
    await stage.server.end()
    await stage.server.start()
