"""Processes beside the cells: what a kernel or a terminal has started, and what only sits there."""

from ..actions import kernel, line, run, terminal
from ..scenario import Scenario, at, keep, limits, stop

NOHUP = "import subprocess, os; subprocess.Popen(['nohup', 'python', os.environ['PROGRAMS'] + '/{}', {}], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)"

PROCESSES = [
    Scenario(
        name="nohup-child",
        why="A cell has started a training with `nohup` and ended at once. The kernel is idle, its child works.",
        policy=limits(kernel=10, workspace=15),
        minutes=24,
        before=[kernel("a")],
        steps=at(1, run("a", NOHUP.format("work.py", "'0.6', '1000'"))),
        expect=[keep("a", 0, 24), keep(None, 0, 24)],
    ),
    Scenario(
        name="nohup-child-ends",
        why="The training ends after nine minutes: the kernel's time begins then.",
        policy=limits(kernel=12),
        minutes=30,
        before=[kernel("a")],
        steps=at(1, run("a", NOHUP.format("work.py", "'0.6', '18'"))),
        expect=[keep("a", 0, 20), stop("a", 22, 28)],
    ),
    Scenario(
        name="nohup-child-sleeps",
        why="The child that was left behind only sleeps: it keeps nothing.",
        policy=limits(kernel=12),
        minutes=22,
        before=[kernel("a")],
        steps=at(1, run("a", "import subprocess; subprocess.Popen(['nohup', 'sleep', '100000'])")),
        expect=[keep("a", 0, 11), stop("a", 14, 19)],
    ),
    Scenario(
        name="orphan-works",
        why="A training that has left its session and its parent, as a launcher that detaches leaves it. It still works in this "
        "workspace.",
        policy=limits(workspace=12),
        minutes=22,
        before=[kernel("a")],
        steps=at(
            1,
            run(
                "a",
                "import subprocess, os; p = os.environ['PROGRAMS']\n"
                "subprocess.run(['python', p + '/orphan.py', 'python', p + '/work.py', '0.6', '1000'])",
            ),
        ),
        expect=[keep(None, 0, 22)],
    ),
    Scenario(
        name="tmux-job",
        why="A job in tmux, detached: no terminal and no kernel shows it.",
        policy=limits(workspace=12),
        minutes=22,
        before=[terminal("1")],
        steps=at(1, line("1", "tmux new-session -d '$PYTHON $PROGRAMS/work.py 0.6 1000'")),
        expect=[keep(None, 0, 22)],
    ),
    Scenario(
        name="tmux-idle",
        why="tmux with nothing but a prompt in it.",
        policy=limits(workspace=14),
        minutes=24,
        before=[terminal("1"), line("1", "tmux new-session -d")],
        expect=[keep(None, 0, 13), stop(None, 16, 21)],
    ),
    Scenario(
        name="idle-bash",
        why="A terminal at its prompt.",
        policy=limits(workspace=15),
        minutes=23,
        before=[terminal("1")],
        expect=[keep(None, 0, 14), stop(None, 15, 20)],
    ),
    Scenario(
        name="terminal-job",
        why="A job in the foreground of a terminal whose tab was closed.",
        policy=limits(workspace=10),
        minutes=20,
        before=[terminal("1")],
        steps=at(1, line("1", "$PYTHON $PROGRAMS/work.py 0.5 1000")),
        expect=[keep(None, 0, 20)],
    ),
    Scenario(
        name="top-in-terminal",
        why="`top` was left open. It uses the processor to look at others, and nobody looks at it.",
        policy=limits(workspace=14),
        minutes=23,
        before=[terminal("1"), line("1", "top -d 0.2")],
        expect=[keep(None, 0, 13), stop(None, 15, 21)],
    ),
    Scenario(
        name="watch-in-terminal",
        why="`watch` was left open: it starts a new process again and again.",
        policy=limits(workspace=14),
        minutes=23,
        before=[terminal("1"), line("1", "watch -n 0.2 ls -l /")],
        expect=[keep(None, 0, 13), stop(None, 15, 21)],
    ),
    Scenario(
        name="slow-download",
        why="A model comes in slowly: hardly any processor, a steady stream into a file.",
        policy=limits(workspace=10),
        minutes=22,
        before=[terminal("1")],
        steps=at(1, line("1", "$PYTHON $PROGRAMS/download.py model.bin 1000 200")),
        expect=[keep(None, 0, 22)],
    ),
    Scenario(
        name="download-ends",
        why="The download has ended, and nobody came.",
        policy=limits(workspace=12),
        minutes=28,
        before=[terminal("1")],
        steps=at(1, line("1", "$PYTHON $PROGRAMS/download.py model.bin 14 400")),
        expect=[keep(None, 0, 19), stop(None, 20, 26)],
    ),
    Scenario(
        name="idle-helper-server",
        why="A server that a person has started and nobody asks, as a language server or a dashboard: it waits.",
        policy=limits(workspace=14),
        minutes=24,
        before=[terminal("1"), line("1", "$PYTHON -m http.server 0 --bind 127.0.0.1")],
        expect=[keep(None, 0, 13), stop(None, 16, 22)],
    ),
    Scenario(
        name="background-thread",
        why="The cell has ended, but a thread of the kernel computes on.",
        policy=limits(kernel=10),
        minutes=22,
        before=[kernel("a")],
        steps=at(
            1,
            run(
                "a",
                "import threading\ndef f():\n    while True: sum(range(1000))\nthreading.Thread(target=f, daemon=True).start()",
            ),
        ),
        expect=[keep("a", 0, 22)],
    ),
    Scenario(
        name="ticking-widget",
        why="A widget in the kernel sends its state ten times a second, for nobody. It is no work.",
        policy=limits(kernel=15),
        minutes=25,
        before=[kernel("a")],
        steps=at(0, run("a", "import os; exec(open(os.environ['PROGRAMS'] + '/ticking_widget.py').read())")),
        expect=[keep("a", 0, 14), stop("a", 17, 23)],
    ),
    Scenario(
        name="ticking-task",
        why="An asyncio task in the kernel wakes up twice a second and does nothing.",
        policy=limits(kernel=15),
        minutes=24,
        before=[kernel("a")],
        steps=at(
            0,
            run(
                "a",
                "import asyncio\nasync def f():\n    while True: await asyncio.sleep(0.5)\ntask = asyncio.create_task(f())",
            ),
        ),
        expect=[keep("a", 0, 14), stop("a", 16, 22)],
    ),
]
