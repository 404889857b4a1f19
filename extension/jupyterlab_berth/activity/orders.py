"""Carries out what the judge orders: releases kernels, and notes what is going to be stopped. Each order once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.serverapp import ServerApp

from .stops import Stops

READINGS_MAX_BYTES = 512 * 1024
"""Of the readings before a stop so much is kept with it."""

STALE_S = 60.0


class Orders:
    """The orders of one Jupyter server."""

    def __init__(
        self,
        serverapp: ServerApp,
        stops: Stops,
        readings: Callable[[int], list[dict[str, Any]]],
        is_used_since: Callable[[str], bool],
        on_done: Callable[[], None],
    ) -> None:
        """`readings` gives the latest that fit into so many bytes; `is_used_since` says whether a kernel has been used
        since the judge has heard of it; `on_done` is called when an order has been carried out."""
        self._serverapp = serverapp
        self._stops = stops
        self._readings = readings
        self._is_used_since = is_used_since
        self._on_done = on_done
        self._done: list[str] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failed: set[str] = set()
        self._noted: set[str] = set()

    def done(self) -> list[str]:
        """Those that were carried out and that the judge still gives."""
        return self._done[-100:]

    def hear(self, orders: list[dict[str, Any]]) -> None:
        """Begins to carry out those that are new."""
        given = {order["id"] for order in orders}
        self._done = [one for one in self._done if one in given]
        self._failed &= given
        for order_id in self._noted - given:
            self._take_back(order_id)
        for order in orders:
            if order["id"] not in self._done and order["id"] not in self._tasks:
                task = asyncio.get_running_loop().create_task(self._carry_out(order), name="berth order")
                self._tasks[order["id"]] = task

    def _take_back(self, order_id: str) -> None:
        """The workspace was to be stopped and still runs: somebody has changed their mind in the last moment."""
        try:
            self._stops.take_back(order_id)
            self._noted.discard(order_id)
        except OSError:  # tried again as soon as the judge speaks
            self._serverapp.log.warning(
                "berth: the note of a stop that did not come cannot be taken back", exc_info=True
            )

    async def stop(self) -> None:
        """Waits for what has begun: a kernel that is half shut down helps nobody."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _carry_out(self, order: dict[str, Any]) -> None:
        try:
            if not self._stops.is_done(order["id"]):
                is_carried_out = await (self._release(order) if order["kind"] == "release" else self._note(order))
                if not is_carried_out:
                    return
            self._done.append(order["id"])
        except Exception:  # the judge gives it again, many times where a disk is full: that is said once
            if order["id"] not in self._failed:
                self._serverapp.log.exception("berth: an order could not be carried out: %s", order["kind"])
            self._failed.add(order["id"])
            return
        finally:
            self._tasks.pop(order["id"], None)
        self._on_done()

    async def _release(self, order: dict[str, Any]) -> bool:
        """Shuts the kernel down; its notebook stays open. Not if it is used in a way that the judge cannot know of."""
        manager, kernel_id = self._serverapp.kernel_manager, order["kernel"]
        notebooks = await self._notebooks()
        if kernel_id not in manager:
            return True
        if self._is_used_since(kernel_id):  # from here on nothing is waited for until the kernel is told to end
            return False
        kernel = manager.get_kernel(kernel_id)
        path = next((one["path"] for one in notebooks if one["kernel"]["id"] == kernel_id), None)
        name = path.rpartition("/")[2] if path else kernel.kernel_name
        subject = {"kind": "kernel", "id": kernel_id}
        self._stops.note(_stop(order, subject, name, path, kernel.kernel_name, []), self._readings(READINGS_MAX_BYTES))
        self._serverapp.log.info("berth: releasing the kernel %s of %r: %r", kernel_id, name, order["why"])
        try:
            await ensure_async(manager.shutdown_kernel(kernel_id))
        except Exception:
            self._stops.take_back(order["id"])
            raise
        await self._serverapp.session_manager.list_sessions()  # forgets the session of a kernel that is gone
        return True

    async def _note(self, order: dict[str, Any]) -> bool:
        """The whole workspace is going to be stopped, by somebody else: what is open is what a person will look for."""
        opened = [one["path"] for one in await self._notebooks() if one["path"]]
        stop = _stop(order, {"kind": "workspace"}, "the workspace", None, None, sorted(set(opened)))
        self._stops.note(stop, self._readings(READINGS_MAX_BYTES))
        self._noted.add(order["id"])
        self._serverapp.log.info("berth: this workspace is going to be stopped: %r", order["why"])
        return True

    async def _notebooks(self) -> list[dict[str, Any]]:
        sessions = await self._serverapp.session_manager.list_sessions()
        return [one for one in sessions if one.get("type") == "notebook"]


def is_stale(read_t: float, now_t: float, read_every_s: float) -> bool:
    """Whether an order rests on a reading so old that it was long on its way, or is of a judge that has slept."""
    return abs(now_t - read_t) > max(STALE_S, 4 * read_every_s)


def _stop(
    order: dict[str, Any],
    subject: dict[str, str],
    name: str,
    path: str | None,
    kernel_name: str | None,
    opened: list[str],
) -> dict[str, Any]:
    return {
        "id": order["id"],
        "subject": subject,
        "name": name,
        "path": path,
        "kernelName": kernel_name,
        "atMs": order["atMs"],
        "why": order["why"],
        "signals": order["signals"],
        "open": opened,
    }
