"""The watcher's promises: nothing between list and event stream is lost, what is refused is told and worked round."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from dockstats_core.containers import Container
from dockstats_core.engine.api import EngineClient, Filters
from dockstats_core.errors import EngineError, EngineNotReachableError, EnginePermissionError
from dockstats_core.inventory.roster import Roster
from dockstats_core.inventory.watcher import InventoryWatcher, WatcherLimits
from tests import faults
from tests.fake_containers import FakeContainer
from tests.fake_engine import FakeEngine
from tests.fake_http import Exchange, Fault

LIST = r"/containers/json"
INSPECT = r"/containers/[0-9a-f]{64}/json"
EVENTS = r"/events"
QUICK = WatcherLimits(without_events_s=0.02, again_after_s=0.02, between_lists_s=0.0, reopen_s=0.02)
"""Only the reconciling list stays so slow that no test could pass by it."""


class Watched:
    """A roster that is being kept."""

    def __init__(self, engine: EngineClient, filters: Filters | None, limits: WatcherLimits) -> None:
        self.roster = Roster()
        self.watcher = InventoryWatcher(engine, self.roster, filters=filters, limits=limits)

    @property
    def states(self) -> dict[str, str | None]:
        return {container.name: container.state for container in self.roster.containers}

    def __getitem__(self, name: str) -> Container:
        [found] = [container for container in self.roster.containers if container.name == name]
        return found

    async def until(self, condition: Callable[[Watched], bool]) -> None:
        """Wait as the watcher's users do."""
        with anyio.move_on_after(20):
            while not condition(self):
                await self.watcher.wait_for_change(self.roster.version)
            return
        raise AssertionError(f"did not come: {self.roster.containers}, trouble: {self.watcher.trouble}")

    async def until_inspected(self, names: set[str]) -> None:
        await self.until(lambda now: {one.name for one in now.roster.containers if one.pid or one.finished_at} == names)


@asynccontextmanager
async def watching(
    engine: FakeEngine, *, filters: Filters | None = None, limits: WatcherLimits = QUICK
) -> AsyncIterator[Watched]:
    """A watcher after its first list."""
    async with EngineClient(engine.endpoint) as client:
        await client.connect()
        watched = Watched(client, filters, limits)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watched.watcher.run)
            with anyio.fail_after(20):
                await watched.watcher.ready()
            yield watched
            tasks.cancel_scope.cancel()


def listed_before(engine: FakeEngine, released: anyio.Event) -> Fault:
    """A list that was true when it was asked for, and arrives late."""
    body = [container.summary() for container in engine.containers.values()]

    async def fault(exchange: Exchange, normal: Callable[[], Awaitable[None]]) -> None:
        await released.wait()
        await exchange.answer(200, body)

    return fault


def inspected_before(container: FakeContainer, released: anyio.Event) -> Fault:
    """An inspection that was true when it was asked for, and arrives late."""
    body = container.details()

    async def fault(exchange: Exchange, normal: Callable[[], Awaitable[None]]) -> None:
        await released.wait()
        await exchange.answer(200, body)

    return fault


# The first list. -----------------------------------------------------------------------------------------------------


async def test_the_first_list_shows_everyone_and_inspections_follow() -> None:
    async with FakeEngine() as engine:
        engine.run("web", memory_limit=2**20, labels={"com.docker.compose.project": "shop"})
        engine.create("idle")
        async with watching(engine) as watched:
            assert watched.states == {"idle": "created", "web": "running"}
            await watched.until_inspected({"web"})
            assert watched["web"].mem_limit_bytes == 2**20
            assert watched["web"].compose_project == "shop"
            assert watched.watcher.trouble is None


async def test_the_event_stream_is_open_before_the_list_is_asked_for() -> None:
    async with FakeEngine() as engine, watching(engine):
        asked = [request.path for request in engine.requests]
        assert asked.index("/events") < asked.index("/containers/json")


async def test_what_happens_while_the_list_is_out_is_neither_lost_nor_undone_by_it() -> None:
    async with FakeEngine() as engine:
        dying, leaving = engine.run("dying"), engine.run("leaving")
        released = anyio.Event()
        engine.fault(LIST, listed_before(engine, released), times=1)
        async with anyio.create_task_group() as tasks, EngineClient(engine.endpoint) as client:
            await client.connect()
            watched = Watched(client, None, QUICK)
            tasks.start_soon(watched.watcher.run)
            await engine.requested(LIST)
            engine.run("new")
            engine.stop(dying, exit_code=3)
            engine.remove(leaving)
            await watched.until(lambda now: now.states == {"dying": "exited", "new": "running"})
            released.set()
            await watched.watcher.ready()
            assert watched.states == {"dying": "exited", "new": "running"}
            assert watched["dying"].exit_code == 3
            tasks.cancel_scope.cancel()


