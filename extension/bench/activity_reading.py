"""Measures the processor time of one reading of the activity agent, in a real Jupyter server with real kernels.

Prints one line of JSON. Each kernel has one child, and its session a notebook's path.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jupyter_server.serverapp import ServerApp

from jupyterlab_berth.activity.activity_service import mark_this_server
from jupyterlab_berth.activity.collector import Collector
from jupyterlab_berth.activity.ring import ReadingRing

CHILD = "import subprocess; child = subprocess.Popen(['sleep', '86400'])"
WARM_READINGS = 25


async def measure(app: ServerApp, kernels: int, readings: int) -> dict[str, Any]:
    """Starts the kernels, reads, and shuts them down."""
    collector = Collector(app, mark_this_server(os.environ), time.time, lambda: 1)
    ring = ReadingRing("measured")
    try:
        for number in range(kernels):
            await start_kernel(app, f"notebook-{number}.ipynb")
        for _ in range(WARM_READINGS):
            reading = await collector.read()
        spent_ms, others_ms = [], []
        for _ in range(readings):
            await asyncio.sleep(0)  # lets what the server itself has to do be done outside of what is measured
            start = time.process_time()
            ring.add(await collector.read())
            spent_ms.append((time.process_time() - start) * 1000)
            start = time.process_time()
            await app.session_manager.list_sessions()
            others_ms.append((time.process_time() - start) * 1000)
        evidence = reading["evidence"]
        assert len(evidence["kernels"]) == len(evidence["processes"]) == kernels, reading
        assert all(kernel["cpu_s"] is not None for kernel in evidence["kernels"]), reading
        pids = sum(name.isdigit() for name in os.listdir("/proc"))
        return {"spent_ms": spent_ms, "sessions_ms": others_ms, "machine_processes": pids}
    finally:
        await app.kernel_manager.shutdown_all()
        collector.close()


async def start_kernel(app: ServerApp, path: str) -> None:
    """A session with a kernel that has started one process."""
    session = await app.session_manager.create_session(path, path, "notebook", "python3")
    client = app.kernel_manager.get_kernel(session["kernel"]["id"]).client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=120)
        answer = await client.execute(CHILD, reply=True, timeout=60)
        assert answer["content"]["status"] == "ok", answer
    finally:
        client.stop_channels()


def main() -> None:
    """`activity_reading.py KERNELS READINGS`."""
    kernels, readings = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as home:
        os.environ.update({f"JUPYTER_{name}_DIR": f"{home}/{name}" for name in ("DATA", "CONFIG", "RUNTIME")})
        os.chdir(home)
        app = ServerApp.instance(allow_root=True, open_browser=False, port=0, root_dir=home, log_level=40)
        app.initialize(argv=["--KernelManager.transport=ipc"], find_extensions=False)
        found = app.io_loop.run_sync(lambda: measure(app, kernels, readings))
        app.io_loop.run_sync(app._cleanup)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
