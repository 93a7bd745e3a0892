"""What an agent says on its WebSocket (`/ws`): its status, its containers' facts, its containers' figures.

Inventory and batch are whole snapshots of the host: whoever joins late or misses one is right again at the next.
The fields marked *fixed* are spoken by other programs and never change; all others have defaults, so that an older
agent is understood. Not here: what the dashboard adds for the page (`messages.stream`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct, field

from dockstats_core.messages.codec import Codec

MAX_CONTAINERS = 10_000
MAX_COUNT = (1 << 63) - 1
MAX_LIMIT = (1 << 64) - 1
"""Older agents pass it on from an engine, where it stands for none."""

MAX_LABELS = 16  # of one container, whatever it has: those that somebody asked for by key
MAX_LABEL_KEY = 128

# Bounds on what a stranger may send. A real name has at most 255 characters, an image reference 512.
Text: TypeAlias = Annotated[str, Meta(max_length=1024)]
ContainerId: TypeAlias = Annotated[str, Meta(max_length=128)]
Word: TypeAlias = Annotated[str, Meta(max_length=64)]  # one of a list that newer agents may have made longer
LabelKey: TypeAlias = Annotated[str, Meta(max_length=MAX_LABEL_KEY)]
Timestamp: TypeAlias = Annotated[datetime, Meta(tz=True)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_COUNT)]
Bytes: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_COUNT)]
Limit: TypeAlias = Annotated[int, Meta(ge=0)]  # at most MAX_LIMIT, which msgspec's own bounds cannot hold
ExitCode: TypeAlias = Annotated[int, Meta(ge=-MAX_COUNT, le=MAX_COUNT)]
PerSecond: TypeAlias = Annotated[float, Meta(ge=0)]
Percent: TypeAlias = Annotated[float, Meta(ge=0)]
Seconds: TypeAlias = Annotated[float, Meta(ge=0)]

Figure: TypeAlias = Literal[
    "cpu",
    "memory",
    "network",
    "network_rates",
    "block_io",
    "block_io_rates",
    "pids",
    "throttling",
    "pressure",
    "memory_events",
]
"""Groups of figures that are known, or unknown for one reason, together."""

UnknownReason: TypeAlias = Literal[
    "first_sample",  # a rate needs two readings
    "counter_reset",  # the counter went back, as after a restart
    "gap",  # no reading for too long: the next one starts anew
    "host_network",  # the container uses the host's network; nobody counts its share
    "shared_network",  # it uses another container's network, and is counted there
    "no_network",  # it has no network
    "source_cannot_tell",  # this source, engine or kernel does not give the figure
    "time_out",  # the engine did not answer in time
    "engine_error",  # the engine answered with an error
    "engine_unreachable",  # no connection to the engine
    "not_read_yet",  # the container is new, and no reading of it has come yet
]

SourceName: TypeAlias = Literal["cgroup", "one-shot", "stream", "simulated"]


class Pressure(Struct, frozen=True, kw_only=True):
    """How much of the time tasks waited for one resource, in percent of the wall clock.

    `some`: at least one task waited; `full`: all that were not idle did. The first two are of the interval between the
    two readings, the others the kernel's own average over 10 s.
    """

    some_pct: Percent | None = None
    full_pct: Percent | None = None
    some_avg10_pct: Percent | None = None
    full_avg10_pct: Percent | None = None


class ContainerSample(Struct, frozen=True, kw_only=True):
    """One container's figures at one instant.

    Percentages are of one core (`cpu_pct`), of the container's own limit (`cpu_limit_pct`), of the limit in effect
    (`mem_pct`), of the scheduler's periods (`throttled_pct`) and of the wall clock (`throttled_time_pct`, summed over
    cores, so it may pass 100).
    """

    id: ContainerId  # fixed
    name: Text  # fixed, without a leading slash
    cpu_pct: Percent | None = None  # fixed
    mem_bytes: Bytes | None = None  # fixed; usage minus cache, as `docker stats` shows it
    mem_limit_bytes: Limit | None = None  # fixed; the limit in effect: the host's memory where it has none
    net_io_bytes: Bytes | None = None  # fixed; received plus sent since start
    cpu_user_pct: Percent | None = None
    cpu_kernel_pct: Percent | None = None  # in the kernel, on its behalf
    cpu_limit_pct: Percent | None = None  # null without a CPU limit of its own
    throttled_pct: Percent | None = None  # null without a quota
    throttled_time_pct: Percent | None = None
    mem_pct: Percent | None = None
    mem_usage_bytes: Bytes | None = None  # cache included
    mem_cache_bytes: Bytes | None = None  # what mem_bytes leaves out
    mem_anon_bytes: Bytes | None = None
    mem_file_bytes: Bytes | None = None
    mem_kernel_bytes: Bytes | None = None
    mem_swap_bytes: Bytes | None = None
    mem_limit_hits: Count | None = None  # allocations that met the limit, since start
    oom_kills: Count | None = None  # since start
    page_faults_per_sec: PerSecond | None = None
    major_page_faults_per_sec: PerSecond | None = None  # those that had to read from a disk
    net_rx_bytes: Bytes | None = None
    net_tx_bytes: Bytes | None = None
    net_rx_bytes_per_sec: PerSecond | None = None
    net_tx_bytes_per_sec: PerSecond | None = None
    block_read_bytes: Bytes | None = None
    block_write_bytes: Bytes | None = None
    block_read_bytes_per_sec: PerSecond | None = None
    block_write_bytes_per_sec: PerSecond | None = None
    block_reads_per_sec: PerSecond | None = None
    block_writes_per_sec: PerSecond | None = None
    pids: Count | None = None
    cpu_pressure: Pressure | None = None
    mem_pressure: Pressure | None = None
    io_pressure: Pressure | None = None
    age_secs: Seconds | None = None  # how old the figures are at sent_at; null where there was never one
    stale: bool = False  # older than its source's cadence explains
    unknown: Annotated[dict[Word, Word], Meta(max_length=64)] = field(default_factory=dict)  # Figure -> UnknownReason

    def __post_init__(self) -> None:
        if self.mem_limit_bytes is not None and self.mem_limit_bytes > MAX_LIMIT:
            raise ValueError(f"a limit above {MAX_LIMIT}")


class AgentMetrics(Struct, frozen=True, kw_only=True):
    """Sums over the containers (fixed): CPU where 100 = one core, and memory in use; null where nothing is known."""

    cpu_pct: Percent | None = None
    mem_bytes: Bytes | None = None


class HostFigures(Struct, frozen=True, kw_only=True):
    """The machine below the containers.

    `basis` says where CPU and memory in use come from: the host itself, or only its containers' sum (a remote engine).
    """

    basis: Literal["host", "containers"] = "containers"
    cpu_pct: Percent | None = None  # 100 = one core, so at most 100 x cores
    cores: Count | None = None
    mem_used_bytes: Bytes | None = None
    mem_total_bytes: Bytes | None = None
    load_1m: float | None = None
    cpu_pressure: Pressure | None = None
    mem_pressure: Pressure | None = None
    io_pressure: Pressure | None = None


class EngineState(Struct, frozen=True, kw_only=True):
    """Which engine this is and whether it answers. `error` is a sentence for a person, with the way out."""

    endpoint: Text = ""
    reachable: bool = False
    error: Text | None = None
    since: Timestamp | None = None  # when `reachable` last changed
    product: Text | None = None  # docker, podman, simulated
    version: Text | None = None
    api_version: Text | None = None


class Sampling(Struct, frozen=True, kw_only=True):
    """How the figures were taken."""

    source: Word | None = None  # a SourceName
    reason: Text = ""  # why this source
    interval_secs: Seconds | None = None  # in effect, which may be longer than the one asked for
    duration_secs: Seconds | None = None  # of the tick that made this batch
    skipped_ticks: Count = 0  # since start: ticks left out because one took too long
    failures: Count = 0  # containers that could not be read, or not wholly, in this tick
    limitations: Annotated[tuple[Text, ...], Meta(max_length=16)] = ()  # what it cannot tell here, with the way out


class OwnUsage(Struct, frozen=True, kw_only=True):
    """What watching costs here: the agent's own process."""

    cpu_pct: Percent | None = None  # 100 = one core
    mem_bytes: Bytes | None = None  # resident


