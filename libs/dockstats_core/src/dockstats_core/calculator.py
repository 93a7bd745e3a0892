"""Counters to figures: percentages, rates and sums. Pure arithmetic, on the way of every sample.

CPU percent is the counter's delta over the time between the two readings, 100 = one core. The engine's own formula over
`system_cpu_usage` stands beside it for comparison: it leaves out stolen time, moves in coarse steps, and some engines
fill its input in another unit. Counters are subtracted as integers, because above 2^53 a double loses the difference.
What cannot be known is None with its reason: a first sample, a counter that went back, a gap; never 0, never negative,
never a spike. Sources: docker/cli `cli/command/container/stats_helpers.go` (what `docker stats` shows), the kernel's
`Documentation/admin-guide/cgroup-v2.rst` (what the counters are).
Not here: where counters come from (sources), how old a figure may get (sampler).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from msgspec import Struct

from dockstats_core.containers import Container
from dockstats_core.messages.agent import MAX_COUNT, AgentMetrics, ContainerSample, Figure, Pressure, UnknownReason
from dockstats_core.readings import PressureReading, Reading, Stall

FIGURES: tuple[Figure, ...] = get_args(Figure)

# A limit from here up stands for none: v1 writes 2^63 rounded down to a page, v2's "max" arrives as 2^64-1.
NO_LIMIT_FROM = 1 << 62

_NOTHING = Reading(container_id="", read_ns=0, taken_ns=0)  # stands for the reading before the first one


# --- The formulas -------------------------------------------------------------------------------------------------


def cpu_pct(total_ns: int, previous_total_ns: int, elapsed_ns: int) -> float | None:
    """CPU time used over wall-clock time passed, 100 = one core; None after a reset or when no time passed."""
    used_ns = total_ns - previous_total_ns
    return used_ns / elapsed_ns * 100.0 if used_ns >= 0 and elapsed_ns > 0 else None


class EngineCpu(Struct, frozen=True, kw_only=True):
    """A CPU percent by the engine's formula, or by the wall clock where its inputs are unusable."""

    pct: float
    basis: Literal["engine", "wall"]


def engine_cpu(current: Reading, previous: Reading | None) -> EngineCpu | None:
    """The engine's own formula, for comparison only: used over the host's CPU time, times its cores; 100 = one core.

    Where the host's CPU time stands still or is missing, or the number of cores is unknown, the wall clock decides.
    None for a first sample, a reset, or the same reading twice. Source: `calculateCPUPercentUnix` of docker/cli.
    """
    if previous is None or current.cpu_total_ns is None or previous.cpu_total_ns is None:
        return None
    used_ns = current.cpu_total_ns - previous.cpu_total_ns
    if used_ns < 0 or current.read_ns == previous.read_ns:
        return None
    if current.cpu_system_ns is not None and previous.cpu_system_ns is not None and current.online_cpus:
        system_ns = current.cpu_system_ns - previous.cpu_system_ns
        if system_ns > 0:
            return EngineCpu(pct=used_ns * current.online_cpus * 100 / system_ns, basis="engine")
    pct = cpu_pct(current.cpu_total_ns, previous.cpu_total_ns, current.read_ns - previous.read_ns)
    return None if pct is None else EngineCpu(pct=pct, basis="wall")


def mem_used_bytes(usage: int, total_inactive_file: int | None, inactive_file: int | None) -> int:
    """Usage minus the cache that the kernel gives back first, in bytes, as `docker stats` shows it.

    v1's hierarchical `total_inactive_file` comes first, then `inactive_file`; one that is not smaller than the usage
    was read at another instant and is left on. Source: `calculateMemUsageUnixNoCache` of docker/cli.
    """
    for cache in (total_inactive_file, inactive_file):
        if cache is not None and 0 <= cache < usage:
            return usage - cache
    return usage


def limit_in_effect(limit: int | None, host_memory_bytes: int | None) -> int | None:
    """The memory limit that holds, in bytes: the host's memory bounds every limit. None where it is not known."""
    if limit is None or limit <= 0:
        return None
    if host_memory_bytes is not None and host_memory_bytes > 0:
        return min(limit, host_memory_bytes)
    return None if limit >= NO_LIMIT_FROM else limit


def pids_limit(limit: int | None) -> int | None:
    """The limit of processes, None where there is none: 0, below 0, or one of the kernel's and runtimes' "max"."""
    return limit if limit is not None and 0 < limit < NO_LIMIT_FROM else None


def per_sec(value: int, previous: int, elapsed_ns: int) -> float | None:
    """A counter's rate per second; None after a reset or when no time passed."""
    delta = value - previous
    return delta * 1e9 / elapsed_ns if delta >= 0 and elapsed_ns > 0 else None


