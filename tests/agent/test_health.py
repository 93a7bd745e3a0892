"""`/healthz` and `/api/stats`: from memory, at once, and 503 when sampling has stopped."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import anyio
from msgspec import structs

from dockstats_agent.broadcast import Broadcast
from dockstats_agent.health import STOPPED_AT_LEAST_S, Health, health_of
from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages import agent
from dockstats_core.messages.agent import ContainerSample, ContainerStatsBatch, EngineState
from dockstats_core.program.clients import ClientTally
from dockstats_core.program.credentials import Credentials
from dockstats_core.program.tokens import Token
from tests.agent.serving import running_agent, simulated_feed
from tests.builders import NOW, batch, container_id
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
    assert health["last_sample_at"].endswith("Z")
    assert health["last_sample_age_secs"] >= 0
    assert health["last_batch_at"].endswith("Z")
    assert health["last_batch_age_secs"] >= 0
    assert health["clients"] == 1
    assert health["engine"]["reachable"] is True
    assert health["sampling"]["source"] == "simulated"
    assert answer.headers["cache-control"] == "no-store"


async def test_stranger_hears_nothing_of_the_engine_from_an_agent_that_asks_for_a_token() -> None:
    token = Token("s3cret-s3cret-s3cret")
    async with running_agent(credentials=Credentials(token)) as running:
        await running.until_sampled()
        health = (await running.http.get("/healthz")).json()
        assert health["detail"] == "sampling"
        assert (health["engine"], health["sampling"]) == (None, None)
        answer = await running.http.get("/api/stats", headers={"Authorization": token.authorization})
        assert answer.json()["engine"]["reachable"] is True


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
    assert health["detail"] == "waiting for the engine"
    assert health["last_batch_at"] is not None
    assert health["last_sample_at"] is None
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
    assert health_of(broadcast, None, ClientTally()).ok
    times[0] = 109.0
    assert health_of(broadcast, None, ClientTally()).ok
    times[0] = 111.0
    health = health_of(broadcast, None, ClientTally())
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


def found(*samples: ContainerSample, running: int = 1, reachable: bool = True) -> ContainerStatsBatch:
    """A batch of an engine that answers, or does not any more."""
    return structs.replace(
        batch(containers=list(samples)),
        engine=EngineState(reachable=reachable),
        containers_by_state={"running": running, "exited": 3},
    )


def figures(age_s: float | None) -> ContainerSample:
    return ContainerSample(id=container_id(1), name="web", age_secs=age_s, stale=age_s is not None and age_s > 2)


def health_after(*said: tuple[float, ContainerStatsBatch], now_s: float) -> Health:
    """The health at `now_s` of an agent that said these batches, each at its time."""
    times = [0.0]
    broadcast = Broadcast(simulated_feed(), clock_s=lambda: times[0])
    for at_s, message in said:
        times[0] = at_s
        broadcast.publish(message)
    times[0] = now_s
    return health_of(broadcast, None, ClientTally())


def test_the_last_sample_is_when_figures_came_and_not_when_they_were_last_repeated() -> None:
    health = health_after((100.0, found(figures(0.5))), (104.0, found(figures(4.5))), now_s=105.0)
    assert health.ok
    assert health.last_sample_age_secs == 5.5
    assert health.last_sample_at == NOW - timedelta(seconds=0.5)
    assert health.last_batch_age_secs == 1.0


def test_the_last_sample_is_remembered_when_its_figures_are_taken_back() -> None:
    away = found(figures(None), reachable=False)
    health = health_after((100.0, found(figures(0.0))), (190.0, away), now_s=190.0)
    assert (health.ok, health.detail) == (True, "waiting for the engine")
    assert health.last_sample_age_secs == 90.0
    assert health.last_sample_at == NOW


def test_the_last_sample_stays_when_the_container_that_gave_it_goes() -> None:
    both = found(figures(0.0), figures(30.0), running=2)
    health = health_after((100.0, both), (101.0, found(figures(31.0))), now_s=101.0)
    assert health.last_sample_age_secs == 1.0


def test_an_engine_that_answers_while_no_figures_come_is_sampling_that_has_stopped() -> None:
    said = [(100.0, found(figures(0.0))), (111.0, found(figures(11.0)))]
    health = health_after(*said, now_s=112.0)
    assert not health.ok
    assert health.detail == "sampling has stopped: containers run, but no figures of any came for 12 s"


def test_a_container_that_starts_after_hours_without_any_has_time_for_its_first_figures() -> None:
    quiet, begun = found(running=0), found(figures(None))
    said = [(0.0, found(figures(0.0))), (10.0, quiet), (9_000.0, begun)]
    health = health_after(*said, now_s=9_009.0)
    assert (health.ok, health.detail) == (True, "sampling")
    assert not health_after(*said, (9_011.0, begun), now_s=9_011.0).ok


def test_a_host_on_which_nothing_runs_is_well() -> None:
    health = health_after((100.0, found(running=0)), now_s=101.0)
    assert (health.ok, health.detail) == (True, "sampling; no container runs")
    assert health.last_sample_at is None


def test_an_agent_that_has_just_started_is_well_without_a_batch() -> None:
    health = health_of(Broadcast(simulated_feed()), None, ClientTally())
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
