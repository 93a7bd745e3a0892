"""Every series of the fleet within one bound in bytes: points go in a batch at a time, columns come out.

A series is one container of one agent, or (container None) the agent's host. Points older than `retention_s` go. When
all of it together would pass `max_bytes`, the oldest block of the whole store goes, whoever it belongs to: every chart
gets shorter from its left end, none loses detail. Nothing else ends a series, so a container that is gone can be asked
for until its points are too old.

Full cadence is what the agents send: the default bound holds 30 minutes of 2 points a second for about 400 containers
(163 KB each), or 30 minutes of 10 a second for 80.
Not here: which batch counts and at what time (`fleet.history`). Times are Unix seconds and arguments.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import isfinite

from msgspec import Struct

from dockstats_core.history.columns import CONTAINER_COLUMNS, HOST_COLUMNS, Column, Row
from dockstats_core.history.series import BLOCK_OVERHEAD_BYTES, SERIES_OVERHEAD_BYTES, Series


class HistoryLimits(Struct, frozen=True, kw_only=True):
    """How much history there is."""

    retention_s: float = 1800.0  # what a chart shows: half an hour
    max_bytes: int = 64 * 1024 * 1024  # of all series together; at the bound the oldest block goes
    block_s: float = 60.0  # a block is closed after this time, or
    block_points: int = 1200  # after this many points (48 KB); what goes at once when something has to go


class HistoryAnswer(Struct, frozen=True, kw_only=True):
    """One series' points, oldest first: `at` in Unix seconds, and for each column as many figures, null = unknown.

    Where nothing was recorded there is no point: a step much longer than the others is a gap.
    """

    agent_id: str
    container_id: str | None  # None: the host
    at: list[float]
    columns: dict[str, list[float | None]]


class HistoryStore:
    """The fleet's series."""

    def __init__(self, limits: HistoryLimits | None = None) -> None:
        self._limits = HistoryLimits() if limits is None else limits
        self._hosts: dict[str, dict[str | None, Series]] = {}
        self._order: deque[tuple[str, str | None]] = deque()  # whose block is oldest: one entry a block
        self._bytes = 0

    @property
    def bytes_held(self) -> int:
        """What all series take in memory, in bytes; never more than the limit."""
        return self._bytes

    @property
    def series_count(self) -> int:
        """How many hosts and containers have points."""
        return sum(map(len, self._hosts.values()))

    def record(self, agent_id: str, at: float, host: Row | None, containers: Mapping[str, Row]) -> None:
        """Adds one point to the host's series, if there is a row for it, and to each container's.

        `at` has to be later than what was recorded for this agent before. Points too old by then are forgotten.
        """
        self.expire(at)
        if host is not None:
            self._append(agent_id, None, len(HOST_COLUMNS), at, host)
        for container_id, row in containers.items():
            self._append(agent_id, container_id, len(CONTAINER_COLUMNS), at, row)

    def expire(self, now: float) -> None:
        """Forgets the blocks whose points are all older than the retention."""
        too_old = now - self._limits.retention_s
        while self._order:
            agent_id, container_id = self._order[0]
            if self._hosts[agent_id][container_id].oldest_block_ended() >= too_old:
                return
            self._forget_oldest_block()

    def forget(self, agent_id: str) -> None:
        """Forgets everything of one agent."""
        for series in self._hosts.pop(agent_id, {}).values():
            self._bytes -= series.bytes_held
        self._order = deque(place for place in self._order if place[0] != agent_id)

    def answer(
        self, agent_id: str, container_id: str | None = None, *, now: float, since: float | None = None
    ) -> HistoryAnswer:
        """One series' points within the retention, or those of them from `since` on; empty where there are none."""
        first = now - self._limits.retention_s
        series = self._hosts.get(agent_id, {}).get(container_id)
        columns = HOST_COLUMNS if container_id is None else CONTAINER_COLUMNS
        if series is None:
            return HistoryAnswer(
                agent_id=agent_id, container_id=container_id, at=[], columns={column.name: [] for column in columns}
            )
        at, figures = series.since(first if since is None else max(since, first))
        return HistoryAnswer(
            agent_id=agent_id,
            container_id=container_id,
            at=[round(time, 3) for time in at],
            columns={column.name: _shown(column, values) for column, values in zip(columns, figures, strict=True)},
        )

    def _append(self, agent_id: str, container_id: str | None, width: int, at: float, row: Row) -> None:
        host = self._hosts.setdefault(agent_id, {})
        series = host.get(container_id)
        if series is None:
            series = host[container_id] = Series(width)
            self._bytes += SERIES_OVERHEAD_BYTES
        new_block = series.needs_block(at, block_s=self._limits.block_s, block_points=self._limits.block_points)
        if new_block:
            self._order.append((agent_id, container_id))
            self._bytes += BLOCK_OVERHEAD_BYTES
        series.append(at, row, new_block=new_block)
        self._bytes += series.bytes_a_point
        while self._bytes > self._limits.max_bytes:
            self._forget_oldest_block()

    def _forget_oldest_block(self) -> None:
        agent_id, container_id = self._order.popleft()
        host = self._hosts[agent_id]
        series = host[container_id]
        self._bytes -= BLOCK_OVERHEAD_BYTES + series.drop_oldest_block() * series.bytes_a_point
        if series.is_empty:
            del host[container_id]
            self._bytes -= SERIES_OVERHEAD_BYTES
            if not host:
                del self._hosts[agent_id]


def _shown(column: Column, figures: list[float]) -> list[float | None]:
    if column.decimals == 0:
        return [int(figure) if isfinite(figure) else None for figure in figures]
    return [round(figure, column.decimals) if isfinite(figure) else None for figure in figures]
