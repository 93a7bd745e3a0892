"""An event loop of which only the clock and its timers are used, and time passes when the test says so.

Not here: tasks, sockets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TypeVarTuple

_Arguments = TypeVarTuple("_Arguments")


class SteppedLoop(asyncio.BaseEventLoop):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.close()  # it never runs anything but timers
        self._now_s = 0.0
        self._timers: list[asyncio.TimerHandle] = []

    def time(self) -> float:
        """Seconds that have passed."""
        return self._now_s

    def call_at(
        self,
        when: float,
        callback: Callable[[*_Arguments], object],
        *args: *_Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """A timer; `call_later` comes here too."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        self._timers.append(timer)
        return timer

    def _timer_handle_cancelled(self, timer: asyncio.TimerHandle) -> None:
        if timer in self._timers:  # else it has been called
            self._timers.remove(timer)

    def call_exception_handler(self, context: asyncio.events._Context) -> None:
        """What a callback raises, the test raises."""
        raise context["exception"]

    def pass_s(self, seconds: float) -> None:
        """Let time pass; every timer that ends meanwhile is called at its own moment."""
        end_s = self._now_s + seconds
        while due := min((timer for timer in self._timers if timer.when() <= end_s), key=_when, default=None):
            self._timers.remove(due)
            self._now_s = due.when()
            due._run()
        self._now_s = end_s

    @property
    def timers(self) -> int:
        """How many are set."""
        return len(self._timers)


def _when(timer: asyncio.TimerHandle) -> float:
    return timer.when()
