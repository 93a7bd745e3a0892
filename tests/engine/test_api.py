"""The engine client against a real engine: that its answers are what the client takes them for.

Not here: what it does when they are not (tests/core/engine).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import anyio
import pytest

from dockstats_core.endpoints.engine import resolve_endpoint
from dockstats_core.engine.api import EngineClient
from dockstats_core.engine.models import StatsBody
from dockstats_core.engine.timestamps import to_unix_ns
from dockstats_core.errors import ContainerNotFoundError
from tests.engine.containers import HOST, IDLE, Containers, containers, docker
from tests.requirements import IMAGE

pytestmark = pytest.mark.engine


@asynccontextmanager
async def client() -> AsyncIterator[EngineClient]:
    async with EngineClient(resolve_endpoint(HOST, {})) as engine:
        await engine.connect()
        yield engine


@asynccontextmanager
async def client_and_container() -> AsyncIterator[tuple[EngineClient, Containers, str]]:
    async with containers() as made, client() as engine:
        yield engine, made, await made.run("web", IDLE, "--memory", "32m", "--cpus", "0.5")


async def test_identity_and_info_are_what_docker_says() -> None:
    async with client() as engine:
        identity, info, newest = engine.identity, await engine.info(), await engine.ping()
    said = (await docker("version", "--format", "{{.Server.Version}} {{.Server.APIVersion}} {{.Server.Os}}")).split()
    assert identity is not None
    assert [identity.version, newest, identity.os] == said
    assert identity.product == "docker"
    cpus, memory = (await docker("info", "--format", "{{.NCPU}} {{.MemTotal}}")).split()
    assert (info.cpus, info.mem_total_bytes) == (int(cpus), int(memory))


async def test_api_version_asked_for_is_the_one_spoken() -> None:
    async with EngineClient(resolve_endpoint(HOST, {})) as engine:
        newest = (await engine.connect()).api_version
    async with EngineClient(resolve_endpoint(HOST, {}), api_version=newest) as engine:
        assert (await engine.connect()).api_version == newest
        assert (await engine.info()).cpus


async def test_list_and_inspection_tell_of_the_container() -> None:
    async with client_and_container() as (engine, made, container_id):
        [summary] = await engine.list_containers(filters=made.filters)
        details = await engine.inspect_container(container_id)
        await made.docker("stop", "-t", "0", made.name("web"))
        assert await engine.list_containers(all=False, filters=made.filters) == []
        [stopped] = await engine.list_containers(filters=made.filters)
    assert (summary.id, summary.names, summary.image, summary.state) == (
        container_id,
        [f"/{made.name('web')}"],
        IMAGE,
        "running",
    )
    assert (details.id, details.name, details.config.image) == (container_id, f"/{made.name('web')}", IMAGE)
    assert (details.host_config.memory, details.host_config.nano_cpus) == (32 << 20, 500_000_000)
    assert details.state.status == "running"
    assert details.state.pid
    assert stopped.state == "exited"


async def test_stats_carry_the_same_counters_asked_for_once_or_as_a_stream() -> None:
    bodies: dict[str, StatsBody] = {}
    async with client_and_container() as (engine, _, container_id):

        async def ask(name: str, *, one_shot: bool) -> None:
            bodies[name] = await engine.stats_once(container_id, one_shot=one_shot)

        async with anyio.create_task_group() as tasks, engine.stats_stream(container_id) as frames:
            tasks.start_soon(partial(ask, "one-shot", one_shot=True))
            tasks.start_soon(partial(ask, "once", one_shot=False))
            bodies["first frame"] = await anext(frames)
            bodies["second frame"] = await anext(frames)
    for name, body in bodies.items():
        assert to_unix_ns(body.read), name
        assert body.cpu_stats.cpu_usage.total_usage, name
        assert body.cpu_stats.system_cpu_usage, name
        assert body.memory_stats.limit == 32 << 20, name
        assert body.pids_stats.current, name  # 1, once the engine's process that starts it has left
        assert body.memory_stats.usage, name
        assert "eth0" in (body.networks or {}), name
    assert bodies["second frame"].preread == bodies["first frame"].read
    assert to_unix_ns(bodies["once"].preread), "with one_shot=False the engine makes two readings"


async def test_events_tell_what_happens_in_order_with_time_and_detail() -> None:
    async with containers() as made, client() as engine:
        seen: list[tuple[str, dict[str, str]]] = []
        began_ns = time.time_ns()
        async with engine.events(filters={"label": [made.label]}) as events, anyio.create_task_group() as tasks:

            async def live() -> None:
                await made.run("web")
                await made.docker("exec", made.name("web"), "true")
                await made.docker("rename", made.name("web"), made.name("shop"))
                await made.docker("rm", "--force", made.name("shop"))

            tasks.start_soon(live)
            with anyio.fail_after(20):
                async for event in events:
                    assert event.time_ns is not None
                    assert began_ns - 1e9 <= event.time_ns <= time.time_ns() + 1e9
                    seen.append((event.action, dict(event.attributes)))
                    if event.action == "destroy":
                        break
    actions = [action for action, _ in seen]
    wanted = ["create", "start", "exec_start", "rename", "die", "destroy"]
    assert [action for action in actions if action in wanted] == wanted
    told = dict(seen)
    assert told["rename"]["oldName"] == f"/{made.name('web')}"
    assert told["die"]["exitCode"] == "137"
    assert told["start"]["image"] == IMAGE


async def test_events_since_a_moment_tell_again_what_was_missed() -> None:
    async with client_and_container() as (engine, made, container_id):
        began_s = time.time()
        await made.pause("web")
        await made.docker("unpause", made.name("web"))
        async with engine.events(filters={"container": [container_id]}, since=began_s) as events:
            with anyio.fail_after(20):
                assert [(await anext(events)).action for _ in range(2)] == ["pause", "unpause"]


async def test_container_that_is_gone_is_told_as_not_found_by_every_call() -> None:
    async with client_and_container() as (engine, made, container_id):
        await made.docker("rm", "--force", made.name("web"))
        for call in (engine.inspect_container, engine.stats_once):
            with pytest.raises(ContainerNotFoundError):
                await call(container_id)
        with pytest.raises(ContainerNotFoundError):
            async with engine.stats_stream(container_id) as frames:
                await anext(frames)


async def test_stats_of_a_stopped_container_are_an_empty_body_and_no_error() -> None:
    async with client_and_container() as (engine, made, container_id):
        await made.docker("stop", "-t", "0", made.name("web"))
        body = await engine.stats_once(container_id)
    assert to_unix_ns(body.read) is None
