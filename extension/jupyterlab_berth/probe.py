"""`python -m jupyterlab_berth.probe`: tells Kubeflow Workspaces whether this workspace is in use (its `podExec` probe).

Kubeflow sets OUTPUT_JSON_PATH and reads one of two things from that file: `has_activity`, or `last_activity`, by which
its own rules say whether to pause. It never pauses after a probe that failed, so whatever is not known is a failure.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .hub.workspace_word import NoWord, WorkspaceWord, read_word

ANSWER_MAX_BYTES = 4 * 1024 * 1024
STALE_AFTER_S = 300.0
UNKNOWN_MAX_S = 24 * 3600.0
TIMEOUT_S = 20.0


@dataclass(frozen=True)
class LocalServer:
    """A Jupyter server on this machine: its base URL, with a slash at the end, and its token, which may be empty."""

    url: str
    token: str


def probe_output(word: WorkspaceWord, unknown_max_s: float = UNKNOWN_MAX_S) -> dict[str, Any]:
    """What Kubeflow is told; raises NoWord where the probe must fail, so that nothing is paused.

    While the time that Berth itself has announced, with its snoozes, is not over, the workspace counts as active. One
    that cannot be observed fails only for so long: that is no way to hold a GPU for ever.
    """
    if abs(word.judged_ago_s) > STALE_AFTER_S:
        raise NoWord(f"what Berth judged is {word.judged_ago_s:.0f} s old")
    if word.is_switched_off:
        raise NoWord("Berth's stops are switched off or on trial")
    if word.activity == "active" or word.own_limit == "later":
        return {"has_activity": True}
    if word.activity == "idle":
        return {"last_activity": _iso(word.now_s - word.idle_s)}
    if word.own_limit is None and word.for_s < unknown_max_s:
        raise NoWord("Berth cannot tell whether it is in use")
    return {"last_activity": _iso(word.now_s - word.for_s)}


def most_active(outputs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What holds for several servers of one pod: any that is active, else the latest activity."""
    for output in outputs:
        if "has_activity" in output:
            return output
    return max(outputs, key=lambda output: output["last_activity"])


def local_servers(environ: os._Environ[str] | dict[str, str]) -> list[LocalServer]:
    """The Jupyter servers of this account; where none has left a note, the one that Kubeflow's images start."""
    from jupyter_server.serverapp import list_running_servers

    running = [LocalServer(info["url"], info["token"]) for info in list_running_servers() if not info.get("sock")]
    if running:
        return running
    prefix = environ.get("NB_PREFIX", "").strip("/")
    url = "http://127.0.0.1:8888/" + (f"{prefix}/" if prefix else "")
    return [LocalServer(url, environ.get("JUPYTER_TOKEN", ""))]


def ask_server(server: LocalServer) -> WorkspaceWord:
    """Asks one server for Berth's word, which does not count as activity; raises NoWord."""
    headers = {"Authorization": f"token {server.token}"} if server.token else {}
    request = urllib.request.Request(f"{server.url}berth/activity?timelines=0&no_track_activity=1", headers=headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=TIMEOUT_S) as answer:
            return read_word(answer.read(ANSWER_MAX_BYTES))
    except OSError as error:  # also an HTTP answer that is an error
        raise NoWord(f"{server.url} could not be asked: {error}") from error


def run_probe(servers: Iterable[LocalServer], output: Path, unknown_max_s: float) -> None:
    """Asks all and writes Kubeflow's file; raises NoWord and writes nothing where the probe must fail."""
    told = most_active([probe_output(ask_server(server), unknown_max_s) for server in servers])
    output.write_text(json.dumps(told))


def main(arguments: Sequence[str] | None = None) -> int:
    """The probe as a program; its exit status is what Kubeflow goes by."""
    parser = argparse.ArgumentParser(prog="python -m jupyterlab_berth.probe")
    parser.add_argument("--url", help="base URL of the Jupyter server; by default it is looked for")
    parser.add_argument("--token", default=os.environ.get("JUPYTER_TOKEN", ""), help="its token, for --url")
    parser.add_argument("--unknown-max-s", type=float, default=UNKNOWN_MAX_S, help="unknown for so long counts as idle")
    options = parser.parse_args(arguments)
    output = os.environ.get("OUTPUT_JSON_PATH")
    if not output:
        print("probe: OUTPUT_JSON_PATH is not set: Kubeflow sets it", file=sys.stderr)
        return 2
    given = [LocalServer(options.url.rstrip("/") + "/", options.token)] if options.url else None
    try:
        run_probe(given or local_servers(os.environ), Path(output), options.unknown_max_s)
    except NoWord as error:
        print(f"probe: {error}", file=sys.stderr)
        return 1
    return 0


def _iso(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


if __name__ == "__main__":
    sys.exit(main())
