"""`/ws` as its clients see it, over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
from wsproto.events import BytesMessage, TextMessage

from dockstats_agent.app import build
from dockstats_agent.broadcast import Broadcast
from dockstats_agent.server import Server, ServerLimits
from dockstats_agent.websocket import GOING_AWAY
from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentStatus, ContainerInventory, ContainerStatsBatch
from tests.running import ANY_PORT, served
from tests.websocket_client import Closed, Rejected, WebSocketClient, websocket

CONTAINERS = 8


class Running:
    def __init__(self, port: int, broadcast: Broadcast) -> None:
        self.port = port
        self.broadcast = broadcast


@asynccontextmanager
async def running_agent(*, limits: ServerLimits | None = None, containers: int = CONTAINERS) -> AsyncIterator[Running]:
    feed = LocalFeed(source="simulated", simulated_containers=containers, poll_interval_s=0.05, host_label="Heron")
    broadcast = Broadcast(feed)
    app = build(broadcast, ANY_PORT)
    async with feed, anyio.create_task_group() as tasks:
        tasks.start_soon(broadcast.run)
        async with served(lambda started: Server(app, started=started, limits=limits)) as port:
            yield Running(port, broadcast)
            broadcast.close()
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def client_of(running: Running) -> AsyncIterator[WebSocketClient]:
    async with websocket(running.port) as client:
        assert isinstance(client, WebSocketClient)
        with anyio.fail_after(20):
            yield client


async def said(client: WebSocketClient) -> agent.AgentMessage:
    message = await client.receive()
    assert isinstance(message, str), message
    return agent.codec.decode(message)


async def test_a_client_hears_status_inventory_and_batch_without_waiting_for_a_tick() -> None:
    async with running_agent() as running:
        async with client_of(running) as first:
            while not isinstance(await said(first), ContainerStatsBatch):
                pass
        async with client_of(running) as late:
            kinds = [type(await said(late)) for _ in range(4)]
    assert kinds[0] is AgentStatus
    assert set(kinds) >= {AgentStatus, ContainerInventory, ContainerStatsBatch}
    assert kinds.index(ContainerInventory) < kinds.index(ContainerStatsBatch)


async def test_batches_follow_each_other_with_every_container_in_each() -> None:
    async with running_agent() as running, client_of(running) as client:
        batches = []
        while len(batches) < 4:
            message = await said(client)
            if isinstance(message, ContainerStatsBatch):
                batches.append(message)
    sequences = [batch.sequence for batch in batches]
    assert sequences == sorted(set(sequences))
    assert {batch.agent_label for batch in batches} == {"Heron"}
    assert all(batch.sampling.source == "simulated" for batch in batches)
    assert all(0 < len(batch.containers) <= CONTAINERS for batch in batches)


async def test_two_clients_get_the_same_bytes() -> None:
    async with running_agent() as running, client_of(running) as one, client_of(running) as other:
        seen: list[set[str]] = [set(), set()]
        while not {text for text in seen[0] & seen[1] if '"container_stats_batch"' in text}:
            for place, client in enumerate((one, other)):
                text = await client.receive()
                assert isinstance(text, str)
                seen[place].add(text)


async def test_what_a_client_says_is_ignored() -> None:
    async with running_agent() as running, client_of(running) as client:
        await client.send(TextMessage(data='{"type": "stop"}'))
        await client.send(BytesMessage(data=b"\xff\x00"))
        before = running.broadcast.client_count
        for _ in range(5):
            await said(client)
    assert before == 1


async def test_a_client_that_says_too_much_is_closed_and_the_others_are_not() -> None:
    async with running_agent() as running, client_of(running) as quiet, client_of(running) as loud:
        await loud.send(TextMessage(data="x" * 10_000))
        end = await loud.receive()
        while isinstance(end, str):
            end = await loud.receive()
        assert isinstance(end, Closed)
        assert end.code == 1009
        await said(quiet)


async def test_a_client_that_does_not_answer_pings_is_let_go() -> None:
    limits = ServerLimits(ping_interval_s=0.1, ping_time_out_s=0.1)
    async with running_agent(limits=limits, containers=400) as running, client_of(running):
        while running.broadcast.client_count == 0:
            await anyio.sleep(0.01)
        while running.broadcast.client_count > 0:  # it never reads: its pongs do not come, its buffer fills
            await anyio.sleep(0.01)


async def test_a_client_that_answers_pings_stays() -> None:
    limits = ServerLimits(ping_interval_s=0.05, ping_time_out_s=0.2)
    async with running_agent(limits=limits) as running, client_of(running) as client:
        with anyio.move_on_after(0.6):
            while True:
                await said(client)
        assert running.broadcast.client_count == 1


async def test_at_shutdown_every_client_is_told_that_the_agent_goes_away() -> None:
    async with running_agent() as running, client_of(running) as client:
        await said(client)
        running.broadcast.close()
        end = await client.receive()
        while isinstance(end, str):
            end = await client.receive()
    assert end == Closed(GOING_AWAY, "the agent shuts down")


async def test_clients_that_leave_are_forgotten() -> None:
    async with running_agent() as running:
        for _ in range(5):
            async with client_of(running) as client:
                await said(client)
        with anyio.fail_after(5):
            while running.broadcast.client_count > 0:
                await anyio.sleep(0.01)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}],
    ids=["of another site", "that tells none"],
)
async def test_a_page_may_not_connect(headers: dict[str, str]) -> None:
    async with running_agent() as running, websocket(running.port, headers=headers) as refused:
        assert refused == Rejected(403)
