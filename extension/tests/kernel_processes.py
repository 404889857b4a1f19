"""The kernels of a Jupyter server, seen from outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from .jupyter_servers import JupyterServer, Person, is_alive, wait_until
from .tiny_environment import call


def start_first_session(server: JupyterServer, notebook: str) -> dict:
    """What JupyterLab does for a notebook without one: a path of its own first, the notebook's when it has started."""
    path = str(Path(notebook).with_name(str(uuid4())))
    body = {"path": path, "name": Path(notebook).name, "type": "notebook", "kernel": {"name": "berth-default"}}
    session = call(server, "POST", "api/sessions", body)
    return call(server, "PATCH", f"api/sessions/{session['id']}", {"path": notebook})


def start_session(server: JupyterServer, notebook: str = "a.ipynb", kernel: str = "berth-default") -> dict:
    """The session of a notebook, with its kernel."""
    body = {"path": notebook, "name": notebook, "type": "notebook", "kernel": {"name": kernel}}
    return call(server, "POST", "api/sessions", body)


def kernels(server: JupyterServer) -> list[dict]:
    """Those that the gateway knows."""
    return call(server, "GET", "berth/api/v1/kernels")["kernels"]


def until_running(server: JupyterServer, kernel_id: str) -> dict:
    """The gateway's view of a kernel, as soon as it knows of its process."""

    def running() -> list[dict]:
        return [one for one in kernels(server) if one["kernelId"] == kernel_id and one["phase"] == "Running"]

    wait_until("the gateway knows of the process", running)
    return running()[0]


def process_of(person: Person, kernel_id: str) -> int:
    """The process of a kernel: the one that was given its connection file."""
    file = str(person.home / "runtime" / f"kernel-{kernel_id}.json").encode()

    def found() -> list[int]:
        pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        return [pid for pid in pids if file in arguments_of(pid) and is_alive(pid)]

    wait_until("there is a process", found)
    return found()[0]


def arguments_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def variables_of(pid: int) -> dict[str, str]:
    """What the process found in its environment."""
    pairs = Path(f"/proc/{pid}/environ").read_text(errors="replace").split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def write_kernelspec(person: Person, name: str, argv: list[str], environment: Any) -> None:
    """A kernelspec as the gateway, or a stranger, would write it."""
    folder = person.home / "data" / "kernels" / name
    folder.mkdir(parents=True)
    metadata = {"kernel_provisioner": {"provisioner_name": "berth-provisioner", "config": {}}}
    spec = {"argv": argv, "display_name": name, "language": "python"}
    spec["metadata"] = {**metadata, "berth": {"environment": environment}}
    (folder / "kernel.json").write_text(json.dumps(spec))
