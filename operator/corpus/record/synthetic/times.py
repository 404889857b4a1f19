"""Clocks that are set, time that nobody observed, and days."""

from collections.abc import Callable

from ..scenario import keep, limits, stop
from ..trace_file import at_minute
from .written import a_kernel, evidence, gpu, readings, synthetic, without


def back_at(minute: float, by: float) -> Callable[[float], float]:
    """A clock that is set by so many minutes at that minute."""
    return lambda m: m if m < minute else m + by


CLOCKS = [
    synthetic(
        "clock-set-forth",
        "The clock of the machine is set eight hours forth. Nobody was idle for that time.",
        limits(kernel=20),
        readings(40, lambda m: evidence(a_kernel()), clock=back_at(10, 480)),
        keep("a", 0, 480 + 19),
        stop("a", 480 + 21, 480 + 28),
    ),
    synthetic(
        "clock-set-back",
        "The clock is set back by half an hour, as after a bad battery. What was observed before stays observed, and nothing twice.",
        limits(kernel=60),
        readings(80, lambda m: evidence(a_kernel()), clock=back_at(40, -30)),
        keep("a", 0, 28),
        stop("a", 31, 38),
    ),
    synthetic(
        "clock-back-and-forth",
        "Two time servers disagree: the clock goes two hours forth and back again, several times.",
        limits(kernel=30),
        readings(20, lambda m: evidence(a_kernel()), clock=lambda m: m + (120 if int(m / 4) % 2 else 0)),
        keep("a", 0, 145),
    ),
    synthetic(
        "laptop-asleep",
        "The lid is closed for a night and opened in the morning. The night is no idle time: nobody could have used it.",
        limits(kernel=60, workspace=120),
        without(readings(640, lambda m: evidence(a_kernel()), 2), 20, 600),
        keep("a", 0, 635),
        keep(None, 0, 640),
    ),
    synthetic(
        "worked-in-the-gap",
        "For half an hour nobody could read, but the counters show that the kernel computed in between.",
        limits(kernel=30),
        without(readings(90, lambda m: evidence(a_kernel(cpu_s=10.0 if m < 40 else 900.0))), 20, 50),
        keep("a", 0, 78),
        stop("a", 80, 88),
    ),
]

LONG = [
    synthetic(
        "trained-overnight",
        "Twelve hours of training under the policy of a cluster, started in the evening by somebody who went home.",
        {},
        readings(
            780,
            lambda m: evidence(a_kernel(state="busy", cpu_s=round(10 + m * 50), **gpu("whole", 92)), tabs=0),
            every=10,
        ),
        keep("a", 0, 780),
        keep(None, 0, 780),
    ),
    synthetic(
        "forgotten-over-the-weekend",
        "An A100 was left on Friday under the policy of a cluster. Its kernel goes after eight hours, the workspace after twelve.",
        {},
        readings(800, lambda m: evidence(a_kernel(**gpu("whole", 0)), tabs=1), every=10),
        keep("a", 0, 470),
        stop("a", 480, 510),
        keep(None, 0, 710),
        stop(None, 720, 760),
    ),
    synthetic(
        "lunch",
        "Somebody works, goes to lunch for fifty minutes, and works on: the policy of a cluster does not notice, even though "
        "somebody waits.",
        {},
        readings(
            190,
            lambda m: evidence(
                a_kernel(input_t=at_minute(m if m < 60 or m > 110 else 59), **gpu("whole", 0)),
                input_t=at_minute(m if m < 60 or m > 110 else 59),
                tabs=1,
            ),
            every=2,
        ),
        keep("a", 0, 190),
        keep(None, 0, 190),
        demand=((0, True),),
    ),
    synthetic(
        "waited-for-after-hours",
        "Idle for three hours when somebody begins to wait: well past the soft limit, it goes as soon as it was announced.",
        {},
        readings(220, lambda m: evidence(a_kernel(**gpu("whole", 0))), every=2),
        keep("a", 0, 181),
        stop("a", 185, 195),
        demand=((180, True),),
    ),
]