async def test_a_container_that_vanished_between_list_and_inspection_is_no_error() -> None:
    async with FakeEngine() as engine:
        engine.run("web")
        ghost = engine.run("ghost")
        released = anyio.Event()
        released.set()
        engine.fault(LIST, listed_before(engine, released), times=1)
        del engine.containers[ghost.id]
        async with watching(engine) as watched:
            await watched.until(lambda now: now.states == {"web": "running"})
            assert watched.watcher.trouble is None


async def test_a_list_does_not_wait_for_an_event_stream_that_does_not_open() -> None:
    async with FakeEngine() as engine:
        engine.run("web")
        opened = anyio.Event()
        engine.fault(EVENTS, faults.after(opened))
        limits = WatcherLimits(events_open_s=0.02, without_events_s=60, between_lists_s=0)
        async with watching(engine, limits=limits) as watched:
            assert watched.states == {"web": "running"}
            engine.run("missed")
            opened.set()  # from here on there are events, but none tells of what was missed
            await watched.until(lambda now: "missed" in now.states)


# Changes. ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happens", "shows"),
    [
        (lambda engine, web: engine.stop(web, exit_code=9), {"state": "exited", "exit_code": 9, "pid": None}),
        (lambda engine, web: engine.pause(web), {"state": "paused"}),
        (lambda engine, web: engine.rename(web, "api"), {"name": "api"}),
        (lambda engine, web: engine.set_health(web, "unhealthy"), {"health": "unhealthy"}),
    ],
)
async def test_a_change_shows_and_stays_after_its_inspection(
    happens: Callable[[FakeEngine, FakeContainer], None], shows: dict[str, object]
) -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        async with watching(engine) as watched:
            await watched.until_inspected({"web"})
            asked = engine.count(INSPECT)
            happens(engine, web)
            await engine.requested(INSPECT, asked + 1)
            await engine.until(lambda: not engine.open_requests(INSPECT))
            await watched.until(
                lambda now: all(getattr(now.roster.containers[0], fact) == value for fact, value in shows.items())
            )


async def test_a_change_shows_although_its_inspection_hangs() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        async with watching(engine) as watched:
            await watched.until_inspected({"web"})
            engine.fault(INSPECT, faults.hang)
            engine.emit("oom", web)
            await watched.until(lambda now: bool(now["web"].oom_killed))
            engine.stop(web, exit_code=137)
            await watched.until(lambda now: now["web"].exit_code == 137)


async def test_a_started_container_appears_and_a_removed_one_goes() -> None:
    async with FakeEngine() as engine, watching(engine) as watched:
        web = engine.run("web")
        await watched.until_inspected({"web"})
        engine.remove(web)
        await watched.until(lambda now: now.states == {})


async def test_a_shared_network_names_its_container() -> None:
    async with FakeEngine() as engine:
        proxy = engine.run("proxy")
        engine.run("app", network_mode=f"container:{proxy.id}")
        async with watching(engine) as watched:
            assert watched["app"].network_of == "proxy"


async def test_an_inspection_during_which_its_container_changed_is_made_again() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        released = anyio.Event()
        engine.fault(INSPECT, inspected_before(web, released), times=1)
        async with watching(engine) as watched:
            await engine.requested(INSPECT)
            engine.stop(web, exit_code=4)
            await watched.until(lambda now: now["web"].state == "exited")
            released.set()
            await engine.requested(INSPECT, 2)
            await watched.until(lambda now: now["web"].started_at is not None)
            assert watched["web"].exit_code == 4


async def test_a_container_destroyed_during_its_inspection_stays_gone() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        released = anyio.Event()
        engine.fault(INSPECT, inspected_before(web, released), times=1)
        async with watching(engine) as watched:
            await engine.requested(INSPECT)
            engine.remove(web)
            await watched.until(lambda now: now.states == {})
            released.set()
            await engine.requested(INSPECT, 2)
            await engine.until(lambda: not engine.open_requests(INSPECT))
            engine.run("last")
            await watched.until_inspected({"last"})
            assert watched.states == {"last": "running"}


async def test_inspections_are_bounded() -> None:
    async with FakeEngine() as engine:
        for number in range(5):
            engine.run(f"web-{number}")
        released = anyio.Event()
        engine.fault(INSPECT, faults.after(released))
        async with watching(engine, limits=WatcherLimits(inspections=2)) as watched:
            await engine.requested(INSPECT, 2)
            assert engine.open_requests(INSPECT) == 2
            released.set()
            await watched.until_inspected({f"web-{number}" for number in range(5)})
            assert engine.count(INSPECT) == 5


# Who is not watched. -------------------------------------------------------------------------------------------------