def throttled_periods_pct(periods: int, throttled: int, previous_periods: int, previous_throttled: int) -> float | None:
    """Share of the scheduler's periods in which the quota was used up.

    0 while the container is idle (no period passes); None without a quota (there never was a period) or after a reset.
    """
    passed, hit = periods - previous_periods, throttled - previous_throttled
    if periods <= 0 or passed < 0 or hit < 0:
        return None
    return hit / passed * 100.0 if passed else 0.0


def pressure(now: PressureReading, before: PressureReading | None, elapsed_ns: int) -> Pressure:
    """Share of the time that tasks waited for one resource, between two readings of its pressure file, in percent.

    The shares are None for a first reading and after a reset; the kernel's averages are passed on. Source: the kernel's
    `Documentation/accounting/psi.rst`.
    """
    some, full = now.some, now.full
    return Pressure(
        some_pct=_stalled_pct(some, None if before is None else before.some, elapsed_ns),
        full_pct=_stalled_pct(full, None if before is None else before.full, elapsed_ns),
        some_avg10_pct=None if some is None else some.avg10_pct,
        full_avg10_pct=None if full is None else full.avg10_pct,
    )


def _stalled_pct(now: Stall | None, before: Stall | None, elapsed_ns: int) -> float | None:
    if now is None or before is None:
        return None
    stalled_us = now.total_us - before.total_us
    return stalled_us * 1e5 / elapsed_ns if stalled_us >= 0 and elapsed_ns > 0 else None


# --- A whole sample -----------------------------------------------------------------------------------------------


class Details(Struct, frozen=True, kw_only=True):
    """The figures that tell why something is slow; a source may take them less often than the others."""

    cpu_user_pct: float | None = None
    cpu_kernel_pct: float | None = None
    block_reads_per_sec: float | None = None
    block_writes_per_sec: float | None = None
    cpu_pressure: Pressure | None = None
    mem_pressure: Pressure | None = None
    io_pressure: Pressure | None = None
    why_no_pressure: UnknownReason | None = None


def details(reading: Reading, previous: Reading | None, *, no_previous: UnknownReason = "first_sample") -> Details:
    """The details of a reading, over the time since the last one with other details than these."""
    before = _NOTHING if previous is None else previous
    elapsed_ns = reading.details_ns - before.details_ns
    cpu, memory, io = reading.cpu_pressure, reading.mem_pressure, reading.io_pressure
    why_no_pressure: UnknownReason | None = None
    if cpu is None and memory is None and io is None:
        why_no_pressure = "source_cannot_tell"
    elif elapsed_ns <= 0 or (
        before.cpu_pressure is None and before.mem_pressure is None and before.io_pressure is None
    ):
        why_no_pressure = no_previous
    return Details(
        cpu_user_pct=_share(reading.cpu_user_ns, before.cpu_user_ns, elapsed_ns),
        cpu_kernel_pct=_share(reading.cpu_kernel_ns, before.cpu_kernel_ns, elapsed_ns),
        block_reads_per_sec=_rate(reading.block_reads, before.block_reads, elapsed_ns),
        block_writes_per_sec=_rate(reading.block_writes, before.block_writes, elapsed_ns),
        cpu_pressure=None if cpu is None else pressure(cpu, before.cpu_pressure, elapsed_ns),
        mem_pressure=None if memory is None else pressure(memory, before.mem_pressure, elapsed_ns),
        io_pressure=None if io is None else pressure(io, before.io_pressure, elapsed_ns),
        why_no_pressure=why_no_pressure,
    )


