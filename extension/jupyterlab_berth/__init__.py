"""The Python half of Berth: it keeps the gateway alive while a Jupyter server runs, and proxies the browser to it.

Importing it imports nothing of Jupyter: `jupyterlab_berth.hub` also works where a Hub runs and no Jupyter server does.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where JupyterLab finds the built front end."""
    return [{"src": "labextension", "dest": "@berth/extension"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """What the Jupyter server loads."""
    from .server_extension import BerthExtension

    return [{"module": "jupyterlab_berth", "app": BerthExtension}]
