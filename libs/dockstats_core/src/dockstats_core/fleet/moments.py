"""The fleet at an instant of the last half hour, as the stream would have said it: points and facts to messages.

Whoever draws the stream draws these. Figures are those that history keeps; what it does not keep and what hardly ever
changes (cores, memory in all, engine, source, why a figure cannot be known there) is taken from the newest batch.
Not here: the points (`dockstats_core.history`), the facts of then (`journal`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct, convert, structs

from dockstats_core.fleet.columns_form import columns_of
from dockstats_core.history.columns import CONTAINER_COLUMNS, HOST_COLUMNS, Row
from dockstats_core.history.moments import Moment, Point
from dockstats_core.messages.agent import (
    MAX_COUNT,
    AgentMetrics,
    ContainerFacts,
    ContainerInventory,
    ContainerSample,
    ContainerStatsBatch,
    HostFigures,
    OwnUsage,
)
from dockstats_core.messages.stream import SHORT_ID_CHARS, AgentBatch, AgentConnection, AgentInventory, StreamMessage

_LEAST_REACH_S = 3.0
_REACH_INTERVALS = 3
NO_FIGURES = "no figures of this host are kept from that time"

_PRESSURE = "_pressure_pct"
_CONTAINER_FIELDS = tuple(column.name for column in CONTAINER_COLUMNS)
_HOST_FIELDS = tuple(column.name for column in HOST_COLUMNS)
_COUNTED = frozenset({"running", "paused", "restarting"})

_LASTING = frozenset({"host_network", "shared_network", "no_network", "source_cannot_tell"})
"""Reasons for an unknown figure that were the same then."""


class FleetMoment(Struct, frozen=True, kw_only=True):
    """All hosts at one instant; times in Unix seconds."""

    at: float
    oldest: float | None  # of the history there is, of any host
    messages: list[StreamMessage]  # agent_list; agent_status of each; what is known of it: inventory, columns


def reach_s(newest: AgentBatch | None) -> float:
    """How much older than the instant, in seconds, a point may be to count: as long as a page shows figures as live."""
    interval_s = None if newest is None else newest.payload.sampling.interval_secs
    return max(_LEAST_REACH_S, _REACH_INTERVALS * (interval_s or 0.0))


def host_then(
    connection: AgentConnection,
    newest: AgentBatch | None,
    inventory: ContainerInventory | None,
    points: Moment,
    at: datetime,
) -> list[StreamMessage]:
    """One host at `at`: its status, and its inventory and figures where they are known.

    A host of which no point was near enough is `closed`, with a reason.
    """
    times = [point.at for point in points.containers.values()]
    if points.host is not None:
        times.append(points.host.at)
    if newest is None or not times:
        status = structs.replace(
            connection, status="closed", at=at, reason=NO_FIGURES, retry_at=None, last_seen_at=None
        )
        return [status, *_inventory_then(connection, inventory, at)]
    seen_at = datetime.fromtimestamp(max(times), UTC)
    status = structs.replace(
        connection, status="connected", at=seen_at, reason=None, retry_at=None, last_seen_at=seen_at
    )
    facts = {} if inventory is None else {container.id: container for container in inventory.containers}
    batch = AgentBatch(
        agent_id=connection.agent_id,
        label=connection.label,
        payload=_batch_then(newest.payload, facts, points, max(times)),
        received_at=seen_at,
    )
    return [status, *_inventory_then(connection, inventory, at), columns_of(batch, facts)]


def _inventory_then(
    connection: AgentConnection, inventory: ContainerInventory | None, at: datetime
) -> list[StreamMessage]:
    if inventory is None:
        return []
    return [AgentInventory(agent_id=connection.agent_id, label=connection.label, payload=inventory, received_at=at)]


def _batch_then(
    newest: ContainerStatsBatch, facts: Mapping[str, ContainerFacts], points: Moment, seen_at: float
) -> ContainerStatsBatch:
    now = {sample.id: sample for sample in newest.containers}
    mem_total_bytes = newest.host.mem_total_bytes
    samples = [
        _sample_then(container_id, point, facts.get(container_id), now.get(container_id), mem_total_bytes, seen_at)
        for container_id, point in points.containers.items()
        if container_id not in facts or facts[container_id].state in _COUNTED  # it may have ended after its last point
    ]
    cpu_pcts = [sample.cpu_pct for sample in samples if sample.cpu_pct is not None]
    mem_bytes = [sample.mem_bytes for sample in samples if sample.mem_bytes is not None]
    return ContainerStatsBatch(
        agent_id=newest.agent_id,
        agent_label=newest.agent_label,
        sent_at=datetime.fromtimestamp(seen_at, UTC),
        sequence=0,
        containers=sorted(samples, key=lambda sample: (sample.name, sample.id)),
        agent_metrics=AgentMetrics(
            cpu_pct=sum(cpu_pcts) if cpu_pcts else None, mem_bytes=sum(mem_bytes) if mem_bytes else None
        ),
        host=_host_then(newest.host, points.host),
        engine=structs.replace(newest.engine, reachable=True, error=None, since=None),
        sampling=structs.replace(newest.sampling, duration_secs=None, skipped_ticks=0, failures=0),
        own_usage=OwnUsage(),
        containers_by_state=Counter(one.state or "unknown" for one in facts.values()),
    )


def _sample_then(
    container_id: str,
    point: Point,
    facts: ContainerFacts | None,
    newest: ContainerSample | None,
    mem_total_bytes: int | None,
    seen_at: float,
) -> ContainerSample:
    figures = _fields_of(_CONTAINER_FIELDS, point.figures)
    if facts is not None:
        name = facts.name
        figures["mem_limit_bytes"] = facts.mem_limit_bytes or mem_total_bytes
    else:
        name = container_id[:SHORT_ID_CHARS] if newest is None else newest.name
    unknown = {} if newest is None else {group: why for group, why in newest.unknown.items() if why in _LASTING}
    if isinstance(in_use := figures["mem_bytes"], int) and isinstance(cache := figures["mem_cache_bytes"], int):
        figures["mem_usage_bytes"] = min(in_use + cache, MAX_COUNT)
    figures |= {"id": container_id, "name": name, "age_secs": round(seen_at - point.at, 3), "unknown": unknown}
    return convert(figures, ContainerSample)


def _host_then(newest: HostFigures, point: Point | None) -> HostFigures:
    figures = {} if point is None else _fields_of(_HOST_FIELDS, point.figures)
    figures["mem_used_bytes"] = figures.pop("mem_bytes", None)
    figures |= {"basis": newest.basis, "cores": newest.cores, "mem_total_bytes": newest.mem_total_bytes}
    return convert(figures, HostFigures)


def _fields_of(columns: Sequence[str], row: Row) -> dict[str, object]:
    """A row under the names of a message's fields, where pressure is nested.

    A point is kept as 32-bit floats: the largest number that a message may have comes back a little larger.
    """
    fields: dict[str, object] = {}
    for column, figure in zip(columns, row, strict=True):
        if column.endswith(_PRESSURE):
            fields[column.removesuffix("_pct")] = None if figure is None else {"some_pct": figure}
        else:
            fields[column] = min(figure, MAX_COUNT) if isinstance(figure, int) else figure
    return fields
