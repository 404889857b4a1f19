"""Kubeflow's probe beside a real Jupyter server that is judged by the real gateway."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from jupyterlab_berth.hub.workspace_word import NoWord
from jupyterlab_berth.probe import local_servers, run_probe

from ..activity_servers import configure
from ..jupyter_servers import needs_gateway, person, wait_until

POLICY = {"workspace": {"hardSeconds": 4}, "warnSeconds": 2}
SCRIPT = f'#!/bin/sh\nexec "{sys.executable}" -m jupyterlab_berth.probe\n'


@needs_gateway
def test_it_fails_before_anything_is_judged_then_keeps_and_then_lets_go_of_an_idle_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with person() as ada:
        ada.data.mkdir(parents=True)
        (ada.data / "idle-policy.json").write_text(json.dumps(POLICY))
        configure(ada, read_every_s=0.2)
        for name, value in ada.folders().items():
            monkeypatch.setenv(name, value)
        server = ada.server()
        output = tmp_path / "out.json"
        told: list[str] = []

        def probe() -> str:
            with suppress(NoWord):
                run_probe(local_servers(os.environ), output, 3600)
                told.append(next(iter(json.loads(output.read_text()))))
            return told[-1] if told else "failed"

        assert probe() == "failed", "nobody has judged it yet"
        server.request("GET", "berth/api/v1/runs")  # else the gateway leaves the processors to a page for a while
        wait_until("the time that its person was shown is over", lambda: probe() == "last_activity", 60)
        assert told[0] == "has_activity", "it was let go before its own time was over"

        output.unlink()
        script = tmp_path / "probe"
        script.write_text(SCRIPT)
        script.chmod(0o755)
        subprocess.run([script], env={**os.environ, "OUTPUT_JSON_PATH": str(output)}, check=True)
        assert set(json.loads(output.read_text())) == {"last_activity"}
