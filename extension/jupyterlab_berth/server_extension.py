"""The server extension: one lease and one proxy per Jupyter server."""

from __future__ import annotations

import getpass
import os

from jupyter_server.extension.application import ExtensionApp
from tornado.ioloop import IOLoop
from traitlets import Float

from .activity.activity_service import ActivityService
from .gateway_client import actor_headers
from .gateway_process import GatewayProcess
from .iopub_tap import IopubTap
from .layout import GatewayLayout
from .lease import Lease
from .outputs.handlers import outputs_handlers
from .outputs.kept_file import KeptFile
from .outputs.output_keeper import OutputKeeper
from .proxy import BerthProxyHandler
from .running_lease import add_lease, remove_lease

QUIET_START_S = 15.0
"""How long the gateway leaves the processors to a server and a page that are starting, unless it is asked for."""


class BerthExtension(ExtensionApp):
    """Has the gateway started in the background soon after the server, and gives its lease back at the end."""

    name = "jupyterlab_berth"

    idle_read_every_s = Float(15.0, min=0.2, help="Seconds between two looks at what is active.").tag(config=True)

    def initialize_handlers(self) -> None:
        """Adds `/berth/`, and begins to hold the lease a little later; neither waits for the gateway."""
        owner = owner_of_this_server()
        root_folder = os.path.abspath(os.path.expanduser(self.serverapp.root_dir))
        headers = actor_headers(owner, root_folder)
        process = GatewayProcess(GatewayLayout.of_this_person(), headers, self.log)
        self.lease = Lease(process, headers, self.log)
        self.iopub = IopubTap(self.serverapp)
        self.outputs = OutputKeeper()
        self.outputs.start(self.iopub, KeptFile(GatewayLayout.of_this_person().data_folder, root_folder, self.log))
        self.handlers.extend(outputs_handlers(self.outputs))
        activity_folder = GatewayLayout.of_this_person().data_folder / "activity"
        self.activity = ActivityService(self.serverapp, self.iopub, self.lease, activity_folder, self.idle_read_every_s)
        self.handlers.extend(self.activity.routes())
        IOLoop.current().add_callback(self.activity.start)
        options = {"lease": self.lease, "owner": owner, "root_folder": root_folder}
        self.handlers.append((r"/berth/(.*)", BerthProxyHandler, options))
        add_lease(IOLoop.current().asyncio_loop, self.lease)
        # The first request starts it. Without one it still has to care for runs that wait, but not at once.
        IOLoop.current().call_later(QUIET_START_S, self.lease.start)

    async def stop_extension(self) -> None:
        """Called when the server stops."""
        await self.activity.stop()
        self.outputs.stop()
        self.iopub.close()
        remove_lease(self.lease)
        await self.lease.stop()


def owner_of_this_server() -> str:
    """The person this Jupyter server belongs to: the hub's name for them, or that of their account."""
    try:
        return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in a container with an arbitrary uid
        return str(os.geteuid())
