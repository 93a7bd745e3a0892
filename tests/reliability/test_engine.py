"""What an engine can do to the feed that reads it: wrong answers of every kind, a crowd of containers, a closed socket.

Not here: an engine that is away, or hangs (tests/core/feeds/test_local.py, tests/engine/test_engine_restart.py), single
calls (tests/core/engine).
"""

from __future__ import annotations

from collections.abc import Callable

import anyio
import httpx
import pytest

from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages.agent import ContainerInventory, ContainerStatsBatch
from tests import faults
from tests.fake_engine import FakeEngine
from tests.fake_http import Fault
from tests.reliability.processes import as_ordinary_user
from tests.running import command, executable

WRONG_ANSWERS = {
    "404 of a proxy": faults.html(404),
    "409": faults.status(409, "the container is marked for removal"),
    "500": faults.status(500, "containerd is away"),
    "502 of a proxy": faults.html(502),
    "cut in its JSON": faults.answer(200, b'{"Id": "'),
    "cut after its headers": faults.only_headers,
    "broken chunks": faults.broken_chunking,
    "closed instead": faults.close,
}
CROWD = 200


def feed_of(engine: FakeEngine) -> LocalFeed:
    """A feed that is quick."""
    return LocalFeed(engine.host, poll_interval_s=0.05, environ={})


async def until_batch(feed: LocalFeed, condition: Callable[[ContainerStatsBatch], bool]) -> None:
    """Wait for a batch for which it is so."""
    with anyio.fail_after(20):
        async for batch in feed.batches():
            if condition(batch):
                return
    raise AssertionError("the feed ended")


def fresh(batch: ContainerStatsBatch) -> set[str]:
    """The containers that have figures of now."""
    return {one.name for one in batch.containers if one.cpu_pct is not None and not one.stale}


@pytest.mark.parametrize("fault", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS.keys())
async def test_wrong_answers_about_one_container_leave_the_others_their_figures(fault: Fault) -> None:
    async with FakeEngine(tick_s=0.02) as engine:
        web, _ = engine.run("web", cores=0.5), engine.run("db", cores=0.5)
        async with feed_of(engine) as feed:
            await until_batch(feed, lambda batch: fresh(batch) == {"web", "db"})
            engine.fault(f"/containers/{web.id}/", fault)
            engine.emit("update", web)
            with anyio.fail_after(20):
                async for batch in feed.batches():
                    assert "db" in fresh(batch)
                    assert batch.engine.reachable
                    if "web" not in fresh(batch):
                        break
            engine.heal()
            await until_batch(feed, lambda batch: fresh(batch) == {"web", "db"})


@pytest.mark.parametrize("fault", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS.keys())
async def test_wrong_answers_to_everything_are_told_and_their_end_is_found_by_itself(fault: Fault) -> None:
    async with FakeEngine(tick_s=0.02) as engine:
        engine.run("web", cores=0.5)
        async with feed_of(engine) as feed:
            await until_batch(feed, lambda batch: fresh(batch) == {"web"})
            engine.fault("", fault)
            engine.close_connections()
            await until_batch(feed, lambda batch: batch.engine.error is not None and batch.engine.error != "")
            engine.heal()
            await until_batch(feed, lambda batch: fresh(batch) == {"web"} and batch.engine.reachable)


@pytest.mark.parametrize("where", ["/containers/json", "/events", r"/containers/[0-9a-f]{64}/json"])
async def test_list_events_or_inspection_that_hangs_keeps_no_figures_waiting(where: str) -> None:
    async with FakeEngine(tick_s=0.02) as engine:
        web = engine.run("web", cores=0.5)
        async with feed_of(engine) as feed:
            await until_batch(feed, lambda batch: fresh(batch) == {"web"})
            engine.fault(where, faults.hang)
            asked = engine.count(where)
            engine.emit("update", web)
            engine.end_events()
            await engine.requested(where, asked + 1)
            went_on = 0
            with anyio.fail_after(20):
                async for batch in feed.batches():
                    assert fresh(batch) == {"web"}
                    went_on += 1
                    if went_on == 5:
                        break


async def test_crowd_that_starts_and_is_removed_within_seconds_costs_the_others_nothing_and_leaves_nothing() -> None:
    async with FakeEngine(tick_s=0.02) as engine:
        engine.run("web", cores=0.5)
        async with feed_of(engine) as feed:
            await until_batch(feed, lambda batch: fresh(batch) == {"web"})
            seen: set[str] = set()
            most = 0

            async def watch() -> None:
                nonlocal most
                async for event in feed.events():
                    if isinstance(event, ContainerStatsBatch):
                        assert "web" in fresh(event)
                        most = max(most, engine.open_connections)
                    elif isinstance(event, ContainerInventory):
                        seen.update(one.name for one in event.containers)

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(watch)
                for number in range(CROWD):
                    one = engine.run(f"crowd-{number}")
                    await anyio.sleep(0.005)
                    engine.stop(one)
                    engine.remove(one)
                await until_batch(feed, lambda batch: [one.name for one in batch.containers] == ["web"])
                tasks.cancel_scope.cancel()
            assert seen, "what lived long enough to be told was told"
            assert most < 100, "calls are bounded, however many containers there are"


async def test_socket_that_may_not_be_opened_is_told_with_the_way_out_and_used_once_it_may() -> None:
    async with FakeEngine(tick_s=0.1) as engine:
        engine.run("web", cores=0.5)
        engine.socket_path.chmod(0)
        words = [*as_ordinary_user(), executable("dockstats-agent"), "--docker-endpoint", engine.host]
        async with command([*words, "--listen", "127.0.0.1:0"]) as running:
            line = await running.line_with("permission denied")
            assert str(engine.socket_path) in line
            engine.socket_path.chmod(0o600)
            await running.line_with("engine found at")
            await running.line_with("source ")
            url = f"http://127.0.0.1:{await running.port()}/healthz"
            async with httpx.AsyncClient(trust_env=False) as client:
                with anyio.fail_after(20):
                    while not (await client.get(url)).json()["engine"]["reachable"]:  # noqa: ASYNC110 - nobody tells
                        await anyio.sleep(0.05)  # the next batch says so
            assert await running.stop() == 0
    assert sum("permission denied" in line for line in running.log) == 1
