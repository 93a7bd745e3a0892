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
from dockstats_core.messages.agent import MAX_CONTAINERS, ContainerId, Count, Text, Timestamp, Word
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
    started_at: Timestamp | None = None  # when this dashboard began: it knows nothing from before


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


SHORT_ID_CHARS = 12
"""How much of a container's id `AgentColumns` has, as in `docker ps`: whole ids are half of a compressed message."""

Cause: TypeAlias = Literal[
    "cpu_limit", "host_cpu", "memory_limit", "host_memory", "disk", "out_of_memory", "pids_limit"
]
"""Who holds a slow container back."""


class Diagnosis(Struct, frozen=True, kw_only=True):
    """Why a container is slow, worked out from its figures; or why it ended, from its facts."""

    cause: Word  # a Cause
    sentence: Text  # what it wants, what it gets, who holds it back
    rule: Text  # which figures led to it, and from where on they do
    severe: bool = False


ColumnName: TypeAlias = Literal[
    "cpu_pct",
    "throttled_pct",
    "throttled_time_pct",
    "mem_bytes",
    "mem_cache_bytes",
    "mem_anon_bytes",
    "mem_file_bytes",
    "mem_kernel_bytes",
    "mem_swap_bytes",
    "mem_limit_bytes",
    "mem_limit_hits",
    "oom_kills",
    "major_page_faults_per_sec",
    "net_rx_bytes_per_sec",
    "net_tx_bytes_per_sec",
    "block_read_bytes_per_sec",
    "block_write_bytes_per_sec",
    "pids",
    "cpu_pressure_pct",  # the some_pct of `cpu_pressure`, and so on
    "mem_pressure_pct",
    "io_pressure_pct",
    "age_secs",
]


class AgentColumns(Struct, frozen=True, kw_only=True, tag_field="type", tag="container_stats_columns"):
    """One agent's newest batch as columns, for a page: what it draws, rounded to four digits, a third of the bytes.

    `ids`, `names`, `stale`, `unknown` and every column have one entry a container, in the same order. A column that
    would only have nulls is left out.
    """

    agent_id: Text
    label: Text
    received_at: Timestamp
    agent_label: Text = ""  # what it calls itself
    sent_at: Timestamp
    sequence: Count
    ids: Annotated[list[ContainerId], Meta(max_length=MAX_CONTAINERS)]  # their first SHORT_ID_CHARS characters
    names: Annotated[list[Text], Meta(max_length=MAX_CONTAINERS)]
    columns: dict[Word, list[float | int | None]]  # ColumnName -> figures
    stale: list[bool]
    unknown: list[dict[Word, Word]]  # as in a sample
    diagnoses: dict[ContainerId, Diagnosis] = field(default_factory=dict)  # by short id; of one that ended, too
    agent_metrics: agent.AgentMetrics
    host: agent.HostFigures = agent.HostFigures()
    engine: agent.EngineState = agent.EngineState()
    sampling: agent.Sampling = agent.Sampling()
    own_usage: agent.OwnUsage = agent.OwnUsage()
    containers_by_state: dict[Text, Count] = field(default_factory=dict)


EventKind: TypeAlias = Literal["start", "restart", "die", "oom", "health", "pause", "unpause", "rename", "gone"]

MAX_EVENTS = 200


class ContainerEvent(Struct, frozen=True, kw_only=True):
    """Something that happened to a container, as far as its host's inventories and figures tell."""

    at: Timestamp
    kind: Word  # an EventKind
    id: ContainerId
    name: Text
    exit_code: agent.ExitCode | None = None  # of `die`
    health: Text | None = None  # the new one, of `health`
    old_name: Text | None = None  # of `rename`


class AgentEvents(Struct, frozen=True, kw_only=True, tag_field="type", tag="container_events"):
    """What happened on one host in the last half hour: at most MAX_EVENTS, oldest first; sent anew with each event."""

    agent_id: Text
    label: Text
    events: Annotated[list[ContainerEvent], Meta(max_length=MAX_EVENTS)]


StreamMessage: TypeAlias = AgentList | AgentConnection | AgentBatch | AgentColumns | AgentInventory | AgentEvents

codec: Codec[StreamMessage] = Codec((AgentList, AgentConnection, AgentBatch, AgentColumns, AgentInventory, AgentEvents))
