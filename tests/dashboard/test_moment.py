"""`/api/moment`: the fleet of an instant, in messages that a page takes like the stream's."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from dockstats_core.messages import stream
from dockstats_core.messages.stream import (
    AgentColumns,
    AgentConnection,
    AgentInventory,
    AgentList,
    StreamMessage,
)
from tests.dashboard.serving import HOSTS, Dashboard, running_dashboard
from tests.running import until


async def moment(dashboard: Dashboard, at: float) -> dict[str, Any]:
    answer = await dashboard.client.get("/api/moment", params={"at": at})
    assert answer.status_code == 200
    return dict(answer.json())


def messages(answer: dict[str, Any]) -> list[StreamMessage]:
    return [stream.codec.decode(msgspec.json.encode(message)) for message in answer["messages"]]


async def until_all_have_points(dashboard: Dashboard, points: int) -> list[float]:
    """The times of the first host's points, once each host has so many."""
    fleet = dashboard.gathering.fleet

    def times(host: str) -> list[float]:
        return fleet.history(host, now=datetime.now(UTC)).at

    await until(lambda: all(len(times(host)) >= points for host in HOSTS))
    return times(HOSTS[0])


async def test_every_message_is_one_of_the_stream_and_of_then() -> None:
    async with running_dashboard() as dashboard:
        times = await until_all_have_points(dashboard, 6)
        at = times[3] + 0.001
        answer = await moment(dashboard, at)
        history = (
            await dashboard.client.get("/api/history", params={"agent": HOSTS[0], "since": times[3], "until": at})
        ).json()
    told = messages(answer)
    assert answer["at"] == pytest.approx(at)
    assert answer["oldest"] <= times[0] + 0.001
    assert isinstance(told[0], AgentList)
    assert [agent.id for agent in told[0].agents] == list(HOSTS)
    statuses = {one.agent_id: one.status for one in told if isinstance(one, AgentConnection)}
    assert statuses == dict.fromkeys(HOSTS, "connected")
    assert {one.agent_id for one in told if isinstance(one, AgentInventory)} == set(HOSTS)
    figures = {one.agent_id: one for one in told if isinstance(one, AgentColumns)}
    assert figures.keys() == set(HOSTS)
    assert all(one.ids and one.columns["cpu_pct"] for one in figures.values())
    assert figures[HOSTS[0]].sent_at.timestamp() <= at
    [cpu_pct] = history["columns"]["cpu_pct"]
    assert figures[HOSTS[0]].host.cpu_pct == pytest.approx(cpu_pct, rel=0.001)


async def test_before_history_begins_every_host_is_closed_for_a_reason() -> None:
    async with running_dashboard() as dashboard:
        await until_all_have_points(dashboard, 2)
        answer = await moment(dashboard, 1.0)
    statuses = [one for one in messages(answer) if isinstance(one, AgentConnection)]
    assert [(one.agent_id, one.status) for one in statuses] == [(host, "closed") for host in HOSTS]
    assert all(one.reason for one in statuses)
    assert len(answer["messages"]) == 1 + len(HOSTS)


@pytest.mark.parametrize("at", ["1e12", "1e300", "inf"])
async def test_what_is_yet_to_come_is_now(at: str) -> None:
    async with running_dashboard() as dashboard:
        await until_all_have_points(dashboard, 2)
        answer = await dashboard.client.get("/api/moment", params={"at": at})
    assert answer.status_code == 200
    assert abs(answer.json()["at"] - datetime.now(UTC).timestamp()) < 20
    assert any(isinstance(message, AgentColumns) for message in messages(answer.json()))


@pytest.mark.parametrize("params", [{}, {"at": "then"}, {"at": "-1"}, {"at": "nan"}, {"at": ""}])
async def test_an_instant_that_makes_no_sense_is_400(params: dict[str, str]) -> None:
    async with running_dashboard({}) as dashboard:
        answer = await dashboard.client.get("/api/moment", params=params)
    assert answer.status_code == 400


async def test_a_dashboard_that_follows_nobody_has_only_its_list() -> None:
    async with running_dashboard({}) as dashboard:
        answer = await moment(dashboard, 1.0)
    assert answer["oldest"] is None
    assert [type(message) for message in messages(answer)] == [AgentList]


async def test_it_is_compressed_for_who_takes_that() -> None:
    async with running_dashboard() as dashboard:
        await until_all_have_points(dashboard, 2)

        async def raw(encoding: str) -> tuple[httpx.Response, bytes]:
            now = datetime.now(UTC).timestamp()
            headers = {"Accept-Encoding": encoding}
            async with dashboard.client.stream("GET", "/api/moment", params={"at": now}, headers=headers) as answer:
                return answer, b"".join([chunk async for chunk in answer.aiter_raw()])

        compressed, body = await raw("gzip")
        plain, _ = await raw("identity")
    assert compressed.headers["content-encoding"] == "gzip"
    assert msgspec.json.decode(gzip.decompress(body))["messages"]
    assert "content-encoding" not in plain.headers
