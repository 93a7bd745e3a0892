"""The client against an engine on a socket: what it asks for, what it makes of the answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dockstats_core.engine.api import EngineClient
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.engine.models import EngineIdentity
from dockstats_core.errors import (
    ConfigurationError,
    ContainerNotFoundError,
    EngineApiError,
    EngineError,
    EngineNotReachableError,
    EnginePermissionError,
    EngineTimeoutError,
    MalformedAnswerError,
)
from tests import faults
from tests.builders import container_id
from tests.fake_engine import FakeEngine
from tests.fake_http import Fault


@asynccontextmanager
async def connected(
    engine: FakeEngine, *, limits: EngineLimits | None = None, api_version: str | None = None
) -> AsyncIterator[EngineClient]:
    async with EngineClient(engine.endpoint, limits=limits, api_version=api_version) as client:
        await client.connect()
        yield client


async def test_no_method_sends_anything_but_get() -> None:
    async with FakeEngine(tick_s=0.02) as engine:
        web = engine.run("web")
        async with connected(engine) as client:
            await client.ping()
            await client.version()
            await client.info()
            await client.list_containers()
            await client.inspect_container(web.id)
            await client.stats_once(web.id)
            await client.stats_once(web.id, one_shot=False)
            async with client.stats_stream(web.id) as frames, client.events(since=0) as events:
                await anext(frames)
                await anext(events)
        public = {name for name in vars(EngineClient) if not name.startswith("_")}
        assert public == {  # a new method has to be called above
            "connect", "ping", "version", "info", "list_containers", "inspect_container", "stats_once", "stats_stream",
            "events",
        }  # fmt: skip
        assert len(engine.requests) == 11
        assert {request.method for request in engine.requests} == {"GET"}


# Who answers. --------------------------------------------------------------------------------------------------------


async def test_connect_tells_the_engine_and_speaks_its_version() -> None:
    async with FakeEngine(api_versions=("1.24", "1.41"), version="20.10.24") as engine, connected(engine) as client:
        identity = EngineIdentity(product="docker", version="20.10.24", api_version="1.41", os="linux")
        assert client.identity == identity
        await client.info()
        assert engine.requests[-1].target == "/v1.41/info"


async def test_podman_is_told_apart() -> None:
    async with FakeEngine(product="podman", api_versions=("1.24", "1.41")) as engine, connected(engine) as client:
        assert client.identity is not None
        assert client.identity.product == "podman"


async def test_new_engine_is_asked_in_a_version_that_both_speak() -> None:
    async with FakeEngine(api_versions=("1.44", "1.52")) as engine, connected(engine) as client:
        await client.list_containers()
        assert engine.requests[-1].version == "1.47"


async def test_pinned_version_is_spoken() -> None:
    async with FakeEngine() as engine, connected(engine, api_version="1.30") as client:
        await client.list_containers()
        assert engine.requests[-1].version == "1.30"


async def test_pinned_version_below_the_engines_minimum_stops_the_start() -> None:
    async with (
        FakeEngine(api_versions=("1.44", "1.52")) as engine,
        EngineClient(engine.endpoint, api_version="1.30") as client,
    ):
        with pytest.raises(ConfigurationError, match=r"DOCKER_API_VERSION='1\.30' is not spoken by this engine"):
            await client.connect()


@pytest.mark.parametrize("refused", ["/_ping", "/version"])
@pytest.mark.parametrize("fault", [faults.html(403), faults.status(500, "not through here"), faults.html(404)])
async def test_proxy_that_refuses_one_of_ping_and_version_is_enough(refused: str, fault: Fault) -> None:
    async with FakeEngine(api_versions=("1.24", "1.43")) as engine:
        engine.fault(refused, fault)
        async with connected(engine) as client:
            assert client.identity is not None
            assert client.identity.api_version == "1.43"
            [limitation] = client.limitations
            assert f"GET {refused}" in limitation


async def test_engine_that_refuses_nothing_has_no_limitations() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        assert client.limitations == ()


async def test_proxy_that_refuses_both_is_told_with_what_to_allow() -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint) as client:
        engine.fault("/_ping|/version", faults.html(403))
        with pytest.raises(EnginePermissionError, match=r"forbids GET /version.*allow this path there"):
            await client.connect()


async def test_socket_without_an_engine_is_told_by_connect() -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint) as client:
        await engine.go_away()
        with pytest.raises(EngineNotReachableError, match="there is no such socket; start Docker"):
            await client.connect()


async def test_version_the_engine_no_longer_speaks_is_told_in_its_own_words() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        engine.api_versions = ("1.50", "1.52")
        with pytest.raises(EngineApiError, match=r"with 400: client version 1\.47 is too old"):
            await client.list_containers()


# Containers. ---------------------------------------------------------------------------------------------------------


async def test_list_holds_all_containers_or_only_the_running_ones() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        engine.run("web", labels={"tier": "front"})
        engine.stop(engine.run("old"))
        everything = await client.list_containers()
        assert [(one.names, one.state) for one in everything] == [(["/web"], "running"), (["/old"], "exited")]
        assert everything[0].labels == {"tier": "front"}
        assert [one.names for one in await client.list_containers(all=False)] == [["/web"]]


async def test_filters_reach_the_engine_whatever_they_hold() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        awkward = 'a&b=c"d/#?% ü'
        engine.run("web", labels={"note": awkward})
        engine.run("db")
        found = await client.list_containers(filters={"label": [f"note={awkward}"], "name": ["web", "cache"]})
        assert [one.names for one in found] == [["/web"]]
        assert json.loads(engine.requests[-1].query["filters"]) == {
            "label": [f"note={awkward}"],
            "name": ["web", "cache"],
        }


async def test_inspection_holds_state_and_limits() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        web = engine.run("web", nano_cpus=500_000_000, memory_limit=1 << 20, health="starting")
        details = await client.inspect_container(web.id)
        assert (details.name, details.state.status) == ("/web", "running")
        assert details.state.health is not None
        assert details.state.health.status == "starting"
        assert (details.host_config.nano_cpus, details.host_config.memory) == (500_000_000, 1 << 20)


async def test_container_that_is_gone_is_not_found() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        for call in (client.inspect_container, client.stats_once):
            with pytest.raises(ContainerNotFoundError) as caught:
                await call(container_id(7))
            assert caught.value.engine_message == f"No such container: {container_id(7)}"


@pytest.mark.parametrize(
    "text", ["", "web", "../info", "abc", "A" * 64, "a" * 65, "a" * 64 + "\n", "a" * 12 + "/json?x="]
)
async def test_what_is_no_id_never_reaches_the_engine(text: str) -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        asked = len(engine.requests)
        for call in (client.inspect_container, client.stats_once):
            with pytest.raises(EngineError, match="is no container id; nothing was asked"):
                await call(text)
        with pytest.raises(EngineError, match="is no container id; nothing was asked"):
            async with client.stats_stream(text):
                pass
        assert len(engine.requests) == asked


async def test_one_shot_stats_come_at_once_and_others_at_the_next_tick() -> None:
    async with FakeEngine(tick_s=0.02) as engine, connected(engine) as client:
        web = engine.run("web", cores=1.0)
        one_shot = await client.stats_once(web.id)
        waited = await client.stats_once(web.id, one_shot=False)
        assert one_shot.precpu_stats.cpu_usage.total_usage == 0
        assert waited.preread != "0001-01-01T00:00:00Z"
        assert [request.query.get("one-shot") for request in engine.requests[-2:]] == ["true", None]


async def test_stats_call_has_its_own_time_out() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        web = engine.run("web")
        engine.fault("/stats", faults.hang)
        with pytest.raises(EngineTimeoutError, match=r"/stats: no whole answer within 0\.05 s") as caught:
            await client.stats_once(web.id, timeout_s=0.05)
        assert "?" not in str(caught.value)


# Streams. ------------------------------------------------------------------------------------------------------------


async def test_stats_stream_gives_each_frame_as_it_comes_and_ends_with_the_container() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        web = engine.run("web", cores=0.5)
        async with client.stats_stream(web.id) as frames:
            used = []
            for _ in range(3):
                used.append((await anext(frames)).cpu_stats.cpu_usage.total_usage)
                engine.tick(1.0)
            assert used == [1_000_000_000, 1_500_000_000, 2_000_000_000]
            engine.remove(web)
            assert [frame async for frame in frames][1:] == []


async def test_stats_stream_of_a_missing_container_is_not_found() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        with pytest.raises(ContainerNotFoundError):
            async with client.stats_stream(container_id(7)):
                pass


async def test_silent_stats_stream_times_out() -> None:
    async with FakeEngine() as engine, connected(engine, limits=EngineLimits(stream_silence_s=0.05)) as client:
        web = engine.run("web")
        async with client.stats_stream(web.id) as frames:
            await anext(frames)
            with pytest.raises(EngineTimeoutError, match="it fell silent") as caught:
                await anext(frames)
            assert caught.value.answered


async def test_events_tell_what_happens_to_containers_from_now_on() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        web = engine.run("web", labels={"tier": "front"})
        async with client.events() as events:
            engine.push_event({"Type": "network", "Action": "connect", "Actor": {"ID": "n"}})
            engine.rename(web, "shop")
            engine.set_health(web, "healthy")
            renamed, healthy = await anext(events), await anext(events)
        assert (renamed.id, renamed.action, renamed.attributes["oldName"]) == (web.id, "rename", "/web")
        assert renamed.attributes["tier"] == "front"
        assert (healthy.action, healthy.detail) == ("health_status", "healthy")
        assert json.loads(engine.requests[-1].query["filters"]) == {"type": ["container"]}


async def test_events_since_a_time_come_again() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        engine.run("early")
        engine.tick(0.25)
        late = engine.run("late")
        async with client.events(since=engine.now_ns / 1e9, filters={"event": ["create"]}) as events:
            assert (await anext(events)).id == late.id
        assert json.loads(engine.requests[-1].query["filters"]) == {"type": ["container"], "event": ["create"]}


async def test_quiet_event_stream_does_not_time_out() -> None:
    limits = EngineLimits(silence_s=0.05, stream_silence_s=0.05, call_s=0.05)
    async with FakeEngine(tick_s=0.02) as engine, connected(engine, limits=limits) as client:
        opened_ns = engine.now_ns
        async with client.events() as events:
            await engine.until(lambda: engine.now_ns >= opened_ns + 150_000_000)
            engine.run("web")
            assert (await anext(events)).action == "create"


async def test_event_that_nobody_can_name_is_skipped() -> None:
    async with FakeEngine() as engine, connected(engine) as client, client.events() as events:
        engine.push_event({"Type": "container", "Action": "start", "Actor": {"ID": "../../etc"}})
        web = engine.run("web")
        assert (await anext(events)).id == web.id


async def test_event_stream_that_the_engine_ends_is_an_end() -> None:
    async with FakeEngine() as engine, connected(engine) as client, client.events() as events:
        await engine.requested("/events")
        engine.end_events()
        assert [event async for event in events] == []


async def test_event_stream_that_breaks_off_is_the_engine_gone() -> None:
    async with FakeEngine() as engine, connected(engine) as client, client.events() as events:
        engine.close_connections()
        with pytest.raises(EngineNotReachableError, match="broke: it closed the connection; waiting") as caught:
            await anext(events)
        assert (caught.value.status, caught.value.answered) == (200, True)


async def test_stream_that_ends_within_a_line_was_cut_off() -> None:
    async with FakeEngine() as engine, connected(engine) as client, client.events() as events:
        engine.push_event(b'{"Type":"contai')
        await engine.requested("/events")
        engine.end_events()
        with pytest.raises(EngineNotReachableError, match="broke off in the middle of an answer"):
            await anext(events)


async def test_line_of_a_stream_without_end_is_malformed() -> None:
    async with FakeEngine() as engine, connected(engine, limits=EngineLimits(line_bytes=10_000)) as client:
        engine.fault("/events", faults.endless)
        async with client.events() as events:
            with pytest.raises(MalformedAnswerError, match=r"a line is longer than 10000 bytes to GET /v1\.47/events"):
                await anext(events)


async def test_line_that_is_no_event_is_malformed() -> None:
    async with FakeEngine() as engine, connected(engine) as client, client.events() as events:
        engine.push_event(b"<html>\n")
        with pytest.raises(MalformedAnswerError, match="not what its API promises"):
            await anext(events)


async def test_frame_in_pieces_is_one_frame() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        drip = faults.Drip([b'{"read":', b'"2026-09-21T14:13:20Z"}', b'\n{"read":"', b'x"}\n'])
        engine.fault("/stats", drip)
        async with client.stats_stream(container_id(1)) as frames:
            drip.release(4)
            assert [frame.read async for frame in frames] == ["2026-09-21T14:13:20Z", "x"]


async def test_error_object_in_a_stats_stream_is_the_engines_error() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        engine.fault("/stats", faults.answer(200, {"cause": "x", "message": "container stopped", "response": 500}))
        async with client.stats_stream(container_id(1)) as frames:
            with pytest.raises(EngineApiError, match="container stopped"):
                await anext(frames)


# Bounds. -------------------------------------------------------------------------------------------------------------


async def test_answer_above_its_bound_is_malformed_and_a_list_may_be_longer() -> None:
    async with (
        FakeEngine() as engine,
        connected(engine, limits=EngineLimits(body_bytes=2000, list_bytes=50_000)) as client,
    ):
        for number in range(30):
            web = engine.run(f"web-{number}", labels={"note": "x" * 500})
        assert len(await client.list_containers()) == 30
        web.labels["note"] = "x" * 5000
        with pytest.raises(MalformedAnswerError, match="an answer of more than 2000 bytes"):
            await client.inspect_container(web.id)
        web.labels["note"] = "x" * 50_000
        with pytest.raises(MalformedAnswerError, match="an answer of more than 50000 bytes"):
            await client.list_containers()


async def test_client_works_again_when_the_engine_is_back() -> None:
    async with FakeEngine() as engine, connected(engine) as client:
        await engine.go_away()
        with pytest.raises(EngineNotReachableError):
            await client.list_containers()
        await engine.come_back()
        assert await client.list_containers() == []
