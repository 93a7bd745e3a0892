"""What the engine's answers hold, as far as dockstats uses them.

Unknown fields are skipped while decoding. Almost everything is optional, because engines from API 1.24 to the newest,
Windows and Podman leave different things out. Not here: what the figures mean (sources.engine_reading, inventory).
"""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import astuple

MAX_COUNTER = (1 << 64) - 1
"""Engines count in unsigned 64-bit integers; a decoder takes any integer."""

_MAX_OF_A_HOST = (1 << 63) - 1  # what a message can tell


class _Counters(Struct, frozen=True):
    """A struct whose integers are refused beyond what an engine can count."""

    def __post_init__(self) -> None:
        for value in astuple(self):
            if isinstance(value, int) and value > MAX_COUNTER:
                raise ValueError(f"a counter above {MAX_COUNTER}")


# --- GET /containers/{id}/stats -----------------------------------------------------------------------------------


class CpuUsage(_Counters, frozen=True):
    """CPU time used since the container started: ns, or 100 ns on Windows."""

    total_usage: int | None = None
    percpu_usage: list[int] | None = None


class ThrottlingData(_Counters, frozen=True):
    """The CFS quota's periods, and time lost to it in ns."""

    periods: int | None = None
    throttled_periods: int | None = None
    throttled_time: int | None = None


class CpuStats(_Counters, frozen=True):
    """One `cpu_stats` or `precpu_stats`."""

    cpu_usage: CpuUsage = CpuUsage()
    system_cpu_usage: int | None = None
    online_cpus: int | None = None
    throttling_data: ThrottlingData = ThrottlingData()


class MemoryDetails(_Counters, frozen=True):
    """The keys used of `memory_stats.stats`: v1's are `total_*`, v2's bare."""

    total_inactive_file: int | None = None
    inactive_file: int | None = None
    total_rss: int | None = None
    total_cache: int | None = None
    anon: int | None = None
    file: int | None = None
    kernel: int | None = None
    kernel_stack: int | None = None
    slab: int | None = None


class MemoryStats(_Counters, frozen=True):
    """Memory in bytes; `privateworkingset` is Windows's."""

    usage: int | None = None
    limit: int | None = None
    stats: MemoryDetails | None = None
    privateworkingset: int | None = None


class NetworkStats(_Counters, frozen=True):
    """One interface's byte counters."""

    rx_bytes: int | None = None
    tx_bytes: int | None = None


class BlkioEntry(_Counters, frozen=True):
    """One device's counter of one operation; `op` is capitalised on cgroup v1 and lower case on v2."""

    op: str = ""
    value: int = 0


class BlkioStats(Struct, frozen=True):
    """Block I/O in bytes."""

    io_service_bytes_recursive: list[BlkioEntry] | None = None


class StorageStats(_Counters, frozen=True):
    """Windows's block I/O in bytes."""

    read_size_bytes: int | None = None
    write_size_bytes: int | None = None


class PidsStats(_Counters, frozen=True):
    """Processes (threads, in the kernel's counting)."""

    current: int | None = None
    limit: int | None = None


class StatsBody(Struct, frozen=True):
    """One stats answer or frame. A year-1 `read` marks a frame that holds nothing (the container is not running).

    The times are kept as text: decoded, they would lose the nanoseconds that short intervals are measured with.
    """

    read: str
    preread: str | None = None
    id: str | None = None
    name: str | None = None
    os_type: str | None = None
    num_procs: int | None = None
    cpu_stats: CpuStats = CpuStats()
    precpu_stats: CpuStats = CpuStats()
    memory_stats: MemoryStats = MemoryStats()
    networks: dict[str, NetworkStats] | None = None
    blkio_stats: BlkioStats = BlkioStats()
    storage_stats: StorageStats = StorageStats()
    pids_stats: PidsStats = PidsStats()


# --- GET /_ping, /version, /info ------------------------------------------------------------------------------------


