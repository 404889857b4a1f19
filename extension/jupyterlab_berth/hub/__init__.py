"""For the Hub: what JupyterHub's idle-culler asks before it stops a server.

    from jupyterlab_berth.hub import cull_arbiter

    c.IdleCuller.cull_arbiter_hook = cull_arbiter

It needs Tornado and traitlets, which the idle-culler has, and nothing else: `pip install --no-deps jupyterlab-berth`
is enough beside the Hub.
"""

from __future__ import annotations

from .arbiter import cull_arbiter, make_cull_arbiter

__all__ = ["cull_arbiter", "make_cull_arbiter"]
