"""A busy life in rounds: browsers come and go, containers too, an agent is restarted, an engine is away; then a rest.

At each rest nobody is there and everything is connected, so what a program holds then is what it keeps for good, and
one rest compares with another. Two agents run: one on a fake engine, watched; one on simulated containers, which is the
one that is restarted. The dashboard follows both and is watched.
Not here: what is held (kept), what may be (table).
"""

from __future__ import annotations

import random
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
import httpx
import msgspec

from bench.soak.churn import Churn
from bench.soak.kept import Kept, kept_by, least, troubles
from bench.soak.observed import EVERY_S, RETENTION
from bench.soak.plan import Plan
from bench.soak.visitors import visit_for
from dockstats_dashboard.api import Health
from tests.fake_engine import FakeEngine
from tests.running import Program, command

START_S = 60.0
REST_WITHIN_S = 60.0
LOOKS = 70  # at each rest: longer than an idle connection to the engine is kept
ABSENT_EVERY, ABSENT_S = 4, 2.0  # rounds, and seconds

INJECTED = (
    re.compile(r" WARNING \S+ (?:no engine|engine at )"),  # it is away
    re.compile(r" WARNING \S+ source one-shot gives figures every "),  # a fake engine's answers are slow, and cost CPU
)
"""Troubles that a run causes, and the agent on the fake engine tells."""


class Life:
    """One run. Counts what happened while `rounds` goes on."""

    def __init__(self, plan: Plan, engine: FakeEngine, chance: random.Random) -> None:
        self.plan = plan
        self._churn = Churn(engine, chance)
        self.visits = self.restarts = self.unclean_ends = self.absences = 0
        self.kept: dict[str, list[Kept]] = {"dashboard": [], "agent": []}
        self.troubles: list[str] = []
        self._engine = engine
        self._chance = chance
        self._began_s = 0.0

    @property
    def changes(self) -> int:
        """Of containers, so far."""
        return self._churn.changes

    async def rounds(self) -> None:
        """All of them."""
        async with AsyncExitStack() as running:
            watched = await running.enter_async_context(
                _observed("agent", environ={"DOCKER_HOST": self._engine.host, "AGENT_SOURCE": "one-shot"})
            )
            async with _simulated("127.0.0.1:0") as first:
                port = await first.port(within_s=START_S)
            endpoints = [f"ws://127.0.0.1:{await watched.port(within_s=START_S)}/ws", f"ws://127.0.0.1:{port}/ws"]
            environ = {"AGENT_ENDPOINTS": ";".join(endpoints), RETENTION: str(self.plan.retention_s)}
            dashboard = await running.enter_async_context(_observed("dashboard", environ=environ))
            dashboard_port = await dashboard.port(within_s=START_S)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._churn.go_on)
                number = 0
                self._began_s = time.monotonic()
                while time.monotonic() - self._began_s < self.plan.run_s:
                    number += 1
                    await self._round(number, port, dashboard_port, dashboard, watched)
                tasks.cancel_scope.cancel()
        for program in (dashboard, watched):
            self.troubles += troubles(program.log, INJECTED)

    async def _round(self, number: int, port: int, dashboard_port: int, dashboard: Program, watched: Program) -> None:
        """The restarted agent runs from the middle of one round to that of the next."""
        async with _simulated(f"127.0.0.1:{port}") as restarted:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._visits, dashboard_port)
                if number % ABSENT_EVERY == 0:
                    self.absences += 1
                    tasks.start_soon(self._churn.away, ABSENT_S)
            health = await _rest(dashboard_port)
            looks: dict[str, list[Kept]] = {name: [] for name in self.kept}
            for _ in range(LOOKS):
                await anyio.sleep(EVERY_S)
                at_s = time.monotonic() - self._began_s
                looks["dashboard"].append(
                    kept_by(dashboard.process.pid, dashboard.log, at_s, history_bytes=health.fleet.history_bytes)
                )
                looks["agent"].append(kept_by(watched.process.pid, watched.log, at_s))
            for name, its in looks.items():
                self.kept[name].append(least(its))
            self.restarts += 1
            if number % 2:
                self.unclean_ends += await restarted.stop() != 0
            else:
                await restarted.stop(signal.SIGKILL)
        self.troubles += troubles(restarted.log, INJECTED)

    async def _visits(self, port: int) -> None:
        self.visits += await visit_for(port, self.plan.busy_s, self._chance)


async def _rest(port: int) -> Health:
    """Wait until every browser has left and every agent is connected."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as client:
        with anyio.fail_after(REST_WITHIN_S):
            while True:
                health = msgspec.json.decode((await client.get("/healthz")).content, type=Health)
                if health.browsers == 0 and health.fleet.connected == health.fleet.agents:
                    break
                await anyio.sleep(0.1)
    return health


@asynccontextmanager
async def _simulated(listen: str) -> AsyncIterator[Program]:
    environ = {"AGENT_SOURCE": "simulated", "AGENT_LISTEN_ADDR": listen}
    async with _observed("agent", environ=environ) as agent:
        await agent.port(within_s=START_S)
        yield agent


@asynccontextmanager
async def _observed(name: str, *, environ: dict[str, str]) -> AsyncIterator[Program]:
    words = [sys.executable, "-m", "bench.soak.observed", name]
    anywhere = {"AGENT_LISTEN_ADDR": "127.0.0.1:0", "DASHBOARD_LISTEN_ADDR": "127.0.0.1:0"}
    async with command(words, environ=anywhere | environ) as program:
        yield program
