"""An agent over simulated containers, on a real port. Not here: tests."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import httpx

from dockstats_agent.app import build
from dockstats_agent.broadcast import Broadcast
from dockstats_agent.server import Server, ServerLimits
from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentMessage
from dockstats_core.program.access import Access
from dockstats_core.program.clients import ClientLimits, Clients, ClientTally
from dockstats_core.program.credentials import Credentials
from tests.running import ANY_PORT, served, until
from tests.websocket_client import WebSocketClient, websocket

CONTAINERS = 8
ACCESS = Access(listen=ANY_PORT, token_variable="AGENT_TOKEN")


class RunningAgent:
    """One that runs: its parts, and clients of it."""

    def __init__(
        self, port: int, broadcast: Broadcast, http: httpx.AsyncClient, stop_sampling: Callable[[], None]
    ) -> None:
        self.port = port
        self.broadcast = broadcast
        self.http = http
        self.stop_sampling = stop_sampling

    async def until_sampled(self, *, more: int = 0) -> None:
        """Wait for a batch that holds containers, and then for so many more."""
        await until(lambda: self.broadcast.newest is not None and bool(self.broadcast.newest.batch.containers))
        newest = self.broadcast.newest
        assert newest is not None
        last = newest.batch.sequence + more
        await until(lambda: self.broadcast.newest is not None and self.broadcast.newest.batch.sequence >= last)

    async def until_clients(self, count: int) -> None:
        """Wait until so many clients listen."""
        await until(lambda: self.broadcast.client_count == count)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[WebSocketClient]:
        """A client of `/ws`."""
        async with websocket(self.port) as client:
            assert isinstance(client, WebSocketClient)
            with anyio.fail_after(20):
                yield client


def simulated_feed(*, containers: int = CONTAINERS) -> LocalFeed:
    """A host that is made up, sampled as fast as can be."""
    return LocalFeed(source="simulated", simulated_containers=containers, poll_interval_s=0.05, host_label="Heron")


@asynccontextmanager
async def running_agent(
    feed: LocalFeed | None = None,
    *,
    limits: ServerLimits | None = None,
    clients: Clients | None = None,
    access: Access = ACCESS,
    credentials: Credentials | None = None,
    clock_s: Callable[[], float] = time.monotonic,
) -> AsyncIterator[RunningAgent]:
    """An agent for as long as the block runs."""
    feed = feed or simulated_feed()
    broadcast = Broadcast(feed, clock_s=clock_s)
    clients = clients or Clients(ClientLimits(), ClientTally())
    app = build(broadcast, access, credentials or Credentials(None), clients.tally)
    sampling = anyio.CancelScope()

    async def sample() -> None:
        with sampling:
            await broadcast.run()

    async with feed, anyio.create_task_group() as tasks:
        tasks.start_soon(sample)
        async with (
            served(lambda started: Server(app, started=started, limits=limits, clients=clients)) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as http,
        ):
            yield RunningAgent(port, broadcast, http, sampling.cancel)
            broadcast.close()
        sampling.cancel()


async def said(client: WebSocketClient) -> AgentMessage:
    """The next message that the agent sends."""
    message = await client.receive()
    assert isinstance(message, str), message
    return agent.codec.decode(message)
