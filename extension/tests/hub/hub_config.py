"""The configuration of the Hub under test. What differs from run to run comes as JSON in BERTH_TEST_HUB."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SETTINGS = json.loads(os.environ["BERTH_TEST_HUB"])
SEES_ONLY = ("list:users", "read:users:activity", "read:servers", "delete:servers")


def start_as(spawner: Any) -> None:
    """Who is in the group `with-berth` gets a server with Berth, and the liar a program that is none."""
    options = {"allow_root": True, "root_dir": spawner.home_dir, "terminals_enabled": False}
    if spawner.user.name in SETTINGS["groups"]["with-berth"]:
        options["jpserver_extensions"] = {"jupyterlab_berth": True}
        spawner.args = [f"--BerthExtension.idle_read_every_s={SETTINGS['read_every_s']}"]
    spawner.args = [*spawner.args, *(f"--ServerApp.{key}={value}" for key, value in options.items())]
    if spawner.user.name == "liar":
        spawner.cmd, spawner.args = [sys.executable, str(HERE / "lying_server.py")], [SETTINGS["liars_notes"]]


def culler_role(name: str, group: str, *more: str) -> dict[str, Any]:
    """A culler that sees the servers of one group only, so that two cullers do not meet."""
    return {"name": name, "services": [name], "scopes": [*(f"{scope}!group={group}" for scope in SEES_ONLY), *more]}


c = get_config()  # noqa: F821 - traitlets puts it there
c.JupyterHub.bind_url = SETTINGS["url"]
c.JupyterHub.hub_port = SETTINGS["hub_port"]
c.JupyterHub.db_url = SETTINGS["database"]
c.JupyterHub.cookie_secret = os.urandom(32)
c.JupyterHub.last_activity_interval = 2
c.ConfigurableHTTPProxy.api_url = SETTINGS["proxy_api_url"]
c.ConfigurableHTTPProxy.command = SETTINGS["proxy_command"]
c.ConfigurableHTTPProxy.pid_file = SETTINGS["proxy_pid_file"]
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = SETTINGS["homes"] + "/{username}"
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.environment = SETTINGS["environment"]
c.Spawner.pre_spawn_hook = start_as
c.JupyterHub.load_groups = {name: {"users": users} for name, users in SETTINGS["groups"].items()}
c.JupyterHub.services = [{"name": name, "api_token": token} for name, token in SETTINGS["tokens"].items()]
c.JupyterHub.load_roles = [
    {"name": "driver", "services": ["driver"], "scopes": ["admin:users", "admin:servers", "access:servers"]},
    culler_role("plain-culler", "without-berth"),
    culler_role("berth-culler", "with-berth", "proxy", "tokens!group=with-berth"),
]
