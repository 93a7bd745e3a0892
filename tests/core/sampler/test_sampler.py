"""The sampler's promises: steady ticks, changes at once, an engine that is away is told and never hidden."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from types import TracebackType
from typing import Self, TypeVar

import anyio
import pytest

from dockstats_core.containers import Container
from dockstats_core.messages.agent import (
    ContainerInventory,
    ContainerStatsBatch,
    EngineState,
    Figure,
    HostFigures,
    OwnUsage,
    SourceName,
    codec,
)
from dockstats_core.readings import Reading
from dockstats_core.sampler.sampler import Identity, Sampler
from dockstats_core.sources.protocol import Failure, Readings
from tests.builders import NOW, container, container_id, reading

MessageT = TypeVar("MessageT")
TICK_S = 0.05
REFUSAL = Failure(reason="engine_error", detail="the engine forbids GET /stats")


class ListedContainers:
    """An inventory that a test writes by hand."""

    def __init__(self, *containers: Container) -> None:
        self.containers: Sequence[Container] = containers
        self.version = 1
        self.becomes_once_told: Sequence[Container] | None = None

    @property
    def counted(self) -> Sequence[Container]:
        return [container for container in self.containers if container.is_counted]

    def by_state(self) -> Mapping[str, int]:
        return {"running": len(self.containers)}

    def told(self) -> None:
        if self.becomes_once_told is not None:
            self.become(*self.becomes_once_told)
            self.becomes_once_told = None

    def become(self, *containers: Container) -> None:
        self.containers = containers
        self.version += 1


class ScriptedSource:
    """A source at the edge: counters that grow by a fixed share of a core, after `delay_s`."""

    interval_s = 0.01
    features: frozenset[Figure] = frozenset({"cpu"})
    limitations: Sequence[str] = ("no memory: it was not asked for",)

    def __init__(self, *, cpu_pct: float = 50.0, delay_s: float = 0.0, refused: Collection[str] = ()) -> None:
        self.reads = 0
        self.refused = refused
        self.retained: set[str] | None = None
        self.asked = anyio.Event()
        self._cpu_pct = cpu_pct
        self._delay_s = delay_s

    @property
    def name(self) -> SourceName:
        return "simulated"

    def retain(self, container_ids: Collection[str]) -> None:
        self.retained = set(container_ids)

    async def read(self, containers: Sequence[Container], *, within_s: float) -> Readings:
        self.reads += 1
        self.asked.set()
        await anyio.sleep(self._delay_s)
        return {one.id: REFUSAL if one.id in self.refused else self._reading(one.id) for one in containers}

    def _reading(self, of: str) -> Reading:
        at_ns = round(anyio.current_time() * 1e9)
        return Reading(container_id=of, read_ns=at_ns, taken_ns=at_ns, cpu_total_ns=round(at_ns * self._cpu_pct / 100))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def sampler(*, poll_interval_s: float = TICK_S, host: HostFigures | None = None) -> Sampler:
    return Sampler(
        Identity(agent_id="heron", agent_label="Heron"),
        poll_interval_s=poll_interval_s,
        engine=EngineState(endpoint="unix:///var/run/docker.sock"),
        host=lambda: host or HostFigures(basis="host", mem_total_bytes=2**33),
        own_usage=OwnUsage,
        clock_ns=lambda: round(anyio.current_time() * 1e9),
    )


def sampling(one: Sampler, inventory: ListedContainers, source: ScriptedSource) -> None:
    one.engine_found(EngineState(reachable=True, product="docker", version="27.0"), inventory)
    one.use(source, "it was asked for")


Messages = AsyncIterator[ContainerInventory | ContainerStatsBatch]


@asynccontextmanager
async def messages_of(one: Sampler) -> AsyncIterator[Messages]:
    async with aclosing(one.messages()) as messages:  # type: ignore[type-var]
        with anyio.fail_after(20):
            yield messages


async def next_of(messages: Messages, kind: type[MessageT]) -> MessageT:
    async for message in messages:
        if isinstance(message, kind):
            return message
    raise AssertionError("the sampler ended")


async def test_an_inventory_comes_before_the_first_batch_that_shows_it() -> None:
    one = sampler()
    sampling(one, ListedContainers(container()), ScriptedSource())
    async with messages_of(one) as messages:
        first, second = await anext(messages), await anext(messages)
    assert isinstance(first, ContainerInventory)
    assert isinstance(second, ContainerStatsBatch)
    assert [facts.name for facts in first.containers] == ["web-1"]


async def test_what_may_go_once_it_was_told_goes_without_waiting_for_a_tick() -> None:
    one = sampler(poll_interval_s=3600)
    inventory = ListedContainers(container(state="exited", exit_code=3))
    inventory.becomes_once_told = ()
    sampling(one, inventory, ScriptedSource())
    async with messages_of(one) as messages:
        first = await next_of(messages, ContainerInventory)
        second = await next_of(messages, ContainerInventory)
    assert [(facts.name, facts.exit_code) for facts in first.containers] == [("web-1", 3)]
    assert second.containers == []


async def test_figures_appear_with_the_second_tick() -> None:
    one = sampler()
    sampling(one, ListedContainers(container()), ScriptedSource(cpu_pct=50))
    async with messages_of(one) as messages:
        first = await next_of(messages, ContainerStatsBatch)
        second = await next_of(messages, ContainerStatsBatch)
    assert first.containers[0].unknown["cpu"] == "first_sample"
    assert second.containers[0].cpu_pct == pytest.approx(50, abs=0.1)
    assert second.agent_metrics.cpu_pct == second.containers[0].cpu_pct
    assert second.sampling.source == "simulated"
    assert second.sampling.reason == "it was asked for"
    assert second.sampling.interval_secs == TICK_S


async def test_batches_are_numbered_without_a_gap() -> None:
    one = sampler()
    sampling(one, ListedContainers(container()), ScriptedSource())
    async with messages_of(one) as messages:
        numbers = [(await next_of(messages, ContainerStatsBatch)).sequence for _ in range(4)]
    assert numbers == [1, 2, 3, 4]


async def test_a_change_of_the_inventory_shows_without_waiting_for_the_tick() -> None:
    one = sampler(poll_interval_s=3600)
    inventory = ListedContainers(container(1))
    sampling(one, inventory, ScriptedSource())
    async with messages_of(one) as messages:
        await next_of(messages, ContainerStatsBatch)
        inventory.become(container(1), container(2))
        one.wake()
        news = await next_of(messages, ContainerInventory)
        batch = await next_of(messages, ContainerStatsBatch)
    assert len(news.containers) == 2
    assert [sample.name for sample in batch.containers] == ["web-1", "web-2"]
    assert batch.containers[1].unknown["cpu"] == "not_read_yet"


async def test_a_source_lets_go_of_a_container_as_soon_as_it_is_gone() -> None:
    one, source = sampler(poll_interval_s=3600), ScriptedSource()
    inventory = ListedContainers(container(1), container(2))
    sampling(one, inventory, source)
    async with messages_of(one) as messages:
        await next_of(messages, ContainerStatsBatch)
        inventory.become(container(1), container(2, state="exited"))
        one.wake()
        await next_of(messages, ContainerInventory)
    assert source.retained == {container_id(1)}
    assert source.reads == 1


async def test_what_a_source_cannot_tell_here_stands_in_every_batch() -> None:
    one = sampler()
    sampling(one, ListedContainers(container()), ScriptedSource())
    async with messages_of(one) as messages:
        batch = await next_of(messages, ContainerStatsBatch)
    assert batch.sampling.limitations == ("no memory: it was not asked for",)


async def test_an_unchanged_inventory_is_sent_once() -> None:
    one = sampler()
    sampling(one, ListedContainers(container()), ScriptedSource())
    async with messages_of(one) as messages:
        kinds = [type(await anext(messages)) for _ in range(5)]
    assert kinds.count(ContainerInventory) == 1


async def test_stopped_containers_stand_in_the_inventory_and_not_in_the_batch() -> None:
    one = sampler()
    sampling(one, ListedContainers(container(1), container(2, state="exited")), ScriptedSource())
    async with messages_of(one) as messages:
        inventory = await next_of(messages, ContainerInventory)
        batch = await next_of(messages, ContainerStatsBatch)
    assert [facts.state for facts in inventory.containers] == ["running", "exited"]
    assert [sample.name for sample in batch.containers] == ["web-1"]


async def test_without_an_engine_batches_go_on_and_say_why() -> None:
    one = sampler()
    one.engine_lost("cannot open unix:///var/run/docker.sock: no such file; start Docker")
    async with messages_of(one) as messages:
        first = await next_of(messages, ContainerStatsBatch)
        second = await next_of(messages, ContainerStatsBatch)
    assert not first.engine.reachable
    assert first.engine.error is not None
    assert "start Docker" in first.engine.error
    assert first.engine.since is not None
    assert second.engine.since == first.engine.since
    assert second.sampling.source is None


async def test_a_lost_engine_leaves_the_last_figures_marked_stale() -> None:
    one = sampler()
    source = ScriptedSource()
    sampling(one, ListedContainers(container()), source)
    async with messages_of(one) as messages:
        for _ in range(2):
            await next_of(messages, ContainerStatsBatch)
        one.engine_lost("gone")
        lost = await next_of(messages, ContainerStatsBatch)
        reads = source.reads
        await next_of(messages, ContainerStatsBatch)
    assert lost.containers[0].stale
    assert lost.containers[0].cpu_pct is not None
    assert lost.agent_metrics.cpu_pct is None  # a sum of what was is no figure of now
    assert lost.sampling.duration_secs is None  # nor was anything read for this batch
    assert source.reads == reads


async def test_an_engine_that_is_back_is_read_again() -> None:
    one = sampler()
    inventory = ListedContainers(container())
    sampling(one, inventory, ScriptedSource())
    async with messages_of(one) as messages:
        await next_of(messages, ContainerStatsBatch)
        one.engine_lost("gone")
        await next_of(messages, ContainerStatsBatch)
        sampling(one, inventory, ScriptedSource())
        back = await next_of(messages, ContainerStatsBatch)
        while back.containers[0].stale:
            back = await next_of(messages, ContainerStatsBatch)
    assert back.engine.reachable
    assert back.engine.error is None


async def test_trouble_is_told_while_the_engine_answers() -> None:
    one = sampler()
    sampling(one, ListedContainers(container()), ScriptedSource())
    one.engine_trouble("the container list took longer than 10 s")
    async with messages_of(one) as messages:
        batch = await next_of(messages, ContainerStatsBatch)
    assert batch.engine.reachable
    assert batch.engine.error == "the container list took longer than 10 s"


async def test_trouble_that_is_over_is_told_no_more() -> None:
    one = sampler()
    sampling(one, ListedContainers(container()), ScriptedSource())
    one.engine_trouble("the container list took longer than 10 s")
    one.engine_trouble(None)
    async with messages_of(one) as messages:
        assert (await next_of(messages, ContainerStatsBatch)).engine.error is None


async def test_what_the_engine_says_in_place_of_all_figures_is_its_own_trouble() -> None:
    one = sampler()
    source = ScriptedSource(refused={container_id(1), container_id(2)})
    sampling(one, ListedContainers(container(1), container(2)), source)
    one.engine_trouble("no events")
    async with messages_of(one) as messages:
        batch = await next_of(messages, ContainerStatsBatch)
        while batch.sampling.failures == 0:
            batch = await next_of(messages, ContainerStatsBatch)
        assert batch.engine.reachable
        assert batch.engine.error == "no events; no figures come: the engine forbids GET /stats"
        assert batch.sampling.limitations == ScriptedSource.limitations
        source.refused = ()
        while batch.sampling.failures:
            batch = await next_of(messages, ContainerStatsBatch)
    assert batch.engine.error == "no events"


async def test_what_the_engine_says_in_place_of_some_figures_is_a_limitation() -> None:
    one = sampler()
    sampling(one, ListedContainers(container(1), container(2)), ScriptedSource(refused={container_id(2)}))
    async with messages_of(one) as messages:
        batch = await next_of(messages, ContainerStatsBatch)
        while batch.sampling.failures == 0:
            batch = await next_of(messages, ContainerStatsBatch)
    assert batch.engine.error is None
    assert batch.sampling.limitations[-1] == "figures of some containers are missing: the engine forbids GET /stats"


async def test_sentences_are_cut_to_what_a_reader_of_the_batch_accepts() -> None:
    one = sampler()
    one.engine_found(EngineState(reachable=True), ListedContainers())
    one.use(ScriptedSource(), "because " * 1000)
    one.engine_trouble("trouble " * 1000)
    async with messages_of(one) as messages:
        batch = await next_of(messages, ContainerStatsBatch)
    assert codec.decode(codec.encode(batch)) == batch


async def test_a_source_is_asked_as_soon_as_it_is_there_whatever_the_interval() -> None:
    one = sampler(poll_interval_s=3600)
    inventory, source = ListedContainers(container()), ScriptedSource()
    async with messages_of(one) as messages:
        assert (await next_of(messages, ContainerStatsBatch)).containers == []
        sampling(one, inventory, source)
        batch = await next_of(messages, ContainerStatsBatch)
        assert source.reads == 1
        assert batch.containers[0].unknown["cpu"] == "first_sample"
        assert batch.sampling.skipped_ticks == 0


async def test_a_source_that_is_taken_away_is_not_asked_again_and_its_figures_stay() -> None:
    one = sampler()
    source = ScriptedSource()
    sampling(one, ListedContainers(container()), source)
    async with messages_of(one) as messages:
        await next_of(messages, ContainerStatsBatch)
        await next_of(messages, ContainerStatsBatch)
        one.use_none()
        reads = source.reads
        batch = await next_of(messages, ContainerStatsBatch)
        batch = await next_of(messages, ContainerStatsBatch)
    assert source.reads == reads
    assert (batch.sampling.source, batch.sampling.reason) == (None, "")
    assert batch.containers[0].cpu_pct is not None


async def test_what_a_source_gives_after_the_engine_was_lost_is_no_figure() -> None:
    one = sampler()
    source = ScriptedSource(delay_s=0.05)
    sampling(one, ListedContainers(container()), source)
    async with messages_of(one) as messages, anyio.create_task_group() as tasks:

        async def lose_the_engine() -> None:
            await source.asked.wait()
            one.engine_lost("gone")

        tasks.start_soon(lose_the_engine)
        batch = await next_of(messages, ContainerStatsBatch)
    assert set(batch.containers[0].unknown.values()) == {"engine_unreachable"}


async def test_a_source_that_is_slower_than_asked_sets_the_interval() -> None:
    one = sampler(poll_interval_s=0.01)
    source = ScriptedSource()
    source.interval_s = 0.08
    sampling(one, ListedContainers(container()), source)
    async with messages_of(one) as messages:
        batch = await next_of(messages, ContainerStatsBatch)
        started_s = anyio.current_time()
        await next_of(messages, ContainerStatsBatch)
    assert batch.sampling.interval_secs == 0.08
    assert anyio.current_time() - started_s > 0.04


async def test_a_tick_that_takes_too_long_skips_ticks_and_counts_them() -> None:
    one = sampler(poll_interval_s=0.02)
    sampling(one, ListedContainers(container()), ScriptedSource(delay_s=0.07))
    async with messages_of(one) as messages:
        await next_of(messages, ContainerStatsBatch)
        second = await next_of(messages, ContainerStatsBatch)
    assert second.sampling.skipped_ticks >= 3
    assert second.sampling.duration_secs is not None
    assert second.sampling.duration_secs >= 0.07


async def test_a_slow_reader_misses_ticks_instead_of_queueing_them() -> None:
    one = sampler(poll_interval_s=0.01)
    sampling(one, ListedContainers(container()), ScriptedSource())
    async with messages_of(one) as messages:
        await next_of(messages, ContainerStatsBatch)
        await anyio.sleep(0.1)
        await next_of(messages, ContainerStatsBatch)
        third = await next_of(messages, ContainerStatsBatch)
    assert third.sequence == 3
    assert third.sampling.skipped_ticks >= 5


async def test_a_remote_host_shows_its_containers_sum() -> None:
    one = sampler(host=HostFigures(basis="containers", cores=8, mem_total_bytes=2**33))
    sampling(one, ListedContainers(container(1), container(2)), ScriptedSource(cpu_pct=50))
    async with messages_of(one) as messages:
        await next_of(messages, ContainerStatsBatch)
        batch = await next_of(messages, ContainerStatsBatch)
    assert batch.host.cpu_pct == pytest.approx(100, abs=0.5)
    assert batch.host.cores == 8


async def test_facts_reach_the_inventory_message_and_pids_of_the_host_do_not() -> None:
    known = container(
        image="nginx:1",
        health="healthy",
        compose_project="shop",
        compose_service="web",
        started_at=NOW,
        finished_at=NOW - timedelta(hours=1),
        restart_count=2,
        cpu_limit_cores=1.5,
        mem_limit_bytes=2**20,
        pids_limit=100,
        network_mode="container:abc",
        network_of="proxy",
        pid=4242,
    )
    one = sampler()
    sampling(one, ListedContainers(known), ScriptedSource())
    async with messages_of(one) as messages:
        [facts] = (await next_of(messages, ContainerInventory)).containers
    for field in facts.__struct_fields__:
        assert getattr(facts, field) == getattr(known, field)
    assert not hasattr(facts, "pid")


def test_builders_agree_on_ids() -> None:
    assert reading(7).container_id == container_id(7) == container(7).id