async def test_a_hidden_container_never_appears_and_is_never_inspected() -> None:
    async with FakeEngine() as engine:
        hidden = engine.run("secret", labels={"dockstats.hide": "true"})
        async with watching(engine) as watched:
            engine.run("later", labels={"dockstats.hide": "true"})
            engine.stop(hidden)
            engine.run("web")
            await watched.until_inspected({"web"})
            assert watched.states == {"web": "running"}
            assert engine.count(hidden.id) == 0


async def test_a_container_outside_the_filters_never_appears() -> None:
    async with FakeEngine() as engine:
        engine.run("db")
        engine.run("web", labels={"tier": "front"})
        async with watching(engine, filters={"label": ["tier=front"]}) as watched:
            assert watched.states == {"web": "running"}
            outside = engine.run("cache")
            engine.run("api", labels={"tier": "front"})
            await watched.until_inspected({"api", "web"})
            assert engine.count(outside.id) == 0


async def test_a_rename_takes_a_container_into_the_filters_and_out_of_them() -> None:
    async with FakeEngine() as engine:
        web, db = engine.run("web-1"), engine.run("db")
        async with watching(engine, filters={"name": ["web"]}) as watched:
            engine.rename(db, "web-2")
            await watched.until_inspected({"web-1", "web-2"})
            engine.rename(web, "old")
            await watched.until(lambda now: now.states == {"web-2": "running"})


async def test_an_inspection_does_not_bring_back_what_a_list_took_out_meanwhile() -> None:
    async with FakeEngine() as engine:
        web, other = engine.run("web-1"), engine.run("web-2")
        released = anyio.Event()
        engine.fault(web.id, inspected_before(web, released), times=1)
        async with watching(engine, filters={"name": ["web"]}) as watched:
            await engine.requested(web.id)
            engine.rename(web, "old")
            await watched.until(lambda now: now.states == {"web-2": "running"})
            released.set()
            await engine.until(lambda: not engine.open_requests(INSPECT))
            engine.set_health(other, "healthy")
            await watched.until(lambda now: now.states.keys() != {"web-2"} or now["web-2"].health == "healthy")
            assert watched.states == {"web-2": "running"}


# What goes wrong. ----------------------------------------------------------------------------------------------------


async def test_a_slow_list_finds_what_no_event_told() -> None:
    def is_gone(now: Watched) -> bool:
        now.roster.told()  # how it ended
        return now.states == {}

    async with FakeEngine() as engine:
        web = engine.run("web")
        async with watching(engine, limits=WatcherLimits(reconcile_s=0.02, between_lists_s=0)) as watched:
            web.state = "exited"
            await watched.until(lambda now: now["web"].state == "exited")
            del engine.containers[web.id]
            await watched.until(is_gone)


async def test_after_a_lost_event_stream_everything_is_listed_and_inspected_anew() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        async with watching(engine) as watched:
            await watched.until_inspected({"web"})
            web.restart_count = 5  # which no list tells
            engine.end_events()
            await watched.until(lambda now: now["web"].restart_count == 5)
            await engine.requested(EVENTS, 2)
            engine.run("new")
            await watched.until_inspected({"new", "web"})
            assert watched.watcher.trouble is None


async def test_a_broken_event_stream_is_opened_again() -> None:
    async with FakeEngine() as engine, watching(engine) as watched:
        engine.push_event(b'{"Type": "container", broken\n')
        await watched.until(lambda now: now.watcher.trouble is not None)
        assert watched.watcher.trouble is not None
        assert "GET /v1.47/events" in watched.watcher.trouble
        engine.run("new")
        await watched.until_inspected({"new"})


async def test_a_stream_that_ends_at_once_every_time_is_asked_for_ever_less_often() -> None:
    async with FakeEngine() as engine:
        engine.run("web")
        engine.fault(EVENTS, faults.answer(200, b""))
        limits = WatcherLimits(reopen_s=0.02, without_events_s=60, between_lists_s=0)
        began_s = anyio.current_time()
        async with watching(engine, limits=limits) as watched:
            await engine.requested(EVENTS, 4)
            assert anyio.current_time() - began_s >= 0.02 + 0.04 + 0.08
            assert watched.states == {"web": "running"}


@pytest.mark.parametrize(
    "refusal", [faults.status(403, "forbidden by the proxy"), faults.status(500, "no"), faults.answer(200, b"<html>\n")]
)
async def test_a_refused_event_stream_is_told_and_lists_alone_keep_the_roster(refusal: Fault) -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        engine.fault(EVENTS, refusal)
        async with watching(engine) as watched:
            await watched.until(lambda now: now.watcher.trouble is not None)
            assert watched.watcher.trouble is not None
            assert watched.watcher.trouble.startswith("changes show late, because the event stream is refused: ")
            engine.run("new")
            engine.rename(web, "api")
            await watched.until(lambda now: now.states == {"api": "running", "new": "running"})
            web.restart_count = 1
            await watched.until(lambda now: now["api"].restart_count == 1)
            assert engine.count(EVENTS) == 1


