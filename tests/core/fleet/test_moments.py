"""One host at an instant: what is kept of it in the stream's own messages, and nothing that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from msgspec import structs

from dockstats_core.fleet.moments import NO_FIGURES, host_then, reach_s
from dockstats_core.history.columns import CONTAINER_COLUMNS, HOST_COLUMNS
from dockstats_core.history.moments import Moment, Point
from dockstats_core.messages.agent import (
    AgentMetrics,
    ContainerFacts,
    ContainerInventory,
    ContainerSample,
    ContainerStatsBatch,
    EngineState,
    HostFigures,
    OwnUsage,
    Pressure,
    Sampling,
)
from dockstats_core.messages.stream import AgentBatch, AgentColumns, AgentConnection, AgentInventory, StreamMessage
from tests.builders import NOW, batch, container_id
from tests.generated import any_of

AT = NOW.timestamp()
NOTHING = Moment(host=None, containers={})
LATER = NOW + timedelta(minutes=20)
CONNECTION = AgentConnection(
    agent_id="heron",
    label="Heron",
    status="error",
    at=LATER,
    reason="refused",
    retry_at=LATER,
    last_seen_at=LATER,
    agent_version="1.2.3",
)


def container(number: int = 1, *, at: float = AT, **figures: float) -> dict[str, Point]:
    row = tuple(figures.get(column.name) for column in CONTAINER_COLUMNS)
    return {container_id(number): Point(at=at, figures=row)}


def host(*, at: float = AT, **figures: float) -> Point:
    return Point(at=at, figures=tuple(figures.get(column.name) for column in HOST_COLUMNS))


def newest(*samples: ContainerSample, **changed: Any) -> AgentBatch:
    payload = structs.replace(batch(99, sent_at=LATER, containers=list(samples)), **changed)
    return AgentBatch(agent_id="heron", label="Heron", payload=payload, received_at=LATER)


def inventory(*facts: ContainerFacts) -> ContainerInventory:
    return ContainerInventory(agent_id="host-1", sent_at=NOW, containers=list(facts))


def facts(number: int = 1, *, state: str = "running", **known: Any) -> ContainerFacts:
    return ContainerFacts(id=container_id(number), name=f"web-{number}", state=state, **known)


def then(
    points: Moment, *, batch: AgentBatch | None = None, known: ContainerInventory | None = None
) -> list[StreamMessage]:
    return host_then(CONNECTION, newest() if batch is None else batch, known, points, NOW)


def columns(messages: list[StreamMessage]) -> AgentColumns:
    [found] = [message for message in messages if isinstance(message, AgentColumns)]
    return found


def test_host_without_figures_is_closed_for_a_reason_and_keeps_the_facts_that_are_known() -> None:
    closed = structs.replace(CONNECTION, status="closed", at=NOW, reason=NO_FIGURES, retry_at=None, last_seen_at=None)
    assert then(NOTHING) == [closed]
    told = then(NOTHING, known=inventory(facts()))
    assert told == [
        closed,
        AgentInventory(agent_id="heron", label="Heron", payload=inventory(facts()), received_at=NOW),
    ]


def test_host_that_never_sent_a_batch_is_closed() -> None:
    [status] = host_then(CONNECTION, None, None, NOTHING, NOW)
    assert isinstance(status, AgentConnection)
    assert status.status == "closed"


def test_host_with_figures_was_connected_when_they_came_whatever_it_is_now() -> None:
    points = Moment(host=host(at=AT - 0.5, cpu_pct=50.0), containers={})
    [status, _] = then(points)
    assert status == structs.replace(
        CONNECTION,
        status="connected",
        at=NOW - timedelta(seconds=0.5),
        reason=None,
        retry_at=None,
        last_seen_at=NOW - timedelta(seconds=0.5),
    )


def test_messages_come_in_the_streams_order() -> None:
    told = then(Moment(host=None, containers=container(cpu_pct=1.0)), known=inventory(facts()))
    assert [type(message) for message in told] == [AgentConnection, AgentInventory, AgentColumns]


def test_figures_are_those_of_then_under_the_names_of_then() -> None:
    points = Moment(
        host=host(cpu_pct=240.0, mem_bytes=5_000_000_000, io_pressure_pct=2.5),
        containers={
            **container(2, cpu_pct=12.5, mem_bytes=1000, pids=3, cpu_pressure_pct=7.0),
            **container(1, at=AT - 1, cpu_pct=1.0),
        },
    )
    now = newest(ContainerSample(id=container_id(1), name="renamed", cpu_pct=99.0))
    told = columns(then(points, batch=now, known=inventory(facts(1), facts(2))))
    assert (told.names, told.ids) == (["web-1", "web-2"], [container_id(1)[:12], container_id(2)[:12]])
    assert told.columns == {
        "cpu_pct": [1, 12.5],
        "mem_bytes": [None, 1000],
        "pids": [None, 3],
        "cpu_pressure_pct": [None, 7],
        "age_secs": [1, 0],
    }
    assert told.stale == [False, False]
    assert told.agent_metrics == AgentMetrics(cpu_pct=13.5, mem_bytes=1000)
    assert (told.host.cpu_pct, told.host.mem_used_bytes) == (240, 5_000_000_000)
    assert told.host.io_pressure == Pressure(some_pct=2.5)
    assert told.sent_at == told.received_at == NOW
    assert told.containers_by_state == {"running": 2}


def test_what_is_not_kept_and_hardly_changes_is_as_it_is_now() -> None:
    points = Moment(host=host(cpu_pct=1.0), containers={})
    now = newest(
        host=HostFigures(basis="host", cpu_pct=700.0, cores=8, mem_total_bytes=1 << 33, load_1m=9.0),
        engine=EngineState(endpoint="unix:///x", reachable=False, error="away", product="docker", version="26"),
        sampling=Sampling(source="cgroup", reason="it can", interval_secs=0.5, duration_secs=1.0, failures=3),
        own_usage=OwnUsage(cpu_pct=5.0),
    )
    told = columns(then(points, batch=now))
    assert told.host == HostFigures(basis="host", cpu_pct=1, cores=8, mem_total_bytes=1 << 33)
    assert told.engine == EngineState(endpoint="unix:///x", reachable=True, product="docker", version="26")
    assert told.sampling == Sampling(source="cgroup", reason="it can", interval_secs=0.5)
    assert told.own_usage == OwnUsage()


def test_container_that_had_ended_by_then_has_no_figures() -> None:
    points = Moment(host=None, containers={**container(1, cpu_pct=1.0), **container(2, cpu_pct=2.0)})
    told = columns(then(points, known=inventory(facts(1, state="exited"), facts(2))))
    assert told.names == ["web-2"]


def test_container_of_which_no_facts_are_known_has_its_newest_name_or_its_id() -> None:
    points = Moment(host=None, containers={**container(1, cpu_pct=1.0), **container(2, cpu_pct=2.0)})
    told = columns(then(points, batch=newest(ContainerSample(id=container_id(1), name="db"))))
    assert sorted(told.names) == sorted(["db", container_id(2)[:12]])
    assert "mem_limit_bytes" not in told.columns


@pytest.mark.parametrize(("own", "limit"), [(1 << 28, 1 << 28), (None, 1 << 33)])
def test_limit_in_effect_is_its_own_or_the_hosts_memory(own: int | None, limit: int) -> None:
    points = Moment(host=None, containers=container(mem_bytes=1000))
    now = newest(host=HostFigures(mem_total_bytes=1 << 33))
    told = columns(then(points, batch=now, known=inventory(facts(mem_limit_bytes=own))))
    assert told.columns["mem_limit_bytes"] == [limit]


def test_slow_container_was_slow_then() -> None:
    points = Moment(host=None, containers=container(cpu_pct=50.0, throttled_pct=60.0))
    told = columns(then(points, known=inventory(facts(cpu_limit_cores=0.5))))
    assert told.diagnoses[container_id(1)[:12]].cause == "cpu_limit"


def test_reasons_that_last_are_told_and_those_of_the_moment_are_not() -> None:
    points = Moment(host=None, containers=container(cpu_pct=1.0))
    now = newest(
        ContainerSample(id=container_id(1), name="db", unknown={"network": "host_network", "cpu": "first_sample"})
    )
    assert columns(then(points, batch=now)).unknown == [{"network": "host_network"}]


@pytest.mark.parametrize(("interval_secs", "reach"), [(None, 3), (0.5, 3), (1.0, 3), (5.0, 15)])
def test_points_count_as_long_as_a_page_would_show_them_as_live(interval_secs: float | None, reach: float) -> None:
    assert reach_s(newest(sampling=Sampling(interval_secs=interval_secs))) == reach


def test_before_the_first_batch_points_reach_as_far_as_they_do_at_least() -> None:
    assert reach_s(None) == 3


@given(any_of(ContainerStatsBatch))
def test_any_batch_of_a_stranger_can_stand_behind_a_moment(payload: ContainerStatsBatch) -> None:
    behind = AgentBatch(agent_id="heron", label="Heron", payload=payload, received_at=LATER)
    points = Moment(host=host(cpu_pct=1.0), containers=container(cpu_pct=1.0, mem_bytes=7, mem_cache_bytes=1))
    told = columns(host_then(CONNECTION, behind, inventory(facts()), points, NOW))
    assert told.sent_at == datetime.fromtimestamp(AT, UTC)
