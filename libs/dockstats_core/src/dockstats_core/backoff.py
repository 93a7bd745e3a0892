"""How long to wait before trying again: exponential with full jitter, so that a hundred clients of one server that came
back do not all come at once. Pure: the randomness is an argument.

Source: "Exponential Backoff And Jitter", AWS Architecture Blog. Not here: waiting, what counts as success.
"""

from __future__ import annotations

from collections.abc import Callable

SHORTEST_S = 0.1
"""Lower bound of every wait, in seconds: no run of luck makes a busy loop."""

FIRST_S = 0.5
"""Upper bound of the first wait, in seconds."""

LONGEST_S = 30.0
"""Upper bound of every wait, in seconds: an agent that is back is seen within half a minute."""


class Backoff:
    """The waits between attempts. `randomness` gives a number from 0 up to 1, as `random.random` does."""

    def __init__(
        self,
        randomness: Callable[[], float],
        *,
        shortest_s: float = SHORTEST_S,
        first_s: float = FIRST_S,
        longest_s: float = LONGEST_S,
    ) -> None:
        self._randomness = randomness
        self._shortest_s = shortest_s
        self._first_s = first_s
        self._longest_s = longest_s
        self._bound_s = first_s

    def next_delay_s(self) -> float:
        """The next wait, in seconds: anything from the shortest up to a bound that doubles each time."""
        delay_s = self._shortest_s + self._randomness() * (self._bound_s - self._shortest_s)
        self._bound_s = min(self._longest_s, self._bound_s * 2)
        return delay_s

    def reset(self) -> None:
        """It worked: the next wait is a first one."""
        self._bound_s = self._first_s
