"""`/ws` as its clients see it, over real sockets."""

from __future__ import annotations

from contextlib import AsyncExitStack

import anyio
import pytest
from wsproto.events import BytesMessage, Ping, TextMessage

from dockstats_agent.server import ServerLimits
from dockstats_agent.websocket import GOING_AWAY, MAX_CLIENTS, TRY_AGAIN_LATER
from dockstats_core.messages.agent import AgentStatus, ContainerInventory, ContainerStatsBatch
from tests.agent.serving import CONTAINERS, running_agent, said, simulated_feed
from tests.websocket_client import Closed, WebSocketClient


async def end_of(client: WebSocketClient) -> Closed:
    """Read until the server closes."""
    while isinstance(end := await client.receive(), str):
        pass
    assert isinstance(end, Closed)
    return end


async def test_a_client_hears_status_inventory_and_batch_at_once_and_in_this_order() -> None:
    async with running_agent() as agent:
        await agent.until_sampled()
        async with agent.client() as client:
            status, inventory, batch = [await said(client) for _ in range(3)]
    assert isinstance(status, AgentStatus)
    assert isinstance(inventory, ContainerInventory)
    assert isinstance(batch, ContainerStatsBatch)
    assert status.agent_label == "Heron"
    assert "inventory" in status.features
    assert {one.id for one in batch.containers} <= {one.id for one in inventory.containers}


async def test_a_client_that_joins_while_nothing_is_sampled_hears_the_last_of_everything() -> None:
    async with running_agent() as agent:
        await agent.until_sampled()
        agent.stop_sampling()
        async with agent.client() as client:
            kinds = [type(await said(client)) for _ in range(3)]
    assert kinds == [AgentStatus, ContainerInventory, ContainerStatsBatch]


async def test_status_at_connect_is_of_this_moment() -> None:
    async with running_agent() as agent:
        await agent.until_sampled()
        async with agent.client() as first:
            early = await said(first)
        before = agent.broadcast.status()
        async with agent.client() as second:
            late = await said(second)
    assert isinstance(early, AgentStatus)
    assert isinstance(late, AgentStatus)
    assert early.uptime_secs < before.uptime_secs < late.uptime_secs


async def test_batches_follow_each_other_with_every_container_in_each() -> None:
    async with running_agent() as agent:
        await agent.until_sampled()
        async with agent.client() as client:
            batches: list[ContainerStatsBatch] = []
            while len(batches) < 4:
                message = await said(client)
                if isinstance(message, ContainerStatsBatch):
                    batches.append(message)
    sequences = [batch.sequence for batch in batches]
    assert sequences == sorted(set(sequences))
    assert {batch.agent_label for batch in batches} == {"Heron"}
    assert all(batch.sampling.source == "simulated" for batch in batches)
    assert all(0 < len(batch.containers) <= CONTAINERS for batch in batches)


async def test_what_a_client_says_is_ignored() -> None:
    async with running_agent() as agent, agent.client() as client:
        await client.send(TextMessage(data='{"type": "stop"}'))
        await client.send(BytesMessage(data=b"\xff\x00"))
        await client.send(Ping(payload=b"there?"))
        for _ in range(5):
            await said(client)
        assert agent.broadcast.client_count == 1


@pytest.mark.parametrize("pieces", [1, 10], ids=["in one frame", "in many"])
async def test_a_client_that_says_too_much_is_closed_with_1009_and_the_others_are_not(pieces: int) -> None:
    async with running_agent() as agent, agent.client() as quiet, agent.client() as loud:
        for piece in range(pieces):
            await loud.send(TextMessage(data="x" * (5000 // pieces), message_finished=piece == pieces - 1))
        end = await end_of(loud)
        await agent.until_clients(1)
        await said(quiet)
    assert end.code == 1009
    assert "4096" in end.reason


async def test_a_message_of_4_kib_is_not_too_much() -> None:
    async with running_agent() as agent, agent.client() as client:
        await client.send(TextMessage(data="x" * 4096))
        for _ in range(5):
            await said(client)


async def test_a_client_that_does_not_answer_pings_is_closed_with_a_reason() -> None:
    limits = ServerLimits(ping_interval_s=0.05, ping_time_out_s=0.1)
    async with running_agent(limits=limits) as agent, agent.client() as client:
        client.answers_pings = False
        end = await end_of(client)
    assert end == Closed(1011, "keepalive ping timeout")


async def test_a_client_that_does_not_read_is_let_go() -> None:
    limits = ServerLimits(ping_interval_s=0.05, ping_time_out_s=0.1)
    async with running_agent(simulated_feed(containers=400), limits=limits) as agent, agent.client():
        await agent.until_clients(1)
        await agent.until_clients(0)  # its pongs do not come, and its buffer is full


async def test_a_client_that_answers_pings_stays() -> None:
    limits = ServerLimits(ping_interval_s=0.05, ping_time_out_s=0.2)
    async with running_agent(limits=limits) as agent, agent.client() as client:
        with anyio.move_on_after(0.6):
            while True:
                await said(client)
        assert agent.broadcast.client_count == 1


def test_a_silent_client_is_found_within_15_s_by_default() -> None:
    limits = ServerLimits()
    assert limits.ping_interval_s + limits.ping_time_out_s <= 15.0
    assert limits.client_message_bytes == 4096


async def test_at_shutdown_every_client_is_told_that_the_agent_goes_away() -> None:
    async with running_agent() as agent, agent.client() as one, agent.client() as other:
        for client in (one, other):
            await said(client)
        agent.broadcast.close()
        ends = [await end_of(client) for client in (one, other)]
    assert ends == [Closed(GOING_AWAY, "the agent shuts down")] * 2


async def test_clients_that_leave_are_forgotten() -> None:
    async with running_agent() as agent:
        for _ in range(5):
            async with agent.client() as client:
                await said(client)
        await agent.until_clients(0)


async def test_a_client_too_many_is_sent_away_with_a_sentence_and_the_others_stay() -> None:
    async with running_agent() as agent, AsyncExitStack() as here:
        subscriptions = [here.enter_context(agent.broadcast.subscribe()) for _ in range(MAX_CLIENTS - 1)]
        async with agent.client() as last:
            await said(last)
            async with agent.client() as one_more:
                assert await end_of(one_more) == Closed(TRY_AGAIN_LATER, "this agent serves at most 256 clients")
            await said(last)
        assert len(subscriptions) == MAX_CLIENTS - 1
