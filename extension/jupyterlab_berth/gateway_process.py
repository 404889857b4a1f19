"""Finds the one gateway of this person and data folder, or starts it.

Who starts a gateway locks `gateway.lock` and passes that very file to the gateway as its standard input. So the
kernel holds the lock exactly as long as the gateway lives, `kill -9` included, and two servers that race cannot both
start one: the one that does not get the lock waits for the other's gateway and joins it.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import time
from logging import Logger

from .gateway_client import Connection, GatewayClient, GatewayUnavailable, read_connection
from .layout import GatewayLayout, gateway_program, node_program

LOG_MAX_BYTES = 5 * 1024 * 1024
LOG_TAIL_BYTES = 4096
LOG_TAIL_LINES = 20
POLL_S = 0.05
HEALTH_TIMEOUT_S = 5.0


class GatewayProcess:
    """The gateway as a process: `ensure()` is the only thing to do with it."""

    def __init__(self, layout: GatewayLayout, headers: dict[str, str], log: Logger, patience_s: float = 20.0) -> None:
        """`headers` say who asks; `patience_s` is how long a gateway that lives may stay silent."""
        self._layout = layout
        self._headers = headers
        self._log = log
        self._patience_s = patience_s
        self._child: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    async def ensure(self) -> Connection:
        """Says how to reach the gateway, after starting it if there is none. One call at a time.

        Raises GatewayUnavailable if it cannot start, dies while it starts, or lives and does not answer.
        """
        deadline = time.monotonic() + self._patience_s
        started = False
        while (left_s := deadline - time.monotonic()) > 0:
            connection = await self._answering(min(HEALTH_TIMEOUT_S, left_s))
            if connection is not None:
                return connection
            if self._child is not None and (code := self._child.poll()) is not None:
                self._child = None
                if started:
                    raise GatewayUnavailable(f"The gateway ended with {code} while it started.\n{self._log_tail()}")
            if self._child is None:
                started = await asyncio.to_thread(self._start_unless_locked)
            await asyncio.sleep(POLL_S)
        raise GatewayUnavailable(self._silence())

    async def _answering(self, timeout_s: float) -> Connection | None:
        connection = read_connection(self._layout.connection_file)
        if connection is None:
            return None
        async with GatewayClient(connection, self._headers) as client:
            return connection if await client.answers(timeout_s) else None

    def _start_unless_locked(self) -> bool:
        """Starts a gateway; False if somebody's gateway lives, or is being started, already."""
        try:
            self._layout.make_data_folder()
            lock = os.open(self._layout.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._start(lock)
            finally:
                os.close(lock)  # the gateway has it now: the lock belongs to the open file, not to this descriptor
        except BlockingIOError:
            return False
        except (OSError, ImportError) as error:
            raise GatewayUnavailable(f"The gateway cannot be started: {error}") from error
        return True

    def _start(self, lock: int) -> None:
        layout = self._layout
        node, program = node_program(os.environ), gateway_program(os.environ)
        if not program.exists():
            raise GatewayUnavailable(f"The gateway cannot be started: {program} is missing. Has it been built?")
        layout.connection_file.unlink(missing_ok=True)  # of a gateway that is dead: the lock was free
        log = self._open_log()
        try:
            self._child = subprocess.Popen(
                [str(node), str(program)],
                stdin=lock,
                stdout=log,
                stderr=log,
                cwd=layout.data_folder,
                env=layout.environment(os.environ),
                start_new_session=True,  # a Ctrl-C in the terminal of this server is not meant for the gateway
            )
        finally:
            os.close(log)
        self._log.info("berth: started the gateway, process %d", self._child.pid)

    def _open_log(self) -> int:
        path = self._layout.log_file
        if path.exists() and path.stat().st_size > LOG_MAX_BYTES:
            path.replace(path.with_suffix(".log.1"))
        log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._log_start = os.fstat(log).st_size
        return log

    def _log_tail(self) -> str:
        """The last lines that the gateway wrote since this object started it."""
        path = self._layout.log_file
        try:
            with path.open("rb") as log:
                log.seek(max(self._log_start, path.stat().st_size - LOG_TAIL_BYTES))
                lines = log.read().decode(errors="replace").splitlines()
        except OSError:
            lines = []
        return "\n".join([*lines[-LOG_TAIL_LINES:], f"(all of it: {path})"])

    def _silence(self) -> str:
        """Why nothing answers though the lock is held. Never a reason to start a second gateway."""
        connection = read_connection(self._layout.connection_file)
        who = "A gateway" if connection is None else f"The gateway (process {connection.pid})"
        return (
            f"{who} holds {self._layout.lock_file} but has not answered for {self._patience_s:g} s. "
            "Either it hangs, then end it and a new one starts by itself; "
            "or it runs on another machine that shares this folder."
        )
