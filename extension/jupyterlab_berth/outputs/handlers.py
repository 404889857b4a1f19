"""`/berth/outputs`: what pages tell of their cells, and what a page that comes back is given."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from .execution import Execution
from .output_keeper import OutputKeeper

CELLS_MAX = 1000
TEXT_MAX = 4096


class OutputsHandler(APIHandler):
    """Only for people who may see kernels, and to tell only for those who may run cells; none of it is activity."""

    auth_resource = "kernels"
    _track_activity = False

    def initialize(self, keeper: OutputKeeper) -> None:
        """Called by Tornado with the options of the URL specification."""
        self._keeper = keeper

    def body(self) -> dict[str, Any]:
        """What was sent, if it is an object."""
        body = self.get_json_body()
        if not isinstance(body, dict):
            raise web.HTTPError(400, "The body is no object.")
        return body

    def finish_without_body(self) -> None:
        """Done, and nothing to say."""
        self.set_status(204)
        self.finish()


class KeptHandler(OutputsHandler):
    """`GET /berth/outputs?path=…`: what is kept of a notebook's cells."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        """Answers with the executions in the order in which the server came to know of them."""
        path = self.get_query_argument("path", strip=False)
        self._keeper.keep_up_with(self.kernel_manager.list_kernel_ids())
        self.finish(json.dumps({"executions": self._keeper.of_notebook(path, self._is_watched)}))

    def _is_watched(self, execution: Execution) -> bool:
        """Whether the page that shows it is connected. Where no class of connections can tell, it is not."""
        connections = getattr(self.settings["kernel_websocket_connection_class"], "_open_sessions", {})
        return f"{execution.kernel}:{execution.session}" in connections


class CellsHandler(OutputsHandler):
    """`POST /berth/outputs/cells`: which cells requests came from, and which page shows what they print."""

    @web.authenticated
    @authorized(action="execute")
    def post(self) -> None:
        """Takes `{kernel, session, path, cells: [[msgId, cellId], …], known}`."""
        body = self.body()
        pairs = [texts(pair, 2) for pair in items(body.get("cells"))]
        kernel, session, path = texts([body.get(key) for key in ("kernel", "session", "path")], 3)
        self._keeper.assign(
            kernel, session, path, [(msg_id, cell) for msg_id, cell in pairs], body.get("known") is True
        )
        self.finish_without_body()


class ClearHandler(OutputsHandler):
    """`POST /berth/outputs/clear`: a person has cleared the outputs of cells."""

    @web.authenticated
    @authorized(action="execute")
    def post(self) -> None:
        """Takes `{path, cells: [cellId, …]}`."""
        body = self.body()
        self._keeper.clear(*texts([body.get("path")], 1), texts(items(body.get("cells"))))
        self.finish_without_body()


class SavedHandler(OutputsHandler):
    """`POST /berth/outputs/saved`: a page has saved all that these executions have printed."""

    @web.authenticated
    @authorized(action="execute")
    def post(self) -> None:
        """Takes `{executions: [msgId, …]}`."""
        self._keeper.forget(texts(items(self.body().get("executions"))))
        self.finish_without_body()


def items(value: object) -> list[Any]:
    """A list that is not too long."""
    if not isinstance(value, list) or len(value) > CELLS_MAX:
        raise web.HTTPError(400, f"Not a list of at most {CELLS_MAX} items.")
    return value


def texts(value: object, length: int | None = None) -> list[str]:
    """A list of short texts, of that length if one is given."""
    found = [text for text in items(value) if isinstance(text, str) and 0 < len(text) <= TEXT_MAX]
    if len(found) != len(items(value)) or length not in (None, len(found)):
        raise web.HTTPError(400, "Not the texts that belong here.")
    return found


def outputs_handlers(keeper: OutputKeeper) -> list[tuple[str, type[OutputsHandler], dict[str, Any]]]:
    """For the list of the server extension."""
    options = {"keeper": keeper}
    return [
        (r"/berth/outputs", KeptHandler, options),
        (r"/berth/outputs/cells", CellsHandler, options),
        (r"/berth/outputs/clear", ClearHandler, options),
        (r"/berth/outputs/saved", SavedHandler, options),
    ]
