"""A call may be cancelled wherever it waits: the pool keeps working, and no descriptor stays open."""

from __future__ import annotations

import gc
import os
from collections.abc import Awaitable, Callable

import anyio
import pytest

from dockstats_core.engine.api import EngineClient
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.errors import EngineTimeoutError
from tests import faults
from tests.builders import container_id
from tests.fake_engine import FakeEngine

ROUNDS = 50
FEW = EngineLimits(calls=2)  # a turn that is not given back is noticed at the third call


async def cancelled(work: Callable[[], Awaitable[object]], waits: Callable[[], Awaitable[None]]) -> None:
    """Begin the work, wait until it waits where it should, and cancel it."""

    async def begin() -> None:
        await work()
        raise AssertionError("the work ended before it was cancelled")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(begin)
        await waits()
        tasks.cancel_scope.cancel()


def open_descriptors() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


async def settled(engine: FakeEngine, client: EngineClient) -> None:
    """The client works, and of its connections only the idle ones are left on the engine's side, too."""
    assert (await client.info()).name == "fake"
    await engine.until(lambda: engine.open_connections <= FEW.calls and engine.open_requests() == 0)


async def read_frames(client: EngineClient) -> None:
    async with client.stats_stream(container_id(1)) as frames:
        async for _ in frames:
            pass


async def read_events(client: EngineClient) -> None:
    async with client.events() as events:
        async for _ in events:
            pass


@pytest.mark.parametrize("place", ["headers", "body", "error body", "stream", "events", "one frame of a stream"])
async def test_call_cancelled_where_it_waits_leaves_the_pool_whole(place: str) -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint, limits=FEW) as client:
        engine.run("web")
        await client.connect()
        work: Callable[[], Awaitable[object]] = client.info
        match place:
            case "headers":
                engine.fault("/info", faults.hang)
            case "body":
                engine.fault("/info", faults.Drip([b"{}"]))
            case "error body":
                engine.fault("/info", faults.raw_and_open(b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\n{"))
            case "stream":
                work = lambda: read_frames(client)  # noqa: E731
            case "events":
                work = lambda: read_events(client)  # noqa: E731
            case "one frame of a stream":
                drip = faults.Drip([b'{"read":', b"never"])
                drip.release()
                engine.fault("/stats", drip)
                work = lambda: read_frames(client)  # noqa: E731
        before = open_descriptors()

        for turns in range(ROUNDS):

            async def waiting(turns: int = turns % 10) -> None:
                await engine.until(lambda: engine.open_requests() == 1)
                for _ in range(turns):  # of the event loop, to cancel a little later in the answer
                    await anyio.lowlevel.checkpoint()

            await cancelled(work, waiting)
            await engine.until(lambda: engine.open_requests() == 0)
        engine.heal()
        await settled(engine, client)
        assert open_descriptors() <= before + 2
        async with anyio.create_task_group() as tasks:
            for _ in range(6):
                tasks.start_soon(client.info)


async def test_call_cancelled_while_it_waits_for_its_turn_leaves_the_turn_to_others() -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint, limits=EngineLimits(calls=1)) as client:
        await client.connect()
        released = anyio.Event()
        engine.fault("/slow|/info", faults.after(released), times=1)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.info)
            await engine.requested("/info")
            for _ in range(ROUNDS):
                await cancelled(client.list_containers, anyio.wait_all_tasks_blocked)
            released.set()
        assert await client.list_containers() == []
        assert engine.count("/containers") == 1


async def test_call_cancelled_while_it_connects_leaves_the_pool_whole() -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint, limits=FEW) as client:
        before = open_descriptors()
        for _ in range(ROUNDS):
            with anyio.CancelScope() as scope:
                scope.cancel()  # at the first wait there is, which is the connection's
                await client.info()
            assert scope.cancelled_caught
        await settled(engine, client)
        assert open_descriptors() <= before + 2


async def test_call_cancelled_at_any_of_its_waits_leaves_the_pool_whole() -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint, limits=FEW) as client:
        web = engine.run("web")
        await client.connect()
        before = open_descriptors()
        finished = steps = 0
        while not finished:  # cancelled one turn of the event loop later each time, until it gets through
            async with anyio.create_task_group() as tasks:

                async def call() -> None:
                    nonlocal finished
                    await client.stats_once(web.id)
                    finished += 1

                tasks.start_soon(call)
                for _ in range(steps):
                    await anyio.lowlevel.checkpoint()
                tasks.cancel_scope.cancel()
            steps += 1
            await client.ping()
        assert steps > 2
        await settled(engine, client)
        assert open_descriptors() <= before + 2


async def test_calls_that_time_out_leave_no_descriptor() -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint, limits=FEW) as client:
        await client.connect()
        engine.fault("/stats", faults.hang)
        before = open_descriptors()
        for _ in range(ROUNDS):
            with pytest.raises(EngineTimeoutError):
                await client.stats_once(container_id(1), timeout_s=0.002)
        await settled(engine, client)
        assert open_descriptors() <= before + 2


async def test_client_left_in_the_middle_of_everything_closes_everything() -> None:
    async with FakeEngine() as engine:
        engine.run("web")
        engine.fault("/info", faults.hang)
        before = open_descriptors()
        async with EngineClient(engine.endpoint) as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.info)
            tasks.start_soon(read_frames, client)
            tasks.start_soon(read_events, client)
            await engine.until(lambda: engine.open_requests() == 3)
            tasks.cancel_scope.cancel()
        await engine.until(lambda: engine.open_connections == 0)
        assert open_descriptors() <= before + 2
