#!/usr/bin/env python3
"""Makes the extension of this folder visible to the private JupyterLab: run it with that environment's Python.

`--this-python` says that an interpreter outside any environment is meant as well (Binder's image has only that one).

Three links, so that every later build is seen without another step: the Python package (a `.pth` file), the built
front end (which need not exist yet), and the configuration that enables the server extension. Quick, and harmless to
repeat. An editable install would do the same, but takes seconds and cannot be made before the first build.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from pathlib import Path

EXTENSION = Path(__file__).resolve().parent.parent / "extension"
PTH_NAME = "jupyterlab_berth.pth"
# This JupyterLab is locked to one version: whether to fetch news need not be the first question that it asks.
DEFAULT_SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}


def main() -> int:
    """Makes the links in the environment of the Python that runs this."""
    if sys.prefix == sys.base_prefix and "--this-python" not in sys.argv[1:]:
        print("berth: run this with the private Python: .berth/tools/bin/python", file=sys.stderr)
        return 1
    environment = Path(sys.prefix)
    write_if_other(Path(sysconfig.get_path("purelib")) / PTH_NAME, f"{EXTENSION}\n")
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
        sys.exit(f"berth: {path} is in the way\n  fix: remove it (`pip uninstall jupyterlab-berth`)")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.symlink_to(target)
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
