"""Counts the processor seconds of a process once, and those of its short-lived children with it.

A child that was seen is a process of its own. When it has ended, Linux adds all of its seconds to its parent's: what
was seen of it is taken off there, so that only what it used after the last look remains. What a child did that lived
and died between two looks is the parent's.
"""

from __future__ import annotations

from .proc_files import ProcStat


class CpuAccount:
    """The seconds of one process, as they are told: they never fall."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._reaped_s = 0.0
        self._taken_off_s = 0.0
        self._ended_s = 0.0
        self._ended_before_s = 0.0

    def child_ended(self, seen_s: float) -> None:
        """A child that was last seen with so many seconds is gone."""
        self._ended_s += seen_s

    def update(self, stat: ProcStat) -> float:
        """Its seconds by what Linux says now.

        No more is taken off than Linux has added: a child that nobody waits for is added to nobody. What is not found
        at this look is looked for once more at the next, for not everything is read at one instant.
        """
        added_s = max(0.0, stat.reaped_s - self._reaped_s)
        taken_s = min(added_s, self._ended_s + self._ended_before_s)
        self._taken_off_s += taken_s
        self._ended_before_s = max(0.0, self._ended_s - max(0.0, taken_s - self._ended_before_s))
        self._ended_s = 0.0
        self._reaped_s = stat.reaped_s
        self.seconds = max(self.seconds, stat.cpu_s - self._taken_off_s)
        return self.seconds
