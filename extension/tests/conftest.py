"""Async tests run in a loop of their own, and one Jupyter server before the inspecting gateway serves many tests."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator

import pytest

from .activity_servers import Operator, judged_server
from .jupyter_servers import JupyterServer, Person, inspecting_gateway, person
from .tiny_environment import call


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


@pytest.fixture(scope="module")
def grace() -> Iterator[Person]:
    with person(**inspecting_gateway()) as someone:
        yield someone


@pytest.fixture(scope="module")
def operator(grace: Person) -> Operator:
    return judged_server(grace)


@pytest.fixture
def nothing_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Ends the kernels of a test that had an operator judge them."""
    yield
    if "operator" in request.fixturenames:
        operator: Operator = request.getfixturevalue("operator")
        for kernel in call(operator.server, "GET", "api/kernels"):
            call(operator.server, "DELETE", f"api/kernels/{kernel['id']}")
