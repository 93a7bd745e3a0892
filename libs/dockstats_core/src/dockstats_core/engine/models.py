"""What the engine's answers hold, as far as dockstats uses them.

Unknown fields are skipped while decoding. Almost everything is optional, because engines from API 1.24 to the newest,
Windows and Podman leave different things out. Not here: what the figures mean (sources.engine_reading, inventory).
"""

from __future__ import annotations

from msgspec import Struct

# --- GET /containers/{id}/stats -----------------------------------------------------------------------------------


class CpuUsage(Struct, frozen=True):
    """CPU time used since the container started: ns, or 100 ns on Windows."""

    total_usage: int | None = None
    percpu_usage: list[int] | None = None


class ThrottlingData(Struct, frozen=True):
    """The CFS quota's periods, and time lost to it in ns."""

    periods: int | None = None
    throttled_periods: int | None = None
    throttled_time: int | None = None


class CpuStats(Struct, frozen=True):
    """One `cpu_stats` or `precpu_stats`."""

    cpu_usage: CpuUsage = CpuUsage()
    system_cpu_usage: int | None = None
    online_cpus: int | None = None
    throttling_data: ThrottlingData = ThrottlingData()


class MemoryDetails(Struct, frozen=True):
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


class MemoryStats(Struct, frozen=True):
    """Memory in bytes; `privateworkingset` is Windows's."""

    usage: int | None = None
    limit: int | None = None
    stats: MemoryDetails | None = None
    privateworkingset: int | None = None


class NetworkStats(Struct, frozen=True):
    """One interface's byte counters."""

    rx_bytes: int | None = None
    tx_bytes: int | None = None


class BlkioEntry(Struct, frozen=True):
    """One device's counter of one operation; `op` is capitalised on cgroup v1 and lower case on v2."""

    op: str = ""
    value: int = 0


class BlkioStats(Struct, frozen=True):
    """Block I/O in bytes."""

    io_service_bytes_recursive: list[BlkioEntry] | None = None


class StorageStats(Struct, frozen=True):
    """Windows's block I/O in bytes."""

    read_size_bytes: int | None = None
    write_size_bytes: int | None = None


class PidsStats(Struct, frozen=True):
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
