"""What all kernels of this Jupyter server publish, heard in one place.

jupyter_server hears it too, for its own record of activity, but shares neither the socket nor the messages, and its
buffer for pages that went away belongs to one session of one page. So there is a second subscription for each kernel.
It begins where jupyter_server's own begins, when the kernel's process has been started. That may not listen yet, and
a page that connects a moment later could run a cell before libzmq tries again by itself: so it tries often.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import zmq
from jupyter_client.session import Session
from jupyter_server.serverapp import ServerApp
from zmq.eventloop.zmqstream import ZMQStream

Listener = Callable[[str, dict[str, Any]], None]
OnEnd = Callable[[str], None]

RECONNECT_MS = 5
"""libzmq's own is 100 to 200 ms; a page needs more than this to connect and have the kernel answer twice."""


class IopubTap:
    """Tells listeners of every IOPub message of every kernel of a server, until it is closed."""

    def __init__(self, serverapp: ServerApp) -> None:
        self._kernels = serverapp.kernel_manager
        self._log = serverapp.log
        self._listeners: list[Listener] = []
        self._on_end: list[OnEnd] = []
        self._failed: set[tuple[str, Listener]] = set()
        self._streams: dict[str, tuple[list[int], ZMQStream]] = {}
        self._start_watching = self._kernels.start_watching_activity
        self._stop_watching = self._kernels.stop_watching_activity
        self._kernels.start_watching_activity = self._on_start
        self._kernels.stop_watching_activity = self._on_stop
        for kernel_id in self._kernels.list_kernel_ids():
            self._open(kernel_id)

    def listen(self, listener: Listener, on_end: OnEnd | None = None) -> None:
        """Has `listener` called with the kernel's id and the message, in the order in which they were published.

        `on_end` is called with the id when a process of a kernel has ended or is told to.
        """
        self._listeners.append(listener)
        if on_end is not None:
            self._on_end.append(on_end)

    def close(self) -> None:
        """Ends every subscription, and leaves the kernel manager as it was."""
        self._kernels.start_watching_activity = self._start_watching
        self._kernels.stop_watching_activity = self._stop_watching
        for kernel_id in list(self._streams):
            self._close(kernel_id)

    def _on_start(self, kernel_id: str) -> None:
        self._start_watching(kernel_id)
        self._open(kernel_id)

    def _on_stop(self, kernel_id: str) -> None:
        self._stop_watching(kernel_id)
        self._on_death(kernel_id)

    def _on_death(self, kernel_id: str) -> None:
        self._close(kernel_id)
        self._failed = {failed for failed in self._failed if failed[0] != kernel_id}
        self._tell_end(kernel_id)

    def _on_restart(self, kernel_id: str) -> None:
        self._tell_end(kernel_id)
        self._open(kernel_id)

    def _tell_end(self, kernel_id: str) -> None:
        for on_end in self._on_end:
            on_end(kernel_id)

    def _open(self, kernel_id: str) -> None:
        """Subscribes once for each set of ports: a kernel that could not start gets others for its next attempt."""
        kernel = self._kernels.get_kernel(kernel_id)
        known = self._streams.get(kernel_id)
        if known is not None and known[0] == kernel.ports:
            return
        self._close(kernel_id)
        stream = kernel.connect_iopub()
        _reconnect_often(stream.socket)
        session = Session(config=kernel.session.config, key=kernel.session.key)
        stream.on_recv(partial(self._on_frames, kernel_id, session))
        self._streams[kernel_id] = (list(kernel.ports), stream)
        if known is None:
            self._kernels.add_restart_callback(kernel_id, partial(self._on_restart, kernel_id))
            self._kernels.add_restart_callback(kernel_id, partial(self._on_death, kernel_id), "dead")

    def _close(self, kernel_id: str) -> None:
        _, stream = self._streams.pop(kernel_id, ([], None))
        if stream is not None and not stream.closed():
            stream.close()

    def _on_frames(self, kernel_id: str, session: Session, frames: list[bytes]) -> None:
        try:
            _, parts = session.feed_identities(frames)
            message = session.deserialize(parts)
        except Exception as error:  # whatever a kernel sends must not end the subscription
            self._log.debug("Berth cannot read a message of kernel %s: %s", kernel_id, error)
            return
        for listener in self._listeners:
            try:
                listener(kernel_id, message)
            except Exception as error:
                self._tell_failure(kernel_id, listener, error)

    def _tell_failure(self, kernel_id: str, listener: Listener, error: Exception) -> None:
        """Once for each kernel: one that sends nonsense must not fill the log."""
        if (kernel_id, listener) not in self._failed:
            self._failed.add((kernel_id, listener))
            self._log.warning("Berth leaves out what it cannot use of kernel %s.", kernel_id, exc_info=error)


def _reconnect_often(socket: zmq.Socket[Any]) -> None:
    """Connects anew, for how often it is tried again is settled when a connection is begun."""
    endpoint = socket.get_string(zmq.LAST_ENDPOINT).rstrip("\0")
    socket.disconnect(endpoint)
    socket.setsockopt(zmq.RECONNECT_IVL, RECONNECT_MS)
    socket.connect(endpoint)
