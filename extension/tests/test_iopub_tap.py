"""The tap hears every kernel of a manager, also those before it and those that are restarted, and leaves no trace."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from jupyterlab_berth.iopub_tap import IopubTap


class Heard:
    """What the tap said, and a way to wait for it."""

    def __init__(self) -> None:
        self.prints: list[tuple[str, str]] = []
        self._new = asyncio.Event()

    def __call__(self, kernel_id: str, message: dict[str, Any]) -> None:
        if message["content"].get("name") == "stdout":
            self.prints.append((kernel_id, message["content"]["text"].strip()))
            self._new.set()

    async def until(self, kernel_id: str, text: str) -> None:
        while (kernel_id, text) not in self.prints:
            self._new.clear()
            await asyncio.wait_for(self._new.wait(), 30)


async def say(manager: AsyncMappingKernelManager, kernel_id: str, text: str) -> None:
    """Runs a print in a kernel, as a page would."""
    client = manager.get_kernel(kernel_id).client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=30)
        client.execute(f"print({text!r})")
        await client.get_shell_msg(timeout=30)
    finally:
        client.stop_channels()


async def test_a_kernel_that_sends_nonsense_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    manager = AsyncMappingKernelManager()
    try:
        kernel_id = await manager.start_kernel(kernel_name="python3")
        tap = IopubTap(SimpleNamespace(kernel_manager=manager, log=logging.getLogger("test")))
        heard, ended = Heard(), []
        tap.listen(lambda *_: 1 / 0)
        tap.listen(heard, ended.append)
        for text in ("one", "two"):
            await say(manager, kernel_id, text)
            await heard.until(kernel_id, text)
        told = [record for record in caplog.records if record.name == "test" and kernel_id in record.getMessage()]
        assert (len(told), ended) == (1, [])
        await manager.shutdown_kernel(kernel_id, now=True)
        assert ended == [kernel_id]
        tap.close()
    finally:
        await manager.shutdown_all(now=True)


async def test_it_hears_kernels_from_before_and_after_through_restarts_until_it_is_closed() -> None:
    manager = AsyncMappingKernelManager()
    methods = (manager.start_watching_activity, manager.stop_watching_activity)
    try:
        old = await manager.start_kernel(kernel_name="python3")
        tap = IopubTap(SimpleNamespace(kernel_manager=manager, log=logging.getLogger("test")))
        heard, fails = Heard(), []
        tap.listen(lambda *args: fails.append(args) or 1 / 0)  # one that fails keeps nothing from the others
        tap.listen(heard)
        new = await manager.start_kernel(kernel_name="python3")
        for kernel_id in (old, new):
            await say(manager, kernel_id, "hello")
            await heard.until(kernel_id, "hello")
        await manager.restart_kernel(old)
        await say(manager, old, "again")
        await heard.until(old, "again")
        assert heard.prints == [(old, "hello"), (new, "hello"), (old, "again")]
        assert fails

        await manager.shutdown_kernel(new, now=True)
        tap.close()
        assert (manager.start_watching_activity, manager.stop_watching_activity) == methods
        await say(manager, old, "to nobody")
        assert heard.prints[-1] == (old, "again")
    finally:
        await manager.shutdown_all(now=True)
