"""Async tests run in a loop of their own, and one Jupyter server before the inspecting gateway serves many tests."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator

import pytest

from .jupyter_servers import JupyterServer, Person, inspecting_gateway, person


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a coroutine function as a test."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(scope="session")
def ada() -> Iterator[Person]:
    with person(**inspecting_gateway()) as someone:
        yield someone


@pytest.fixture(scope="session")
def server(ada: Person) -> JupyterServer:
    return ada.server()
