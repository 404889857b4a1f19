"""Makes one reading: everything that says whether somebody or something is at work in this Jupyter server.

A reading takes a millisecond or two of one processor, and no request, message or wait of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from jupyter_client.provisioning import LocalProvisioner
from jupyter_server.serverapp import ServerApp

from .executions import Executions
from .front_end_input import FrontEndInput
from .gpu_evidence import NO_GPU, Device, gpu_of_kernel
from .nvml import Nvml, are_of_this_machine, open_devices
from .proc_files import has_proc, now_since_boot_s
from .process_tree import ProcessTree, Roots, Sight
from .waiting_cells import WaitingCells

KERNELS_MAX = 1000
TERMINALS_MAX = 1000
STATES = frozenset({"starting", "idle", "busy", "restarting", "dead", "unknown"})
OTHER_STATES = {"autorestarting": "restarting", "terminating": "restarting"}
NAME_MAX_CHARACTERS = 256
PATH_MAX_CHARACTERS = 4096
FAILURE_MAX_CHARACTERS = 500
NOTHING_SEEN = Sight({}, {}, {}, {}, [])


class Collector:
    """Looks at one Jupyter server."""

    def __init__(
        self, serverapp: ServerApp, mark: str, clock: Callable[[], float], tabs: Callable[[], int | None]
    ) -> None:
        """`mark` is what the processes of this server carry; `tabs` counts the pages that are open."""
        self.front_end = FrontEndInput()
        self._waiting = WaitingCells(serverapp.kernel_manager, self.front_end)
        self.executions = Executions(self._waiting.cell_ended)
        self._serverapp = serverapp
        self._clock = clock
        self._tabs = tabs
        self._tree = ProcessTree(mark) if has_proc() else None
        self._nvml = Nvml()
        self._began_s: dict[str, float] = {}
        self._has_failed = False

    def close(self) -> None:
        """Gives back what it holds."""
        if self._tree is not None:
            self._tree.close()
        self._nvml.close()

    async def read(self) -> dict[str, Any]:
        """One reading; one that fails says why, and is logged once until the next that does not."""
        try:
            reading = {"t": self._clock(), "evidence": await self._evidence()}
        except Exception as error:
            if not self._has_failed:
                self._serverapp.log.warning("berth: activity could not be read", exc_info=True)
            self._has_failed = True
            return {"t": self._clock(), "failed": _kind_of(error)[:FAILURE_MAX_CHARACTERS]}
        self._has_failed = False
        return reading

    def at_once(self, kernel_id: str) -> dict[str, Any]:
        """What is known of a kernel without looking: its state, its cells and the input in its notebook."""
        return {
            "state": self._state(kernel_id, self._serverapp.kernel_manager.get_kernel(kernel_id)),
            "executions": self.executions.count(kernel_id),
            "input_t": self.front_end.of_kernel(kernel_id),
        }

    async def _evidence(self) -> dict[str, Any]:
        sessions = await self._notebooks()
        kernels = self._kernels()
        terminals = self._terminals()
        sight = NOTHING_SEEN if self._tree is None else self._tree.look(self._roots(kernels, terminals))
        self._began_s = sight.kernel_began_s
        known = set(kernels)
        for memory in (self.executions, self.front_end, self._waiting):
            memory.keep_only(known)
        gpus = self._nvml.devices() if self._nvml.is_here and kernels else []
        return {
            "kernels": [
                self._kernel(kernel_id, kernel, sessions.get(kernel_id), sight, gpus)
                for kernel_id, kernel in list(kernels.items())[:KERNELS_MAX]
            ],
            "processes": sight.processes,
            "terminals": [{"name": name[:NAME_MAX_CHARACTERS]} for name in list(terminals)[:TERMINALS_MAX]],
            "input_t": self.front_end.input_t,
            "tabs": self._tabs(),
            "leases": [],
        }

    async def _notebooks(self) -> dict[str, str]:
        """The path of each kernel: that of its notebook, if it has one, else of whatever else it is for."""
        paths: dict[str, str] = {}
        for session in await self._serverapp.session_manager.list_sessions():
            path, kernel = session.get("path"), session["kernel"]["id"]
            if path and (session.get("type") == "notebook" or kernel not in paths):
                paths[kernel] = path[:PATH_MAX_CHARACTERS]
        return paths

    def _kernels(self) -> dict[str, Any]:
        manager = self._serverapp.kernel_manager
        found = {}
        for kernel_id in manager.list_kernel_ids():
            try:
                found[kernel_id] = manager.get_kernel(kernel_id)
            except Exception:  # it has ended since, or is only about to start
                continue
        return found

    def _terminals(self) -> dict[str, int | None]:
        manager = self._serverapp.web_app.settings.get("terminal_manager")
        terminals = getattr(manager, "terminals", None) or {}
        return {name: getattr(getattr(one, "ptyproc", None), "pid", None) for name, one in terminals.items()}

    @staticmethod
    def _roots(kernels: dict[str, Any], terminals: dict[str, int | None]) -> Roots:
        pids = {kernel_id: _process_of(kernel) for kernel_id, kernel in kernels.items()}
        return Roots(
            kernels={pid: kernel_id for kernel_id, pid in pids.items() if pid is not None},
            terminals={pid: name for name, pid in terminals.items() if pid is not None},
            connection_files={
                kernel_id: os.path.basename(str(getattr(kernel, "connection_file", "") or ""))
                for kernel_id, kernel in kernels.items()
            },
        )

    def _kernel(
        self, kernel_id: str, kernel: Any, path: str | None, sight: Sight, gpus: list[Device]
    ) -> dict[str, Any]:
        state = self._state(kernel_id, kernel)
        seconds = sight.kernel_cpu_s.get(kernel_id)
        name = path.rpartition("/")[2] if path else getattr(kernel, "kernel_name", None) or kernel_id
        return {
            "id": kernel_id,
            "state": state,
            "path": path,
            "name": name[:NAME_MAX_CHARACTERS],
            "cpu_s": None if seconds is None else round(seconds, 2),
            "executions": self.executions.count(kernel_id),
            "waits_input": state == "busy" and self._waiting.is_waiting(kernel_id),
            "input_t": self.front_end.of_kernel(kernel_id),
            **self._gpu(kernel_id, sight, gpus),
        }

    def _state(self, kernel_id: str, kernel: Any) -> str:
        """As Jupyter says; but what was busy when it was killed is busy for Jupyter until the next cell has run."""
        state = _state_of(kernel)
        worked_s, began_s = self.executions.last_busy_s(kernel_id), self._began_s.get(kernel_id)
        if worked_s is None or began_s is None:
            return state
        is_of_before = worked_s < began_s <= (now_since_boot_s() or 0)  # what began later than now is of another clock
        return "idle" if state == "busy" and is_of_before else state

    def _gpu(self, kernel_id: str, sight: Sight, gpus: list[Device]) -> dict[str, Any]:
        if not self._nvml.is_here:
            return NO_GPU
        pids = sight.kernel_pids.get(kernel_id, set())
        minors = set() if gpus and are_of_this_machine(gpus) else open_devices(pids)
        return gpu_of_kernel(pids, sight.kernel_devices.get(kernel_id, ""), minors, gpus)


def _kind_of(error: Exception) -> str:
    """Not its whole text: readings go into reports, and an address in it may hold a password. The log has all of it."""
    name = type(error).__name__
    return f"{name}: {error.strerror}" if isinstance(error, OSError) and error.strerror else name


def _state_of(kernel: Any) -> str:
    """Jupyter passes on whatever a kernel says of itself."""
    said = getattr(kernel, "execution_state", None) or "starting"
    if not isinstance(said, str):
        return "unknown"
    return said if said in STATES else OTHER_STATES.get(said, "unknown")


def _process_of(kernel: Any) -> int | None:
    """Its process on this machine, if that is where it runs."""
    provisioner = getattr(kernel, "provisioner", None)
    if isinstance(provisioner, LocalProvisioner) and provisioner.has_process:
        return provisioner.pid
    return None
