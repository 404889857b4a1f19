"""Starts notebook kernels in their environment, on the compute that is theirs, and tells the gateway of their end.

The gateway decides how; without one a kernel starts as its kernelspec says, on the processors, for a notebook has to
work also when Berth does not. What the gateway refuses, such as an environment that is not there, is an error.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from .gateway_client import GatewayUnavailable
from .kernel_gateway import KernelRefused, ask_gateway, tell_gateway
from .kernel_launch import (
    LaunchPlan,
    environment_of,
    kernel_command,
    launch_request,
    notebook_of,
    planned_variables,
    read_launch_plan,
    unplanned_variables,
)

ASK_PATIENCE_S = 15.0
"""The start of a kernel waits no longer for the gateway, its own start included."""

TELL_PATIENCE_S = 3.0
REPEAT_AFTER_S = 1.0
REPEAT_FOR_S = 60.0
"""After this time without a process the gateway gives away what was kept for it."""


class BerthProvisioner(LocalProvisioner):
    """`berth-provisioner` in kernelspecs. One for each kernel, also over its restarts."""

    _claim: str | None = None
    _telling: asyncio.Task[None] | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Asks the gateway how to start it; raises KernelRefused, before anything is done, if it must not start."""
        env = kwargs.get("env") or dict(os.environ)
        extra = list(kwargs.get("extra_arguments") or [])
        plan = await self._plan(env)
        self._stop_telling()
        self._claim = None if plan is None else plan.id
        try:
            launch = await super().pre_launch(**kwargs)
        except BaseException:
            await self._tell_ended()
            raise
        if plan is None:
            return {**launch, "env": unplanned_variables(launch["env"])}
        command = kernel_command(plan, self.parent.connection_file, extra)
        return {**launch, "cmd": command, "env": planned_variables(launch["env"], plan)}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """As the base class; a process that cannot be started holds nothing."""
        try:
            return await super().launch_kernel(cmd, **kwargs)
        except BaseException:
            await self._tell_ended()
            raise

    async def post_launch(self, **kwargs: Any) -> None:
        """Tells the gateway of the process; if that fails, again and again, but nobody waits for it."""
        await super().post_launch(**kwargs)
        if self._claim is None or self.pid is None:
            return
        self._telling = asyncio.create_task(self._tell_started(self._claim, self.pid), name="berth kernel started")
        await asyncio.wait([self._telling], timeout=TELL_PATIENCE_S)

    async def cleanup(self, restart: bool = False) -> None:
        """Its process has ended. A restart keeps what it holds."""
        if not restart:
            await self._tell_ended()
        await super().cleanup(restart=restart)

    async def _plan(self, env: dict[str, str]) -> LaunchPlan | None:
        environment = environment_of(self.kernel_spec.metadata)
        if environment is None or self.parent is None:
            self.log.warning("berth: this kernelspec names no environment; its kernel starts without a GPU")
            return None
        try:
            notebook = notebook_of(env, os.environ)
            request = launch_request(self.kernel_id, environment, notebook, restart=self._claim is not None)
            return read_launch_plan(await ask_gateway("/launch", request, ASK_PATIENCE_S))
        except (GatewayUnavailable, ValueError) as error:
            self.log.warning(
                "berth: a kernel in %s starts without the gateway and without a GPU: %s", environment, error
            )
            return None

    async def _tell_started(self, claim: str, pid: int) -> None:
        deadline = asyncio.get_running_loop().time() + REPEAT_FOR_S
        while asyncio.get_running_loop().time() < deadline:
            try:
                await tell_gateway(f"/{claim}/started", {"pid": pid}, TELL_PATIENCE_S)
                return
            except KernelRefused as error:
                self.log.warning("berth: the gateway does not know the kernel that was started: %s", error)
                return
            except GatewayUnavailable:
                await asyncio.sleep(REPEAT_AFTER_S)
        self.log.warning("berth: the gateway could not be told of the process %d of a kernel", pid)

    async def _tell_ended(self) -> None:
        """Without this the gateway notices by itself, some seconds later."""
        self._stop_telling()
        claim, self._claim = self._claim, None
        if claim is not None:
            with suppress(GatewayUnavailable, KernelRefused):
                await tell_gateway(f"/{claim}/ended", None, TELL_PATIENCE_S)

    def _stop_telling(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
