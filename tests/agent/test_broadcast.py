"""From the feed to the clients: encoded once, the newest of each kind, and what is kept for those who come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from dockstats_agent.broadcast import Broadcast
from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentStatus, ContainerInventory, ContainerStatsBatch
from tests.agent.serving import simulated_feed
from tests.running import until


@asynccontextmanager
async def broadcasting(times: list[float] | None = None) -> AsyncIterator[Broadcast]:
    feed = simulated_feed()
    clock = [0.0] if times is None else times
    broadcast = Broadcast(feed, clock_s=lambda: clock[0])
    with anyio.fail_after(20):
        async with feed, anyio.create_task_group() as tasks:
            tasks.start_soon(broadcast.run)
            yield broadcast
            tasks.cancel_scope.cancel()


async def test_every_client_gets_the_very_same_frame() -> None:
    async with broadcasting() as broadcast:
        with broadcast.subscribe() as one, broadcast.subscribe() as other:
            seen: list[dict[int, str]] = [{}, {}]
            while not seen[0].keys() & seen[1].keys():
                for place, turns in enumerate((one, other)):
                    seen[place].update({id(frame): frame for frame in await anext(turns) if "_batch" in frame})
    shared = seen[0].keys() & seen[1].keys()
    assert all(seen[0][one] is seen[1][one] for one in shared)


async def test_a_client_begins_with_a_status_of_now_even_before_anything_was_sampled() -> None:
    feed = simulated_feed()
    broadcast = Broadcast(feed)
    with broadcast.subscribe() as turns:
        [frame] = await anext(turns)
    assert isinstance(agent.codec.decode(frame), AgentStatus)


async def test_frames_are_messages_and_the_connection_of_the_feed_to_itself_is_none() -> None:
    async with broadcasting() as broadcast:
        kinds: set[type] = set()
        with broadcast.subscribe() as turns:
            while len(kinds) < 3:
                kinds |= {type(agent.codec.decode(frame)) for frame in await anext(turns)}
    assert kinds == {AgentStatus, ContainerInventory, ContainerStatsBatch}


async def test_a_client_that_does_not_read_holds_no_more_than_the_newest_of_each_kind() -> None:
    async with broadcasting() as broadcast:
        with broadcast.subscribe() as idle, broadcast.subscribe() as reader:
            batches = 0
            while batches < 5:
                batches += sum("_batch" in frame for frame in await anext(reader))
            waiting = [await anext(idle)]
            newest = broadcast.newest
            while '"container_stats_batch"' not in waiting[-1][-1]:
                waiting.append(await anext(idle))
    frames = [frame for turn in waiting for frame in turn]
    assert idle.skipped >= 3
    assert len(frames) <= 4
    assert newest is not None
    last = agent.codec.decode(frames[-1])
    assert isinstance(last, ContainerStatsBatch)
    assert last.sequence >= newest.batch.sequence


async def test_the_newest_batch_is_known_with_its_age() -> None:
    times = [100.0]
    async with broadcasting(times) as broadcast:
        assert broadcast.batch_age_s() is None
        await until(lambda: broadcast.newest is not None)
        times[0] = 103.0
        assert broadcast.batch_age_s() == 3.0


async def test_closing_ends_every_client_and_those_that_come_later() -> None:
    async with broadcasting() as broadcast:
        with broadcast.subscribe() as turns:
            broadcast.close()
            assert [frames async for frames in turns] == []
        with broadcast.subscribe() as late:
            assert [frames async for frames in late] == []
        assert broadcast.client_count == 0
