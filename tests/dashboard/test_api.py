"""`/api/agents`, `/api/history`, `/healthz`: from memory, at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dockstats_core.messages.stream import AgentBatch
from tests.dashboard.serving import HOSTS, Dashboard, running_dashboard
from tests.running import until


async def until_all_have_points(dashboard: Dashboard, *, points: int = 1) -> None:
    fleet = dashboard.gathering.fleet
    await until(lambda: all(len(fleet.history(host, now=datetime.now(UTC)).at) >= points for host in HOSTS))


async def test_agents_are_told_in_the_configured_order_with_their_connection() -> None:
    async with running_dashboard() as dashboard:
        await dashboard.until_all_have_batches()
        agents = (await dashboard.client.get("/api/agents")).json()
    assert [agent["id"] for agent in agents] == list(HOSTS)
    assert {agent["connection"]["status"] for agent in agents} == {"connected"}
    assert all(agent["containers"] for agent in agents)
    assert agents[0]["url"] == "ws://atlas:8080/ws"


async def test_history_is_columns_oldest_first() -> None:
    async with running_dashboard() as dashboard:
        await until_all_have_points(dashboard, points=4)
        history = (await dashboard.client.get("/api/history", params={"agent": "atlas"})).json()
    assert history["agent_id"] == "atlas"
    assert history["container_id"] is None
    assert history["at"] == sorted(history["at"])
    assert {len(column) for column in history["columns"].values()} == {len(history["at"])}
    assert {"cpu_pct", "mem_bytes"} <= history["columns"].keys()


async def test_history_of_one_container_and_since_a_time() -> None:
    async with running_dashboard() as dashboard:
        await until_all_have_points(dashboard, points=6)
        container = next(
            message.payload.containers[0].id
            for message in dashboard.gathering.fleet.snapshot(datetime.now(UTC))
            if isinstance(message, AgentBatch)
        )
        whole = (await dashboard.client.get("/api/history", params={"agent": "atlas", "container": container})).json()
        since = whole["at"][-2]
        part = (
            await dashboard.client.get(
                "/api/history", params={"agent": "atlas", "container": container, "since": since}
            )
        ).json()
    assert whole["container_id"] == container
    assert "pids" in whole["columns"]
    assert part["at"][0] >= since


async def test_an_agent_that_is_not_configured_is_404_with_a_sentence() -> None:
    async with running_dashboard() as dashboard:
        answer = await dashboard.client.get("/api/history", params={"agent": "nobody"})
    assert answer.status_code == 404
    assert "nobody" in answer.json()["detail"]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"agent": "atlas", "since": "yesterday"},
        {"agent": "atlas", "since": "-1"},
        {"agent": "atlas", "since": "nan"},
    ],
    ids=["of nobody", "since a word", "since before the epoch", "since no number"],
)
async def test_a_history_that_makes_no_sense_is_400(params: dict[str, str]) -> None:
    async with running_dashboard() as dashboard:
        answer = await dashboard.client.get("/api/history", params=params)
    assert answer.status_code == 400
    assert "traceback" not in answer.text.lower()


@pytest.mark.parametrize("since", ["1e12", "inf"])
async def test_a_history_of_the_future_is_empty(since: str) -> None:
    async with running_dashboard() as dashboard:
        await until_all_have_points(dashboard)
        answer = await dashboard.client.get("/api/history", params={"agent": "atlas", "since": since})
    assert answer.status_code == 200
    assert answer.json()["at"] == []


async def test_a_container_that_nobody_ever_saw_has_no_points() -> None:
    async with running_dashboard() as dashboard:
        await until_all_have_points(dashboard)
        answer = await dashboard.client.get("/api/history", params={"agent": "atlas", "container": "f" * 64})
    assert answer.status_code == 200
    assert answer.json()["at"] == []


async def test_health_does_not_depend_on_agents() -> None:
    async with running_dashboard({}) as dashboard:
        answer = await dashboard.client.get("/healthz")
    assert answer.status_code == 200
    health = answer.json()
    assert health["ok"] is True
    assert health["fleet"]["agents"] == 0
