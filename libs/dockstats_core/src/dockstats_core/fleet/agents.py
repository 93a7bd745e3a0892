"""The fleet: every configured agent, and what each change means for the stream.

Feeds report what happens to an agent (`connection_changed`, `message_received`); each call gives the stream messages
that follow from it, in the order in which they are to be published. Nothing is ever missing from what it gave before:
every message is the whole truth of its kind and agent, so whoever has the newest of each has the state.

An agent is known by its configured id and label, whatever it calls itself. Two that call themselves the same (a machine
under two addresses, or a cloned one) are both shown, and the status of each names the other.
Not here: encoding, fan-out, connections, the clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

from msgspec import Struct, structs

from dockstats_core.errors import ConfigurationError, DockstatsError
from dockstats_core.fleet.columns_form import columns_of
from dockstats_core.fleet.history import HostRecorder
from dockstats_core.fleet.journal import Journal, JournalLimits
from dockstats_core.fleet.latest import ContainerNow, Latest
from dockstats_core.fleet.moments import FleetMoment, host_then, reach_s
from dockstats_core.fleet.status import ConnectionRecord
from dockstats_core.history.answers import HistoryAnswer
from dockstats_core.history.sparklines import Sparklines
from dockstats_core.history.store import HistoryLimits, HistoryStore
from dockstats_core.messages.agent import (
    AgentMessage,
    AgentStatus,
    ContainerFacts,
    ContainerInventory,
    ContainerSample,
    ContainerStatsBatch,
)
from dockstats_core.messages.stream import (
    AgentBatch,
    AgentColumns,
    AgentConnection,
    AgentEntry,
    AgentList,
    ConnectionStatus,
    StreamMessage,
)
from dockstats_core.messages.unusable import Unusable

OfContainerT = TypeVar("OfContainerT", ContainerSample, ContainerFacts)

_SHOWN_NAME = 64  # characters of what an agent calls itself: a host name has no more
_SHOWN_IDS = 300  # characters of the list of configured ids
_SHOWN_NAMESAKES = 3  # agents named in one sentence


class UnknownAgentError(DockstatsError):
    """Somebody asked about an agent that is not configured; the message names those that are."""


class UnknownContainerError(DockstatsError):
    """Somebody asked about a container of which the agent says nothing now."""


class AgentSummary(Struct, frozen=True, kw_only=True):
    """One agent as `/api/agents` tells it; sizes and figures are in its batches."""

    id: str
    label: str
    url: str
    connection: AgentConnection
    calls_itself: str | None  # while connected and known
    batch_received_at: datetime | None  # of the newest batch
    containers: int | None  # in the newest batch; None while none came
    unusable: Unusable  # what came from it that could not be used


class FleetHealth(Struct, frozen=True, kw_only=True):
    """The fleet in a few numbers, as `/healthz` tells it."""

    agents: int
    connected: int
    newest_batch_at: datetime | None  # when the newest batch of any agent came
    unusable: int  # messages that could not be used, and connections that broke the protocol, of all agents
    history_series: int
    history_bytes: int


class _Agent:
    """What is kept of one agent."""

    def __init__(self, entry: AgentEntry, store: HistoryStore, journal: Journal, now: datetime) -> None:
        self.entry = entry
        self.connection = ConnectionRecord(entry, now)
        self.latest = Latest(entry)
        self.recorder = HostRecorder(entry.id, store)
        self.journal = journal
        self.unusable = Unusable()


class Fleet:
    """The state of all `agents`, which stay the same for its life; `simulated` marks all their figures as made up.

    Every method that takes an `agent_id` raises UnknownAgentError for one that is not configured.

    Raises:
        ConfigurationError: two agents have the same id.
    """

    def __init__(
        self,
        agents: Iterable[AgentEntry],
        *,
        now: datetime,
        simulated: bool = False,
        history_limits: HistoryLimits | None = None,
    ) -> None:
        self._simulated = simulated
        self._started_at = now
        limits = HistoryLimits() if history_limits is None else history_limits
        self._store = HistoryStore(limits)
        self._agents: dict[str, _Agent] = {}
        for entry in agents:
            if entry.id in self._agents:
                raise ConfigurationError(f"two agents have the id {entry.id!r}; give each its own")
            journal = Journal(JournalLimits(retention_s=limits.retention_s))  # reaches as far back as the figures
            self._agents[entry.id] = _Agent(entry, self._store, journal, now)

    def agent_list(self, now: datetime) -> AgentList:
        """Every agent, in the configured order."""
        entries = [agent.entry for agent in self._agents.values()]
        return AgentList(ts=now, agents=entries, simulated=self._simulated, started_at=self._started_at)

    def snapshot(self, now: datetime) -> list[StreamMessage]:
        """All that holds now: the agent list, every agent's status, then inventories, events, and batches."""
        agents = self._agents.values()
        return [
            self.agent_list(now),
            *(agent.connection.message() for agent in agents),
            *(agent.latest.inventory for agent in agents if agent.latest.inventory is not None),
            *(agent.latest.events for agent in agents if agent.latest.events is not None),
            *(agent.latest.batch for agent in agents if agent.latest.batch is not None),
        ]

    def columns(self, batch: AgentBatch) -> AgentColumns:
        """One of the fleet's own batches as columns, with what is known of its containers now."""
        return columns_of(batch, self._agent(batch.agent_id).latest.facts)

    def connection_changed(
        self, agent_id: str, status: ConnectionStatus, reason: str | None, retry_at: datetime | None, now: datetime
    ) -> list[StreamMessage]:
        """The agent's connection is now in `status`, for a reason where there is one, and is tried again at `retry_at`.

        Gives nothing when that was said before. The last figures stay: their age tells that they are old.
        """
        agent = self._agent(agent_id)
        if status != "connected":
            agent.journal.connection_lost()
        if not agent.connection.changed(status, reason, retry_at, now):
            return []
        others = [other for other in self._update_clashes() if other is not agent]
        return [told.connection.message() for told in (agent, *others)]

    def message_received(self, agent_id: str, message: AgentMessage, now: datetime) -> list[StreamMessage]:
        """The agent said `message`. Gives nothing for a batch that only repeats the last one."""
        agent = self._agent(agent_id)
        message = _without_twins(message)
        agent.connection.last_seen_at = now
        told: list[_Agent] = []
        if message.agent_id != agent.connection.calls_itself:
            agent.connection.calls_itself = message.agent_id
            told = self._update_clashes()
        if isinstance(message, AgentStatus):
            agent.connection.introduced(message)
            told = [agent, *(other for other in told if other is not agent)]
        news: list[StreamMessage] = [other.connection.message() for other in told]
        if isinstance(message, ContainerInventory):
            news.append(agent.latest.take_inventory(message, now))
            happened = agent.journal.take_inventory(message, now, agent.recorder.clock_behind)
        elif isinstance(message, ContainerStatsBatch) and (batch := agent.latest.take_batch(message, now)) is not None:
            agent.recorder.record(message, now)
            news.append(batch)
            happened = agent.journal.take_samples(message.containers, message.sent_at + agent.recorder.clock_behind)
        else:
            happened = False
        if happened:
            news.append(agent.latest.take_events(agent.journal.events(now)))
        return news

    def could_not_use(self, agent_id: str, unusable: Unusable) -> list[str]:
        """So much came from the agent that could not be used; gives what is more of it than before, in words."""
        agent = self._agent(agent_id)
        before, agent.unusable = agent.unusable, unusable
        return unusable.newly(before)

    def history(
        self,
        agent_id: str,
        container_id: str | None = None,
        *,
        now: datetime,
        since: float | None = None,
        until: float | None = None,
        step_s: float | None = None,
        columns: Iterable[str] | None = None,
    ) -> HistoryAnswer:
        """The points of one container, or of the host where `container_id` is None, as `HistoryStore.answer` has them.

        A container that nobody ever saw has no points, as has one that went longer ago than history reaches.

        Raises:
            UnknownColumnError: a column that history does not keep.
        """
        self._agent(agent_id)
        return self._store.answer(
            agent_id, container_id, now=now.timestamp(), since=since, until=until, step_s=step_s, columns=columns
        )

    def container(self, agent_id: str, container_id: str) -> ContainerNow:
        """One container as its agent last told it, by its id or at least the first 12 characters of it.

        Raises:
            UnknownContainerError: the agent says nothing of one now.
        """
        found = self._agent(agent_id).latest.container(container_id)
        if found is None:
            raise UnknownContainerError(f"{agent_id} says nothing of a container {container_id[:_SHOWN_NAME]!r} now")
        return found

    def sparklines(self, at: float) -> Sparklines:
        """The minute up to `at` (Unix seconds) of every container."""
        return self._store.sparklines(at)

    def moment(self, at: float, now: datetime) -> FleetMoment:
        """The fleet as it was `at` (Unix seconds; no later than `now`)."""
        at = min(at, now.timestamp())
        then = datetime.fromtimestamp(at, UTC)
        messages: list[StreamMessage] = [self.agent_list(then)]
        for agent in self._agents.values():
            newest = agent.latest.batch
            messages += host_then(
                agent.connection.message(),
                newest,
                agent.journal.inventory_at(at),
                self._store.at(agent.entry.id, at, reach_s(newest)),
                then,
            )
        return FleetMoment(at=at, oldest=self._store.oldest(), messages=messages)

    def summaries(self) -> list[AgentSummary]:
        """Every agent in short, in the configured order."""
        return [
            AgentSummary(
                id=agent.entry.id,
                label=agent.entry.label,
                url=agent.entry.url,
                connection=agent.connection.message(),
                calls_itself=agent.connection.calls_itself,
                batch_received_at=None if agent.latest.batch is None else agent.latest.batch.received_at,
                containers=None if agent.latest.batch is None else len(agent.latest.batch.payload.containers),
                unusable=agent.unusable,
            )
            for agent in self._agents.values()
        ]

    def health(self) -> FleetHealth:
        """The whole fleet in short."""
        agents = self._agents.values()
        return FleetHealth(
            agents=len(agents),
            connected=sum(agent.connection.is_connected for agent in agents),
            newest_batch_at=max(
                (agent.latest.batch.received_at for agent in agents if agent.latest.batch is not None), default=None
            ),
            unusable=sum(agent.unusable.total for agent in agents),
            history_series=self._store.series_count,
            history_bytes=self._store.bytes_held,
        )

    def _agent(self, agent_id: str) -> _Agent:
        agent = self._agents.get(agent_id)
        if agent is None:
            known = ", ".join(self._agents) or "none"
            raise UnknownAgentError(f"no agent has the id {agent_id[:_SHOWN_NAME]!r}; there are {known[:_SHOWN_IDS]}")
        return agent

    def _update_clashes(self) -> list[_Agent]:
        """Who calls itself like whom, worked out anew; gives the agents of which something else is to be said now."""
        namesakes: defaultdict[str, list[_Agent]] = defaultdict(list)
        for agent in self._agents.values():
            if agent.connection.calls_itself is not None:
                namesakes[agent.connection.calls_itself].append(agent)
        changed = []
        for agent in self._agents.values():
            name = agent.connection.calls_itself
            clash = None
            if name is not None and len(namesakes[name]) > 1:
                clash = _clash(name, [other.entry for other in namesakes[name] if other is not agent])
            if clash != agent.connection.clash:
                agent.connection.clash = clash
                changed.append(agent)
        return changed


def _without_twins(message: AgentMessage) -> AgentMessage:
    """Of containers with one id only the first: what is kept, and shown, goes by id."""
    match message:
        case ContainerStatsBatch(containers=samples) if len({one.id for one in samples}) != len(samples):
            return structs.replace(message, containers=_first_of_each(samples))
        case ContainerInventory(containers=facts) if len({one.id for one in facts}) != len(facts):
            return structs.replace(message, containers=_first_of_each(facts))
        case _:
            return message


def _first_of_each(containers: list[OfContainerT]) -> list[OfContainerT]:
    first: dict[str, OfContainerT] = {}
    for container in containers:
        first.setdefault(container.id, container)
    return list(first.values())


def _clash(name: str, others: list[AgentEntry]) -> str:
    shown = ", ".join(f"{other.label} ({other.id})" for other in others[:_SHOWN_NAMESAKES])
    more = f" and {len(others) - _SHOWN_NAMESAKES} more" if len(others) > _SHOWN_NAMESAKES else ""
    return (
        f"it calls itself {name[:_SHOWN_NAME]!r}, as does {shown}{more}: if it is one host under two addresses, "
        "remove one; if they are two, give each its own host name"
    )
