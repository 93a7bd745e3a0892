"""`/api/agents`, `/api/container`, `/api/history`, `/api/sparklines`, `/healthz`: from memory, at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dockstats_core.messages.stream import AgentBatch
from tests.dashboard.serving import HOSTS, Dashboard, running_dashboard
from tests.running import until


async def until_all_have_points(dashboard: Dashboard, *, points: int = 1) -> None:
    fleet = dashboard.gathering.fleet
    await until(lambda: all(len(fleet.history(host, now=datetime.now(UTC)).at) >= points for host in HOSTS))


def a_container_of(dashboard: Dashboard) -> str:
    """The id of one of the first host's containers."""
    return next(
        message.payload.containers[0].id
        for message in dashboard.gathering.fleet.snapshot(datetime.now(UTC))
        if isinstance(message, AgentBatch)
    )


async def test_agents_are_told_in_the_configured_order_with_their_connection() -> None:
    async with running_dashboard() as dashboard:
        await dashboard.until_all_have_batches()
        agents = (await dashboard.client.get("/api/agents")).json()
    assert [agent["id"] for agent in agents] == list(HOSTS)
    assert {agent["connection"]["status"] for agent in agents} == {"connected"}
    assert all(agent["containers"] for agent in agents)
    assert agents[0]["url"] == "ws://atlas:8080/ws"


async def test_container_is_told_with_all_that_its_agent_says_of_it() -> None:
    async with running_dashboard() as dashboard:
        await dashboard.until_all_have_batches()
        whole = a_container_of(dashboard)
        asked = {"agent": "atlas", "container": whole[:12]}
        told = (await dashboard.client.get("/api/container", params=asked)).json()
        unknown = [
            await dashboard.client.get("/api/container", params={**asked, **other})
            for other in ({"agent": "nobody"}, {"container": "0" * 12}, {"container": whole[:11]})
        ]
    assert told["facts"]["id"] == told["sample"]["id"] == whole
    assert told["sample"]["block_read_bytes"] >= 0
    assert told["received_at"]
    assert [answer.status_code for answer in unknown] == [404, 404, 404]
    assert "nobody" in unknown[0].json()["detail"]


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
        container = a_container_of(dashboard)
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
        {"agent": "atlas", "until": "-1"},
        {"agent": "atlas", "step": "0"},
        {"agent": "atlas", "step": "-2"},
        {"agent": "atlas", "step": "1e9"},
        {"agent": "atlas", "step": "nan"},
        {"agent": "atlas", "columns": ""},
    ],
    ids=[
        "of nobody",
        "since a word",
        "since before the epoch",
        "since no number",
        "until before the epoch",
        "without a step's length",
        "with steps back",
        "with a step for ever",
        "with a step of no number",
        "without a column",
    ],
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


async def test_history_as_means_of_some_columns_of_a_container_by_its_short_id() -> None:
    async with running_dashboard() as dashboard:
        await until_all_have_points(dashboard, points=6)
        container = a_container_of(dashboard)
        ask = {"agent": "atlas", "container": container[:12], "step": "0.1", "columns": "mem_bytes, io_pressure_pct"}
        history = (await dashboard.client.get("/api/history", params=ask)).json()
        until_first = {**ask, "until": str(history["at"][1])}
        first = (await dashboard.client.get("/api/history", params=until_first)).json()
    assert history["container_id"] == container
    assert list(history["columns"]) == ["mem_bytes", "io_pressure_pct"]
    assert history["at"] == [round(at, 1) for at in history["at"]]
    assert first["at"] == history["at"][:1]
    assert first["columns"]["mem_bytes"] == history["columns"]["mem_bytes"][:1]


async def test_a_column_that_is_not_kept_is_400_with_those_that_are() -> None:
    async with running_dashboard() as dashboard:
        answer = await dashboard.client.get("/api/history", params={"agent": "atlas", "columns": "cpu_pct,luck"})
    assert answer.status_code == 400
    assert "'luck'" in answer.json()["detail"]
    assert "cpu_pct, mem_bytes" in answer.json()["detail"]


async def test_sparklines_are_the_last_minute_of_every_container() -> None:
    async with running_dashboard() as dashboard:
        await until_all_have_points(dashboard, points=6)
        container = a_container_of(dashboard)
        lines = (await dashboard.client.get("/api/sparklines")).json()
    assert lines["step"] == 2
    assert set(lines["agents"]) == set(HOSTS)
    line = lines["agents"]["atlas"][container[:12]]
    assert [len(column) for column in (line["cpu_pct"], line["mem_bytes"])] == [30, 30]
    assert line["mem_bytes"][0] is None
    assert any(line["mem_bytes"][-3:]), "as young as the dashboard, or the clock's second is"


async def test_sparklines_of_a_time_without_points_are_none() -> None:
    async with running_dashboard() as dashboard:
        await until_all_have_points(dashboard)
        lines = (await dashboard.client.get("/api/sparklines", params={"at": "1000.5"})).json()
        refused = [
            await dashboard.client.get("/api/sparklines", params={"at": at}) for at in ("noon", "-1", "nan", "inf")
        ]
    assert (lines["at"], lines["agents"]) == (1000.5, {host: {} for host in HOSTS})
    assert {answer.status_code for answer in refused} == {400}


@pytest.mark.parametrize("path", ["/api/history?agent=atlas", "/api/sparklines"])
async def test_long_answers_are_compressed_for_who_accepts_it(path: str) -> None:
    async with running_dashboard() as dashboard:
        await until_all_have_points(dashboard, points=20)
        for accepted in ("gzip", "identity"):
            answer = await dashboard.client.get(path, headers={"Accept-Encoding": accepted})
            assert answer.headers.get("content-encoding") == ("gzip" if accepted == "gzip" else None)
            assert answer.json()


async def test_health_does_not_depend_on_agents() -> None:
    async with running_dashboard({}) as dashboard:
        answer = await dashboard.client.get("/healthz")
    assert answer.status_code == 200
    health = answer.json()
    assert health["ok"] is True
    assert health["fleet"]["agents"] == 0
