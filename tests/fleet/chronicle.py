"""What was done to a fleet, what its dashboards said of it, and what can be asked about the two.

All times are seconds on one monotonic clock. Pure. Not here: doing it (day), what is promised (test_fleet).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from math import inf
from typing import NamedTuple

from msgspec import Struct

from dockstats_core.fleet.agents import AgentSummary
from dockstats_core.messages.agent import ContainerStatsBatch
from dockstats_core.messages.stream import AgentBatch, AgentConnection
from tests.fleet.listening import Heard


class Fault(Struct, kw_only=True):
    """One fault: to whom, from when to when, and what `/api/agents` said when it had been noticed."""

    agent: str
    from_s: float
    to_s: float = inf
    answered: AgentSummary | None = None


class Told(NamedTuple):
    """How a connection was, and when that was heard."""

    at_s: float
    connection: AgentConnection


class Batch(NamedTuple):
    """One batch, and when it was heard."""

    at_s: float
    batch: ContainerStatsBatch


class Chronicle(Struct, kw_only=True):
    """The whole day. `wall_minus_monotonic_s` turns a time of a message into one of here."""

    wall_minus_monotonic_s: float
    faults: dict[str, Fault]
    quiet: Fault  # from when to when nothing was done to anybody
    heard: Mapping[str, Sequence[Heard]]  # by dashboard, oldest first
    clients_while_stuck: int  # of an agent that two dashboards follow, one of them stopped

    def moment_s(self, time: datetime) -> float:
        """A message's time, on our clock."""
        return time.timestamp() - self.wall_minus_monotonic_s

    def statuses(self, agent: str, *, from_s: float = -inf, to_s: float = inf, by: str) -> Sequence[Told]:
        """How the connection to an agent was, as a dashboard told it in that span."""
        return [
            Told(one.at_s, one.message)
            for one in self.heard[by]
            if isinstance(one.message, AgentConnection) and one.message.agent_id == agent and from_s <= one.at_s <= to_s
        ]

    def batches(self, agent: str, *, from_s: float = -inf, to_s: float = inf, by: str) -> Sequence[Batch]:
        """An agent's batches, as a dashboard told them in that span."""
        return [
            Batch(one.at_s, one.message.payload)
            for one in self.heard[by]
            if isinstance(one.message, AgentBatch) and one.message.agent_id == agent and from_s <= one.at_s <= to_s
        ]

    def left_out(self, agent: str, *, from_s: float, to_s: float = inf, by: str) -> int:
        """How many of an agent's batches are missing between those that a dashboard told in that span."""
        numbers = [one.batch.sequence for one in self.batches(agent, from_s=from_s, to_s=to_s, by=by)]
        return numbers[-1] - numbers[0] + 1 - len(numbers) if numbers else 0

    def interruptions(self, agent: str, *, from_s: float, to_s: float, by: str) -> Sequence[Told]:
        """What a dashboard told in that span of a connection that did not stand."""
        told = self.statuses(agent, from_s=from_s, to_s=to_s, by=by)
        return [one for one in told if one.connection.status != "connected"]

    def connected(self, *, by: str) -> set[str]:
        """The agents of which a dashboard last told that the connection stands."""
        newest = {
            one.message.agent_id: one.message.status
            for one in self.heard[by]
            if isinstance(one.message, AgentConnection)
        }
        return {agent for agent, status in newest.items() if status == "connected"}

    def noticed_s(self, fault: Fault, *, by: str) -> float:
        """When a dashboard first told that the connection does not stand; inf where it never did."""
        told = self.statuses(fault.agent, from_s=fault.from_s, by=by)
        return next((one.at_s for one in told if one.connection.status != "connected"), inf)

    def back_s(self, fault: Fault, *, by: str) -> float:
        """When it first told, after it had noticed, that the connection stands again; inf where it never did."""
        told = self.statuses(fault.agent, from_s=self.noticed_s(fault, by=by), by=by)
        return next((one.at_s for one in told if one.connection.status == "connected"), inf)

    def planned_s(self, fault: Fault, *, by: str) -> Sequence[float]:
        """When the attempts were to begin that it planned before it was back and that fell after the fault's end."""
        told = self.statuses(fault.agent, from_s=fault.from_s, to_s=self.back_s(fault, by=by), by=by)
        times = [self.moment_s(one.connection.retry_at) for one in told if one.connection.retry_at is not None]
        return sorted({time_s for time_s in times if time_s > fault.to_s})

    def longest_gap_s(self, agent: str, *, from_s: float, to_s: float, by: str) -> float:
        """The longest time without a batch of an agent, within that span."""
        times_s = [from_s, *(one.at_s for one in self.batches(agent, from_s=from_s, to_s=to_s, by=by)), to_s]
        return max(other - one for one, other in pairwise(times_s))

    def latest_s(self, agent: str, *, from_s: float, to_s: float, by: str) -> float:
        """How old the oldest batch was when it was heard, by how much more than in quiet times; clocks cancel out."""

        def ages_s(batches: Sequence[Batch]) -> Sequence[float]:
            return [one.at_s - self.moment_s(one.batch.sent_at) for one in batches]

        usual_s = min(ages_s(self.batches(agent, from_s=self.quiet.from_s, to_s=self.quiet.to_s, by=by)))
        return max(ages_s(self.batches(agent, from_s=from_s, to_s=to_s, by=by))) - usual_s
