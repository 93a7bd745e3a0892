"""Stats streams: the newest frame of each, streams that ended or stand still opened anew, turns above the budget."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import anyio
import pytest

from dockstats_core.containers import Container
from dockstats_core.engine.api import EngineClient
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.readings import Reading
from dockstats_core.sources.duty import TYPICAL_CALL_S, DutyBudget
from dockstats_core.sources.protocol import Failure, Readings
from dockstats_core.sources.stream import StreamLimits, StreamSource
from tests import faults
from tests.fake_containers import FakeContainer
from tests.fake_engine import FakeEngine
from tests.fake_http import Fault

QUICK = StreamLimits(reopen_after_s=0.01)


def container_of(fake: FakeContainer) -> Container:
    return Container(id=fake.id, name=fake.name, state=fake.state)


def streams_at_once(streams: int) -> DutyBudget:
    """A budget that pays for so many streams."""
    return DutyBudget(streams * TYPICAL_CALL_S * 1.001)


class Followed:
    """A source, asked about the same containers again and again."""

    def __init__(self, engine: FakeEngine, source: StreamSource, containers: Sequence[FakeContainer]) -> None:
        self.engine = engine
        self.source = source
        self.containers = [container_of(one) for one in containers]

    async def read(self, within_s: float = 0.0) -> Readings:
        return await self.source.read(self.containers, within_s=within_s)

    async def until(self, condition: Callable[[Readings], bool]) -> Readings:
        """Ask until it is so."""
        with anyio.fail_after(20):
            while True:
                found = await self.read()
                if condition(found):
                    return found
                await anyio.sleep(0.005)

    async def until_read_now(self, *containers: FakeContainer) -> None:
        """Until these have a reading of the engine's present time."""
        await self.until(
            lambda found: all(
                isinstance(reading := found.get(one.id), Reading) and reading.read_ns == self.engine.now_ns
                for one in containers
            )
        )


@asynccontextmanager
async def following(
    engine: FakeEngine,
    *containers: FakeContainer,
    limits: StreamLimits = QUICK,
    budget: DutyBudget | None = None,
    silence_s: float = 60.0,
) -> AsyncIterator[Followed]:
    async with EngineClient(engine.endpoint, limits=EngineLimits(stream_silence_s=silence_s)) as client:
        await client.connect()
        with anyio.fail_after(20):
            async with StreamSource(client, limits=limits, budget=budget) as source:
                yield Followed(engine, source, containers)


async def test_the_newest_frame_of_each_container_is_its_reading() -> None:
    async with FakeEngine() as engine:
        web, db = engine.run("web", cores=0.5), engine.run("db")
        async with following(engine, web, db) as followed:
            assert (await followed.read(5.0)).keys() == {web.id, db.id}
            first = (await followed.read())[web.id]
            engine.tick(2.0)
            await followed.until_read_now(web, db)
            second = (await followed.read())[web.id]
            assert isinstance(first, Reading)
            assert isinstance(second, Reading)
            assert first.cpu_total_ns is not None
            assert second.cpu_total_ns == first.cpu_total_ns + 10**9
            assert engine.count("/stats") == 2  # one connection each, kept


async def test_asking_again_without_a_new_frame_gives_the_same_reading() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        async with following(engine, web) as followed:
            await followed.until_read_now(web)
            assert (await followed.read())[web.id] is (await followed.read())[web.id]


async def test_only_the_first_round_waits_and_no_longer_than_it_may() -> None:
    async with FakeEngine() as engine:
        web, hangs = engine.run("web"), engine.run("hangs")
        engine.fault("/stats", faults.hang)
        async with following(engine, web, hangs) as followed:
            assert await followed.read(0.01) == {}
            engine.heal()
            engine.close_connections()
            await followed.until_read_now(web)
            followed.containers = [container_of(web), container_of(engine.create("new", state="restarting"))]
            assert (await followed.read(60.0)).keys() == {web.id}  # which would time out if it waited for the new one


async def test_a_hanging_container_delays_only_its_own_figures() -> None:
    async with FakeEngine() as engine:
        web, hangs = engine.run("web"), engine.run("hangs")
        engine.fault(hangs.id, faults.hang)
        async with following(engine, web, hangs, silence_s=0.1) as followed:
            await followed.until_read_now(web)
            engine.tick()
            await followed.until_read_now(web)
            found = await followed.until(lambda found: hangs.id in found)
            failure = found[hangs.id]
            assert isinstance(failure, Failure)
            assert failure.reason == "time_out"
            engine.heal()
            await followed.until_read_now(hangs)


async def test_a_stream_that_ended_is_opened_again() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        engine.fault(web.id, faults.answer(200, web.stats(engine.now_ns, 0, 1)), times=2)
        async with following(engine, web) as followed:
            await followed.until_read_now(web)
            await engine.requested(web.id, 3)
            engine.tick()
            await followed.until_read_now(web)


async def test_a_stream_whose_frames_stand_still_is_opened_again() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        drip = faults.Drip([json.dumps(web.stats(engine.now_ns, 0, 1)).encode() + b"\n"] * 9)
        engine.fault(web.id, drip, times=1)
        async with following(engine, web, limits=QUICK) as followed:
            await followed.read()
            await engine.requested(web.id)
            drip.release(5)
            await followed.until_read_now(web)
            assert engine.open_requests(web.id) == 1
            drip.release(1)  # the fifth without news
            await engine.requested(web.id, 2)
            engine.tick()
            await followed.until_read_now(web)
            assert engine.open_requests(web.id) == 1