class Component(Struct, frozen=True, rename="pascal"):
    """One part of what answers `/version`; Podman names itself only here."""

    name: str = ""
    version: str = ""


class Version(Struct, frozen=True, rename="pascal"):
    """`/version`. The API versions are the newest and the oldest that the engine speaks."""

    version: str = ""
    api_version: str = ""
    min_api_version: str | None = field(default=None, name="MinAPIVersion")
    os: str = ""
    components: list[Component] | None = None


class EngineInfo(Struct, frozen=True):
    """`/info`: the engine's host."""

    cpus: int | None = field(default=None, name="NCPU")
    mem_total_bytes: int | None = field(default=None, name="MemTotal")
    name: str | None = field(default=None, name="Name")

    def __post_init__(self) -> None:
        for value in (self.cpus, self.mem_total_bytes):
            if value is not None and not 0 <= value <= _MAX_OF_A_HOST:
                raise ValueError("a host's size that none has")


class EngineIdentity(Struct, frozen=True, kw_only=True):
    """Which engine answers, and the API version spoken with it."""

    product: str  # docker, podman
    version: str
    api_version: str
    os: str


# --- GET /containers/json -------------------------------------------------------------------------------------------


class SummaryHostConfig(Struct, frozen=True):
    """What a list entry says of the container's configuration."""

    network_mode: str | None = field(default=None, name="NetworkMode")


class ContainerSummary(Struct, frozen=True, rename="pascal"):
    """One container of a list."""

    id: str
    names: list[str] | None = None
    image: str | None = None
    state: str | None = None
    status: str | None = None
    labels: dict[str, str] | None = None
    host_config: SummaryHostConfig = SummaryHostConfig()


# --- GET /containers/{id}/json --------------------------------------------------------------------------------------


class Health(Struct, frozen=True, rename="pascal"):
    """The health check's state: starting, healthy, unhealthy, none; Podman has an empty text for none."""

    status: str | None = None


class ContainerState(Struct, frozen=True, rename="pascal"):
    """Where the container is in its life. Times are RFC 3339 text, the year 1 standing for never."""

    status: str | None = None
    running: bool | None = None
    paused: bool | None = None
    restarting: bool | None = None
    oom_killed: bool | None = field(default=None, name="OOMKilled")
    pid: int | None = None
    exit_code: int | None = None
    started_at: str | None = None
    finished_at: str | None = None
    health: Health | None = None


class ContainerConfig(Struct, frozen=True, rename="pascal"):
    """What the container was created from."""

    image: str | None = None
    labels: dict[str, str] | None = None


class HostConfig(Struct, frozen=True, rename="pascal"):
    """The container's own limits and what it shares; of limits 0, -1 and null all stand for none somewhere."""

    nano_cpus: int | None = None
    cpu_quota: int | None = None  # microseconds a period
    cpu_period: int | None = None
    memory: int | None = None
    pids_limit: int | None = None
    network_mode: str | None = None
    cgroup_parent: str | None = None


class ContainerDetails(Struct, frozen=True, rename="pascal"):
    """One container."""

    id: str
    name: str = ""
    restart_count: int | None = None
    state: ContainerState = ContainerState()
    config: ContainerConfig = ContainerConfig()
    host_config: HostConfig = HostConfig()


# --- GET /events ----------------------------------------------------------------------------------------------------


class EventActor(Struct, frozen=True):
    """Whom an event concerns; the attributes are its labels, its name, its image, and what the event adds."""

    id: str = field(default="", name="ID")
    attributes: dict[str, str] | None = field(default=None, name="Attributes")


class EventBody(Struct, frozen=True):
    """One line of the event stream."""

    type: str = field(default="", name="Type")
    action: str = field(default="", name="Action")
    actor: EventActor = field(default=EventActor(), name="Actor")
    time: int | None = None  # seconds
    time_ns: int | None = field(default=None, name="timeNano")