async def test_an_event_stream_that_is_no_longer_refused_is_used() -> None:
    async with FakeEngine() as engine:
        engine.fault(EVENTS, faults.status(503, "starting up"), times=1)
        limits = WatcherLimits(ask_again_s=0.05, without_events_s=60, between_lists_s=0)
        async with watching(engine, limits=limits) as watched:
            await watched.until(lambda now: now.watcher.trouble is None and engine.count(EVENTS) == 2)
            engine.run("web")
            await watched.until_inspected({"web"})


async def test_refused_inspections_are_told_and_lists_tell_what_they_can() -> None:
    async with FakeEngine() as engine:
        engine.run("web")
        engine.fault(INSPECT, faults.status(403, "not allowed"))
        async with watching(engine) as watched:
            await watched.until(lambda now: now.watcher.trouble is not None)
            assert watched.watcher.trouble is not None
            assert "facts of some containers are missing: " in watched.watcher.trouble
            assert "not allowed" in watched.watcher.trouble
            new = engine.run("new")
            await watched.until(lambda now: now.states == {"new": "running", "web": "running"})
            engine.stop(new, exit_code=2)
            await watched.until(lambda now: now["new"].exit_code == 2)


async def test_failed_inspections_are_made_again_with_the_next_list() -> None:
    async with FakeEngine() as engine:
        engine.run("web")
        gone = engine.run("gone")
        engine.fault(INSPECT, faults.status(500, "busy"), times=2)
        async with watching(engine, limits=WatcherLimits(reconcile_s=0.1, between_lists_s=0)) as watched:
            await watched.until(lambda now: now.watcher.trouble is not None)
            del engine.containers[gone.id]
            await watched.until_inspected({"web"})
            await watched.until(lambda now: now.watcher.trouble is None)


@pytest.mark.parametrize("refusal", [faults.status(500, "busy"), faults.answer(200, b'[{"Id": '), faults.html(200)])
async def test_a_later_list_that_fails_is_told_until_one_works(refusal: Fault) -> None:
    async with FakeEngine() as engine:
        engine.run("web")
        async with watching(engine) as watched:
            engine.fault(LIST, refusal)
            engine.end_events()  # which asks for a list
            await watched.until(lambda now: now.watcher.trouble is not None)
            assert watched.watcher.trouble is not None
            assert "the list of containers is out of date: " in watched.watcher.trouble
            assert watched.states == {"web": "running"}
            engine.heal()
            await watched.until(lambda now: now.watcher.trouble is None)


async def failure_of(engine: FakeEngine, meanwhile: Callable[[Watched], Coroutine[Any, Any, None]]) -> EngineError:
    """What ends the watching."""
    async with EngineClient(engine.endpoint) as client:
        await client.connect()
        watched = Watched(client, None, QUICK)
        with anyio.fail_after(20):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(meanwhile, watched)
                try:
                    await watched.watcher.run()
                except EngineError as error:
                    return error
                finally:
                    tasks.cancel_scope.cancel()
    raise AssertionError("it ended by itself")


async def test_without_a_first_list_there_is_nothing_to_watch() -> None:
    async with FakeEngine() as engine:
        engine.fault(LIST, faults.status(403, "no lists here"))
        error = await failure_of(engine, lambda watched: watched.watcher.ready())
        assert isinstance(error, EnginePermissionError)
        assert "no lists here" in str(error)


async def test_an_engine_that_goes_away_ends_the_watching_at_once() -> None:
    async with FakeEngine() as engine:
        engine.run("web")

        async def leave(watched: Watched) -> None:
            await watched.watcher.ready()
            await engine.go_away()

        assert isinstance(await failure_of(engine, leave), EngineNotReachableError)


# Waiting, and leaving. ------------------------------------------------------------------------------------------------


async def test_whoever_waits_with_an_old_version_does_not_wait() -> None:
    async with FakeEngine() as engine:
        engine.run("web")
        async with watching(engine) as watched:
            with anyio.fail_after(20):
                await watched.watcher.wait_for_change(-1)


@pytest.mark.parametrize("hanging", [EVENTS, LIST, INSPECT])
async def test_whatever_it_waits_for_leaving_closes_every_connection(hanging: str) -> None:
    async with FakeEngine() as engine:
        engine.run("web")
        engine.fault(hanging, faults.hang)
        async with EngineClient(engine.endpoint) as client:
            await client.connect()
            watched = Watched(client, None, WatcherLimits(events_open_s=0.01))
            with anyio.fail_after(20):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(watched.watcher.run)
                    await engine.until(lambda: engine.open_requests(hanging) > 0)
                    tasks.cancel_scope.cancel()
            await engine.until(lambda: not engine.open_requests())
        await engine.until(lambda: not engine.open_connections)
