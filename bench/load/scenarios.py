"""The three loads: who takes part, started as processes of their own.

Not here: how one is measured (measured), what they may cost (table).
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
import httpx
import msgspec
from msgspec import Struct, structs

from bench.load.findings import Held
from bench.load.measured import measured, until_all_read
from dockstats_core.history.store import HistoryLimits
from dockstats_dashboard.api import Health
from tests.running import Program, command, program

ANY_PORT = "127.0.0.1:0"
START_S = 60.0


class Size(Struct, frozen=True, kw_only=True):
    """How much of everything; what is not said is what the promises are made for."""

    browsers: int = 1000
    silent: int = 50  # of them
    agents: int = 3
    many_agents: int = 100
    dashboards: int = 100
    containers: int = 100  # an agent
    few_browsers: int = 10  # beside many agents
    settle_s: float = 10.0
    span_s: float = 90.0  # silent browsers are cut off within it
    filling_s: float = 150.0  # more, for many agents: history meets its bound


FULL = Size()
QUICK = Size(
    browsers=100, silent=5, many_agents=10, dashboards=10, containers=20, settle_s=1.0, span_s=5.0, filling_s=0.0
)


async def many_browsers(size: Size) -> Held:
    """One dashboard over three real agents of 100 containers at 2 Hz, and a thousand browsers; some read nothing."""
    reading = size.browsers - size.silent
    async with AsyncExitStack() as running:
        agents = [await running.enter_async_context(_agent(size.containers)) for _ in range(size.agents)]
        endpoints = ";".join([f"ws://127.0.0.1:{await agent.port(within_s=START_S)}/ws" for agent in agents])
        dashboard = await running.enter_async_context(_dashboard(endpoints))
        port = await dashboard.port(within_s=START_S)
        client = await running.enter_async_context(_browsers(port, reading, size.silent))
        await until_all_read(client, reading)
        await anyio.sleep(size.settle_s)
        found = await measured(dashboard, client, size.span_s)
        left = (await _health(port)).browsers - found.readers
    return Held(
        key="browsers",
        title=f"{size.browsers} browsers, {size.silent} silent, {size.agents} agents x {size.containers} at 2 Hz",
        full=_is_full(size),
        readers_wanted=reading,
        silent=size.silent,
        silent_left=max(0, left),
        **structs.asdict(found),
    )


async def many_agents(size: Size) -> Held:
    """One dashboard over a hundred agents of 100 containers at 1 Hz, and some browsers."""
    async with AsyncExitStack() as running:
        words = _module("agents", size.many_agents, size.containers, 1.0)
        agents = await running.enter_async_context(command(words))
        endpoints = (await agents.line_with("endpoints ", within_s=START_S)).removeprefix("endpoints ")
        dashboard = await running.enter_async_context(_dashboard(endpoints))
        port = await dashboard.port(within_s=START_S)
        client = await running.enter_async_context(_browsers(port, size.few_browsers, 0))
        await until_all_read(client, size.few_browsers)
        await anyio.sleep(size.settle_s)
        found = await measured(dashboard, client, size.span_s + size.filling_s)
        history_bytes = (await _health(port)).fleet.history_bytes
    return Held(
        key="agents",
        title=f"{size.many_agents} agents x {size.containers} at 1 Hz, {size.few_browsers} browsers",
        full=_is_full(size),
        readers_wanted=size.few_browsers,
        history_bytes=history_bytes,
        history_may_be_bytes=HistoryLimits().max_bytes,
        **structs.asdict(found),
    )


async def many_dashboards(size: Size) -> Held:
    """One agent of 100 containers at 2 Hz, and a hundred dashboards."""
    async with _agent(size.containers) as agent:
        url = f"ws://127.0.0.1:{await agent.port(within_s=START_S)}/ws"
        async with command(_module("dashboards", url, size.dashboards)) as client:
            await until_all_read(client, size.dashboards)
            await anyio.sleep(size.settle_s)
            found = await measured(agent, client, size.span_s)
    return Held(
        key="dashboards",
        title=f"{size.dashboards} dashboards, 1 agent x {size.containers} at 2 Hz",
        full=_is_full(size),
        readers_wanted=size.dashboards,
        **structs.asdict(found),
    )


@asynccontextmanager
async def _agent(containers: int) -> AsyncIterator[Program]:
    simulated = ("--source", "simulated", "--simulated-containers", str(containers))
    async with program("dockstats-agent", "--listen", ANY_PORT, *simulated) as agent:
        yield agent


@asynccontextmanager
async def _dashboard(endpoints: str) -> AsyncIterator[Program]:
    environ = {"AGENT_ENDPOINTS": endpoints}
    async with program("dockstats-dashboard", "--listen", ANY_PORT, environ=environ) as dashboard:
        yield dashboard


@asynccontextmanager
async def _browsers(port: int, reading: int, silent: int) -> AsyncIterator[Program]:
    async with command(_module("browsers", f"http://127.0.0.1:{port}", reading, silent)) as client:
        await client.line_with("all are connected", within_s=60.0)
        yield client


def _module(name: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", f"bench.load.{name}", *map(str, arguments)]


async def _health(port: int) -> Health:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as client:
        return msgspec.json.decode((await client.get("/healthz")).content, type=Health)


def _is_full(size: Size) -> bool:
    return structs.replace(size, span_s=FULL.span_s, filling_s=FULL.filling_s) == FULL
