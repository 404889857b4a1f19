"""Where a server answers when the proxy is left aside, from the Hub's routing table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from .workspace_word import NoWord


@dataclass(frozen=True)
class ServerAddress:
    """One server: whose it is, its name (empty for a person's default one), and the URL of its root."""

    user: str
    server_name: str
    url: str

    @property
    def access_scope(self) -> str:
        """The scope that lets one into this server and no other."""
        return f"access:servers!server={self.user}/{self.server_name}"


def server_address(routes: dict[str, Any], server_url: str) -> ServerAddress:
    """The address of the server that the Hub calls `server_url`; raises NoWord when no route leads to it."""
    parts = urlsplit(server_url)
    wanted = unquote((parts.hostname or "") + parts.path)  # with a subdomain for each person the host is in both
    for spec, route in routes.items():
        if unquote(spec) == wanted:
            data = route.get("data", {})
            if "user" in data:
                url = route["target"].rstrip("/") + parts.path
                return ServerAddress(data["user"], data.get("server_name", ""), url)
    raise NoWord("the Hub's routing table has no route to it")
