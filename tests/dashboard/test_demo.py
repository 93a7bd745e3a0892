"""`--demo`: three made-up hosts of forty containers, each different, all of them labelled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import anyio
import pytest

from dockstats_core import calculator, diagnose
from dockstats_core.containers import Container
from dockstats_core.messages.agent import ContainerStatsBatch
from dockstats_core.readings import Reading
from dockstats_core.simulation.host import Simulation
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


def test_there_are_three_hosts_on_no_machine() -> None:
    entries, feeds = demo_fleet()
    assert [entry.id for entry in entries] == list(HOSTS) == list(feeds)
    assert len(HOSTS) == 3
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


def seen_in_a_minute(hour: int) -> Iterator[str]:
    """What a person sees who starts the demo at this hour, on whichever host."""
    began_at = datetime(2026, 11, 24, hour, tzinfo=UTC)
    for seed in HOSTS.values():
        host = Simulation(CONTAINERS, seed=seed, now_ns=0, began_at=began_at)
        before = host.advance(0)
        for seconds in range(1, 61):
            after = host.advance(seconds * 1_000_000_000)
            if (host.host_figures().cpu_pct or 0) >= 99 * host.cores:
                yield "a host without a core left"
            for container in host.containers:
                if container.oom_killed:
                    yield "killed for want of memory"
                elif container.state == "restarting":
                    yield "crashed"
                if container.health == "unhealthy":
                    yield "unhealthy"
            for container in host.counted:
                if container.id in after and container.id in before:
                    yield from _causes(container, after[container.id], before[container.id], host)
            before = after


def _causes(container: Container, after: Reading, before: Reading, host: Simulation) -> Iterator[str]:
    sample = calculator.calculate(container, after, before, host_memory_bytes=host.mem_total_bytes)
    diagnosis = diagnose(sample, None, host.host_figures())
    if diagnosis is not None:
        yield diagnosis.cause


@pytest.mark.parametrize("hour", [3, 9, 15, 21])
def test_a_minute_of_the_demo_shows_every_kind_of_trouble_whatever_the_hour(hour: int) -> None:
    seen = set(seen_in_a_minute(hour))
    assert seen >= {"a host without a core left", "crashed", "killed for want of memory", "unhealthy"}
    assert seen >= {"cpu_limit", "memory_limit"}, "why it is slow is told, too"
