"""One-shot calls: who hangs delays nobody, who fails says why, and leaving closes everything."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import anyio
import pytest

from dockstats_core.containers import Container
from dockstats_core.engine.api import EngineClient
from dockstats_core.readings import Reading
from dockstats_core.sources.duty import DutyBudget
from dockstats_core.sources.one_shot import OneShotLimits, OneShotSource
from dockstats_core.sources.protocol import Failure, Readings
from tests import faults
from tests.fake_containers import FakeContainer
from tests.fake_engine import FakeEngine
from tests.fake_http import Fault

SHORT = OneShotLimits(call_time_out_s=0.05)
LONG_S = 5.0


def container_of(fake: FakeContainer) -> Container:
    return Container(id=fake.id, name=fake.name, state=fake.state)


class Asked:
    """A source, asked about the same containers again and again."""

    def __init__(self, source: OneShotSource, containers: Sequence[FakeContainer]) -> None:
        self.source = source
        self.containers = [container_of(one) for one in containers]

    async def read(self, within_s: float = LONG_S) -> Readings:
        return await self.source.read(self.containers, within_s=within_s)

    async def until(self, condition: Callable[[Readings], bool]) -> Readings:
        """Ask until it is so."""
        with anyio.fail_after(20):
            while True:
                found = await self.read(0.01)
                if condition(found):
                    return found
                await anyio.sleep(0.005)


@asynccontextmanager
async def asking(
    engine: FakeEngine,
    *containers: FakeContainer,
    max_workers: int = 4,
    limits: OneShotLimits | None = None,
    budget: DutyBudget | None = None,
    clock_ns: Callable[[], int] = time.monotonic_ns,
) -> AsyncIterator[Asked]:
    async with EngineClient(engine.endpoint) as client:
        await client.connect()
        source = OneShotSource(client, max_workers=max_workers, limits=limits, budget=budget, clock_ns=clock_ns)
        with anyio.fail_after(20):
            async with source:
                yield Asked(source, containers)


def _read_ns(one: Reading | Failure) -> int | None:
    """When the engine read it, by its own clock; None for a failure."""
    return one.read_ns if isinstance(one, Reading) else None


async def test_a_round_gives_every_containers_counters() -> None:
    async with FakeEngine() as engine:
        web, db = engine.run("web", cores=0.5), engine.run("db")
        async with asking(engine, web, db) as asked:
            first = await asked.read()
            engine.tick(2.0)
            second = await asked.read()
    assert first.keys() == second.keys() == {web.id, db.id}
    before, now = first[web.id], second[web.id]
    assert isinstance(before, Reading)
    assert isinstance(now, Reading)
    assert before.cpu_total_ns is not None
    assert (now.cpu_total_ns, now.read_ns - before.read_ns) == (before.cpu_total_ns + 10**9, 2 * 10**9)
    assert now.taken_ns > before.taken_ns


async def test_an_engine_is_asked_with_one_shot_and_without_a_stream() -> None:
    async with FakeEngine() as engine:
        async with asking(engine, engine.run("web")) as asked:
            await asked.read()
        assert engine.requests[-1].query == {"stream": "false", "one-shot": "true"}


async def test_calls_run_side_by_side_as_many_as_there_are_workers() -> None:
    async with FakeEngine() as engine:
        containers = [engine.run(f"web-{number}") for number in range(5)]
        released = anyio.Event()
        engine.fault("/stats", faults.after(released))
        async with asking(engine, *containers, max_workers=2) as asked:
            assert await asked.read(0.01) == {}
            await engine.requested("/stats", 2)
            assert engine.open_requests("/stats") == 2
            released.set()
            await asked.until(lambda found: len(found) == 5)


async def test_a_hanging_container_delays_only_its_own_figures() -> None:
    async with FakeEngine() as engine:
        web, hangs = engine.run("web"), engine.run("hangs")
        engine.fault(hangs.id, faults.hang)
        async with asking(engine, web, hangs) as asked:
            first = await asked.until(lambda found: web.id in found)  # a round waits for it once, as long as it may
            engine.tick()
            second = await asked.read(LONG_S)  # and then no more: else this would time out
            assert first.keys() == second.keys() == {web.id}
            assert first[web.id] != second[web.id]
            assert engine.count(hangs.id) == 1  # it is not asked again while a call is out


async def test_a_round_no_longer_waits_for_a_container_that_was_slow() -> None:
    async with FakeEngine() as engine:
        web, slow = engine.run("web"), engine.run("slow")
        released = anyio.Event()
        engine.fault(slow.id, faults.after(released), times=1)
        async with asking(engine, web, slow, clock_ns=lambda: engine.now_ns) as asked:
            await asked.until(lambda found: web.id in found)
            engine.tick(1.0)
            released.set()
            await asked.until(lambda found: slow.id in found)
            engine.fault(slow.id, faults.hang, times=1)
            engine.tick(1.0)
            while True:
                reading = (await asked.read(LONG_S))[web.id]  # which would time out if it waited
                assert isinstance(reading, Reading)
                if reading.read_ns == engine.now_ns:  # else its own answer took long enough not to be waited for
                    break


async def test_reads_that_wait_for_nobody_let_a_slow_container_answer() -> None:
    ten_seconds_later = itertools.count(step=10 * 10**9).__next__
    async with FakeEngine() as engine:
        slow = engine.run("slow")
        async with asking(engine, slow, clock_ns=ten_seconds_later) as asked:
            first = await asked.until(lambda found: slow.id in found)
            while (await asked.read())[slow.id] == first[slow.id]:
                pass


async def test_a_call_without_an_answer_in_time_is_reported_as_timed_out() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        engine.fault(web.id, faults.hang)
        async with asking(engine, web, limits=SHORT) as asked:
            found = await asked.until(lambda found: web.id in found)
            failure = found[web.id]
            assert isinstance(failure, Failure)
            assert failure.reason == "time_out"
            assert "no whole answer within 0.05 s" in failure.detail


async def test_any_number_of_hanging_containers_leaves_the_others_on_time() -> None:
    async with FakeEngine() as engine:
        web, hanging = engine.run("web"), [engine.run(f"hangs-{number}") for number in range(6)]
        for one in hanging:
            engine.fault(one.id, faults.hang)
            engine.fault(one.id, faults.status(500, "no"), times=1)
        async with asking(engine, web, *hanging, max_workers=2) as asked:
            await asked.until(lambda found: all(isinstance(found.get(one.id), Failure) for one in hanging))
            on_time = 0
            with anyio.fail_after(3 * LONG_S):
                while on_time < 3:
                    engine.tick()
                    found = await asked.read(LONG_S)  # which would time out if it waited for them
                    reading = found.get(web.id)
                    assert not isinstance(reading, Failure)
                    if reading is None or reading.read_ns != engine.now_ns:
                        continue  # its own answer took long enough not to be waited for
                    assert engine.open_requests("/stats") <= 1  # half a worker for them is one
                    on_time += 1


async def test_a_container_that_answers_again_is_read_again() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        engine.fault(web.id, faults.hang)
        async with asking(engine, web, limits=SHORT) as asked:
            await asked.until(lambda found: isinstance(found.get(web.id), Failure))
            engine.heal()
            await asked.until(lambda found: isinstance(found.get(web.id), Reading))
            engine.tick()
            await asked.until(lambda found: _read_ns(found[web.id]) == engine.now_ns)


@pytest.mark.parametrize(
    ("fault", "reason", "detail"),
    [
        (faults.status(500, "cgroup is gone"), "engine_error", "cgroup is gone"),
        (faults.status(403, "not for you"), "engine_error", "not for you"),
        (faults.answer(200, b'{"read": '), "engine_error", "not what its API promises"),
        (faults.close, "engine_unreachable", "closed the connection"),
    ],
)
async def test_a_container_that_cannot_be_read_says_why(fault: Fault, reason: str, detail: str) -> None:
    async with FakeEngine() as engine:
        web, db = engine.run("web"), engine.run("db")
        engine.fault(web.id, fault)
        async with asking(engine, web, db) as asked:
            found = await asked.read()
    failure = found[web.id]
    assert isinstance(failure, Failure)
    assert failure.reason == reason
    assert detail in failure.detail
    assert isinstance(found[db.id], Reading)


async def test_a_container_that_vanished_is_left_out() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        async with asking(engine, web) as asked:
            assert web.id in await asked.read()
            engine.remove(web)
            await asked.until(lambda found: not found)


async def test_the_empty_frame_of_a_stopped_container_gives_no_reading() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        async with asking(engine, web) as asked:
            assert web.id in await asked.read()
            engine.stop(web)
            await asked.until(lambda found: not found)


async def test_a_container_that_is_no_longer_asked_for_is_forgotten() -> None:
    async with FakeEngine() as engine:
        web, slow = engine.run("web"), engine.run("slow")
        released = anyio.Event()
        engine.fault(slow.id, faults.after(released))
        async with asking(engine, web, slow) as asked:
            await asked.until(lambda found: web.id in found)
            asked.containers = []
            assert await asked.read() == {}
            released.set()
            await engine.until(lambda: not engine.open_requests("/stats"))
            asked.containers = [container_of(web)]
            found = await asked.until(lambda found: web.id in found)  # not yet, while the late answer is being read
            assert found.keys() == {web.id}


async def test_a_container_that_is_not_retained_is_forgotten() -> None:
    async with FakeEngine() as engine:
        web, db = engine.run("web"), engine.run("db")
        async with asking(engine, web, db) as asked:
            assert (await asked.read()).keys() == {web.id, db.id}
            asked.source.retain({db.id, "of a container that was never asked for"})
            engine.fault("/stats", faults.hang)
            assert (await asked.read(0.01)).keys() == {db.id}


async def test_it_tells_what_an_engine_tells_and_nothing_of_the_kernels_own() -> None:
    async with FakeEngine() as engine, asking(engine) as asked:
        assert "network" in asked.source.features
        assert asked.source.features.isdisjoint({"pressure", "memory_events"})
        assert asked.source.limitations == ()


async def test_the_interval_is_what_the_budget_pays_for() -> None:
    async with FakeEngine() as engine:
        containers = [engine.run(f"web-{number}") for number in range(10)]
        async with asking(engine, *containers, budget=DutyBudget(1e-9)) as asked:
            assert asked.source.interval_s == 0.25
            await asked.read()
            assert asked.source.interval_s > 60
            asked.containers = []
            await asked.read()
            assert asked.source.interval_s == 0.25


async def test_leaving_in_the_middle_of_a_round_closes_everything_and_ends_the_round() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        engine.fault("/stats", faults.hang)
        async with anyio.create_task_group() as tasks:
            async with asking(engine, web) as asked:
                tasks.start_soon(asked.read, LONG_S)
                await engine.requested("/stats")
            await engine.until(lambda: not engine.open_connections)


async def test_a_cancelled_round_leaves_its_calls_to_the_next_one() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        released = anyio.Event()
        engine.fault("/stats", faults.after(released))
        async with asking(engine, web) as asked:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(asked.read)
                await engine.requested("/stats")
                tasks.cancel_scope.cancel()
            released.set()
            await asked.until(lambda found: web.id in found)
        await engine.until(lambda: not engine.open_connections)
