"""A steady clock: when the next tick is due, and how many were left out because one took too long.

Ticks stand on a grid from the first one, so an interval never drifts by the time a tick takes, and ticks that were
missed are counted and skipped, never made up for. Pure: the time is an argument. Not here: waiting.
"""

from __future__ import annotations


class Ticks:
    """The grid of ticks, in seconds of a monotonic clock."""

    def __init__(self, now_s: float) -> None:
        self._due_s = now_s
        self.skipped: int = 0
        """Ticks left out since the start."""

    @property
    def due_s(self) -> float:
        """When the next tick is due; the first one is due at once."""
        return self._due_s

    def is_due(self, now_s: float) -> bool:
        """Whether the next tick is due."""
        return now_s >= self._due_s

    def begin_anew(self, now_s: float) -> None:
        """The next tick is due at once, and the grid stands from there."""
        self._due_s = now_s

    def done(self, now_s: float, interval_s: float) -> None:
        """The tick that was due has been made, `now_s` is after it, and `interval_s` is the interval in effect."""
        missed = max(0, int((now_s - self._due_s) // interval_s))
        self.skipped += missed
        self._due_s += (missed + 1) * interval_s
