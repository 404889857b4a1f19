#!/usr/bin/env python3
"""Makes the extension of this folder visible to the private JupyterLab: run it with that environment's Python.

`--this-python` says that an interpreter outside any environment is meant as well (Binder's image has only that one).

Three links, so that every later build is seen without another step: the Python package (a `.pth` file), the built
front end (which need not exist yet), and the configuration that enables the server extension. And what tells Python of
an installed package, for that is where Jupyter looks for kernel provisioners. Quick, and harmless to repeat. An
editable install would do the same, but takes seconds and cannot be made before the first build.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import NoReturn

EXTENSION = Path(__file__).resolve().parent.parent / "extension"
PTH_NAME = "jupyterlab_berth.pth"
INSTALLER = "berth-link"
# As in the package's pyproject.toml, which only newer Pythons can read.
ENTRY_POINTS = """\
[jupyter_client.kernel_provisioners]
berth-provisioner = jupyterlab_berth.kernel_provisioner:BerthProvisioner
"""
# This JupyterLab is locked to one version: whether to fetch news need not be the first question that it asks.
DEFAULT_SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}


def main() -> int:
    """Makes the links in the environment of the Python that runs this."""
    if sys.prefix == sys.base_prefix and "--this-python" not in sys.argv[1:]:
        print("berth: run this with the private Python: .berth/tools/bin/python", file=sys.stderr)
        return 1
    environment = Path(sys.prefix)
    packages = Path(sysconfig.get_path("purelib"))
    tell_of_package(packages)
    write_if_other(packages / PTH_NAME, f"{EXTENSION}\n")
    link(
        environment / "share" / "jupyter" / "labextensions" / "@berth" / "extension",
        EXTENSION / "jupyterlab_berth" / "labextension",
    )
    link(
        environment / "etc" / "jupyter" / "jupyter_server_config.d" / "jupyterlab_berth.json",
        EXTENSION / "jupyter-config" / "server-config" / "jupyterlab_berth.json",
    )
    settings = environment / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    write_if_other(settings, json.dumps(DEFAULT_SETTINGS))
    return 0


def tell_of_package(packages: Path) -> None:
    """Writes what an installer would leave for `importlib.metadata`. An installed wheel is not ours to replace."""
    name = f"jupyterlab_berth-{version()}.dist-info"
    for found in packages.glob("jupyterlab_berth-*.dist-info"):
        installer = found / "INSTALLER"
        is_ours = installer.exists() and installer.read_text().strip() == INSTALLER
        if not is_ours and any(found.iterdir()):  # an empty one is ours, from a link that was cut off
            refuse(found)
        if found.name != name:
            shutil.rmtree(found)
    folder = packages / name
    folder.mkdir(exist_ok=True)
    files = {
        "INSTALLER": f"{INSTALLER}\n",  # first: only by this is it known to be ours
        "METADATA": f"Metadata-Version: 2.1\nName: jupyterlab-berth\nVersion: {version()}\n",
        "entry_points.txt": ENTRY_POINTS,
    }
    for file, text in files.items():
        write_if_other(folder / file, text)
    listed = [PTH_NAME, *(f"{name}/{file}" for file in [*files, "RECORD"])]
    write_if_other(folder / "RECORD", "".join(f"{path},,\n" for path in listed))


def version() -> str:
    """The version of the extension."""
    text = (EXTENSION / "jupyterlab_berth" / "__init__.py").read_text()
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        sys.exit(f"berth: {EXTENSION}/jupyterlab_berth/__init__.py names no __version__")
    return found[1]


def write_if_other(path: Path, text: str) -> None:
    """Writes `text` unless it is there already."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def link(path: Path, target: Path) -> None:
    """Makes `path` a symbolic link to `target`. Another link is replaced, atomically; anything else is not ours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() and path.readlink() == target:
        return
    if path.exists() and not path.is_symlink():
        refuse(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.symlink_to(target)
    draft.replace(path)


def refuse(path: Path) -> NoReturn:
    """Somebody has installed the wheel here."""
    sys.exit(f"berth: {path} is in the way\n  fix: remove it (`pip uninstall jupyterlab-berth`)")


if __name__ == "__main__":
    sys.exit(main())