def calculate(
    container: Container,
    reading: Reading,
    previous: Reading | None,
    *,
    host_memory_bytes: int | None,
    with_details: Details | None = None,
    no_previous: UnknownReason = "first_sample",
) -> ContainerSample:
    """One container's figures from its counters and those before; every null has its reason in `unknown`.

    Args:
        container: whose they are; its network mode and its own CPU limit decide what can be known.
        reading: the counters now.
        previous: the counters before, by the same source; None where there are none to compare with.
        host_memory_bytes: the host's memory, which bounds every limit; None when unknown.
        with_details: the reading's details, where they are known already; by default over the time since `previous`.
        no_previous: why there is no previous reading.
    """
    unknown: dict[Figure, UnknownReason] = {}
    before = _NOTHING if previous is None else previous
    elapsed_ns = reading.read_ns - before.read_ns
    if previous is not None and elapsed_ns <= 0:
        before, no_previous = _NOTHING, "gap"  # the clock that stamps the readings was set back, or stood still
    detailed = with_details or details(reading, before, no_previous=no_previous)
    # Counters that are repeated did not move in between, whatever time that is divided by.
    rest_ns = ((reading.rest_ns or reading.read_ns) - (before.rest_ns or before.read_ns)) or elapsed_ns

    cpu = _cpu(reading, before, elapsed_ns, no_previous, unknown)
    cores = container.cpu_limit_cores
    throttled, throttled_time = _throttling(container, reading, before, rest_ns, no_previous, unknown)

    usage = _told(reading.mem_usage_bytes)
    used = cache = limit = mem_pct = None
    if usage is None:
        unknown["memory"] = "source_cannot_tell"
    else:
        used = mem_used_bytes(usage, reading.mem_total_inactive_file_bytes, reading.mem_inactive_file_bytes)
        told_cache = reading.mem_total_inactive_file_bytes is not None or reading.mem_inactive_file_bytes is not None
        cache = usage - used if told_cache else None  # Podman's answer has no cache in it
        limit = limit_in_effect(reading.mem_limit_bytes, host_memory_bytes)
        mem_pct = used / limit * 100.0 if limit is not None else None

    received, sent = _network(container, reading, unknown)
    net_io = received_rate = sent_rate = None
    if received is None or sent is None:
        unknown["network_rates"] = unknown["network"]
    else:
        net_io = _told(received + sent)
        if net_io is None:
            unknown["network"] = "source_cannot_tell"
        was = (before.net_rx_bytes, before.net_tx_bytes)
        received_rate, sent_rate = _rates("network_rates", (received, sent), was, rest_ns, no_previous, unknown)

    read, written = _known(reading.block_read_bytes), _known(reading.block_write_bytes)
    read_rate = written_rate = None
    if read is None or written is None:
        unknown["block_io"] = unknown["block_io_rates"] = "source_cannot_tell"
    else:
        was = (before.block_read_bytes, before.block_write_bytes)
        read_rate, written_rate = _rates("block_io_rates", (read, written), was, rest_ns, no_previous, unknown)

    pids = _told(reading.pids)
    if pids is None:
        unknown["pids"] = "source_cannot_tell"
    if reading.oom_kills is None and reading.page_faults is None:
        unknown["memory_events"] = "source_cannot_tell"
    if detailed.why_no_pressure is not None:
        unknown["pressure"] = detailed.why_no_pressure

    return ContainerSample(
        id=container.id,
        name=container.name,
        cpu_pct=cpu,
        mem_bytes=used,
        mem_limit_bytes=limit,
        net_io_bytes=net_io,
        cpu_user_pct=detailed.cpu_user_pct,
        cpu_kernel_pct=detailed.cpu_kernel_pct,
        cpu_limit_pct=cpu / cores if cpu is not None and cores is not None and cores > 0 else None,
        throttled_pct=throttled,
        throttled_time_pct=throttled_time,
        mem_pct=mem_pct,
        mem_usage_bytes=usage,
        mem_cache_bytes=cache,
        mem_anon_bytes=_told(reading.mem_anon_bytes),
        mem_file_bytes=_told(reading.mem_file_bytes),
        mem_kernel_bytes=_told(reading.mem_kernel_bytes),
        mem_swap_bytes=_told(reading.mem_swap_bytes),
        mem_limit_hits=_told(reading.mem_limit_hits),
        oom_kills=_told(reading.oom_kills),
        page_faults_per_sec=_rate(reading.page_faults, before.page_faults, rest_ns),
        major_page_faults_per_sec=_rate(reading.major_page_faults, before.major_page_faults, rest_ns),
        net_rx_bytes=_told(received),
        net_tx_bytes=_told(sent),
        net_rx_bytes_per_sec=received_rate,
        net_tx_bytes_per_sec=sent_rate,
        block_read_bytes=_told(read),
        block_write_bytes=_told(written),
        block_read_bytes_per_sec=read_rate,
        block_write_bytes_per_sec=written_rate,
        block_reads_per_sec=detailed.block_reads_per_sec,
        block_writes_per_sec=detailed.block_writes_per_sec,
        pids=pids,
        cpu_pressure=detailed.cpu_pressure,
        mem_pressure=detailed.mem_pressure,
        io_pressure=detailed.io_pressure,
        unknown=dict(unknown.items()),  # by items: a message takes any words, this module writes only listed ones
    )


def unreadable(container: Container, reason: UnknownReason) -> ContainerSample:
    """The sample of a container of which nothing is known, for one reason."""
    return ContainerSample(id=container.id, name=container.name, unknown=dict.fromkeys(FIGURES, reason))


