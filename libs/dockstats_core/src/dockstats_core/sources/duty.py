"""How much asking the engine may cost: a share of one core, whatever the number of containers.

Through the engine one figure costs about 6 ms of CPU, engine and client together, so 100 containers twice a second
would take more than a core. A source that asks the engine stretches its interval until the calls fit the budget.
The cost of a call is not told by anyone; the shortest of the recent calls is the best estimate, because whatever
waits in queues only ever makes a call longer. A call that never takes less than MOST_CALL_S waits for something (the
engine's tick of 1 s) rather than working, and counts as that much. Pure arithmetic. Not here: any call.
"""

from __future__ import annotations

from collections import deque

# One stats figure of an idle container, dockerd and containerd and client together, on Docker 20.10 (measured).
TYPICAL_CALL_S = 0.006

MOST_CALL_S = 0.05
"""The most that one call counts as, in seconds of CPU: eight times the typical one."""

DEFAULT_SHARE = 0.2
"""Share of one core that asking the engine may take."""

_WINDOW = 64  # calls remembered: enough to see one undisturbed call, few enough to notice a slower engine


class DutyBudget:
    """Turns the measured time of calls into the interval that keeps them within `share` of one core."""

    def __init__(self, share: float = DEFAULT_SHARE) -> None:
        self._share = share
        self._recent_s: deque[float] = deque(maxlen=_WINDOW)

    def record(self, call_s: float) -> None:
        """Remember how long one call took, in seconds, without the time it waited for its turn."""
        self._recent_s.append(call_s)

    @property
    def call_cost_s(self) -> float:
        """Estimated CPU time of one call, in seconds."""
        return min(MOST_CALL_S, min(self._recent_s, default=TYPICAL_CALL_S))

    def interval_s(self, calls: int, shortest_s: float) -> float:
        """Interval, in seconds and at least `shortest_s`, at which `calls` calls stay within the share."""
        return max(shortest_s, calls * self.call_cost_s / self._share)

    def calls_per_s(self) -> int:
        """How many calls a second the share pays for; at least one."""
        return max(1, int(self._share / self.call_cost_s))