class ContainerStatsBatch(Struct, frozen=True, kw_only=True, tag_field="type", tag="container_stats_batch"):
    """Every container of one host at one tick. A container that has no figures yet has nulls with their reason."""

    agent_id: Text  # fixed
    agent_label: Text = ""  # fixed
    sent_at: Timestamp  # fixed
    sequence: Count  # fixed; counts up by one a batch, from 1 at the agent's start
    containers: Annotated[list[ContainerSample], Meta(max_length=MAX_CONTAINERS)]  # fixed; running and paused ones
    agent_metrics: AgentMetrics  # fixed
    host: HostFigures = HostFigures()
    engine: EngineState = EngineState()
    sampling: Sampling = Sampling()
    own_usage: OwnUsage = OwnUsage()
    containers_by_state: Annotated[dict[Text, Count], Meta(max_length=MAX_CONTAINERS)] = field(
        default_factory=dict
    )  # stopped ones included


class AgentStatus(Struct, frozen=True, kw_only=True, tag_field="type", tag="agent_status"):
    """Who the agent is; sent at connect and every 30 s (all fixed)."""

    agent_id: Text
    agent_label: Text = ""
    sent_at: Timestamp
    uptime_secs: Seconds
    version: Text
    features: Annotated[list[Text], Meta(max_length=256)] = field(default_factory=list)


class ContainerFacts(Struct, frozen=True, kw_only=True):
    """What rarely changes about one container."""

    id: ContainerId
    name: Text
    image: Text | None = None
    state: Text | None = None  # the engine's word: created, running, paused, restarting, removing, exited, dead
    health: Text | None = None  # starting, healthy, unhealthy; null without a health check
    compose_project: Text | None = None
    compose_service: Text | None = None
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    restart_count: Count | None = None
    exit_code: ExitCode | None = None  # of the last run; null while it runs
    oom_killed: bool | None = None
    cpu_limit_cores: float | None = None  # null: no limit of its own
    mem_limit_bytes: Bytes | None = None  # null: no limit of its own
    pids_limit: Count | None = None  # null: no limit of its own
    network_mode: Text | None = None  # bridge, host, none, container:<id>, or a network's name
    network_of: Text | None = None  # name of the container whose network it shares
    labels: Annotated[dict[LabelKey, Text], Meta(max_length=MAX_LABELS)] = field(
        default_factory=dict
    )  # only those that the agent was asked to show


class ContainerInventory(Struct, frozen=True, kw_only=True, tag_field="type", tag="container_inventory"):
    """Every container the agent may show, stopped ones included; before the first batch in which a change shows."""

    agent_id: Text
    agent_label: Text = ""
    sent_at: Timestamp
    containers: Annotated[list[ContainerFacts], Meta(max_length=MAX_CONTAINERS)]


AgentMessage: TypeAlias = AgentStatus | ContainerInventory | ContainerStatsBatch

codec: Codec[AgentMessage] = Codec((AgentStatus, ContainerInventory, ContainerStatsBatch))
