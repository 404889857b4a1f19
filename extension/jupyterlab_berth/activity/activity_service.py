"""The agent with its judge, as the server extension starts and stops it."""

from __future__ import annotations

import os
import secrets
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from jupyter_server.serverapp import ServerApp

from ..iopub_tap import IopubTap
from ..lease import Lease
from .agent import ActivityAgent
from .agent_port import AgentPort, take_port_settings
from .handlers import ActivityHandler, activity_routes
from .judge_client import JudgeClient
from .process_tree import MARK


class ActivityService:
    """One for each Jupyter server. Where an operator judges, the gateway is never asked."""

    def __init__(self, serverapp: ServerApp, iopub: IopubTap, lease: Lease, folder: Path, read_every_s: float) -> None:
        """`folder` is where what was stopped is kept; it is made when there is something to keep."""
        self.agent = ActivityAgent(serverapp, mark_this_server(os.environ), folder, read_every_s)
        iopub.listen(self.agent.on_message)
        self._judge: AgentPort | JudgeClient | None = None
        try:
            settings = take_port_settings(os.environ)
        except ValueError as error:  # nobody is asked in its place: a workspace of a cluster is not one's own machine
            serverapp.log.error("berth: nobody judges the activity of this server: %s", error)
            return
        if settings is None:
            self._judge = JudgeClient(self.agent, lease, serverapp.log)
        else:
            self._judge = AgentPort(self.agent, settings, serverapp.log)

    def routes(self) -> list[tuple[str, type[ActivityHandler], dict[str, Any]]]:
        """What pages ask."""
        return activity_routes(self.agent)

    def start(self) -> None:
        """Begins to read and to be judged; needs a running event loop."""
        if self._judge is not None:
            self._judge.start()
        self.agent.start()

    async def stop(self) -> None:
        """Ends both."""
        if self._judge is not None:
            await self._judge.stop()
        await self.agent.stop()


def mark_this_server(environ: MutableMapping[str, str]) -> str:
    """Puts into the environment, which kernels and terminals inherit, by what their processes are known to be ours."""
    mark = environ[MARK] = secrets.token_hex(16)
    return mark
