"""What a browser gets while there is no gateway."""

from __future__ import annotations

from pathlib import Path

import pytest

from .jupyter_servers import AUTH, inspecting_gateway, person, wait_until

UPGRADE = {
    **AUTH,
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A gateway that refuses to start."""
    program = tmp_path / "gateway.py"
    program.write_text("import sys; sys.exit('this machine is too small')")
    return program


def test_the_reason_is_told_at_once_and_all_is_well_when_it_is_gone(program: Path) -> None:
    with person(**{**inspecting_gateway(), "BERTH_GATEWAY": str(program)}) as ada:
        server = ada.server()
        first = server.request("GET", "berth/api/v1/echo")
        wait_until("starting has failed", lambda: "ended with 1" in server.log.read_text())
        for method in ("GET", "POST", "DELETE"):
            answer = server.request(method, "berth/api/v1/echo")
            assert answer.status == 503
            assert answer.headers["Content-Type"] == "application/json" and answer.headers["Retry-After"] == "1"
            body = answer.json()
            assert set(body) == {"code", "message", "requestId"} and body["code"] == "gateway-unavailable"
            assert "this machine is too small" in body["message"]
        upgrade = server.request("GET", "berth/api/v1/events", UPGRADE)
        assert (upgrade.status, upgrade.json()["code"]) == (503, "gateway-unavailable")
        assert first.status == 503
        assert server.request("GET", "api/contents").status == 200, "the rest of the server is unharmed"
        # what it was that failed is mended, and nobody restarts the Jupyter server
        program.write_text(Path(inspecting_gateway()["BERTH_GATEWAY"]).read_text())
        wait_until("the gateway is back", lambda: server.request("GET", "berth/api/v1/echo").status == 200)
        server.end()
        assert server.process.returncode == 0
