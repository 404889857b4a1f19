"""Two Linux process attributes that the standard library does not offer. Elsewhere they do nothing, and say so."""

import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def become_subreaper() -> bool:
    """Orphans of this attempt become our children, so that daemons cannot hide. False where the platform has no such thing."""
    return _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(signal_number: int = signal.SIGKILL) -> bool:
    """The kernel sends us `signal_number` when our parent dies. Best effort: `reap` is what correctness rests on."""
    return _prctl(PR_SET_PDEATHSIG, signal_number)


def _load():
    if not sys.platform.startswith("linux"):
        return None
    try:
        import ctypes

        return ctypes.CDLL(None, use_errno=True).prctl
    except (ImportError, OSError, AttributeError):  # built without libffi, or a libc without the symbol
        return None


_function = _load()  # at import: it must not be loaded between fork and exec


def _prctl(option: int, value: int) -> bool:
    return _function is not None and _function(option, value, 0, 0, 0) == 0
