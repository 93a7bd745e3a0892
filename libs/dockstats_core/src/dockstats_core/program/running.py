"""From settings to the exit code: what every program's `main` does between its command line and its app.

Not here: the command line (program.command_line), signals (program.lifetime).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn, TypeVar

import anyio

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.command_line import EXIT_USAGE, command_of
from dockstats_core.program.logs import set_up_logging
from dockstats_core.program.open_files import raise_limit
from dockstats_core.program.options import ProgramName
from dockstats_core.program.settings import AgentSettings, DashboardSettings
from dockstats_core.program.shortage import Shortage

SettingsT = TypeVar("SettingsT", AgentSettings, DashboardSettings)

NAMES_AT_ONCE = 256
"""Threads that may wait for a name's address, each begun when it is needed. asyncio has cores + 4 of them: a handful of
agents whose name server is silent would keep those of all others waiting."""

_ORDERS_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

LINGER_S = 0.25
"""Seconds that threads get to end after everything else has. One that resolves a name can take half a minute, and
nothing can interrupt it."""


def run(program: ProgramName, settings: SettingsT, serve: Callable[[SettingsT], Awaitable[int]]) -> NoReturn:
    """Run `serve` in an event loop and leave with its exit code.

    A ConfigurationError (an address in use, an endpoint that is none) goes to standard error as one line; exit code 2.
    """

    async def serve_to_the_end() -> int:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(Shortage().heed)
        loop.set_default_executor(ThreadPoolExecutor(NAMES_AT_ONCE, "resolving"))
        code = await serve(settings)
        _leave_within(LINGER_S, code)
        return code

    set_up_logging(settings.log_level)
    raise_limit()
    try:
        code = anyio.run(serve_to_the_end)
    except ConfigurationError as error:
        sys.stderr.write(f"{command_of(program)}: {error}\n")
        code = EXIT_USAGE
    sys.exit(code)


def _leave_within(seconds: float, code: int) -> None:
    """Let the interpreter wait for its threads no longer than this, and no signal make another exit of it."""
    for late in _ORDERS_TO_STOP:  # as the one that `uv run` passes on when all is over
        signal.signal(late, signal.SIG_IGN)
    last_resort = threading.Timer(seconds, os._exit, (code,))
    last_resort.daemon = True
    last_resort.start()
