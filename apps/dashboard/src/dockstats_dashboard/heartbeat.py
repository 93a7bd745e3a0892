"""Nudges a stream in which nothing came for a while, so that it says something and proxies keep the connection.

One timer a stream, looked at when it ends: a time-out round each frame took a sixth of a stream's CPU (measured, with a
thousand of them).
Not here: what is said then (stream).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Heartbeat:
    """Of one stream. Calls `nudge` when `said` was not called for `every_s` seconds, again and again."""

    def __init__(self, nudge: Callable[[], None], every_s: float, loop: asyncio.AbstractEventLoop) -> None:
        self._nudge = nudge
        self._every_s = every_s
        self._loop = loop
        self._due_s = loop.time() + every_s
        self._timer = loop.call_at(self._due_s, self._look)

    def said(self) -> None:
        """The stream says something now."""
        self._due_s = self._loop.time() + self._every_s

    def stop(self) -> None:
        """It ended."""
        self._timer.cancel()

    def _look(self) -> None:
        if self._loop.time() >= self._due_s:
            self.said()
            self._nudge()
        self._timer = self._loop.call_at(self._due_s, self._look)


@contextmanager
def heartbeat(nudge: Callable[[], None], every_s: float) -> Iterator[Heartbeat]:
    """One for as long as the block runs, in this task's event loop."""
    beating = Heartbeat(nudge, every_s, asyncio.get_running_loop())
    try:
        yield beating
    finally:
        beating.stop()
