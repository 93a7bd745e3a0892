"""`/healthz` and `/api/stats`: from memory, at once, and 503 when sampling has stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest

from dockstats_agent.app import build
from dockstats_agent.broadcast import Broadcast
from dockstats_agent.health import health_of
from dockstats_agent.server import Server
from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages import agent
from dockstats_core.messages.agent import ContainerStatsBatch
from tests.running import ANY_PORT, served


@asynccontextmanager
async def client_of(feed: LocalFeed) -> AsyncIterator[tuple[httpx.AsyncClient, Broadcast]]:
    broadcast = Broadcast(feed)
    app = build(broadcast, ANY_PORT)
    async with feed, anyio.create_task_group() as tasks:
        tasks.start_soon(broadcast.run)
        async with served(lambda started: Server(app, started=started)) as port:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                with anyio.fail_after(10):
                    while broadcast.newest is None:
                        await anyio.sleep(0.01)
                yield client, broadcast
        tasks.cancel_scope.cancel()


def simulated() -> LocalFeed:
    return LocalFeed(source="simulated", simulated_containers=5, poll_interval_s=0.05)


async def test_an_agent_that_samples_is_well() -> None:
    async with client_of(simulated()) as (client, _):
        answer = await client.get("/healthz")
    assert answer.status_code == 200
    health = answer.json()
    assert health["ok"] is True
    assert health["version"]
    assert health["last_batch_at"]
    assert health["engine"]["reachable"] is True
    assert health["sampling"]["source"] == "simulated"


async def test_an_agent_without_an_engine_is_well_and_says_what_is_wrong(tmp_path: Path) -> None:
    socket = f"unix://{tmp_path}/docker.sock"
    async with client_of(LocalFeed(socket, poll_interval_s=0.05, environ={})) as (client, broadcast):
        with anyio.fail_after(10):
            while broadcast.newest is None or broadcast.newest.batch.engine.error is None:
                await anyio.sleep(0.01)
        health = (await client.get("/healthz")).json()
    assert health["ok"] is True
    assert health["engine"]["reachable"] is False
    assert str(tmp_path) in health["engine"]["error"]


async def test_when_sampling_has_stopped_health_is_503() -> None:
    feed = simulated()
    times = [100.0]
    broadcast = Broadcast(feed, clock_s=lambda: times[0])
    async with feed:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(broadcast.run)
            with anyio.fail_after(10):
                while broadcast.newest is None:
                    await anyio.sleep(0.01)
            tasks.cancel_scope.cancel()
        assert health_of(broadcast).ok
        times[0] = 109.0
        assert health_of(broadcast).ok
        times[0] = 111.0
        health = health_of(broadcast)
    assert not health.ok
    assert "11 s ago" in health.detail


async def test_stats_is_the_latest_batch() -> None:
    async with client_of(simulated()) as (client, broadcast):
        answer = await client.get("/api/stats")
        assert broadcast.newest is not None
    assert answer.status_code == 200
    message = agent.codec.decode(answer.content)
    assert isinstance(message, ContainerStatsBatch)
    assert message.containers


async def test_before_the_first_batch_stats_is_503() -> None:
    broadcast = Broadcast(simulated())
    app = build(broadcast, ANY_PORT)
    async with (
        served(lambda started: Server(app, started=started)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        assert (await client.get("/api/stats")).status_code == 503


async def test_openapi_describes_the_answers() -> None:
    async with client_of(simulated()) as (client, _):
        described = (await client.get("/schema/openapi.json")).json()
    assert set(described["paths"]) == {"/healthz", "/api/stats"}


@pytest.mark.parametrize("host", ["rebound.example", "127.0.0.1.rebound.example:80"])
async def test_a_strange_host_name_is_refused_on_loopback(host: str) -> None:
    async with client_of(simulated()) as (client, _):
        answer = await client.get("/healthz", headers={"Host": host})
    assert answer.status_code == 403
    assert "host name" in answer.json()["detail"]
