"""A dashboard of the fleet, and all it says on its stream, with the time at which it was heard.

Not here: what must have been said (chronicle, test_fleet).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeAlias

import anyio
import httpx
import msgspec

from dockstats_core.fanout.sse import EventStreamParser
from dockstats_core.fleet.agents import AgentSummary
from dockstats_core.messages import stream
from dockstats_core.messages.stream import AgentBatch, AgentConnection, StreamMessage
from tests.running import Program, program


class Heard(NamedTuple):
    """One message, and when it came: seconds on this machine's monotonic clock."""

    at_s: float
    message: AgentConnection | AgentBatch


class Dashboard:
    """One that runs; `heard` grows while it does."""

    def __init__(self, running: Program, url: str) -> None:
        self.program = running
        self.url = url
        self.heard: list[Heard] = []
        self._news = anyio.Event()

    async def follow(self) -> None:
        """Hear all it says, until it ends."""
        parser = EventStreamParser()
        async with (
            httpx.AsyncClient(timeout=None, trust_env=False) as client,
            client.stream("GET", f"{self.url}/stream/agents") as answer,
        ):
            async for chunk in answer.aiter_bytes():
                now_s = time.monotonic()
                for event in parser.feed(chunk):
                    self._hear(now_s, stream.codec.decode(event.data))

    def _hear(self, now_s: float, message: StreamMessage) -> None:
        if isinstance(message, AgentConnection | AgentBatch):
            self.heard.append(Heard(now_s, message))
            self._news.set()
            self._news = anyio.Event()

    async def until(self, condition: Callable[[], bool], *, within_s: float) -> bool:
        """Whether it has said within that time what makes the condition true."""
        with anyio.move_on_after(within_s):
            while not condition():
                await self._news.wait()
        return condition()

    async def agents(self) -> Sequence[AgentSummary]:
        """What it answers at `/api/agents`."""
        return msgspec.json.decode(await ask(f"{self.url}/api/agents"), type=list[AgentSummary])


Dashboards: TypeAlias = Sequence[Dashboard]


async def ask(url: str) -> bytes:
    """The body of an answer."""
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        answer = await client.get(url)
        answer.raise_for_status()
        return answer.content


@asynccontextmanager
async def dashboard(agents: str) -> AsyncIterator[Dashboard]:
    """A dashboard over these agents, and somebody who listens to it."""
    async with program("dockstats-dashboard", "--listen", "127.0.0.1:0", "--agents", agents) as running:
        made = Dashboard(running, f"http://127.0.0.1:{await running.port()}")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(made.follow)
            yield made
            tasks.cancel_scope.cancel()
