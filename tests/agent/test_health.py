"""`/healthz` and `/api/stats`: from memory, at once, and 503 when sampling has stopped."""

from __future__ import annotations

from pathlib import Path

import anyio

from dockstats_agent.broadcast import Broadcast
from dockstats_agent.health import STOPPED_AT_LEAST_S, health_of
from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages import agent
from dockstats_core.messages.agent import ContainerStatsBatch
from tests.agent.serving import running_agent, simulated_feed
from tests.running import until


async def test_an_agent_that_samples_is_well() -> None:
    async with running_agent() as running:
        await running.until_sampled()
        async with running.client():
            await running.until_clients(1)
            answer = await running.http.get("/healthz")
    assert answer.status_code == 200
    health = answer.json()
    assert health["ok"] is True
    assert health["detail"] == "sampling"
    assert health["version"]
    assert health["last_batch_at"].endswith("Z")
    assert health["last_batch_age_secs"] >= 0
    assert health["clients"] == 1
    assert health["engine"]["reachable"] is True
    assert health["sampling"]["source"] == "simulated"


async def test_an_agent_without_an_engine_is_well_and_says_what_is_wrong(tmp_path: Path) -> None:
    feed = LocalFeed(f"unix://{tmp_path}/docker.sock", poll_interval_s=0.05, environ={})
    async with running_agent(feed) as running:
        await until(
            lambda: running.broadcast.newest is not None and running.broadcast.newest.batch.engine.error is not None
        )
        answer = await running.http.get("/healthz")
    health = answer.json()
    assert answer.status_code == 200
    assert health["ok"] is True
    assert health["engine"]["reachable"] is False
    assert str(tmp_path) in health["engine"]["error"]


async def test_when_sampling_has_stopped_health_says_so_with_the_age() -> None:
    feed = simulated_feed()
    times = [100.0]
    broadcast = Broadcast(feed, clock_s=lambda: times[0])
    async with feed, anyio.create_task_group() as tasks:
        tasks.start_soon(broadcast.run)
        await until(lambda: broadcast.newest is not None)
        tasks.cancel_scope.cancel()
    assert health_of(broadcast).ok
    times[0] = 109.0
    assert health_of(broadcast).ok
    times[0] = 111.0
    health = health_of(broadcast)
    assert not health.ok
    assert health.detail == "sampling has stopped: the last batch was made 11 s ago"


async def test_when_sampling_has_stopped_the_answer_is_503_and_the_last_batch_is_still_told() -> None:
    times = [100.0]
    async with running_agent(clock_s=lambda: times[0]) as running:
        await running.until_sampled()
        running.stop_sampling()
        times[0] = 200.0
        health = await running.http.get("/healthz")
        stats = await running.http.get("/api/stats")
    assert health.status_code == 503
    assert health.json()["ok"] is False
    assert stats.status_code == 200


def test_an_agent_that_has_just_started_is_well_without_a_batch() -> None:
    health = health_of(Broadcast(simulated_feed()))
    assert health.ok
    assert health.detail == "no batch has been made yet"
    assert health.last_batch_at is None
    assert STOPPED_AT_LEAST_S >= 5


async def test_stats_is_the_latest_batch() -> None:
    async with running_agent() as running:
        await running.until_sampled()
        answer = await running.http.get("/api/stats")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    message = agent.codec.decode(answer.content)
    assert isinstance(message, ContainerStatsBatch)
    assert message.containers


async def test_before_the_first_batch_stats_is_503_with_a_sentence() -> None:
    async with running_agent() as running:
        running.stop_sampling()
        answer = await running.http.get("/api/stats")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "no batch has been made yet"
