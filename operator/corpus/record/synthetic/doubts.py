"""What cannot be seen or contradicts itself, and what asks to be left alone."""

from ..scenario import keep, limits, stop
from .written import a_kernel, a_lease, evidence, gpu, readings, synthetic

UNKNOWN = [
    synthetic(
        "processor-not-readable",
        "The processes of the kernel cannot be looked at. Nothing says that it is idle.",
        limits(kernel=10, workspace=15),
        readings(40, lambda m: evidence(a_kernel(cpu_s=None))),
        keep("a", 0, 40),
        keep(None, 0, 40),
    ),
    synthetic(
        "processor-not-readable-for-ever",
        "The same for longer than the administrator allows: from then it counts as idle.",
        limits(kernel=10, unknownMaxSeconds=30 * 60),
        readings(50, lambda m: evidence(a_kernel(cpu_s=None))),
        keep("a", 0, 29),
        stop("a", 40, 47),
    ),
    synthetic(
        "probe-403",
        "Half an hour of failed readings between two stretches of idle time: only what was seen counts.",
        limits(kernel=20),
        readings(60, lambda m: {"failed": "HTTP 403"} if 8 <= m < 38 else evidence(a_kernel())),
        keep("a", 0, 48),
        stop("a", 50, 57),
    ),
    synthetic(
        "every-third-look-fails",
        "Of three looks one fails. What lies before a failed look was not seen, so at most two minutes of three can count.",
        limits(kernel=20),
        readings(70, lambda m: {"failed": "no answer in time"} if m % 3 == 2 else evidence(a_kernel())),
        keep("a", 0, 28),
        stop("a", 30, 66),
    ),
    synthetic(
        "computes-past-the-busy-limit",
        "A cell computes for longer than one may that uses nothing. That limit is not for it.",
        limits(kernel=10, busyMaxSeconds=10 * 60),
        readings(40, lambda m: evidence(a_kernel(state="busy", cpu_s=10 + m * 12))),
        keep("a", 0, 40),
    ),
    synthetic(
        "busy-without-counters",
        "The kernel says that it is busy, and nothing else can be read of it.",
        limits(kernel=10),
        readings(40, lambda m: evidence(a_kernel(state="busy", cpu_s=None))),
        keep("a", 0, 40),
    ),
    synthetic(
        "idle-by-name-only",
        "The kernel says that it is idle and uses a whole processor: what is measured is true.",
        limits(kernel=10),
        readings(40, lambda m: evidence(a_kernel(cpu_s=10 + m * 60))),
        keep("a", 0, 40),
    ),
    synthetic(
        "dead-kernel-listed",
        "The kernel is dead and its notebook still shows it: it holds what it was given, and keeps nothing.",
        limits(kernel=20, workspace=25),
        readings(34, lambda m: evidence(a_kernel(state="dead", cpu_s=None, **gpu("whole", None)))),
        keep("a", 0, 19),
        stop("a", 20, 25),
        stop(None, 25, 31),
    ),
    synthetic(
        "starting-for-ever",
        "The image is pulled, the kernel starts and starts: for ten minutes that is activity, then something is wrong.",
        limits(kernel=10),
        readings(30, lambda m: evidence(a_kernel(state="starting", cpu_s=0.0, executions=0))),
        keep("a", 0, 18),
        stop("a", 20, 26),
    ),
    synthetic(
        "starts-slowly",
        "The kernel needs eight minutes to start, then its person begins.",
        limits(kernel=12),
        readings(
            30,
            lambda m: evidence(
                a_kernel(
                    state="starting" if m < 8 else "idle",
                    cpu_s=0.0 if m < 8 else 4.0,
                    executions=max(0, int((m - 8) / 4)),
                )
            ),
        ),
        keep("a", 0, 30),
    ),
]

LEASES = [
    synthetic(
        "run-attached",
        "A run is attached to the notebook: whoever waits for it is not sent away.",
        limits(kernel=10, workspace=15),
        readings(40, lambda m: evidence(a_kernel(), leases=[a_lease("a", None)])),
        keep("a", 0, 40),
        keep(None, 0, 40),
    ),
    synthetic(
        "run-ends",
        "The run has ended after twenty minutes: the time begins.",
        limits(kernel=12),
        readings(40, lambda m: evidence(a_kernel(), leases=[a_lease("a", None)] if m < 20 else [])),
        keep("a", 0, 30),
        stop("a", 32, 37),
    ),
    synthetic(
        "lease-runs-out",
        "Somebody asked to keep the workspace until a time, and that time is over, though the lease is still listed.",
        limits(workspace=12),
        readings(40, lambda m: evidence(a_kernel(), leases=[a_lease(None, 20)])),
        keep(None, 0, 30),
        stop(None, 32, 37),
    ),
    synthetic(
        "lease-of-one-kernel",
        "The run is attached to one notebook, the kernel of the other is idle.",
        limits(kernel=15),
        readings(24, lambda m: evidence(a_kernel("a"), a_kernel("b"), leases=[a_lease("a", None)])),
        keep("a", 0, 24),
        keep("b", 0, 14),
        stop("b", 15, 20),
    ),
]
