"""What pages say of their person: when they last typed, clicked or ran something, and which cells wait for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

SAME_INPUT_S = 2.0
"""Pages say how long ago it was, and messages take their time: what seems this little newer is the same input."""

PAGES_MAX = 100


class FrontEndInput:
    """The latest of all pages, in Unix seconds of this machine."""

    def __init__(self) -> None:
        self.input_t: float | None = None
        self._kernels: dict[str, float] = {}
        self._waiting: OrderedDict[str, set[str]] = OrderedDict()

    def hear(
        self, page: str, kernels: Mapping[str, float], input_s: float | None, waits: Sequence[str], now_t: float
    ) -> None:
        """A page says for how many seconds nobody has done anything, in each notebook and anywhere."""
        for kernel, seconds in kernels.items():
            self._kernels[kernel] = _newer(self._kernels.get(kernel), now_t - seconds, now_t)
        anywhere = [seconds for seconds in (*kernels.values(), input_s) if seconds is not None]
        if anywhere:
            self.input_t = _newer(self.input_t, now_t - min(anywhere), now_t)
        self._waiting[page] = set(waits)
        self._waiting.move_to_end(page)
        if len(self._waiting) > PAGES_MAX:
            self._waiting.popitem(last=False)

    def of_kernel(self, kernel: str) -> float | None:
        """When somebody last did something in its notebook."""
        return self._kernels.get(kernel)

    def is_waiting(self, kernel: str) -> bool:
        """Whether a page shows that a cell of this kernel waits for an answer."""
        return any(kernel in waiting for waiting in self._waiting.values())

    def stop_waiting(self, kernels: set[str]) -> None:
        """Their cells have ended: a page that is closed can no longer say so."""
        for waiting in self._waiting.values():
            waiting -= kernels

    def keep_only(self, kernels: set[str]) -> None:
        """Forgets the kernels that are gone."""
        for gone in self._kernels.keys() - kernels:
            del self._kernels[gone]


def _newer(known_t: float | None, said_t: float, now_t: float) -> float:
    """What is known of later than now was told before the clock was set back: it must not outshine what is told now."""
    said_t = max(0.0, said_t)
    is_newer = known_t is None or known_t > now_t + SAME_INPUT_S or said_t > known_t + SAME_INPUT_S
    return said_t if is_newer else known_t
