"""A dashboard over simulated hosts, on a real port. Not here: tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import anyio
import httpx

from dockstats_core.fanout.sse import EventStreamParser
from dockstats_core.feeds.events import Feed
from dockstats_core.feeds.local import LocalFeed
from dockstats_core.fleet.agents import Fleet
from dockstats_core.messages import stream
from dockstats_core.messages.stream import AgentEntry, StreamMessage
from dockstats_core.program.access import Access
from dockstats_core.program.clients import ClientLimits, Clients, ClientTally
from dockstats_core.program.tokens import Token
from dockstats_dashboard.app import build, credentials_of
from dockstats_dashboard.gathering import Gathering
from dockstats_dashboard.server import Server
from dockstats_dashboard.stream import HEARTBEAT_S
from tests.running import ANY_PORT, served, until

HOSTS = ("atlas", "borea")
ACCESS = Access(listen=ANY_PORT, token_variable="DASHBOARD_TOKEN")


class Dashboard:
    """One that runs: its parts, and a client of it."""

    def __init__(self, gathering: Gathering, client: httpx.AsyncClient, port: int) -> None:
        self.gathering = gathering
        self.client = client
        self.port = port

    async def until_all_have_batches(self) -> None:
        """Wait for a batch with containers of every agent."""
        await until(lambda: all(agent.containers for agent in self.gathering.fleet.summaries()))

    async def until_browsers(self, count: int) -> None:
        """Wait until so many streams are open."""
        await until(lambda: self.gathering.fanout.subscriber_count == count)


def simulated_feeds(hosts: tuple[str, ...] = HOSTS, *, containers: int = 4) -> Mapping[str, Feed]:
    """One feed a host."""
    return {
        host: LocalFeed(
            source="simulated",
            simulated_containers=containers,
            simulation_seed=number,
            poll_interval_s=0.05,
            host_label=host,
            agent_id=host,
        )
        for number, host in enumerate(hosts)
    }


@asynccontextmanager
async def running_dashboard(
    feeds: Mapping[str, Feed] | None = None,
    *,
    base_path: str = "",
    simulated: bool = False,
    access: Access = ACCESS,
    token: Token | None = None,
    heartbeat_s: float = HEARTBEAT_S,
    clients: Clients | None = None,
) -> AsyncIterator[Dashboard]:
    """A dashboard that follows `feeds`, two simulated hosts by default."""
    feeds = simulated_feeds() if feeds is None else feeds
    entries = [AgentEntry(id=host, label=host.title(), url=f"ws://{host}:8080/ws") for host in feeds]
    gathering = Gathering(Fleet(entries, now=datetime.now(UTC), simulated=simulated), feeds)
    credentials = credentials_of(token, access)
    clients = clients or Clients(ClientLimits(), ClientTally())
    app = build(gathering, access, credentials, base_path=base_path, heartbeat_s=heartbeat_s, tally=clients.tally)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(gathering.run)
        async with (
            served(lambda started: Server(app, started=started, clients=clients)) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}{base_path}", trust_env=False, timeout=20) as client,
        ):
            yield Dashboard(gathering, client, port)
            gathering.close()
        tasks.cancel_scope.cancel()


async def messages_of(answer: httpx.Response) -> AsyncIterator[StreamMessage]:
    """The stream's messages, decoded."""
    parser = EventStreamParser()
    async for chunk in answer.aiter_bytes():
        for event in parser.feed(chunk):
            yield stream.codec.decode(event.data)
