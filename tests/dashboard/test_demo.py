"""`--demo`: three made-up hosts of forty containers, each different, all of them labelled."""

from __future__ import annotations

from contextlib import AsyncExitStack

import anyio

from dockstats_core.messages.agent import ContainerStatsBatch
from dockstats_dashboard.demo import CONTAINERS, HOSTS, demo_fleet


async def first_full_batches() -> dict[str, ContainerStatsBatch]:
    _, feeds = demo_fleet()
    found: dict[str, ContainerStatsBatch] = {}
    with anyio.fail_after(20):
        async with AsyncExitStack() as here:
            for feed in feeds.values():
                await here.enter_async_context(feed)
            for name, feed in feeds.items():
                async for batch in feed.batches():
                    if batch.containers:
                        found[name] = batch
                        break
    return found


def test_there_are_three_hosts_and_each_says_that_it_is_simulated() -> None:
    entries, feeds = demo_fleet()
    assert [entry.id for entry in entries] == list(HOSTS) == list(feeds)
    assert len(HOSTS) == 3
    assert all("(simulated)" in entry.label for entry in entries)
    assert all(entry.url == "" for entry in entries)


async def test_each_host_has_forty_containers_of_its_own_and_every_batch_is_labelled() -> None:
    batches = await first_full_batches()
    assert CONTAINERS == 40
    for name, batch in batches.items():
        assert batch.agent_id == name
        assert batch.sampling.source == "simulated"
        assert batch.engine.product == "simulated"
        assert sum(batch.containers_by_state.values()) == CONTAINERS
    ids = [{container.id for container in batch.containers} for batch in batches.values()]
    assert not ids[0] & ids[1] & ids[2]


async def test_the_demo_is_the_same_every_time() -> None:
    one, other = await first_full_batches(), await first_full_batches()
    for name in HOSTS:
        assert [container.name for container in one[name].containers] == [
            container.name for container in other[name].containers
        ]
