"""The lease of the Jupyter server that runs in this process, for what is started without being told of it."""

from __future__ import annotations

import asyncio

from .lease import Lease

_running: list[tuple[asyncio.AbstractEventLoop, Lease]] = []


def add_lease(loop: asyncio.AbstractEventLoop, lease: Lease) -> None:
    """Called when a server begins to hold `lease` in `loop`."""
    _running.append((loop, lease))


def remove_lease(lease: Lease) -> None:
    """Called when it is given back."""
    _running[:] = [entry for entry in _running if entry[1] is not lease]


def running_lease() -> Lease | None:
    """The lease that the running event loop may use; None outside a Jupyter server with Berth, or in another thread."""
    loop = asyncio.get_running_loop()
    return next((lease for its_loop, lease in _running if its_loop is loop), None)
