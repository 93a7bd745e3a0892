"""The engine goes away, comes back, is not there yet, or hangs, under a feed that stays open.

Played with an engine of the test's own. Not here: scripted faults of single answers (tests/core/engine).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dockstats_core import LocalFeed
from dockstats_core.endpoints.engine import resolve_endpoint
from dockstats_core.engine.api import EngineClient
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.errors import EngineTimeoutError
from tests.engine.containers import BURN, Containers, containers
from tests.engine.own_engine import OwnEngine, give_image, own_engine, why_no_own_engine
from tests.engine.watching import Shown, watching

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(why_no_own_engine() is not None, reason=why_no_own_engine() or ""),
]


@asynccontextmanager
async def engine_with_a_container() -> AsyncIterator[tuple[OwnEngine, Containers]]:
    async with own_engine() as engine:
        await engine.start()
        await give_image(engine)
        async with containers(engine.host) as made:
            await made.run("web", BURN, "--network", "none", "--cpus", "0.1")
            yield engine, made


def has_cpu(shown: Shown) -> bool:
    return shown.is_fresh("web") and shown.cpu("web") is not None


def is_lost(shown: Shown) -> bool:
    return not shown.batch.engine.reachable and shown.batch.engine.error is not None


async def test_engine_restarted_under_a_feed_is_told_as_gone_and_its_figures_come_back_by_themselves() -> None:
    async with (
        engine_with_a_container() as (engine, made),
        watching(LocalFeed(engine.host, source="stream"), made) as watch,
    ):
        before = await watch.until(has_cpu)
        await engine.stop()
        lost = await watch.until(is_lost)
        watch.skip_to_now()
        later = await watch.until(is_lost)
        watch.skip_to_now()
        await engine.start()
        after = await watch.until(has_cpu)
    assert str(engine.socket) in (lost.batch.engine.error or "")
    assert lost.batch.agent_metrics.cpu_pct is None, "sums hold only what is fresh"
    last, same = lost.sample("web"), later.sample("web")
    assert last is not None
    assert same is not None
    assert last.stale
    assert same.stale
    assert last.cpu_pct == same.cpu_pct, "the last figure is still shown, as what it is"
    assert (last.age_secs or 0) < (same.age_secs or 0)
    assert after.batch.engine.error is None
    assert after.batch.engine.since != before.batch.engine.since
    assert all((shown.cpu("web") or 0) < 40 for shown in watch.shown), "no rate may be wrong about the time between"


async def test_engine_that_is_not_there_yet_is_told_with_the_way_out_and_found_when_it_comes() -> None:
    async with own_engine() as engine, watching(LocalFeed(engine.host), Containers(engine.host)) as watch:
        absent = await watch.until(is_lost)
        await engine.start()
        found = await watch.until(lambda shown: shown.batch.engine.reachable)
    assert str(engine.socket) in (absent.batch.engine.error or "")
    assert "start Docker" in (absent.batch.engine.error or "")
    assert absent.batch.containers == []
    assert found.batch.engine.version


async def test_engine_that_hangs_is_told_as_a_time_out_and_its_figures_come_back_when_it_goes_on() -> None:
    impatient = EngineLimits(silence_s=0.5)
    async with (
        engine_with_a_container() as (engine, made),
        watching(LocalFeed(engine.host, source="one-shot"), made) as watch,
        EngineClient(resolve_endpoint(engine.host, {}), limits=impatient) as client,
    ):
        await watch.until(lambda shown: shown.is_fresh("web"))
        engine.hang()
        with pytest.raises(EngineTimeoutError, match="fell silent"):
            await client.connect()
        stale = await watch.until(lambda shown: shown.batch.sampling.failures == 1 and not shown.is_fresh("web"))
        engine.go_on()
        await watch.until(lambda shown: shown.is_fresh("web") and shown.batch.sampling.failures == 0)
    sample = stale.sample("web")
    assert sample is not None
    assert sample.stale
    assert (sample.age_secs or 0) > 2
