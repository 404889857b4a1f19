"""Faults: what cannot be observed is no idleness, and what is dead is no activity."""

from ..actions import away, denied, freeze, kernel, kill_kernel, restart_server, run, thaw
from ..scenario import Scenario, at, every, keep, limits, stop

NO_RESTARTS = {"AsyncIOLoopKernelRestarter.restart_limit": 0, "AsyncIOLoopKernelRestarter.time_to_dead": 1.0}

FAULTS = [
    Scenario(
        name="dead-kernel",
        why="The kernel died for want of memory and is not started again: a dead kernel keeps nothing.",
        policy=limits(kernel=12, workspace=20),
        minutes=29,
        before=[kernel("a")],
        steps=at(1, kill_kernel("a")),
        expect=[keep(None, 0, 19), stop(None, 22, 28)],
        server_options=NO_RESTARTS,
    ),
    Scenario(
        name="kernel-crash-restarted",
        why="The kernel died and Jupyter has started it anew: nobody has done that, and nobody uses it. Jupyter calls it "
        "starting until somebody runs a cell in it; a start may take ten minutes, then its time begins.",
        policy=limits(kernel=12),
        minutes=32,
        before=[kernel("a")],
        steps=at(2, kill_kernel("a")),
        expect=[keep("a", 0, 11), stop("a", 24, 30)],
        server_options={"AsyncIOLoopKernelRestarter.time_to_dead": 1.0},
    ),
    Scenario(
        name="probe-refused",
        why="From the eighth minute the agent refuses the judge, as behind a mesh that was changed. What happens then is not known.",
        policy=limits(kernel=10, workspace=15),
        minutes=30,
        before=[kernel("a")],
        steps=[*at(4, run("a", "import time; time.sleep(10**6)")), *at(8, denied(True))],
        expect=[keep("a", 0, 30), keep(None, 0, 30)],
    ),
    Scenario(
        name="probe-refused-when-idle",
        why="The same while the kernel is idle: an idle minute that nobody saw is not counted, so nothing goes until it is seen "
        "again.",
        policy=limits(kernel=15),
        minutes=36,
        before=[kernel("a")],
        steps=[*at(6, denied(True)), *at(20, denied(False))],
        expect=[keep("a", 0, 27), stop("a", 29, 35)],
    ),
    Scenario(
        name="unknown-for-ever",
        why="Nobody can see what it does, and it never ends. Unknown is no way to hold a GPU for ever: after the limit for it "
        "the time of the idle begins.",
        policy=limits(workspace=8, unknownMaxSeconds=10 * 60),
        minutes=32,
        before=[kernel("a")],
        steps=at(2, denied(True)),
        expect=[keep(None, 0, 11), stop(None, 20, 27)],
    ),
    Scenario(
        name="probe-timeout",
        why="The server answers nobody for ten minutes, as under memory pressure, and then goes on.",
        policy=limits(kernel=15),
        minutes=34,
        before=[kernel("a")],
        steps=[*at(6, freeze), *at(16, thaw)],
        expect=[keep("a", 0, 23), stop("a", 25, 32)],
    ),
    Scenario(
        name="flapping-agent",
        why="Every other reading fails. Two idle readings in a row never come, so nothing is certain.",
        policy=limits(kernel=10),
        minutes=24,
        before=[kernel("a")],
        steps=[*every(2, 0.5, 23, denied(True)), *every(2, 1.5, 23, denied(False))],
        expect=[keep("a", 0, 24)],
    ),
    Scenario(
        name="judge-away",
        why="The judge was away for ten minutes. The agent has kept its readings and hands them over, so the time was observed and "
        "counts.",
        policy=limits(kernel=20),
        minutes=28,
        before=[kernel("a")],
        steps=[*at(5, away(True)), *at(15, away(False))],
        expect=[keep("a", 0, 19), stop("a", 20, 26)],
    ),
    Scenario(
        name="server-restarted",
        why="The server is killed and started anew; its kernels are gone and every counter begins at zero. Nobody uses it, before "
        "or after.",
        policy=limits(workspace=15),
        minutes=34,
        before=[kernel("a")],
        steps=at(7, restart_server),
        expect=[keep(None, 0, 14), stop(None, 20, 31)],
    ),
]