def totals(samples: Iterable[ContainerSample]) -> AgentMetrics:
    """CPU and memory of all containers together; one without figures is left out, None where none has any.

    Memory past what a message holds is unknown, too: the others' figures must still be readable.
    """
    cpu = memory = None
    for sample in samples:
        if sample.cpu_pct is not None:
            cpu = (cpu or 0.0) + sample.cpu_pct
        if sample.mem_bytes is not None:
            memory = (memory or 0) + sample.mem_bytes
    return AgentMetrics(cpu_pct=cpu, mem_bytes=_told(memory))


def _known(counter: int | None) -> int | None:
    """A counter as far as it can be true: no engine means a negative one."""
    return counter if counter is not None and counter >= 0 else None


def _told(counter: int | None) -> int | None:
    """A counter as far as a message holds it; one absurd value must not make a whole batch unreadable."""
    return counter if counter is not None and 0 <= counter <= MAX_COUNT else None


def _rate(now: int | None, before: int | None, elapsed_ns: int) -> float | None:
    """A counter's rate per second where both readings have it."""
    return None if now is None or before is None else per_sec(now, before, elapsed_ns)


def _share(now_ns: int | None, before_ns: int | None, elapsed_ns: int) -> float | None:
    """Part of a CPU's time, 100 = one core, where both readings have it."""
    return None if now_ns is None or before_ns is None else cpu_pct(now_ns, before_ns, elapsed_ns)


def _cpu(
    reading: Reading,
    before: Reading,
    elapsed_ns: int,
    no_previous: UnknownReason,
    unknown: dict[Figure, UnknownReason],
) -> float | None:
    total_ns = _known(reading.cpu_total_ns)
    if total_ns is None:
        unknown["cpu"] = "source_cannot_tell"
        return None
    before_ns = _known(before.cpu_total_ns)
    if before_ns is None:
        unknown["cpu"] = no_previous
        return None
    pct = cpu_pct(total_ns, before_ns, elapsed_ns)
    if pct is None:
        unknown["cpu"] = "counter_reset"
    return pct


def _throttling(
    container: Container,
    reading: Reading,
    before: Reading,
    elapsed_ns: int,
    no_previous: UnknownReason,
    unknown: dict[Figure, UnknownReason],
) -> tuple[float | None, float | None]:
    """Shares of the periods and of the wall clock; both None without a reason where there is no quota."""
    periods, throttled = _known(reading.periods), _known(reading.throttled_periods)
    if periods is None or throttled is None:
        unknown["throttling"] = "source_cannot_tell"
        return None, None
    if periods == 0:
        if container.cpu_limit_cores is not None:  # Podman's answer has only zeros
            unknown["throttling"] = "source_cannot_tell"
        return None, None
    if before.periods is None or before.throttled_periods is None:
        unknown["throttling"] = no_previous
        return None, None
    pct = throttled_periods_pct(periods, throttled, before.periods, before.throttled_periods)
    if pct is None:
        unknown["throttling"] = "counter_reset"
        return None, None
    lost_ns, lost_before_ns = _known(reading.throttled_ns), _known(before.throttled_ns)
    if lost_ns is None or lost_before_ns is None:
        return pct, None
    return pct, cpu_pct(lost_ns, lost_before_ns, elapsed_ns)


def _network(
    container: Container, reading: Reading, unknown: dict[Figure, UnknownReason]
) -> tuple[int | None, int | None]:
    """Bytes received and sent since the start; whose network is not its own has no figure of its own."""
    mode = container.network_mode or ""
    received, sent = _known(reading.net_rx_bytes), _known(reading.net_tx_bytes)
    if mode == "host":
        unknown["network"] = "host_network"
    elif mode.startswith("container:"):
        unknown["network"] = "shared_network"
    elif mode == "none":
        unknown["network"] = "no_network"
    elif received is None or sent is None:
        unknown["network"] = "source_cannot_tell"
    else:
        return received, sent
    return None, None


def _rates(
    figure: Figure,
    now: tuple[int, int],
    was: tuple[int | None, int | None],
    elapsed_ns: int,
    no_previous: UnknownReason,
    unknown: dict[Figure, UnknownReason],
) -> tuple[float | None, float | None]:
    """Both rates, or neither with the reason."""
    one_before, other_before = was
    if one_before is None or other_before is None:
        unknown[figure] = no_previous
        return None, None
    one, other = per_sec(now[0], one_before, elapsed_ns), per_sec(now[1], other_before, elapsed_ns)
    if one is None or other is None:
        unknown[figure] = "counter_reset"
        return None, None
    return one, other