async def test_the_empty_frames_of_a_container_that_restarts_give_no_reading() -> None:
    async with FakeEngine() as engine:
        web = engine.create("web", state="restarting")
        async with following(engine, web, limits=StreamLimits(unmoved_frames=2, reopen_after_s=0.01)) as followed:
            await followed.read()
            await engine.requested(web.id)
            engine.tick()
            await engine.requested(web.id, 2)  # opened again, in case it is the stream that is wrong
            assert await followed.read() == {}
            engine.start(web)
            engine.tick()
            await followed.until_read_now(web)


@pytest.mark.parametrize(
    ("fault", "reason", "detail"),
    [
        (faults.status(500, "cgroup is gone"), "engine_error", "cgroup is gone"),
        (faults.answer(200, b'{"read": 1}\n'), "engine_error", "not what its API promises"),
        (faults.close, "engine_unreachable", "closed the connection"),
    ],
)
async def test_a_container_that_cannot_be_read_says_why_until_it_can(fault: Fault, reason: str, detail: str) -> None:
    async with FakeEngine() as engine:
        web, db = engine.run("web"), engine.run("db")
        engine.fault(web.id, fault)
        async with following(engine, web, db) as followed:
            found = await followed.until(lambda found: web.id in found)
            failure = found[web.id]
            assert isinstance(failure, Failure)
            assert failure.reason == reason
            assert detail in failure.detail
            engine.heal()
            engine.tick()
            await followed.until_read_now(web, db)


async def test_a_container_that_vanished_is_left_out() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        async with following(engine, web) as followed:
            await followed.until_read_now(web)
            engine.remove(web)
            await followed.until(lambda found: found == {})


async def test_a_container_that_is_no_longer_asked_for_is_left_and_forgotten() -> None:
    async with FakeEngine() as engine:
        web, db = engine.run("web"), engine.run("db")
        async with following(engine, web, db) as followed:
            await followed.until_read_now(web, db)
            followed.containers = [container_of(db)]
            assert (await followed.read()).keys() == {db.id}
            await engine.until(lambda: not engine.open_requests(web.id))
            followed.containers = [container_of(web)]
            assert await followed.read() == {}
            await followed.until_read_now(web)


async def test_streams_of_containers_that_are_not_retained_end_at_once() -> None:
    async with FakeEngine() as engine:
        web, db = engine.run("web"), engine.run("db")
        async with following(engine, web, db) as followed:
            await followed.until_read_now(web, db)
            followed.source.retain({db.id})
            await engine.until(lambda: not engine.open_requests(web.id))
            followed.containers = [container_of(db)]
            assert (await followed.read()).keys() == {db.id}
            assert engine.open_requests(db.id) == 1


async def test_it_tells_what_an_engine_tells_and_nothing_of_the_kernels_own() -> None:
    async with FakeEngine() as engine, following(engine) as followed:
        assert "network" in followed.source.features
        assert followed.source.features.isdisjoint({"pressure", "memory_events"})
        assert followed.source.limitations == ()


async def test_above_the_budget_streams_take_turns_and_everyone_gets_figures() -> None:
    async with FakeEngine() as engine:
        containers = [engine.run(f"web-{number}") for number in range(6)]
        async with following(engine, *containers, budget=streams_at_once(2)) as followed:
            await followed.until_read_now(*containers)
            for _ in range(2):
                engine.tick()
                await followed.until_read_now(*containers)
                assert engine.open_requests("/stats") <= 2
            assert followed.source.interval_s == pytest.approx(3.0, rel=0.01)


async def test_within_the_budget_the_interval_is_the_engines_tick() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        async with following(engine, web, budget=streams_at_once(2)) as followed:
            await followed.until_read_now(web)
            assert followed.source.interval_s == 1.0
            assert followed.source.name == "stream"


async def test_hanging_containers_do_not_keep_the_others_turns() -> None:
    async with FakeEngine() as engine:
        good = [engine.run(f"web-{number}") for number in range(3)]
        hanging = [engine.run(f"hangs-{number}") for number in range(4)]
        for one in hanging:
            engine.fault(one.id, faults.hang)
            engine.fault(one.id, faults.status(500, "no"), times=1)
        async with following(engine, *hanging, *good, budget=streams_at_once(2)) as followed:
            await followed.until(lambda found: all(isinstance(found.get(one.id), Failure) for one in hanging))
            for _ in range(3):
                engine.tick()
                await followed.until_read_now(*good)
                assert sum(engine.open_requests(one.id) for one in hanging) <= 1


@pytest.mark.parametrize("fault", [None, faults.hang])
async def test_leaving_closes_every_connection(fault: Fault | None) -> None:
    async with FakeEngine() as engine:
        containers = [engine.run(f"web-{number}") for number in range(3)]
        if fault is not None:
            engine.fault("/stats", fault)
        async with following(engine, *containers) as followed:
            await followed.read()
            await engine.requested("/stats", 3)
        await engine.until(lambda: not engine.open_connections)


async def test_leaving_while_streams_wait_for_their_turn_leaves_nothing_open() -> None:
    async with FakeEngine() as engine:
        containers = [engine.run(f"web-{number}") for number in range(4)]
        engine.fault("/stats", faults.hang)
        async with following(engine, *containers, budget=streams_at_once(1)) as followed:
            await followed.read()
            await engine.requested("/stats")
        await engine.until(lambda: not engine.open_connections)
        assert engine.count("/stats") == 1
