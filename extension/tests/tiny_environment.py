"""An environment that is made in a second: the real uv installs a small wheel that borrows the tests' ipykernel."""

from __future__ import annotations

import hashlib
import json
import sysconfig
import zipfile
from pathlib import Path

from .jupyter_servers import AUTH, EXTENSION, JupyterServer, wait_until

GATEWAY = EXTENSION.parent / "gateway"
# It takes the place of ipykernel, and is the real one as soon as it is started.
LAUNCHER = """\
import sys

if __name__ == "__main__":
    sys.path.append({packages!r})
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
"""
LOCK = """\
version = 1
revision = 3
requires-python = ">=3.9"

[manifest]
requirements = [{{ name = "ipykernel" }}]

[[package]]
name = "ipykernel"
version = "1.0"
source = {{ registry = "https://index.invalid/simple" }}
wheels = [
    {{ url = "{wheel}", hash = "sha256:{digest}" }},
]
"""
GPU_OFFER = "gpu-tesla-t4"


def tiny_environment(folder: Path) -> dict[str, str]:
    """Writes what the gateway makes its environment `default` from; returns the variables that lead it there."""
    wheel = folder / "wheels" / "ipykernel-1.0-py3-none-any.whl"
    wheel.parent.mkdir(parents=True)
    write_wheel(wheel)
    lock = LOCK.format(wheel=wheel.name, digest=hashlib.sha256(wheel.read_bytes()).hexdigest())
    locks = folder / "assets" / "environments"
    (locks / "kernel-layer").mkdir(parents=True)
    for path in (locks / "default.lock", locks / "kernel-layer" / "kernel.lock"):
        path.write_text(lock)
    (folder / "assets" / "launcher").symlink_to(GATEWAY / "launcher")
    return {
        "BERTH_ASSETS_DIR": str(folder / "assets"),
        "BERTH_NVIDIA_SMI": str(one_gpu(folder)),
        "BERTH_CHECK_ANSWERS": "1",
        "UV_CACHE_DIR": str(folder / "uv-cache"),
        "UV_FIND_LINKS": str(wheel.parent),
        "PIP_NO_INDEX": "1",
    }


def write_wheel(path: Path) -> None:
    info = "ipykernel-1.0.dist-info"
    files = {
        "ipykernel_launcher.py": LAUNCHER.format(packages=sysconfig.get_path("purelib")),
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: ipykernel\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/top_level.txt": "ipykernel_launcher\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text)


def one_gpu(folder: Path) -> Path:
    """A program that says what the real one said on a machine with one T4."""
    said = GATEWAY / "src" / "platform" / "local" / "compute" / "fixtures" / "t4-driver-515.xml"
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\nexec cat '{said}'\n")
    program.chmod(0o755)
    return program


def call(server: JupyterServer, method: str, path: str, body: dict | None = None) -> dict:
    """A request to this Jupyter server; its answer."""
    data = b"" if body is None else json.dumps(body).encode()
    answer = server.request(method, path, {**AUTH, "Content-Type": "application/json"}, data)
    assert answer.status < 300, answer.body
    return answer.json() if answer.body else {}


def make_default(server: JupyterServer) -> dict:
    """Has the environment `default` made."""
    call(server, "POST", "berth/api/v1/environments/default/create")

    def is_made() -> bool:
        environment = default_of(server)
        assert environment["state"] != "failed", environment["message"]
        return environment["state"] == "ready"

    wait_until("the environment is made", is_made, 60)
    return default_of(server)


def default_of(server: JupyterServer) -> dict:
    environments = call(server, "GET", "berth/api/v1/environments")["environments"]
    return next(one for one in environments if one["name"] == "default")
