"""Where a server answers, by the Hub's routing table."""

from __future__ import annotations

import pytest

from jupyterlab_berth.hub.server_address import ServerAddress, server_address
from jupyterlab_berth.hub.workspace_word import NoWord


def route(target: str, user: str, server_name: str = "") -> dict:
    return {"target": target, "data": {"user": user, "server_name": server_name}}


HUB = {"target": "http://hub:8081", "data": {"hub": True}}


def test_it_is_that_of_this_server_and_no_other() -> None:
    routes = {
        "/": HUB,
        "/user/ada/": route("http://10.0.0.5:8888", "ada"),
        "/user/ada/gpu/": route("http://10.0.0.6:8888", "ada", "gpu"),
    }
    assert server_address(routes, "/user/ada/").url == "http://10.0.0.5:8888/user/ada/"
    named = server_address(routes, "/user/ada/gpu/")
    assert named == ServerAddress("ada", "gpu", "http://10.0.0.6:8888/user/ada/gpu/")
    assert named.access_scope == "access:servers!server=ada/gpu"


def test_a_name_may_be_written_in_two_ways() -> None:
    routes = {"/hub/user/ada@x.org/": route("http://10.0.0.5:8888/", "ada@x.org")}
    assert server_address(routes, "/hub/user/ada%40x.org/").url == "http://10.0.0.5:8888/hub/user/ada%40x.org/"


def test_with_a_subdomain_for_each_person_the_host_counts() -> None:
    routes = {
        "ada.hub.org/user/ada/": route("http://10.0.0.5:8888", "ada"),
        "eve.hub.org/user/ada/": route("http://10.0.0.66:8888", "eve"),
    }
    assert server_address(routes, "https://ada.hub.org:8000/user/ada/").url == "http://10.0.0.5:8888/user/ada/"


@pytest.mark.parametrize("routes", [{}, {"/": HUB}, {"/user/ada/": HUB}, {"/user/adam/": route("http://x", "adam")}])
def test_a_server_without_a_route_is_asked_nothing(routes: dict) -> None:
    with pytest.raises(NoWord, match="no route"):
        server_address(routes, "/user/ada/")
