"""An agent or a dashboard as its command runs it, which also tells how many tasks it has.

`python -m bench.soak.observed agent|dashboard ...`: a line on standard error ten times a second, and everything else is
the program itself. A dashboard keeps history for `DOCKSTATS_SOAK_RETENTION` seconds, so that what grows up to its bound
has grown before the watch begins.
Not here: what the kernel tells of it (kept).
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable

import anyio

from bench.soak.kept import line_of
from dockstats_agent.app import serve as serve_agent
from dockstats_core.history.store import HistoryLimits
from dockstats_core.program.command_line import parse_or_exit
from dockstats_core.program.running import run
from dockstats_core.program.settings import AgentSettings, DashboardSettings
from dockstats_dashboard.app import serve as serve_dashboard

RETENTION = "DOCKSTATS_SOAK_RETENTION"
EVERY_S = 0.1


async def _observed(serving: Awaitable[int]) -> int:
    telling = asyncio.create_task(_tell())
    try:
        return await serving
    finally:
        telling.cancel()


async def _tell() -> None:
    while True:
        await anyio.sleep(EVERY_S)
        print(line_of(len(asyncio.all_tasks())), file=sys.stderr, flush=True)


async def _agent(settings: AgentSettings) -> int:
    return await _observed(serve_agent(settings))


async def _dashboard(settings: DashboardSettings) -> int:
    retention_s = float(os.environ[RETENTION])
    limits = HistoryLimits(retention_s=retention_s, block_s=retention_s / 4)
    return await _observed(serve_dashboard(settings, history_limits=limits))


def main(name: str, arguments: list[str]) -> None:
    """Be it."""
    if name == "agent":
        run("agent", parse_or_exit("agent", arguments), _agent)
    run("dashboard", parse_or_exit("dashboard", arguments), _dashboard)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
