"""Which action of Jupyter's authorisation a request is."""

from __future__ import annotations

from .jupyter_servers import AUTH, inspecting_gateway, person
from .test_gateway_missing import UPGRADE
from .test_proxy import WRITES
from .test_proxy_events import status_of

NO_WRITES = """
from jupyter_server.auth.authorizer import AllowAllAuthorizer

class NoWrites(AllowAllAuthorizer):
    def is_authorized(self, handler, user, action, resource):
        return (action, resource) != ("write", "berth")

c.ServerApp.authorizer_class = NoWrites
"""


async def test_a_write_is_a_write_also_when_it_pretends_to_open_a_websocket() -> None:
    with person(**inspecting_gateway()) as ada:
        config = ada.home / "config" / "jupyter_server_config.py"
        config.parent.mkdir()
        config.write_text(NO_WRITES)
        server = ada.server()
        for headers in (AUTH, UPGRADE):
            for method in WRITES:
                refused = server.request(method, "berth/api/v1/echo", headers)
                assert (refused.status, refused.json()["code"]) == (403, "forbidden")
                assert "not authorised to write" in refused.json()["message"]
        assert await status_of(server, AUTH) == 101
        seen = server.request("GET", "berth/api/v1/paths").json()["seen"]
        assert {line.split()[0] for line in seen} == {"GET"}
