"""How long a made-up container's tasks, or a host's, waited for one resource: the kernel's pressure files.

Shares of time come in step by step and come out as the kernel tells them: a total and its averages over 10, 60 and
300 s. Not here: why anything waits (life, memory), percentages (calculator).
"""

from __future__ import annotations

from dockstats_core.readings import PressureReading, Stall

_UNWORTHY_PCT = 0.005  # the kernel tells averages with two decimals

_AT_REST = PressureReading(some=Stall(0, 0.0, 0.0, 0.0), full=Stall(0, 0.0, 0.0, 0.0))


class Waits:
    """One resource of one container.

    Args:
        full_share: of the time that some task waits, how much do all.
    """

    __slots__ = ("_avg10", "_avg60", "_avg300", "_full_share", "_reading", "_total_us", "pending_s")

    def __init__(self, full_share: float) -> None:
        self._full_share = full_share
        self._total_us = 0.0
        self._avg10 = self._avg60 = self._avg300 = 0.0
        self._reading = _AT_REST
        self.pending_s: float = 0.0
        """Seconds waited since the last reading; whoever lets time pass adds to it."""

    def reading(self, length_s: float) -> PressureReading:
        """The file as it is `length_s` seconds after the last reading."""
        if (not self.pending_s and self._avg300 < _UNWORTHY_PCT) or length_s <= 0:
            return self._reading  # most containers, most of the time
        pct = 100.0 * self.pending_s / length_s
        self._total_us += self.pending_s * 1e6
        self.pending_s = 0.0
        self._avg10 += (pct - self._avg10) * length_s / (length_s + 10.0)
        self._avg60 += (pct - self._avg60) * length_s / (length_s + 60.0)
        self._avg300 += (pct - self._avg300) * length_s / (length_s + 300.0)
        self._reading = PressureReading(some=self._stall(1.0), full=self._stall(self._full_share))
        return self._reading

    def _stall(self, share: float) -> Stall:
        return Stall(int(self._total_us * share), self._avg10 * share, self._avg60 * share, self._avg300 * share)
