"""What of a browser's request may reach the gateway, and what of the gateway's answer may reach the browser.

Pure decisions, all of them by naming what passes: what nobody thought of stays outside.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote_plus

from jupyter_server.auth.identity import User

PREFIX = "berth"

# Only whole, plain segments, none of which begins with a dot: so there is no `..`, no `//`, no percent sign to decode
# to a slash or a dot later, and no way to `/internal`.
_API_PATH = re.compile(r"/api/v1(?:/[A-Za-z0-9_-][A-Za-z0-9._~-]*)+")

_REQUEST_HEADERS = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Content-Type",
    "If-None-Match",
    "Range",
    "User-Agent",
)
_ANSWER_HEADERS = (
    "Accept-Ranges",
    "Allow",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "ETag",
    "Last-Modified",
    "Retry-After",
    "Vary",
    "X-Request-Id",
)

# Parameters that are for the Jupyter server; the last is what JupyterLab adds to get past the browser's cache.
_JUPYTER_PARAMETERS = frozenset({"token", "_xsrf", "no_track_activity"})
_CACHE_BUSTER = re.compile(r"\d+")


def api_path(raw_path: str, base_url: str) -> str | None:
    """The gateway's path for a request path as it came over the wire, not decoded; None if it is not to be reached."""
    prefix = f"{base_url.rstrip('/')}/{PREFIX}"
    if not raw_path.startswith(f"{prefix}/"):
        return None
    path = raw_path[len(prefix) :]
    return path if _API_PATH.fullmatch(path) else None


def api_query(raw_query: str) -> str:
    """The query without Jupyter's own parameters, whose token above all; the rest keeps its spelling."""
    kept = [part for part in raw_query.split("&") if part and not _is_for_jupyter(part)]
    return quote("&".join(kept), safe=string.punctuation)


def _is_for_jupyter(part: str) -> bool:
    name, equals, _ = part.partition("=")
    return unquote_plus(name) in _JUPYTER_PARAMETERS or (not equals and _CACHE_BUSTER.fullmatch(name) is not None)


def request_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """No credentials, no cookies, nothing a gateway would believe about who asks: only what describes the content."""
    return {name: headers[name] for name in _REQUEST_HEADERS if name in headers}


def answer_headers(headers: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """The headers of an answer that describe its content: no cookies, no connection matters, no CORS."""
    return [(name, headers[name]) for name in _ANSWER_HEADERS if name in headers]


def person_of(user: User, owner: str) -> str:
    """Whom the gateway shall believe to be asking.

    With a token as its only key Jupyter invents an `Anonymous …` person for each browser: that is the server's owner.
    """
    return owner if user.name.startswith("Anonymous ") else user.username


def close_code(code: int | None) -> int:
    """The code to close the browser's socket with: the gateway's, unless it is one that must not be sent (RFC 6455)."""
    if code is not None and (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
        return code
    return 1012  # "service restart": the gateway went without a word; connect again
