"""The local feed's promises: figures as soon as there is an engine, and the truth while there is none."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
import psutil
import pytest
from anyio.lowlevel import checkpoint

from dockstats_core.connection.actions import ConnectionChanged
from dockstats_core.containers import Container
from dockstats_core.engine.pulse import PulseLimits
from dockstats_core.errors import ConfigurationError
from dockstats_core.feeds.events import FeedEvent
from dockstats_core.feeds.local import FEATURES, VERSION, LocalFeed
from dockstats_core.messages.agent import (
    AgentStatus,
    ContainerInventory,
    ContainerSample,
    ContainerStatsBatch,
    codec,
)
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.settings import AgentSettings
from tests import faults
from tests.cgroup_trees import Counts, Machine
from tests.descriptors import open_files
from tests.fake_containers import FakeContainer
from tests.fake_engine import FakeEngine
from tests.fake_http import Fault

EventT = TypeVar("EventT", bound=FeedEvent)
TICK_S = 0.05
INSPECT = r"/containers/[0-9a-f]{64}/json"


def living() -> FakeEngine:
    """An engine whose time passes."""
    return FakeEngine(tick_s=0.02)


def feed_of(engine: FakeEngine, **arguments: Any) -> LocalFeed:
    return LocalFeed(engine.host, **{"poll_interval_s": TICK_S, "environ": {}, "agent_id": "heron", **arguments})


async def first(feed: LocalFeed, kind: type[EventT], condition: Callable[[EventT], bool] = lambda _: True) -> EventT:
    """The first event of this kind for which it is so."""
    with anyio.move_on_after(20):
        async with aclosing(feed.events()) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, kind) and condition(event):
                    return event
                last = event
    raise AssertionError(f"did not come; the last event was {last}")


async def batch_where(feed: LocalFeed, condition: Callable[[ContainerStatsBatch], bool]) -> ContainerStatsBatch:
    return await first(feed, ContainerStatsBatch, condition)


def cpu_is_known(batch: ContainerStatsBatch) -> bool:
    return bool(batch.containers) and all(one.cpu_pct is not None for one in batch.containers)


def memory_is_known(batch: ContainerStatsBatch) -> bool:
    return bool(batch.containers) and all(one.mem_bytes is not None for one in batch.containers)


def is_fresh(batch: ContainerStatsBatch) -> bool:
    return cpu_is_known(batch) and not any(one.stale for one in batch.containers)


def only(batch: ContainerStatsBatch) -> ContainerSample:
    [sample] = batch.containers
    return sample


@asynccontextmanager
async def live(engine: FakeEngine, **arguments: Any) -> AsyncIterator[LocalFeed]:
    """A feed that has figures."""
    async with feed_of(engine, **arguments) as feed:
        await batch_where(feed, is_fresh)
        yield feed


# An engine that works. -----------------------------------------------------------------------------------------------


async def test_an_engines_containers_show_their_figures() -> None:
    async with living() as engine:
        engine.run("web", cores=0.5)
        async with feed_of(engine, host_label="Heron") as feed:
            batch = await batch_where(feed, is_fresh)
    assert only(batch).name == "web"
    assert only(batch).cpu_pct == pytest.approx(50.0)
    assert (batch.agent_id, batch.agent_label) == ("heron", "Heron")
    assert batch.engine.reachable
    assert batch.engine.error is None
    assert (batch.engine.product, batch.engine.version, batch.engine.api_version) == ("docker", "27.3.1", "1.47")
    assert batch.engine.endpoint == engine.host
    assert batch.containers_by_state == {"running": 1}
    assert batch.sampling.source == "one-shot"
    assert batch.sampling.reason.startswith("the engine answers one-shot calls at once")


async def test_whatever_an_engine_calls_its_version_the_batch_stays_readable() -> None:
    async with living() as engine:
        engine.version = "27" * 10_000
        async with feed_of(engine) as feed:
            batch = await batch_where(feed, lambda batch: batch.engine.reachable)
    assert codec.decode(codec.encode(batch)) == batch
    assert batch.engine.version is not None
    assert batch.engine.version.startswith("2727")


async def test_the_engine_is_found_through_the_environment() -> None:
    async with living() as engine:
        engine.run("web")
        async with LocalFeed(environ={"DOCKER_HOST": engine.host}, poll_interval_s=TICK_S) as feed:
            await batch_where(feed, is_fresh)


async def test_a_source_that_was_asked_for_is_used() -> None:
    async with living() as engine:
        engine.run("web", cores=0.5)
        async with feed_of(engine, source="stream") as feed:
            batch = await batch_where(feed, memory_is_known)
        assert (batch.sampling.source, batch.sampling.reason) == ("stream", "stream was asked for")
        assert engine.count("one-shot") == 0


async def test_as_many_calls_are_out_as_there_are_workers_and_the_inventory_does_not_wait_for_them() -> None:
    async with living() as engine:
        for number in range(100):
            engine.run(f"web-{number}")
        engine.fault("one-shot", faults.hang)
        async with feed_of(engine, source="one-shot", max_workers=100) as feed:
            await engine.until(lambda: engine.open_requests("one-shot") == 100)
            engine.run("late")
            await first(feed, ContainerInventory, lambda told: any(one.name == "late" for one in told.containers))


async def test_containers_that_tell_nothing_of_the_source_are_asked_again_without_any_news_of_them() -> None:
    async with living() as engine:
        engine.run("web")
        engine.fault("one-shot", faults.answer(200, {"read": "0001-01-01T00:00:00Z"}))
        async with feed_of(engine) as feed:
            await first(feed, ContainerInventory, lambda told: told.containers[0].started_at is not None)
            await engine.requested("one-shot", engine.count("one-shot") + 2)
            engine.heal()
            batch = await batch_where(feed, is_fresh)
    assert batch.sampling.source == "one-shot"


async def test_an_engine_that_refuses_one_shot_calls_is_read_by_streams() -> None:
    async with living() as engine:
        engine.run("web")
        engine.fault("one-shot", faults.status(400, "unknown parameter"))
        async with feed_of(engine) as feed:
            batch = await batch_where(feed, memory_is_known)
        assert batch.sampling.source == "stream"
        assert "unknown parameter" in batch.sampling.reason


async def test_a_source_is_chosen_when_the_first_container_starts() -> None:
    async with living() as engine, feed_of(engine) as feed:
        batch = await batch_where(feed, lambda batch: batch.engine.reachable)
        assert batch.sampling.source is None
        engine.run("web")
        await batch_where(feed, is_fresh)


async def test_an_inventory_comes_before_the_batch_in_which_it_shows() -> None:
    async with living() as engine:
        engine.run("web")
        async with feed_of(engine) as feed, aclosing(feed.events()) as events:  # type: ignore[type-var]
            kinds = []
            with anyio.fail_after(20):
                async for event in events:
                    kinds.append(type(event))
                    if isinstance(event, ContainerStatsBatch) and event.containers:
                        break
    assert kinds[:2] == [ConnectionChanged, AgentStatus]
    assert ContainerInventory in kinds


async def test_changes_show_at_once_whatever_the_interval() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        async with feed_of(engine, poll_interval_s=3600) as feed:
            await batch_where(feed, lambda batch: batch.containers != [] and only(batch).mem_bytes is not None)
            engine.rename(web, "api")
            await batch_where(feed, lambda batch: only(batch).name == "api")
            engine.stop(web, exit_code=3)
            await batch_where(feed, lambda batch: not batch.containers)
            inventory = await first(feed, ContainerInventory)
    [facts] = inventory.containers
    assert (facts.name, facts.state, facts.exit_code) == ("api", "exited", 3)


async def test_container_removed_as_soon_as_it_ends_shows_its_exit_code_once() -> None:
    async with FakeEngine() as engine:
        job = engine.run("job")
        async with feed_of(engine, poll_interval_s=3600) as feed, aclosing(feed.events()) as events:  # type: ignore[type-var]
            told: list[list[tuple[str | None, int | None]]] = []
            with anyio.fail_after(20):
                async for heard in events:
                    if isinstance(heard, ContainerInventory):
                        told.append([(one.state, one.exit_code) for one in heard.containers])
                    elif isinstance(heard, ContainerStatsBatch) and heard.containers and job.id in engine.containers:
                        engine.stop(job, exit_code=3)
                        engine.remove(job)
                    if told and not told[-1]:
                        break
    assert told[-2:] == [[("exited", 3)], []]


async def test_hidden_containers_and_those_outside_the_filters_are_never_sampled() -> None:
    async with living() as engine:
        front = {"tier": "front"}
        engine.run("web", labels=front)
        others = [engine.run("db"), engine.run("secret", labels={**front, "dockstats.hide": "true"})]
        async with live(engine, filters={"label": ["tier=front"]}) as feed:
            inventory = await first(feed, ContainerInventory)
        assert [facts.name for facts in inventory.containers] == ["web"]
        assert not any(engine.count(other.id) for other in others)


async def test_the_figures_of_a_machine_that_is_not_this_one_are_its_containers_sum() -> None:
    async with living() as engine:
        engine.run("web", cores=0.5)
        async with live(engine) as feed:
            batch = await batch_where(feed, is_fresh)
    assert (batch.host.basis, batch.host.cores, batch.host.mem_total_bytes) == ("containers", 2, 8 << 30)
    assert batch.host.cpu_pct == pytest.approx(50.0)


async def test_an_engine_right_on_this_machine_shows_this_machines_figures() -> None:
    async with living() as engine:
        engine.run("web")
        engine.fault("/info", faults.answer(200, {"NCPU": 1, "MemTotal": psutil.virtual_memory().total}))
        async with live(engine) as feed:
            batch = await batch_where(feed, is_fresh)
    assert (batch.host.basis, batch.host.cores) == ("host", psutil.cpu_count())


# An engine that is away. ---------------------------------------------------------------------------------------------


async def test_an_engine_that_is_absent_is_told_with_the_way_out(tmp_path: Path) -> None:
    socket = tmp_path / "docker.sock"
    async with LocalFeed(f"unix://{socket}", poll_interval_s=TICK_S, environ={}) as feed:
        batch = await batch_where(feed, lambda batch: batch.engine.error is not None)
        assert not batch.engine.reachable
        assert batch.engine.error == (
            f"cannot open unix://{socket}: there is no such socket; start Docker, or say with DOCKER_HOST "
            "(or an agent's --docker-endpoint) where its engine listens"
        )
        assert batch.containers == []
        await batch_where(feed, lambda later: later.sequence > batch.sequence)


async def test_an_engine_that_appears_later_is_found() -> None:
    async with living() as engine:
        engine.run("web")
        await engine.go_away()
        async with feed_of(engine) as feed:
            await batch_where(feed, lambda batch: batch.engine.error is not None)
            await engine.come_back()
            batch = await batch_where(feed, is_fresh)
            assert batch.engine.reachable
            assert batch.engine.error is None


@pytest.mark.parametrize("source", ["one-shot", "stream"])
async def test_a_lost_engines_figures_grow_old_and_are_never_repeated_as_fresh(source: str) -> None:
    async with living() as engine:
        engine.run("web", cores=0.5)
        async with live(engine, source=source) as feed:
            await engine.go_away()
            lost = await batch_where(feed, lambda batch: not batch.engine.reachable)
            later = await batch_where(feed, lambda batch: batch.sequence >= lost.sequence + 3)
    for batch in (lost, later):
        assert batch.engine.error is not None
        assert "engine" in batch.engine.error or "cannot" in batch.engine.error
        assert only(batch).stale
        assert only(batch).cpu_pct == pytest.approx(50.0)
        assert batch.agent_metrics.cpu_pct is None  # no sum of what was
        assert batch.sampling.source is None
    ages = only(lost).age_secs, only(later).age_secs
    assert ages[0] is not None
    assert ages[1] is not None
    assert ages[1] > ages[0]
    assert later.engine.since == lost.engine.since


async def test_an_engine_that_comes_back_is_sampled_again() -> None:
    async with living() as engine:
        engine.run("web", cores=0.5)
        async with live(engine) as feed:
            await engine.go_away()
            lost = await batch_where(feed, lambda batch: not batch.engine.reachable)
            await engine.come_back()
            back = await batch_where(feed, lambda batch: is_fresh(batch) and batch.sampling.source is not None)
            assert back.engine.reachable
            assert back.engine.error is None
            assert back.sequence > lost.sequence


async def test_figures_of_an_engine_that_hangs_become_stale() -> None:
    async with living() as engine:
        engine.run("web", cores=0.5)
        async with live(engine) as feed:
            engine.fault("", faults.hang)
            batch = await batch_where(feed, lambda batch: only(batch).stale)
    assert only(batch).cpu_pct == pytest.approx(50.0)
    assert (only(batch).age_secs or 0) > 2.0
    assert batch.agent_metrics.cpu_pct is None


async def test_an_engine_that_hangs_is_told_as_unreachable_and_comes_back_by_itself() -> None:
    async with living() as engine:
        engine.run("web", cores=0.5)
        async with live(engine, pulse=PulseLimits(every_s=0.05, silence_s=0.1)) as feed:
            engine.fault("", faults.hang)
            batch = await batch_where(feed, lambda batch: not batch.engine.reachable)
            engine.heal()
            back = await batch_where(feed, lambda batch: batch.engine.reachable and cpu_is_known(batch))
    assert "did not answer GET /_ping" in (batch.engine.error or "")
    assert back.engine.error is None


async def test_an_engine_lost_in_the_middle_of_choosing_a_source_is_found_again() -> None:
    async with living() as engine:
        engine.run("web")
        engine.fault("/stats", faults.hang)
        async with feed_of(engine) as feed:
            await engine.requested("/stats")
            await engine.go_away()
            await batch_where(feed, lambda batch: batch.engine.error is not None)
            engine.heal()
            await engine.come_back()
            await batch_where(feed, is_fresh)


# An engine that answers not everything. ------------------------------------------------------------------------------


async def test_without_info_containers_are_sampled_and_the_reason_is_told() -> None:
    async with living() as engine:
        engine.run("web", cores=0.5)
        engine.fault("/info", faults.status(403, "closed by the proxy"))
        async with live(engine) as feed:
            batch = await batch_where(feed, lambda batch: batch.engine.error is not None)
    assert batch.engine.reachable
    assert batch.engine.error is not None
    assert batch.engine.error.startswith("the host's cores and memory are unknown: ")
    assert "closed by the proxy" in batch.engine.error
    assert (batch.host.basis, batch.host.cores) == ("containers", None)


async def test_without_version_containers_are_sampled() -> None:
    async with living() as engine:
        engine.run("web")
        engine.fault("/version", faults.status(403, "closed by the proxy"))
        async with live(engine) as feed:
            batch = await batch_where(feed, is_fresh)
    assert batch.engine.reachable
    assert batch.engine.api_version == "1.47"


@pytest.mark.parametrize("refused", ["/_ping", "/version", "/info", "/events", INSPECT, "/stats"])
async def test_a_refused_path_is_told_in_every_batch_and_logged_once(
    refused: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with living() as engine:
        for name in ("web", "db", "cache"):
            engine.run(name)
        engine.fault(refused, faults.html(403))
        caplog.set_level(logging.WARNING)
        async with feed_of(engine) as feed:
            batch = await batch_where(feed, lambda batch: "; allow this path there" in (batch.engine.error or ""))
            for container in engine.containers.values():
                engine.emit("update", container)
            await batch_where(feed, lambda after: after.sequence > batch.sequence + 3)
    assert batch.engine.reachable
    assert [told for told in caplog.messages if "allow this path" in told] == [
        f"engine at {engine.host}: {batch.engine.error}"
    ]


@pytest.mark.parametrize("fault", [faults.status(403, "closed by the proxy"), faults.status(500, "closed for repair")])
async def test_an_engine_that_lists_nothing_is_no_engine_and_says_why(fault: Fault) -> None:
    async with living() as engine:
        engine.fault("/containers/json", fault)
        async with feed_of(engine) as feed:
            batch = await batch_where(feed, lambda batch: batch.engine.error is not None)
            assert not batch.engine.reachable
            assert batch.engine.error is not None
            assert "closed " in batch.engine.error
            engine.heal()
            engine.run("web")
            await batch_where(feed, is_fresh)


async def test_an_engine_that_says_something_else_at_every_tick_does_not_fill_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with living() as engine:
        engine.run("web")
        async with feed_of(engine, source="one-shot") as feed:
            for words in ("first", "second", "third"):
                engine.fault("/stats", faults.status(500, words))
                await batch_where(feed, lambda batch, words=words: words in (batch.engine.error or ""))  # type: ignore[misc]
    assert [told for told in caplog.messages if "with 500" in told] == [caplog.messages[-1]]
    assert "with 500: first" in caplog.messages[-1]


async def test_trouble_is_told_while_it_lasts() -> None:
    async with living() as engine:
        web = engine.run("web")
        async with live(engine) as feed:
            engine.fault(INSPECT, faults.status(500, "out of order"), times=1)
            engine.set_health(web, "unhealthy")
            batch = await batch_where(feed, lambda batch: batch.engine.error is not None)
            assert batch.engine.reachable
            assert batch.engine.error is not None
            assert "out of order" in batch.engine.error
            engine.set_health(web, "healthy")
            await batch_where(feed, lambda batch: batch.engine.error is None)


async def test_a_container_that_hangs_leaves_the_others_their_figures() -> None:
    async with living() as engine:
        engine.run("web", cores=0.5)
        hangs = engine.run("hangs")
        engine.fault(f"{hangs.id}/stats", faults.hang)
        async with feed_of(engine) as feed:
            batch = await batch_where(
                feed, lambda batch: {one.name: one.cpu_pct for one in batch.containers}.get("web") is not None
            )
    [stuck, web] = batch.containers
    assert web.cpu_pct == pytest.approx(50.0)
    assert stuck.cpu_pct is None
    assert stuck.unknown["cpu"] in {"not_read_yet", "time_out"}


async def test_a_paused_container_keeps_its_figures_and_uses_nothing() -> None:
    async with living() as engine:
        web = engine.run("web", cores=0.5)
        async with live(engine) as feed:
            engine.pause(web)
            batch = await batch_where(feed, lambda batch: only(batch).cpu_pct == 0.0)
        assert only(batch).mem_bytes is not None
        assert batch.containers_by_state == {"paused": 1}


# The kernel's own counters. ------------------------------------------------------------------------------------------


def on(machine: Machine, one: FakeContainer, *, in_sight: bool = True, counts: Counts | None = None) -> FakeContainer:
    """The engine's container has its files on this machine, and its process in sight or not."""
    machine.run(Container(id=one.id, name=one.name, pid=one.pid if in_sight else None), counts)
    return one


