"""What the dashboard says on its SSE stream (`/stream/agents`): which agents there are, how each connection is, and
what each agent last said.

`agent_id` and `label` are the dashboard's configured ones, whatever an agent calls itself. Every message but
`agent_list` concerns one agent, and the newest of each type and agent is all a page needs.
Not here: SSE framing (`fanout.sse`), which message follows which change (`fleet`).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct, field

from dockstats_core.messages import agent
from dockstats_core.messages.agent import Text, Timestamp
from dockstats_core.messages.codec import Codec

ConnectionStatus: TypeAlias = Literal["connecting", "connected", "error", "closed"]


class AgentEntry(Struct, frozen=True, kw_only=True):
    """One configured agent (all fixed). `url` is empty for the embedded agent."""

    id: Text
    label: Text
    url: Text


class AgentList(Struct, frozen=True, kw_only=True, tag_field="type", tag="agent_list"):
    """Every configured agent, in the configured order; the first message of a stream."""

    ts: Timestamp  # fixed
    agents: list[AgentEntry]  # fixed
    simulated: bool = False  # every figure of this dashboard is made up (--demo)


class AgentConnection(Struct, frozen=True, kw_only=True, tag_field="type", tag="agent_status"):
    """How the dashboard's connection to one agent is."""

    agent_id: Text  # fixed
    label: Text  # fixed
    status: ConnectionStatus  # fixed
    at: Timestamp  # fixed; when this status began
    reason: Text | None = None  # one sentence for a person, with the way out where there is one
    retry_at: Timestamp | None = None  # when the next attempt starts, where one is planned
    last_seen_at: Timestamp | None = None  # when anything last came from this agent
    agent_version: Text | None = None
    features: Annotated[list[Text], Meta(max_length=256)] = field(default_factory=list)


class AgentBatch(Struct, frozen=True, kw_only=True, tag_field="type", tag="container_stats_batch"):
    """One agent's newest batch."""

    agent_id: Text  # fixed
    label: Text  # fixed
    payload: agent.ContainerStatsBatch  # fixed
    received_at: Timestamp  # fixed


class AgentInventory(Struct, frozen=True, kw_only=True, tag_field="type", tag="container_inventory"):
    """One agent's newest inventory."""

    agent_id: Text
    label: Text
    payload: agent.ContainerInventory
    received_at: Timestamp


StreamMessage: TypeAlias = AgentList | AgentConnection | AgentBatch | AgentInventory

codec: Codec[StreamMessage] = Codec((AgentList, AgentConnection, AgentBatch, AgentInventory))
