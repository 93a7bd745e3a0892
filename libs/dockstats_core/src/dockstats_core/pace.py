"""How fast something that others send is taken: so much of the time it costs, some of it ahead, and no more. Pure.

Whoever reads decides what one thing costs (one of 50 a second: 20 ms) and waits when more came than was paid for; the
other side then waits, too, because the network between holds only so much.
Not here: reading and waiting.
"""

from __future__ import annotations


class Pace:
    """The time that what came has cost. All times are seconds of one clock.

    Args:
        burst_s: how much may be taken ahead, as after a pause.
        now_s: the time.
    """

    def __init__(self, burst_s: float, now_s: float) -> None:
        self._burst_s = burst_s
        self._paid_until_s = now_s

    def took(self, cost_s: float, now_s: float) -> None:
        """Something came that costs so much."""
        self._paid_until_s = max(self._paid_until_s, now_s) + cost_s

    @property
    def next_s(self) -> float:
        """From when on there is time for more; past, where there is time now."""
        return self._paid_until_s - self._burst_s
