"""Why a container is slow, in one sentence: what it wants, what it gets, who holds it back. Nothing where it is well.

Of one that ended, whether it was for want of memory: of that alone the engine keeps a sign.

Every rule asks for a sign of waiting (throttling, pressure, pages read back from the disk), not only of use, and names
somebody only where the figures single that one out; where two could be meant, nothing is said. `mem_limit_hits` and
`oom_kills` count since the start and tell nothing about now, except that a limit never met holds nobody back.

Sources: the kernel's `Documentation/accounting/psi.rst` (pressure: the share of time in which some task waited; one
that a quota stopped waits for a CPU too), `Documentation/scheduler/sched-bwc.rst` (periods, throttled periods, and
throttled time, which is summed over the CPUs that had something to run), `Documentation/admin-guide/cgroup-v2.rst`
(what counts towards a memory limit: page cache too).
Not here: the figures (calculator), how a page shows the sentence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from dockstats_core.messages.agent import ContainerFacts, ContainerSample, HostFigures, Pressure
from dockstats_core.messages.stream import Cause, Diagnosis


class Thresholds(Struct, frozen=True, kw_only=True):
    """From where on something is worth a sentence. `_pct` is of the wall clock, unless told otherwise."""

    throttled_pct: float = 25.0  # of the periods; 500 ms have five, and a single one is chance
    throttled_time_pct: float = 5.0  # below this nobody notices, however many periods it falls into
    not_throttled_pct: float = 5.0  # of the periods; below this its limit is not what it waits for
    used_up_share: float = 0.8  # of the CPU limit; who is throttled and uses less has work in bursts
    wants_more_share: float = 1.1  # of the CPU limit; closer to it the estimate says no more than "more"
    cpu_waiting_pct: float = 25.0  # being woken costs some percent on any host that is in use
    mem_waiting_pct: float = 10.0  # a program with enough memory does not wait for it
    io_waiting_pct: float = 30.0  # whoever works with a disk waits for it at times
    waiting_10_s_share: float = 0.5  # of the same, on average over 10 s: one bad moment is no sentence
    major_faults_per_sec: float = 100.0  # each waits for a disk; where the kernel keeps no pressure
    swapped_bytes: int = 16 << 20  # a few pages lie in swap on any host that has been up for long
    host_cpu_busy_share: float = 0.9  # of its cores; more cannot be shared out without gaps
    host_cpu_waiting_share: float = 0.8  # of its cores, where its own pressure is high as well
    host_cpu_idle_share: float = 0.8  # of its cores; below this the host is not the reason
    alone_share: float = 0.7  # of the host's cores; who uses as much holds itself back
    near_limit_share: float = 0.95  # of the memory limit, cache included: the kernel takes pages back from here on
    away_from_limit_share: float = 0.9  # of the memory limit; below this it is not the reason
    host_mem_full_share: float = 0.92  # of its memory, which it could not give to a new program
    host_is_the_limit_share: float = 0.99  # of its memory; a limit above is none
    near_pids_limit_share: float = 0.95  # of the pids limit
    severe_throttled_pct: float = 75.0  # of the periods
    severe_waiting_pct: float = 60.0  # for a CPU or a disk: it stands more than it runs
    severe_mem_waiting_pct: float = 30.0  # what comes next is the kernel's killer


_FROM = Thresholds()

_WITHOUT_FIGURES_OF_NOW = frozenset({"paused", "restarting", "exited", "dead", "created", "removing"})
_EXIT_KILLED = 137  # 128 + SIGKILL
_MOST_CORES = 1e6  # no host has them; a stranger's figure must not fill the sentence
_NO_LIMIT_FROM = 1 << 62
_BINARY_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_DECIMAL_UNITS = ("B", "kB", "MB", "GB", "TB")


def diagnose(sample: ContainerSample | None, facts: ContainerFacts | None, host: HostFigures) -> Diagnosis | None:
    """The one thing most worth saying about a container; None when nothing is wrong, or nothing can be told.

    One that is well takes 0.8 µs (measured). Raises nothing, whatever the figures.

    Args:
        sample: its figures; stale ones say nothing about now, and one that ended has none.
        facts: its state and its own limits, where they are known.
        host: the machine below it.
    """
    if facts is not None and facts.state in _WITHOUT_FIGURES_OF_NOW:
        return _out_of_memory(facts) if facts.oom_killed and facts.state != "paused" else None
    if sample is None or sample.stale:
        return None
    found: list[Diagnosis | None] = []
    wants_memory = _waiting_pct(sample.mem_pressure, _FROM.mem_waiting_pct) is not None or _reads_back(sample)
    if wants_memory:
        found.append(_memory_limit(sample, facts, host) or _host_memory(sample, facts, host))
    if sample.throttled_pct is not None and sample.throttled_pct >= _FROM.throttled_pct:
        found.append(_cpu_limit(sample, facts, host, sample.throttled_pct))
    elif (waiting_pct := _waiting_pct(sample.cpu_pressure, _FROM.cpu_waiting_pct)) is not None:
        found.append(_host_cpu(sample, facts, host, waiting_pct))
    waiting_pct = _waiting_pct(sample.io_pressure, _FROM.io_waiting_pct)
    if waiting_pct is not None and not wants_memory:  # that would make a disk busy, too
        found.append(_disk(sample, waiting_pct))
    if facts is not None and facts.pids_limit is not None and sample.pids is not None:
        found.append(_pids_limit(sample.pids, facts.pids_limit))
    told = [diagnosis for diagnosis in found if diagnosis is not None] if found else None
    if not told:
        return None
    return next((diagnosis for diagnosis in told if diagnosis.severe), told[0])


# --- Signs of waiting ---------------------------------------------------------------------------------------------


def _waiting_pct(pressure: Pressure | None, from_pct: float) -> float | None:
    """How much of the time some task waits, where that is much now and has been for some seconds."""
    if pressure is None or pressure.some_pct is None or not pressure.some_pct >= from_pct:
        return None
    lately = pressure.some_avg10_pct
    return pressure.some_pct if lately is None or lately >= from_pct * _FROM.waiting_10_s_share else None


def _reads_back(sample: ContainerSample) -> bool:
    """Whether it reads many pages from the disk that memory would have held; asked only where pressure is unknown."""
    pressure, faults = sample.mem_pressure, sample.major_page_faults_per_sec
    unknown = pressure is None or pressure.some_pct is None
    return unknown and faults is not None and faults >= _FROM.major_faults_per_sec


def _waiting_for_memory(sample: ContainerSample) -> tuple[str, str, bool]:
    """What it does instead of running, the rule behind it, and whether it is severe."""
    pressure, faults = sample.mem_pressure, sample.major_page_faults_per_sec
    if pressure is not None and pressure.some_pct is not None:
        return (
            f"waits for memory {_pct(pressure.some_pct)} of the time",
            f"memory pressure {_pct(pressure.some_pct)} (from {_pct(_FROM.mem_waiting_pct)})",
            pressure.some_pct >= _FROM.severe_mem_waiting_pct,
        )
    each_second = f"{_figure(faults or 0.0)}"
    return (
        f"reads {each_second} pages a second back from the disk",
        f"{each_second} major page faults a second (from {_figure(_FROM.major_faults_per_sec)})",
        False,
    )


# --- Memory -------------------------------------------------------------------------------------------------------


def _out_of_memory(facts: ContainerFacts) -> Diagnosis:
    limit = facts.mem_limit_bytes
    own = "it has no limit of its own" if limit is None or limit <= 0 else f"its own limit is {_bytes(limit)}"
    # The engine's flag is of any of its processes; that it was the first one, only the exit code tells.
    survived = facts.exit_code not in {None, _EXIT_KILLED}
    whom = "one of its processes" if survived else "it"
    next_ = f", and it ended with exit code {facts.exit_code}" if survived else ""
    if facts.state == "restarting":
        next_ = ", and it is started again"
    return _diagnosis(
        "out_of_memory",
        f"wanted more memory than it got: the kernel killed {whom} ({own}){next_}",
        "the engine says that a process of its last run was killed for want of memory",
        severe=True,
    )


def _memory_limit(sample: ContainerSample, facts: ContainerFacts | None, host: HostFigures) -> Diagnosis | None:
    limit, in_use = _own_mem_limit(sample, facts, host), _mem_in_use(sample)
    if limit is None or in_use is None or sample.mem_limit_hits == 0 or in_use < limit * _FROM.near_limit_share:
        return None
    if _reads_back(sample) and (sample.mem_bytes or 0) < limit * _FROM.near_limit_share:
        return None  # cache up to the limit is ordinary, and so is reading what was never in it
    waiting, rule, severe = _waiting_for_memory(sample)
    who = ", and the host's memory is full too" if _is_mem_full(host) else ", its own limit holds it back"
    return _diagnosis(
        "memory_limit",
        f"{waiting}: with its cache it fills {_bytes(in_use)} of the {_bytes(limit)} it may have{who}",
        f"{rule}; memory with cache at {_pct(100 * (in_use / limit))} of its limit "
        f"(from {_pct(100 * _FROM.near_limit_share)})",
        severe=severe,
    )


def _host_memory(sample: ContainerSample, facts: ContainerFacts | None, host: HostFigures) -> Diagnosis | None:
    used, total, in_use = host.mem_used_bytes, host.mem_total_bytes, _mem_in_use(sample)
    if used is None or total is None or in_use is None or not _is_mem_full(host):
        return None
    limit = sample.mem_limit_bytes if facts is None else facts.mem_limit_bytes
    if facts is None and limit is None:
        return None
    is_own = limit is not None and limit < total * _FROM.host_is_the_limit_share
    if is_own and limit is not None and sample.mem_limit_hits != 0 and in_use >= limit * _FROM.away_from_limit_share:
        return None  # either could be it
    if _reads_back(sample) and (sample.mem_swap_bytes or 0) < _FROM.swapped_bytes:
        return None
    waiting, rule, severe = _waiting_for_memory(sample)
    return _diagnosis(
        "host_memory",
        f"{waiting}: the host holds it back, {_bytes(used)} of its {_bytes(total)} are taken",
        f"{rule}; host's memory at {_pct(100 * (used / total))} (from {_pct(100 * _FROM.host_mem_full_share)}), "
        "not near a limit of its own",
        severe=severe,
    )


def _mem_in_use(sample: ContainerSample) -> int | None:
    """What its limit is held against: cache included, where that is known."""
    return sample.mem_bytes if sample.mem_usage_bytes is None else sample.mem_usage_bytes


def _own_mem_limit(sample: ContainerSample, facts: ContainerFacts | None, host: HostFigures) -> int | None:
    """Its own limit in bytes; None where it has none, and where the limit in effect may be the host itself."""
    limit = sample.mem_limit_bytes if facts is None else facts.mem_limit_bytes
    if limit is None or not 0 < limit < _NO_LIMIT_FROM:
        return None
    total = host.mem_total_bytes
    if total is None:
        return None if facts is None else limit
    return limit if limit < total * _FROM.host_is_the_limit_share else None


def _is_mem_full(host: HostFigures) -> bool:
    """Whether the host has nothing left; what its containers hold alone does not tell, as part of it is cache."""
    used, total = host.mem_used_bytes, host.mem_total_bytes
    if host.basis != "host" or used is None or not total:
        return False
    return used >= total * _FROM.host_mem_full_share


# --- CPU ----------------------------------------------------------------------------------------------------------


def _cpu_limit(
    sample: ContainerSample, facts: ContainerFacts | None, host: HostFigures, throttled_pct: float
) -> Diagnosis | None:
    lost = sample.throttled_time_pct
    if lost is not None and lost < _FROM.throttled_time_pct:
        return None
    rule = f"throttled in {_pct(throttled_pct)} of the periods (from {_pct(_FROM.throttled_pct)})"
    if lost is not None:
        rule += f", {_figure(lost)} % of a core's time lost (from {_pct(_FROM.throttled_time_pct)})"
    return _diagnosis(
        "cpu_limit",
        _cpu_limit_sentence(sample, _cpu_limit_cores(sample, facts), host, throttled_pct),
        rule,
        severe=throttled_pct >= _FROM.severe_throttled_pct,
    )


def _cpu_limit_sentence(sample: ContainerSample, limit: float | None, host: HostFigures, throttled_pct: float) -> str:
    """What it wants beside what it may use.

    It wants what it used and, on each CPU where it was stopped, the time of one task at least: throttled time counts a
    CPU once, however many tasks wait there. That holds for work that goes on; for bursts it would count work twice that
    is done a period later, so that those only are called what they are.
    """
    stops = f"its own limit stops it in {_pct(throttled_pct)} of its periods"
    if limit is None:
        return f"wants more CPU than it may use: {stops}"
    cpu, lost = sample.cpu_pct, sample.throttled_time_pct
    if cpu is not None and cpu < 100 * limit * _FROM.used_up_share:
        return f"wants more than {_cores(limit)} in bursts and uses {_used(cpu)} on average: {stops}"
    if cpu is not None and lost is not None:
        wants = min((cpu + lost) / 100, host.cores or _MOST_CORES, _MOST_CORES)
        if wants >= limit * _FROM.wants_more_share:
            share = _host_cpu_share(host)
            not_the_host = ""
            if share is not None and host.basis == "host" and share < _FROM.host_cpu_idle_share:
                not_the_host = ", not the host"
            return (
                f"wants at least {_cores(_floor(wants))}, may use {_figure(limit)}: its own limit holds it "
                f"back{not_the_host} ({_pct(throttled_pct)} throttled)"
            )
    return f"wants more than the {_cores(limit)} it may use: {stops}"


def _cpu_limit_cores(sample: ContainerSample, facts: ContainerFacts | None) -> float | None:
    """Its own limit in cores, as the engine tells it or as its figures are told in shares of it."""
    if facts is not None and facts.cpu_limit_cores is not None and facts.cpu_limit_cores > 0:
        return facts.cpu_limit_cores
    return sample.cpu_pct / sample.cpu_limit_pct if sample.cpu_pct and sample.cpu_limit_pct else None


def _host_cpu(
    sample: ContainerSample, facts: ContainerFacts | None, host: HostFigures, waiting_pct: float
) -> Diagnosis | None:
    share, cores = _host_cpu_share(host), host.cores
    if share is None or _may_be_throttled(sample, facts):
        return None
    # A quota's stops count as waiting, the host's and its own, and pressure is often told a second late.
    host_pct = _waiting_pct(host.cpu_pressure, _FROM.cpu_waiting_pct)
    is_pressed = sample.throttled_pct is None and host_pct is not None
    busy_from = _FROM.host_cpu_waiting_share if is_pressed else _FROM.host_cpu_busy_share
    if share < busy_from:
        return None
    waiting = f"waits for a CPU {_pct(waiting_pct)} of the time"
    used = sample.cpu_pct
    if used is not None and used >= 100 * (cores or 0) * _FROM.alone_share:
        sentence = f"{waiting}: it alone uses {_used(used)} of the host's {_cores(cores or 0)}"
    else:
        gets = "" if used is None else f" and gets {_used(used)} cores"
        whose = "" if host.basis == "host" else " by containers alone"
        in_use = f"{_pct(100 * share)} of its {_cores(cores or 0)} are in use{whose}"
        sentence = f"{waiting}{gets}: the host holds it back, {in_use}"
    return _diagnosis(
        "host_cpu",
        sentence,
        f"CPU pressure {_pct(waiting_pct)} (from {_pct(_FROM.cpu_waiting_pct)}), not throttled; host's CPU at "
        f"{_pct(100 * share)} (from {_pct(100 * busy_from)}{', as its own pressure is high' if is_pressed else ''})",
        severe=waiting_pct >= _FROM.severe_waiting_pct,
    )


def _may_be_throttled(sample: ContainerSample, facts: ContainerFacts | None) -> bool:
    """Whether its own limit could be what it waits for."""
    if sample.throttled_pct is not None:
        return sample.throttled_pct >= _FROM.not_throttled_pct
    if facts is not None:
        return facts.cpu_limit_cores is not None
    return "throttling" in sample.unknown or sample.cpu_limit_pct is not None


def _host_cpu_share(host: HostFigures) -> float | None:
    """Share of its cores in use, from 0 to 1; of the basis `containers` it is no more than that at least."""
    if host.cpu_pct is None or not host.cores:
        return None
    return min(1.0, host.cpu_pct / (100.0 * host.cores))


# --- The rest -----------------------------------------------------------------------------------------------------


def _disk(sample: ContainerSample, waiting_pct: float) -> Diagnosis:
    read, written = sample.block_read_bytes_per_sec, sample.block_write_bytes_per_sec
    while_ = ""
    if read is not None and written is not None:
        while_ = f" while it reads {_rate(read)} and writes {_rate(written)}"
    return _diagnosis(
        "disk",
        f"waits for its disk {_pct(waiting_pct)} of the time{while_}: the disk does not keep up",
        f"I/O pressure {_pct(waiting_pct)} (from {_pct(_FROM.io_waiting_pct)}), not for want of memory",
        severe=waiting_pct >= _FROM.severe_waiting_pct,
    )


def _pids_limit(pids: int, limit: int) -> Diagnosis | None:
    """Nobody counts those who wait here, but at the limit starting a process fails, for certain."""
    if limit <= 0 or pids < limit * _FROM.near_pids_limit_share:
        return None
    left = limit - pids
    then = f"its own limit leaves room for {left}" if left > 0 else "its own limit lets it start no other"
    return _diagnosis(
        "pids_limit",
        f"has {pids} of the {limit} processes and threads it may have: {then}",
        f"pids at {_pct(100 * (pids / limit))} of their limit (from {_pct(100 * _FROM.near_pids_limit_share)})",
        severe=left <= 0,
    )


# --- Words --------------------------------------------------------------------------------------------------------


def _diagnosis(cause: Cause, sentence: str, rule: str, *, severe: bool) -> Diagnosis:
    return Diagnosis(cause=cause, sentence=sentence, rule=rule, severe=severe)


def _pct(pct: float) -> str:
    return f"{min(pct, 100.0):.0f} %"


def _figure(figure: float) -> str:
    """Three digits at most, and all of those before the point."""
    figure = min(figure, _MOST_CORES)
    return f"{figure:.3g}" if figure < 999.5 else f"{figure:.0f}"


def _floor(cores: float) -> float:
    """Two digits, rounded down: it is at least that."""
    step = 100 if cores < 1 else 10 if cores < 10 else 1
    return math.floor(cores * step) / step


def _cores(cores: float) -> str:
    text = _figure(cores)
    return f"{text} core" if text == "1" else f"{text} cores"


def _used(cpu_pct: float) -> str:
    """Cores in use: a measured figure, so two digits."""
    cores = cpu_pct / 100
    if cores < 0.01:
        return "less than 0.01"
    return f"{cores:.2g}" if cores < 10 else f"{min(cores, _MOST_CORES):.0f}"


def _bytes(amount: float) -> str:
    """In binary units, as limits are set, three digits at most."""
    return _scaled(amount, 1024, _BINARY_UNITS)


def _rate(bytes_per_sec: float) -> str:
    """In decimal units, as disks are sold and charts tell it."""
    return f"{_scaled(bytes_per_sec, 1000, _DECIMAL_UNITS)}/s"


def _scaled(amount: float, step: int, units: Sequence[str]) -> str:
    amount, rank = min(amount, _NO_LIMIT_FROM), 0
    while amount >= 999.5 and rank < len(units) - 1:
        amount, rank = amount / step, rank + 1
    return f"{_figure(amount)} {units[rank]}"
