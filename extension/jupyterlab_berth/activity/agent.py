"""The agent of one Jupyter server: it makes readings, tells its judge, and keeps and serves what the judge says."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_server.serverapp import ServerApp

from .collector import Collector
from .events import ActivityEvents
from .judge_says import JudgeSays
from .last_activity import publish_last_activity
from .orders import Orders, is_stale
from .our_clock import in_our_clock
from .report import trace_of, write_report
from .request_bodies import InputSays, WrongSays
from .ring import ReadingRing
from .snoozes import AskedSnooze, Snoozes
from .stops import Stops
from .timelines import timelines
from .view import activity_view

TOGETHER_S = 0.1
WORKING_STATES = ("busy", "starting", "restarting")


class NothingSeen(Exception):
    """There is nothing to report about; the message says why, for people."""


class ActivityAgent:
    """`start()` begins to read; `on_news` is called when the judge should hear of something at once."""

    def __init__(
        self,
        serverapp: ServerApp,
        mark: str,
        folder: Path,
        read_every_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.read_every_s = read_every_s
        self.on_news: Callable[[], None] = lambda: None
        self._serverapp = serverapp
        self._clock = clock
        self._folder = folder
        self._events = ActivityEvents(serverapp.event_logger)
        self._collector = Collector(serverapp, mark, clock, self._events.listening_pages)
        self._ring = ReadingRing(secrets.token_urlsafe(12))
        self._stops = Stops(folder, serverapp.root_dir)
        self._orders = Orders(serverapp, self._stops, self._ring.readings, self._is_used_since, self._on_order_done)
        self._snoozes = Snoozes()
        self._wish: dict[str, Any] | None = None
        self._says: JudgeSays | None = None
        self._heard_ms: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_to_tell = False

    @property
    def on_message(self) -> Callable[[str, dict[str, Any]], None]:
        """Wants to be called with everything that kernels publish."""
        return self._collector.executions.on_message

    def start(self) -> None:
        """Begins to read; needs a running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._read_for_ever(), name="berth activity")

    async def stop(self) -> None:
        """Reads no more, and finishes what it is doing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._orders.stop()
        self._collector.close()

    # --- its judge ---

    def says(self, boot: str | None, seq: int) -> str:
        """The body for a judge that has the readings of the life `boot` up to `seq`."""
        now_ms = self._now_ms()
        rest = json.dumps(
            {
                "version": 1,
                "boot": self._ring.boot,
                "nowMs": now_ms,
                "readEveryMs": max(100, round(self.read_every_s * 1000)),
                "snoozes": self._snoozes.pending(now_ms),
                "done": self._orders.done(),
                "wish": self._wish,
            },
            separators=(",", ":"),
        )
        return f'{rest[:-1]},"readings":[{",".join(self._ring.after(boot, seq))}]}}'

    def hear(self, says: JudgeSays) -> None:
        """Takes in what the judge says; what it orders begins to be done."""
        now_ms = self._now_ms()
        says = in_our_clock(says, now_ms)
        self._says, self._heard_ms = says, now_ms
        self._snoozes.hear(says.snoozes)
        self._orders.hear(says.orders)
        publish_last_activity(self._serverapp.web_app.settings, says.judgements, now_ms)
        self._tell_pages()

    def has_more(self, says: JudgeSays) -> bool:
        """Whether the judge lacks readings that did not fit into one message."""
        return says.boot != self._ring.boot or says.seq < self._ring.seq

    # --- its person ---

    def view(self, with_timelines: bool = False) -> dict[str, Any]:
        """What a person sees."""
        now_ms = self._now_ms()
        asking = [request["id"] for request in self._snoozes.pending(now_ms)]
        lines = timelines(self._ring.readings()) if with_timelines else []
        return activity_view(self._says, self._heard_ms, now_ms, self._stops.all(), asking, lines)

    def hear_input(self, says: InputSays) -> None:
        """A page says what its person does."""
        self._collector.front_end.hear(says.page, says.kernels, says.input_s, says.waits, self._clock())
        if says.has_wish and says.wish != self._wish:
            self._wish = says.wish
            self.on_news()

    def knows(self, subject: dict[str, str]) -> bool:
        """Whether there is such a kernel; there is always a workspace."""
        return subject["kind"] == "workspace" or subject["id"] in self._serverapp.kernel_manager

    def snooze(self, subject: dict[str, str]) -> AskedSnooze:
        """Asks the judge for a snooze. Raises TooManySnoozes."""
        asked = self._snoozes.ask(subject, self._now_ms())
        self._tell_pages()
        self.on_news()
        return asked

    @property
    def judge(self) -> str | None:
        """Who judges, once it has been heard."""
        return None if self._says is None else self._says.judge

    def dismiss(self, stop_id: str) -> bool:
        """The person has seen what was stopped; False if there is no such stop."""
        was_there = self._stops.dismiss(stop_id)
        if was_there:
            self._tell_pages()
        return was_there

    def report(self, says: WrongSays) -> Path:
        """Writes down what was seen. Raises NothingSeen, and OSError if the disk does not take it."""
        if says.stop_id is not None:
            stop = self._stops.get(says.stop_id)
            if stop is None:
                raise NothingSeen("There is no such stop.")
            subject, must, readings = stop["subject"], "keep", self._stops.readings_before(says.stop_id)
        else:
            subject = says.subject or {"kind": "workspace"}
            must, readings = self._should_have(subject), self._ring.readings()
        if not readings:
            raise NothingSeen("Nothing that was seen of it has been kept.")
        return write_report(self._folder, trace_of(readings, subject, must, says.text, self._now_ms()))

    # --- itself ---

    async def read_once(self) -> None:
        """Makes one reading and keeps it."""
        self._ring.add(await self._collector.read())
        self.on_news()

    async def read_if_used(self) -> None:
        """Makes a reading now if somebody has done something since the last: a judge that is about to stop all of it
        must not hear of it too late. Otherwise none: over a moment nothing and a little are the same."""
        last = self._ring.get(self._ring.seq)
        if last is None or "evidence" not in last:
            return
        has_input = self._collector.front_end.input_t != last["evidence"]["input_t"]
        kernels = self._serverapp.kernel_manager.list_kernel_ids()
        if has_input or any(self._has_changed(kernel_id, last) for kernel_id in kernels):
            await self.read_once()

    async def _read_for_ever(self) -> None:
        while True:
            try:
                await self.read_once()
            except Exception:  # this loop must outlive every bug in it: without readings nothing can be judged
                self._serverapp.log.exception("berth: a reading could not be kept")
            await asyncio.sleep(self.read_every_s)

    def _is_used_since(self, kernel_id: str) -> bool:
        """Whether it began to work, or somebody used it, after the last reading that the judge has."""
        says = self._says
        reading = self._ring.get(says.seq) if says is not None and says.boot == self._ring.boot else None
        if reading is None or is_stale(reading["t"], self._clock(), self.read_every_s):
            return True  # what the judge says is of something else, or of long ago
        if self._snoozes.is_asked_for({"kind": "kernel", "id": kernel_id}, self._now_ms()):
            return True
        return self._has_changed(kernel_id, reading)

    def _has_changed(self, kernel_id: str, reading: dict[str, Any]) -> bool:
        known = next((one for one in reading.get("evidence", {}).get("kernels", []) if one["id"] == kernel_id), None)
        if known is None:
            return True
        now = self._collector.at_once(kernel_id)
        has_woken = now["state"] != known["state"] and now["state"] in WORKING_STATES
        return has_woken or now["executions"] > known["executions"] or now["input_t"] != known["input_t"]

    def _should_have(self, subject: dict[str, str]) -> str:
        """What a person means who finds the present judgement wrong."""
        judgements = [] if self._says is None else self._says.judgements
        found = next((one["activity"] for one in judgements if one["subject"] == subject), "idle")
        return "keep" if found == "idle" else "stop"

    def _on_order_done(self) -> None:
        """What is done together is told together: each time all judgements are told, hundreds at worst."""
        if not self._is_to_tell:
            self._is_to_tell = True
            asyncio.get_running_loop().call_later(TOGETHER_S, self._tell_what_is_done)

    def _tell_what_is_done(self) -> None:
        self._is_to_tell = False
        self._tell_pages()
        self.on_news()

    def _tell_pages(self) -> None:
        try:
            self._events.tell(self.view())
        except Exception:  # a page that cannot be told must not keep the judge from being heard
            self._serverapp.log.exception("berth: pages could not be told of what has changed")

    def _now_ms(self) -> int:
        return round(self._clock() * 1000)
