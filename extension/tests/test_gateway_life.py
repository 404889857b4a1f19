"""The real gateway under real Jupyter servers: who starts it, who shares it, when it ends and when it comes back."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

from jupyterlab_berth.gateway_client import GatewayClient, actor_headers, read_connection

from .jupyter_servers import JupyterServer, is_alive, needs_gateway, person, wait_until

pytestmark = needs_gateway


def works(server: JupyterServer) -> bool:
    return server.request("GET", "berth/api/v1/runs?1731234567890").status == 200


def is_refused(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(path) != 0


def leases(connection_file: Path) -> int:
    """How many the gateway knows to be held. While it is one or more, no time makes the gateway end."""

    async def ask() -> int:
        client = GatewayClient(read_connection(connection_file), actor_headers("test", "/"))
        async with client, client.session.get(client.url("/internal/health")) as answer:
            return (await answer.json())["leases"]

    return asyncio.run(ask())


def joined(server: JupyterServer) -> int:
    """The gateway process that this server joined last."""
    return int(server.log.read_text().rpartition("joined the gateway, process ")[2].split()[0])


def test_two_servers_share_it_and_it_passes_on_and_ends_with_the_last() -> None:
    with person() as ada:
        servers = [ada.start_server(), ada.start_server()]
        for server in servers:
            ada.wait_for(server)
            assert works(server)
        pid = ada.gateway_pid()
        assert [joined(server) for server in servers] == [pid, pid]
        assert os.getsid(pid) == pid, "so that the Ctrl-C below does not reach it"
        started = ["started the gateway" in server.log.read_text() for server in servers]
        assert sorted(started) == [False, True]
        assert leases(ada.data / "gateway.json") == 2
        starter, other = servers if started[0] else reversed(servers)

        starter.end(signal.SIGKILL)
        wait_until("the gateway has noticed", lambda: leases(ada.data / "gateway.json") == 1)
        assert works(other) and ada.gateway_pid() == pid

        other.process.send_signal(signal.SIGINT)
        other.end(signal.SIGINT)
        wait_until("it has ended", lambda: not is_alive(pid))
        assert ada.gateway() is None


def test_one_that_is_killed_is_back_at_once_and_requests_work_again() -> None:
    with person() as ada:
        servers = [ada.server(), ada.server()]
        for signal_ in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
            killed = ada.gateway_pid()
            os.kill(killed, signal_)
            for server in servers:
                wait_until("requests work again", lambda server=server: works(server))
            assert ada.gateway_pid() != killed
        assert [joined(server) for server in servers] == [ada.gateway_pid()] * 2

        killed = ada.gateway()
        os.kill(killed["pid"], signal.SIGKILL)
        wait_until("its socket is closed", lambda: is_refused(killed["socket"]) or ada.gateway() != killed)
        answer = servers[0].request("POST", "berth/api/v1/runs/run-that-is-not/cancel", body=b"")
        assert answer.status in (400, 404), "even a write is done by the next one, since it was not begun"
        assert set(answer.json()) >= {"code", "message", "requestId"}
