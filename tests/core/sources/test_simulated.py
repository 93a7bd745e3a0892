"""Made-up containers behind the same face as real ones: driven by the clock, and named for what they are."""

from __future__ import annotations

from typing import get_args

import pytest

from dockstats_core.containers import Container
from dockstats_core.messages.agent import Figure
from dockstats_core.readings import Reading
from dockstats_core.sources.protocol import Readings, Source
from dockstats_core.sources.simulated import SHORTEST_INTERVAL_S, SimulatedSource
from tests.builders import NOW, container


class Clock:
    """A monotonic clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now_ns = 7 * 10**9

    def __call__(self) -> int:
        return self.now_ns

    def pass_s(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)


def source_at(clock: Clock, *, count: int = 15, interval_s: float = 0.5, seed: int = 1) -> SimulatedSource:
    return SimulatedSource(count, seed=seed, interval_s=interval_s, clock_ns=clock, wall_clock=lambda: NOW)


async def read(source: Source, *containers: Container) -> Readings:
    return await source.read(containers, within_s=0.0)


def the_one(readings: Readings) -> Reading:
    (reading,) = readings.values()
    assert isinstance(reading, Reading)
    return reading


async def test_source_is_called_simulated_and_opens_nothing() -> None:
    source: Source = source_at(Clock())
    async with source as opened:
        assert opened is source
        assert source.name == "simulated"
        assert source.features == set(get_args(Figure)), "all that there are"
        assert source.limitations == ()
    assert await read(source) == {}, "nothing that could be closed"


async def test_reading_is_of_those_that_were_asked_for_and_exist() -> None:
    source = source_at(Clock())
    first, second = source.inventory.counted[:2]
    stopped = next(record for record in source.inventory.containers if not record.is_counted)
    readings = await read(source, first, second, stopped, container(99))
    assert readings.keys() == {first.id, second.id}


async def test_inventory_has_as_many_as_asked_for_and_changes_as_time_passes() -> None:
    clock = Clock()
    source = source_at(clock, count=20)
    version = source.inventory.version
    assert len(source.inventory.containers) == 20
    for _ in range(300):
        clock.pass_s(1)
        await read(source)
    assert source.inventory.version > version
    assert len(source.inventory.containers) == 20


async def test_reading_is_news_after_an_interval_and_the_same_one_before() -> None:
    clock = Clock()
    source = source_at(clock, interval_s=1.0)
    one = source.inventory.counted[0]
    first = the_one(await read(source, one))
    clock.pass_s(0.4)
    assert the_one(await read(source, one)) is first, "a second look, not a tick"
    clock.pass_s(0.5)  # a tick that is a little early
    second = the_one(await read(source, one))
    assert second.taken_ns == clock.now_ns
    assert (second.cpu_total_ns or 0) > (first.cpu_total_ns or 0)


async def test_ticks_skipped_are_made_up_for_in_the_counters() -> None:
    clock = Clock()
    source = source_at(clock)
    one = source.inventory.counted[0]
    before = the_one(await read(source, one))
    clock.pass_s(3600)
    after = the_one(await read(source, one))
    used_cores = ((after.cpu_total_ns or 0) - (before.cpu_total_ns or 0)) / 3600e9
    assert 0.05 < used_cores < 4


@pytest.mark.parametrize(("asked", "given"), [(0.0, SHORTEST_INTERVAL_S), (0.01, SHORTEST_INTERVAL_S), (2.0, 2.0)])
def test_interval_is_the_one_asked_for_but_never_shorter_than_makes_sense(asked: float, given: float) -> None:
    assert source_at(Clock(), interval_s=asked).interval_s == given


async def test_figures_of_the_host_follow_its_readings() -> None:
    clock = Clock()
    source = source_at(clock)
    assert source.host_figures().cpu_pct is None
    clock.pass_s(1)
    await read(source)
    figures = source.host_figures()
    assert figures.basis == "host"
    assert (figures.cpu_pct or 0) > 0
    assert 0 < (figures.mem_used_bytes or 0) < (figures.mem_total_bytes or 0)


async def test_same_seed_and_clock_give_the_same_readings() -> None:
    clock = Clock()
    one, same, other = source_at(clock), source_at(clock), source_at(clock, seed=2)
    clock.pass_s(10)
    everything = [await read(source, *source.inventory.containers) for source in (one, same, other)]
    assert everything[0] == everything[1]
    assert everything[0].keys().isdisjoint(everything[2].keys())


async def test_source_runs_by_the_machines_clocks_unless_told_otherwise() -> None:
    source = SimulatedSource(5)
    first = the_one(await read(source, source.inventory.counted[0]))
    started_at = source.inventory.counted[0].started_at
    assert first.taken_ns > 0
    assert started_at is not None
    assert started_at.tzinfo is not None
