"""What every source gives: one container's raw counters at one instant.

Counters are cumulative since the container started and carry their unit in the name; None means that the source,
the engine or the kernel did not tell, and never stands for 0. Not here: differences, percentages, rates (calculator).
"""

from __future__ import annotations

from msgspec import Struct


class Stall(Struct, frozen=True):
    """One line of a pressure file: how long tasks waited, in all, and the kernel's own averages.

    Source: the kernel's `Documentation/accounting/psi.rst`.
    """

    total_us: int  # since the cgroup was made
    avg10_pct: float
    avg60_pct: float
    avg300_pct: float


class PressureReading(Struct, frozen=True):
    """One pressure file. `some`: at least one task waited; `full`: all that were not idle did."""

    some: Stall | None
    full: Stall | None  # of CPU only since Linux 5.13


class Reading(Struct, frozen=True, kw_only=True):
    """One container's counters.

    `read_ns` is the time the counters were true, in nanoseconds of whichever clock the source stamps with; only
    differences between two readings of one source mean anything. `taken_ns` is this process's monotonic clock at the
    moment the reading arrived here, from which its age is told. The details, which tell why something is slow, may be
    read less often than the rest and are repeated in between: they were true at `details_ns`. So may everything but the
    CPU time, as long as that stands still: then `rest_ns` is the time of the rest.
    """

    container_id: str
    read_ns: int
    taken_ns: int
    rest_ns: int = 0  # 0: the same as read_ns
    cpu_total_ns: int | None = None
    cpu_system_ns: int | None = None  # the whole host's CPU time, for the engine's own formula only
    online_cpus: int | None = None
    periods: int | None = None
    throttled_periods: int | None = None
    throttled_ns: int | None = None
    mem_usage_bytes: int | None = None  # cache included
    mem_total_inactive_file_bytes: int | None = None  # cgroup v1, hierarchical
    mem_inactive_file_bytes: int | None = None  # cgroup v2; on v1 the container's own level only
    mem_limit_bytes: int | None = None  # as told: 0, 2^63 and 2^64-1 stand for "none" in different places
    mem_anon_bytes: int | None = None
    mem_file_bytes: int | None = None
    mem_kernel_bytes: int | None = None
    mem_swap_bytes: int | None = None
    mem_limit_hits: int | None = None  # times an allocation met the limit
    oom_kills: int | None = None  # processes killed for want of memory
    page_faults: int | None = None  # major ones included
    major_page_faults: int | None = None  # those that had to read from a disk
    net_rx_bytes: int | None = None
    net_tx_bytes: int | None = None
    block_read_bytes: int | None = None
    block_write_bytes: int | None = None
    pids: int | None = None
    pids_limit: int | None = None  # as told, see mem_limit_bytes
    details_ns: int = 0
    cpu_user_ns: int | None = None
    cpu_kernel_ns: int | None = None  # spent in the kernel on the container's behalf
    block_reads: int | None = None
    block_writes: int | None = None
    cpu_pressure: PressureReading | None = None
    mem_pressure: PressureReading | None = None
    io_pressure: PressureReading | None = None
    problems: tuple[str, ...] = ()  # what was there and could not be understood, by file name
