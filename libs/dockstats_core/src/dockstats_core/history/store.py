"""Every series of the fleet within one bound in bytes: points go in a batch at a time, columns come out.

A series is one container of one agent, or (container None) the agent's host. Points older than `retention_s` go. When
all of it together would pass `max_bytes`, the oldest block of the whole store goes, whoever it belongs to: every chart
gets shorter from its left end, none loses detail. Nothing else ends a series, so a container that is gone can be asked
for until its points are too old.

Full cadence is what the agents send: the default bound holds 30 minutes of 2 points a second for about 490 containers
(271 KB each), or 30 minutes of 10 a second for 100.
Not here: which batch counts and at what time (`fleet.history`), what the answers look like (`answers`, `moments`,
`sparklines`). Times are Unix seconds and arguments.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from msgspec import Struct

from dockstats_core.history.answers import HistoryAnswer, answer_from
from dockstats_core.history.columns import CONTAINER_COLUMNS, HOST_COLUMNS, Row, chosen
from dockstats_core.history.moments import Moment, moment_of
from dockstats_core.history.series import BLOCK_OVERHEAD_BYTES, SERIES_OVERHEAD_BYTES, Series
from dockstats_core.history.sparklines import Sparklines, sparkline_of
from dockstats_core.messages.stream import SHORT_ID_CHARS


class HistoryLimits(Struct, frozen=True, kw_only=True):
    """How much history there is."""

    retention_s: float = 1800.0  # what a chart shows: half an hour
    max_bytes: int = 128 * 1024 * 1024  # of all series together; at the bound the oldest block goes
    block_s: float = 60.0  # a block is closed after this time, or
    block_points: int = 1200  # after this many points (82 KB); what goes at once when something has to go


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

    def oldest(self) -> float | None:
        """The time of the oldest point of all; None where there is none."""
        return min((series.oldest() for host in self._hosts.values() for series in host.values()), default=None)

    def answer(
        self,
        agent_id: str,
        container_id: str | None = None,
        *,
        now: float,
        since: float | None = None,
        until: float | None = None,
        step_s: float | None = None,
        columns: Iterable[str] | None = None,
    ) -> HistoryAnswer:
        """One series' points within the retention, from `since` on and before `until`; empty where there are none.

        A container may be told by the first characters of its id, SHORT_ID_CHARS or more, as long as no other of the
        agent's begins with them; the answer has the whole id. With `step_s` (more than 0), means of buckets that begin
        at its multiples: whole ones, from the one that holds `since` to the one that holds `until`. `columns` are
        names, all of them by default.

        Raises:
            UnknownColumnError: no column has one of these names.
        """
        wanted = chosen(HOST_COLUMNS if container_id is None else CONTAINER_COLUMNS, columns)
        container_id = self._whole_id(agent_id, container_id)
        # Nothing is older than the one or, but for an agent's clock being ahead, newer than the other.
        oldest, newest = now - self._limits.retention_s, now + self._limits.retention_s
        return answer_from(
            self._hosts.get(agent_id, {}).get(container_id),
            wanted,
            agent_id=agent_id,
            container_id=container_id,
            first=oldest if since is None else min(max(since, oldest), newest),
            end=newest if until is None else min(max(until, oldest), newest),
            step_s=step_s,
        )

    def at(self, agent_id: str, at: float, within_s: float) -> Moment:
        """One host as it was at `at`: the newest points by then, of at most `within_s` seconds before."""
        return moment_of(self._hosts.get(agent_id, {}), at, within_s)

    def sparklines(self, at: float, *, step_s: float = 2.0, count: int = 30) -> Sparklines:
        """CPU and memory of every container in the `count` buckets of `step_s` seconds up to `at`."""
        agents = {
            agent_id: {
                container_id[:SHORT_ID_CHARS]: line
                for container_id, series in host.items()
                if container_id is not None and (line := sparkline_of(series, at, step_s, count)) is not None
            }
            for agent_id, host in self._hosts.items()
        }
        return Sparklines(at=at, step=step_s, agents=agents)

    def _whole_id(self, agent_id: str, container_id: str | None) -> str | None:
        """The id of the agent's only series that begins so; what was asked for where there is none, or more."""
        host = self._hosts.get(agent_id, {})
        if container_id is None or container_id in host or len(container_id) < SHORT_ID_CHARS:
            return container_id
        found = [whole for whole in host if whole is not None and whole.startswith(container_id)]
        return found[0] if len(found) == 1 else container_id

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
