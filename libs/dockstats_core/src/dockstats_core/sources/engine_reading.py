"""From the engine's stats body to a Reading: units, names and sums made the same for every engine and system.

A body is read for its counters only: its id and name are missing or wrong on some engines. cgroup v1, v2 and Windows
name and measure things differently, and an empty frame (a container that is not running) gives no reading at all.
Source: moby `api/types/container/stats.go`, `daemon/stats_unix.go`, `daemon/stats_windows.go`.
Not here: asking for a body (engine), formulas (calculator).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dockstats_core.engine.models import CpuStats, MemoryDetails, StatsBody
from dockstats_core.engine.timestamps import to_unix_ns
from dockstats_core.readings import Reading

_WINDOWS_UNIT_NS = 100


def to_reading(container_id: str, body: StatsBody, taken_ns: int) -> Reading | None:
    """The counters of one body; None for an empty frame.

    `taken_ns` is this process's monotonic clock at the body's arrival.
    """
    read_ns = to_unix_ns(body.read)
    if read_ns is None:
        return None
    windows = _is_windows(body)
    memory = body.memory_stats
    details = memory.stats or MemoryDetails()
    received, sent = _network(body)
    read, written = _block(body, windows=windows)
    throttling = body.cpu_stats.throttling_data
    return Reading(
        container_id=container_id,
        read_ns=read_ns,
        taken_ns=taken_ns,
        cpu_total_ns=_cpu_total_ns(body.cpu_stats, windows=windows),
        cpu_system_ns=None if windows else body.cpu_stats.system_cpu_usage,
        online_cpus=online_cpus(body.cpu_stats.online_cpus, body.cpu_stats.cpu_usage.percpu_usage),
        periods=None if windows else throttling.periods,
        throttled_periods=None if windows else throttling.throttled_periods,
        throttled_ns=None if windows else throttling.throttled_time,
        mem_usage_bytes=memory.privateworkingset if windows else memory.usage,
        mem_total_inactive_file_bytes=details.total_inactive_file,
        mem_inactive_file_bytes=details.inactive_file,
        mem_limit_bytes=memory.limit,
        mem_anon_bytes=_first(details.anon, details.total_rss),
        mem_file_bytes=_first(details.file, details.total_cache),
        mem_kernel_bytes=_first(details.kernel, _total((details.kernel_stack, details.slab))),
        net_rx_bytes=received,
        net_tx_bytes=sent,
        block_read_bytes=read,
        block_write_bytes=written,
        pids=body.pids_stats.current,
        pids_limit=body.pids_stats.limit,
    )


def previous_of(container_id: str, body: StatsBody, taken_ns: int) -> Reading | None:
    """The CPU counters that a stream's frame repeats of the frame before; None where it has none.

    `precpu_stats` counts only when `preread` is a real time: a one-shot answer and a first frame carry zeroes.
    """
    read_ns = to_unix_ns(body.preread)
    if read_ns is None:
        return None
    before = body.precpu_stats
    windows = _is_windows(body)
    return Reading(
        container_id=container_id,
        read_ns=read_ns,
        taken_ns=taken_ns,
        cpu_total_ns=_cpu_total_ns(before, windows=windows),
        cpu_system_ns=None if windows else before.system_cpu_usage,
        online_cpus=online_cpus(before.online_cpus, before.cpu_usage.percpu_usage),
        periods=before.throttling_data.periods,
        throttled_periods=before.throttling_data.throttled_periods,
        throttled_ns=before.throttling_data.throttled_time,
    )


def online_cpus(online: int | None, per_cpu: Collection[int] | None) -> int | None:
    """How many CPUs the host had online; old engines leave the number out, and the list's length stands in."""
    return online or (len(per_cpu) if per_cpu else None)


def _is_windows(body: StatsBody) -> bool:
    # Engines before 29 do not name the system, but only Windows fills these two.
    return body.os_type == "windows" or (bool(body.num_procs) and body.memory_stats.privateworkingset is not None)


def _cpu_total_ns(stats: CpuStats, *, windows: bool) -> int | None:
    total = stats.cpu_usage.total_usage
    return total * _WINDOWS_UNIT_NS if windows and total is not None else total


def _network(body: StatsBody) -> tuple[int | None, int | None]:
    """Sums over all interfaces: the engine leaves `lo` out; no interface at all is no figure."""
    interfaces = (body.networks or {}).values()
    return (
        _total(interface.rx_bytes for interface in interfaces),
        _total(interface.tx_bytes for interface in interfaces),
    )


def _block(body: StatsBody, *, windows: bool) -> tuple[int | None, int | None]:
    """Sums over all devices. A container that did no I/O has an empty list, or null, and that is a true 0."""
    if windows:
        return body.storage_stats.read_size_bytes, body.storage_stats.write_size_bytes
    read = written = 0
    for entry in body.blkio_stats.io_service_bytes_recursive or ():
        operation = entry.op.lower()
        if operation == "read":
            read += entry.value
        elif operation == "write":
            written += entry.value
    return read, written


def _total(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)
