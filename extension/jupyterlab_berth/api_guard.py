"""Who may ask, and how errors look: the same for all that Berth answers a browser, whoever answers it."""

from __future__ import annotations

from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import ensure_async
from tornado.httputil import responses
from tornado.web import HTTPError

LOG_IN = "Log in to this Jupyter server first."

# The codes of the gateway's own contract, so that the front end has one error shape to know.
_CODES = {
    400: "invalid-input",
    403: "forbidden",
    404: "not-found",
    405: "invalid-input",
    413: "too-large",
    429: "too-many-requests",
    503: "gateway-unavailable",
    507: "storage-full",
}


async def require_allowed(handler: JupyterHandler, action: str, body_max_bytes: int) -> None:
    """Refuses requests of other origins, of people without the right to `auth_resource`, and too large ones."""
    if not handler.check_origin():
        raise HTTPError(403, "Requests from other origins are not allowed.")
    resource = handler.auth_resource
    if not await ensure_async(handler.authorizer.is_authorized(handler, handler.current_user, action, resource)):
        raise HTTPError(403, f"You are not authorised to {action} {resource}.")
    if len(handler.request.body) > body_max_bytes:
        raise HTTPError(413, f"The body is larger than {body_max_bytes} bytes.")


def error_code(status: int) -> str:
    """The contract's code for a status."""
    return _CODES.get(status, "internal")


def error_message(status: int, kwargs: dict[str, Any]) -> str:
    """What Tornado's `write_error` was called for, in words for people."""
    error = kwargs.get("exc_info", (None, None, None))[1]
    message = error.log_message % error.args if isinstance(error, HTTPError) and error.log_message else ""
    return message or responses.get(status, "Something went wrong.")