def kernel_feed(engine: FakeEngine, machine: Machine, **arguments: Any) -> LocalFeed:
    return feed_of(engine, proc_root=str(machine.proc), cgroup_root=str(machine.cgroup), **arguments)


def has_features(*features: str) -> Callable[[AgentStatus], bool]:
    return lambda status: status.features == [*FEATURES, *features]


ALL_FIGURES = sorted(
    f"figures.{name}"
    for name in (
        *("block_io", "block_io_rates", "cpu", "memory", "memory_events"),
        *("network", "network_rates", "pids", "pressure", "throttling"),
    )
)
WITHOUT_NETWORK = [name for name in ALL_FIGURES if "network" not in name]


async def test_an_engine_on_this_machine_is_read_by_the_kernels_own_counters(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    machine = Machine(tmp_path, "v2")
    async with living() as engine:
        web = on(machine, engine.run("web"), counts=Counts(mem=50 << 20, inactive_file=8 << 20, received=700, sent=300))
        with caplog.at_level(logging.INFO, "dockstats_core.feeds.local"):
            async with kernel_feed(engine, machine) as feed:
                batch = await batch_where(
                    feed, lambda batch: cpu_is_known(batch) and only(batch).net_io_bytes is not None
                )
                assert open_files(tmp_path)
        assert engine.count(f"{web.id}/stats") == 0
    assert (batch.sampling.source, batch.sampling.limitations) == ("cgroup", ())
    assert batch.sampling.reason == "the kernel's own counters can be read (cgroup v2)"
    assert f"source cgroup: {batch.sampling.reason}" in caplog.messages
    assert only(batch).mem_bytes == 42 << 20
    assert only(batch).net_io_bytes == 1000
    assert open_files(tmp_path) == []


async def test_status_is_told_anew_when_the_groups_of_figures_change(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2")
    async with living() as engine:
        on(machine, engine.run("web"), in_sight=False)
        async with kernel_feed(engine, machine) as feed:
            await first(feed, AgentStatus, has_features("cgroup", *WITHOUT_NETWORK))
            on(machine, engine.run("api"))
            await first(feed, AgentStatus, has_features("cgroup", *ALL_FIGURES))
            await engine.go_away()
            await first(feed, AgentStatus, has_features())
            assert open_files(tmp_path) == []
            await engine.come_back()
            await first(feed, AgentStatus, has_features("cgroup", *ALL_FIGURES))


async def test_what_the_kernel_source_cannot_tell_is_in_the_batch(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2")
    async with living() as engine:
        on(machine, engine.run("web"), in_sight=False)
        async with kernel_feed(engine, machine) as feed:
            batch = await batch_where(feed, lambda batch: batch.sampling.limitations != ())
    [sentence] = batch.sampling.limitations
    assert sentence.startswith("no network figures: the host's processes are not in sight")
    assert only(batch).net_io_bytes is None
    assert only(batch).unknown["network"] == "source_cannot_tell"


async def test_kernel_source_that_was_asked_for_and_sees_nothing_says_so_and_stays(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2")
    machine.unmount()
    async with living() as engine:
        engine.run("web")
        async with kernel_feed(engine, machine, source="cgroup") as feed:
            batch = await batch_where(feed, lambda batch: batch.sampling.failures == 1)
            await first(feed, AgentStatus, has_features("cgroup"))
            machine.mount()
    assert (batch.sampling.source, batch.sampling.reason) == ("cgroup", "cgroup was asked for (no cgroup)")
    [sentence] = batch.sampling.limitations
    assert sentence.startswith(f"no figures of some containers: no cgroup file system is mounted at {machine.cgroup}")


async def test_an_engine_whose_containers_have_no_files_here_is_asked_itself(tmp_path: Path) -> None:
    """As one in a virtual machine whose socket is on this machine."""
    async with living() as engine:
        engine.run("web", cores=0.5)
        async with kernel_feed(engine, Machine(tmp_path, "hybrid")) as feed:
            batch = await batch_where(feed, is_fresh)
    assert batch.sampling.source == "one-shot"
    assert (
        "; the kernel's own counters cannot be read: its cgroup is not below the mounted tree" in batch.sampling.reason
    )


async def test_a_source_that_cannot_follow_the_interval_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async with living() as engine:
        engine.run("web")
        with caplog.at_level(logging.WARNING, "dockstats_core.feeds.local"):
            async with feed_of(engine, source="stream") as feed:
                batch = await batch_where(feed, memory_is_known)
                engine.run("api")  # a batch for each change
                await batch_where(feed, lambda later: later.sequence > batch.sequence and len(later.containers) == 2)
    assert caplog.messages.count("source stream gives figures every 1 s, not every 0.05 s as asked") == 1


async def test_a_source_that_follows_the_interval_is_not_complained_about(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    machine = Machine(tmp_path, "v2")
    async with living() as engine:
        on(machine, engine.run("web"))
        with caplog.at_level(logging.WARNING, "dockstats_core.feeds.local"):
            async with kernel_feed(engine, machine) as feed:
                batch = await batch_where(feed, cpu_is_known)
                await batch_where(feed, lambda later: later.sequence > batch.sequence + 2)
    assert batch.sampling.interval_secs == TICK_S
    assert caplog.messages == []


# What a person can do wrong. -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.99", "1.0", "new"])
async def test_a_wrong_api_version_is_told_and_does_not_end_the_feed(version: str) -> None:
    async with living() as engine, feed_of(engine, environ={"DOCKER_API_VERSION": version}) as feed:
        batch = await batch_where(feed, lambda batch: batch.engine.error is not None)
        assert not batch.engine.reachable
        assert batch.engine.error is not None
        assert batch.engine.error.startswith(f"DOCKER_API_VERSION='{version}' is not ")
        await batch_where(feed, lambda later: later.sequence > batch.sequence)


async def test_certificates_that_cannot_be_used_are_told_and_do_not_end_the_feed(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    environ = {"DOCKER_HOST": "tcp://127.0.0.1:1", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}
    async with LocalFeed(environ=environ, poll_interval_s=TICK_S) as feed:
        batch = await batch_where(feed, lambda batch: batch.engine.error is not None)
        assert batch.engine.error is not None
        assert str(tmp_path) in batch.engine.error


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"environ": {"DOCKER_HOST": "ssh://me@there"}}, "ssh"),
        ({"docker_endpoint": "npipe:////./pipe/docker_engine"}, "npipe"),
        ({"docker_endpoint": "nonsense"}, "nonsense"),
        ({"source": "cgroup", "docker_endpoint": "tcp://10.0.0.1:2375"}, "tcp://10.0.0.1:2375 is elsewhere"),
        ({"poll_interval_s": 0.0}, "poll_interval_s=0.0 .* from 0.05 to 3600"),
        ({"poll_interval_s": float("nan")}, "poll_interval_s=nan"),
        ({"max_workers": 0}, "max_workers=0 .* from 1 to "),
    ],
)
def test_what_cannot_work_is_refused_at_once_with_a_sentence(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        LocalFeed(**{"environ": {}, **arguments})


# Who it is, and who reads. -------------------------------------------------------------------------------------------


async def test_its_status_says_who_samples_here() -> None:
    async with living() as engine, feed_of(engine, host_label="Heron") as feed:
        told = await first(feed, AgentStatus)
        now = feed.status()
    assert (told.agent_id, told.agent_label, told.version) == ("heron", "Heron", VERSION)
    assert told.features == list(FEATURES)
    assert now.uptime_secs >= told.uptime_secs >= 0


async def test_two_readers_see_the_same_batches() -> None:
    async with living() as engine:
        engine.run("web")
        async with live(engine) as feed:
            seen: list[dict[int, ContainerStatsBatch]] = [{}, {}]

            async def read(into: dict[int, ContainerStatsBatch]) -> None:
                async with aclosing(feed.batches()) as batches:  # type: ignore[type-var]
                    async for batch in batches:
                        into[batch.sequence] = batch
                        if len(into) == 5:
                            return

            with anyio.fail_after(20):
                async with anyio.create_task_group() as tasks:
                    for into in seen:
                        tasks.start_soon(read, into)
    both = seen[0].keys() & seen[1].keys()
    assert len(both) >= 3
    assert all(seen[0][sequence] is seen[1][sequence] for sequence in both)


async def test_iterations_end_when_the_feed_is_left() -> None:
    async with living() as engine, anyio.create_task_group() as tasks:
        feed = feed_of(engine)
        ended = anyio.Event()

        async def read_all() -> None:
            async for _ in feed.batches():
                pass
            ended.set()

        async with feed:
            tasks.start_soon(read_all)
            await batch_where(feed, lambda batch: batch.engine.reachable)
        with anyio.fail_after(20):
            await ended.wait()


async def test_simulated_containers_need_no_engine_and_say_what_they_are() -> None:
    async with LocalFeed(source="simulated", simulated_containers=5, poll_interval_s=TICK_S) as feed:
        batch = await batch_where(feed, is_fresh)
        assert batch.engine.reachable
        assert (batch.engine.product, batch.engine.endpoint) == ("simulated", "simulated")
        assert (batch.sampling.source, batch.sampling.reason) == ("simulated", "every figure is made up")
        assert batch.host.basis == "host"
        assert len((await first(feed, ContainerInventory)).containers) == 5


async def test_an_agents_settings_make_its_feed() -> None:
    async with living() as engine:
        engine.run("web-1")
        engine.run("db")
        settings = AgentSettings(
            docker_endpoint=engine.host,
            docker_environment={"DOCKER_API_VERSION": "1.41"},
            listen=ListenAddress("127.0.0.1", 0),
            host_label="Heron",
            poll_interval_s=TICK_S,
            max_workers=2,
            source="one-shot",
            proc_root="/proc",
            cgroup_root="",
            simulated_containers=1,
            filters={"name": ("web",)},
            labels=(),
            token=None,
            tls=None,
            allowed_origins=(),
            allowed_hosts=(),
            log_level="info",
        )
        async with LocalFeed.of(settings) as feed:
            batch = await batch_where(feed, is_fresh)
    assert (batch.agent_label, batch.engine.api_version, batch.sampling.source) == ("Heron", "1.41", "one-shot")
    assert [one.name for one in batch.containers] == ["web-1"]


async def test_what_the_block_raises_comes_out_as_it_is() -> None:
    with pytest.raises(LookupError, match="mine"):
        async with LocalFeed(source="simulated"):
            raise LookupError("mine")


# Leaving. ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hanging", ["/_ping", "/version", "/info", "/events", "/containers/json", INSPECT, "/stats"])
async def test_whatever_hangs_leaving_returns_at_once_and_closes_every_connection(hanging: str) -> None:
    async with living() as engine:
        engine.run("web")
        engine.fault(hanging, faults.hang)
        async with feed_of(engine) as feed:
            await engine.until(lambda: engine.open_requests(hanging) > 0)
            await batch_where(feed, lambda _: True)
            leaving_s = anyio.current_time()
        assert anyio.current_time() - leaving_s < 2.5  # and not after any of the time-outs
        await engine.until(lambda: not engine.open_connections)


@pytest.mark.parametrize("source", ["auto", "stream"])
async def test_cancelled_after_any_number_of_steps_it_leaves_no_connection(source: str) -> None:
    async with FakeEngine() as engine:
        engine.run("web")
        engine.run("db")
        steps = 0
        while engine.count("/stats") < 20:
            steps += 1 + steps // 16
            async with feed_of(engine, source=source):
                for _ in range(steps):
                    await checkpoint()
            await engine.until(lambda: not engine.open_connections)


@pytest.mark.parametrize("source", ["one-shot", "stream"])
async def test_fifty_rounds_leave_at_most_two_descriptors_more(source: str) -> None:
    async with living() as engine:
        for number in range(3):
            engine.run(f"web-{number}")
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(50):
            async with feed_of(engine, source=source) as feed:
                await batch_where(feed, lambda batch: len(batch.containers) == 3)
        await engine.until(lambda: not engine.open_connections)
        assert len(os.listdir("/proc/self/fd")) <= before + 2


async def test_a_feed_that_was_left_may_be_entered_again() -> None:
    async with living() as engine:
        engine.run("web", cores=0.5)
        feed = feed_of(engine)
        for _ in range(2):
            async with feed:
                await batch_where(feed, is_fresh)
    simulated = LocalFeed(source="simulated", poll_interval_s=TICK_S)
    for _ in range(2):
        async with simulated:
            await batch_where(simulated, lambda batch: bool(batch.containers))
