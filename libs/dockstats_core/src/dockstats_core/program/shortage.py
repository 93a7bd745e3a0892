"""Tells of a shortage in one line: a process without a free descriptor cannot take the connections that wait for it.

The event loop tries again every second and would tell, with a traceback, of each attempt and of each waiting
connection. As its exception handler this makes one line a minute of them, and leaves everything else to the loop.
Not here: how many descriptors there may be (program.open_files), the attempts (asyncio).
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import time
from collections.abc import Callable
from typing import Any

from dockstats_core.program.complaints import Complaints
from dockstats_core.program.open_files import limit

_SHORTAGES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}  # where asyncio tries to accept again

_log = logging.getLogger(__name__)


class Shortage:
    """An event loop's exception handler: `loop.set_exception_handler(Shortage().heed)`."""

    def __init__(self, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._complaints = Complaints()

    def heed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Something failed in the loop that nobody waits for."""
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in _SHORTAGES or "socket" not in context:
            loop.default_exception_handler(context)
            return
        line = self._complaints.line(
            error.errno, f"new connections have to wait: {_told(error.errno)}", self._clock_s()
        )
        if line is not None:
            _log.error(line)


def _told(number: int) -> str:
    """What there is not enough of, and the way out."""
    if number == errno.EMFILE:
        return (
            f"this process has all {limit() or 'the'} files open that it may have; "
            "raise its limit (ulimit -n, LimitNOFILE=), or close some of its clients"
        )
    return f"{os.strerror(number).lower()}; it is the machine's shortage"
