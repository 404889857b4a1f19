"""Pages: what an open browser does to a server when nobody sits before it."""

from ..actions import kernel, poll_for_ever, reconnect_for_ever, tab
from ..scenario import Scenario, at, keep, limits, stop

PAGES = [
    Scenario(
        name="visible-tab",
        why="JupyterLab was left open on a screen overnight. It asks the server again and again; nobody is there.",
        policy=limits(kernel=15, workspace=20),
        minutes=28,
        before=[kernel("a"), tab(visible=True)],
        expect=[keep("a", 0, 14), stop("a", 15, 20), keep(None, 0, 19), stop(None, 20, 25)],
    ),
    Scenario(
        name="hidden-tab",
        why="JupyterLab is open in a tab behind others.",
        policy=limits(workspace=15),
        minutes=23,
        before=[kernel("a"), tab(visible=False)],
        expect=[keep(None, 0, 14), stop(None, 15, 20)],
    ),
    Scenario(
        name="many-tabs",
        why="Five tabs, all visible on somebody's screens, and nobody before them.",
        policy=limits(workspace=15),
        minutes=23,
        before=[kernel("a"), *[tab(visible=True)] * 5],
        expect=[keep(None, 0, 14), stop(None, 15, 20)],
    ),
    Scenario(
        name="reconnect-storm",
        why="A page behind a bad network loses its kernel's socket and opens it anew, twice a second, for hours.",
        policy=limits(kernel=15, workspace=15),
        minutes=24,
        before=[kernel("a")],
        steps=at(0, reconnect_for_ever("a", 0.5)),
        expect=[keep("a", 0, 14), stop("a", 15, 21), stop(None, 15, 21)],
    ),
    Scenario(
        name="scheduled-polling",
        why="A monitoring script asks the server how it is, once a second.",
        policy=limits(workspace=15),
        minutes=23,
        before=[kernel("a")],
        steps=at(0, poll_for_ever("api/status", 1), poll_for_ever("api/kernels", 1)),
        expect=[keep(None, 0, 14), stop(None, 15, 20)],
    ),
    Scenario(
        name="no-kernel",
        why="A workspace that somebody started and never used.",
        policy=limits(workspace=15),
        minutes=23,
        expect=[keep(None, 0, 14), stop(None, 15, 20)],
    ),
    Scenario(
        name="no-kernel-open-tab",
        why="The same with the launcher open on a screen.",
        policy=limits(workspace=15),
        minutes=23,
        before=[tab(visible=True)],
        expect=[keep(None, 0, 14), stop(None, 15, 20)],
    ),
]
