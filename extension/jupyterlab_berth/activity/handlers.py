"""What pages ask and say, below `<base_url>berth/activity`: guarded as Jupyter's own API, and never activity itself."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_server.auth.utils import HTTP_METHOD_TO_AUTH_ACTION
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado.web import HTTPError

from ..api_guard import LOG_IN, error_code, error_message, require_allowed
from .agent import ActivityAgent, NothingSeen
from .request_bodies import BadBody, read_dismissed, read_input, read_snooze, read_wrong
from .snoozes import TooManySnoozes

BODY_MAX_BYTES = 256 * 1024
SNOOZE_PATIENCE_S = 5.0
"""How long a snooze waits for the gateway's answer; the operator asks when it asks."""


class ActivityHandler(APIHandler):
    """Refuses what must not pass, and answers in the shape of Berth's API."""

    # No OPTIONS: this is for pages of this Jupyter server, so there is nothing to say to a preflight.
    SUPPORTED_METHODS = ("GET", "POST")
    auth_resource = "berth"
    _track_activity = False

    def initialize(self, agent: ActivityAgent) -> None:
        """Called by Tornado with the options of the URL specification."""
        self.agent = agent

    async def prepare(self) -> None:
        """`JupyterHandler` finds out who asks, which may be nobody, and checks XSRF for everything that writes."""
        await JupyterHandler.prepare(self)
        if not self.current_user:
            raise HTTPError(403, LOG_IN)
        await require_allowed(self, HTTP_METHOD_TO_AUTH_ACTION[self.request.method], BODY_MAX_BYTES)

    def get_login_url(self) -> str:
        """As in Jupyter's own API: who is not logged in gets a 403, not the HTML of a login page."""
        raise HTTPError(403, LOG_IN)

    def body(self) -> Any:
        """The JSON that was sent. Raises BadBody."""
        try:
            return json.loads(self.request.body)
        except (ValueError, RecursionError) as error:
            raise BadBody(["the body: want JSON"]) from error

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Errors are JSON with a code, a text for people, and all that is wrong with what was sent."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        more: dict[str, Any] = {}
        if isinstance(error, BadBody):
            status_code, message = 400, str(error)
            more = {"problems": error.problems}
        else:
            message = error_message(status_code, kwargs)
        self.set_status(status_code)
        code = error_code(status_code)
        self.finish(json.dumps({"code": code, "message": message, "requestId": uuid.uuid4().hex[:12], **more}))

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """A bad request is no exception of ours."""
        if not isinstance(error, BadBody):
            super().log_exception(kind, error, trace)

    def say(self, value: Any, status: int = 200) -> None:
        """Answers with JSON that nobody may keep."""
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(value))


@contextmanager
def on_disk() -> Iterator[None]:
    """Says why, where the disk does not take what is written."""
    try:
        yield
    except OSError as error:
        raise HTTPError(507, f"It could not be written: {error.strerror or error}.") from error


class ViewHandler(ActivityHandler):
    """`GET berth/activity`, or with `?timelines=0`, as a Hub's culler asks."""

    async def get(self) -> None:
        """What a person sees, with timelines."""
        self.say(self.agent.view(with_timelines=self.get_query_argument("timelines", "1") != "0"))


class InputHandler(ActivityHandler):
    """`POST berth/activity/input`."""

    async def post(self) -> None:
        """A page says what its person does."""
        self.agent.hear_input(read_input(self.body()))
        self.set_status(204)
        self.finish()


class SnoozeHandler(ActivityHandler):
    """`POST berth/activity/snooze`."""

    async def post(self) -> None:
        """Asks for a snooze: 200 with the judge's answer, or 202 while it has none."""
        subject = read_snooze(self.body())
        if not self.agent.knows(subject):
            raise HTTPError(404, "There is no such kernel.")
        try:
            asked = self.agent.snooze(subject)
        except TooManySnoozes as error:
            raise HTTPError(429, "Too many snoozes have not been answered yet.") from error
        if self.agent.judge == "gateway":
            await asyncio.wait({asked.answer}, timeout=SNOOZE_PATIENCE_S)
        is_answered = asked.answer.done() and not asked.answer.cancelled()
        self.say(asked.answer.result() if is_answered else None, 200 if is_answered else 202)


class DismissHandler(ActivityHandler):
    """`POST berth/activity/stops/dismiss`."""

    async def post(self) -> None:
        """The person has seen what was stopped."""
        stop_id = read_dismissed(self.body())
        with on_disk():
            was_there = self.agent.dismiss(stop_id)
        if not was_there:
            raise HTTPError(404, "There is no such stop.")
        self.set_status(204)
        self.finish()


class WrongHandler(ActivityHandler):
    """`POST berth/activity/wrong`."""

    async def post(self) -> None:
        """Writes a report; says where it lies."""
        says = read_wrong(self.body())
        if says.subject is not None and not self.agent.knows(says.subject):
            raise HTTPError(404, "There is no such kernel.")
        try:
            with on_disk():
                path = self.agent.report(says)
        except NothingSeen as error:
            raise HTTPError(404, str(error)) from error
        self.say({"file": str(path)})


def activity_routes(agent: ActivityAgent) -> list[tuple[str, type[ActivityHandler], dict[str, Any]]]:
    """All of them; they have to come before the proxy's."""
    handlers: list[tuple[str, type[ActivityHandler]]] = [
        (r"/berth/activity", ViewHandler),
        (r"/berth/activity/input", InputHandler),
        (r"/berth/activity/snooze", SnoozeHandler),
        (r"/berth/activity/stops/dismiss", DismissHandler),
        (r"/berth/activity/wrong", WrongHandler),
    ]
    return [(pattern, handler, {"agent": agent}) for pattern, handler in handlers]
