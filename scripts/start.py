#!/usr/bin/env python3
"""`npm start [-- FOLDER] [-- ARGUMENT …]`: the private JupyterLab, on the examples or on FOLDER.

Every other argument goes to `jupyter lab` as it is. Run by the bootstrap with the private Python.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# This JupyterLab is locked to one version: news of others would only be in the way, and asking for them calls outside.
NO_NEWS = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
FIRST_NOTEBOOK = "01-train.ipynb"
# `npm start` changes to the repository's folder; this is where it was called.
CALLED_FROM = Path(os.environ.get("INIT_CWD") or os.getcwd())


def main(arguments: list[str]) -> None:
    """Becomes `jupyter lab`, so that its signals and its exit code are this command's."""
    folder, rest = split_folder(arguments)
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", *NO_NEWS]
    notebook = folder / FIRST_NOTEBOOK
    if notebook.exists():
        command.append(f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}")
    if os.geteuid() == 0:
        say("You are root, so Jupyter gets --allow-root: what you run can change this whole machine.")
        command.append("--allow-root")
    open_what = FIRST_NOTEBOOK if notebook.exists() else "a notebook"
    say(f"JupyterLab starts in {folder}; it prints its address below and opens a browser if there is one.")
    say(f"Open {open_what} and press Train in its toolbar.")
    os.execv(command[0], [*command, *rest])


def split_folder(arguments: list[str]) -> tuple[Path, list[str]]:
    """The folder to show, and what is for `jupyter lab`. Only a first argument that is no option can be a folder."""
    if not arguments or arguments[0].startswith("-"):
        return EXAMPLES, arguments
    folder = (CALLED_FROM / Path(arguments[0]).expanduser()).resolve()
    if not folder.is_dir():
        sys.exit(f"berth: {folder} is no folder\n  fix: name one that exists, or none for the examples")
    return folder, arguments[1:]


def say(text: str) -> None:
    """One line for the person."""
    print(f"berth: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
