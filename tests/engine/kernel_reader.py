"""The kernel's own counters of a container, read past all of our code: the judge where engines and sources differ.

Plain files, opened anew each time, with the time before and after each read: a counter true at any moment in between.
Which file says what: the kernel's `Documentation/admin-guide/cgroup-v2.rst` and `cgroup-v1/`; on a machine with both,
the v1 controllers have the counters and the v2 tree the pressure. Not here: what is made of them (matrix, contention).
"""

from __future__ import annotations

import re
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, MutableSequence, Sequence
from pathlib import Path
from typing import NamedTuple

CGROUPS = Path("/sys/fs/cgroup")
CPU_EVERY_S = 0.04
REST_EVERY_S = 0.4
_PAGE_LIMIT = 1 << 62  # what v1 says for no limit is the largest page-aligned number


class CpuCounter(NamedTuple):
    """CPU time used so far: true at a moment between `from_s` and `to_s` (Unix seconds)."""

    from_s: float
    to_s: float
    used_ns: int


class Counters(NamedTuple):
    """All other counters at about one moment; None where this kernel has no such file."""

    at_s: float
    usage: int
    inactive_file: int
    limit: int  # the machine's memory where the container has none
    anon: int
    file: int
    kernel: int | None
    swap: int | None
    limit_hits: int | None
    oom_kills: int | None
    page_faults: int
    received: int
    sent: int
    read: int
    written: int
    pids: int
    periods: int
    throttled_periods: int
    throttled_ns: int
    cpu_pressure_us: int | None
    mem_pressure_us: int | None
    io_pressure_us: int | None

    @property
    def used(self) -> int:
        """Memory as `docker stats` counts it: without the part of the page cache that is the first to go."""
        return self.usage - self.inactive_file if self.inactive_file < self.usage else self.usage


class KernelReader:
    """Reads one container's counters."""

    def __init__(self, container_id: str, pid: int) -> None:
        self._pid = pid
        self._paths: dict[str, Path] = {}
        for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            for controller in controllers.split(","):
                self._paths[controller] = own_part(path, container_id)
        self.is_v1 = "memory" in self._paths

    def cpu(self) -> CpuCounter:
        """CPU time, and when that was true."""
        from_s = time.time()
        if self.is_v1:
            used_ns = int(self._v1("cpuacct", "cpuacct.usage"))
        else:
            used_ns = self._keyed(self._v2("cpu.stat"))["usage_usec"] * 1000
        return CpuCounter(from_s, time.time(), used_ns)

    def counters(self) -> Counters:
        """Everything else."""
        return self._v1_counters() if self.is_v1 else self._v2_counters()

    def _v1_counters(self) -> Counters:
        memory = self._keyed(self._v1("memory", "memory.stat"))
        cpu = self._keyed(self._v1("cpu", "cpu.stat"))
        oom = self._keyed(self._v1("memory", "memory.oom_control"))
        blocks = self._v1("blkio", "blkio.throttle.io_service_bytes_recursive").splitlines()
        received, sent = self._network()
        limit = int(self._v1("memory", "memory.limit_in_bytes"))
        return Counters(
            at_s=time.time(),
            usage=int(self._v1("memory", "memory.usage_in_bytes")),
            inactive_file=memory["total_inactive_file"],
            limit=_machine_memory() if limit > _PAGE_LIMIT else limit,
            anon=memory["total_rss"],
            file=memory["total_cache"],
            kernel=_number_in(self._v1_path("memory", "memory.kmem.usage_in_bytes")),
            swap=memory.get("total_swap"),
            limit_hits=int(self._v1("memory", "memory.failcnt")),
            oom_kills=oom.get("oom_kill"),
            page_faults=memory["total_pgfault"],
            received=received,
            sent=sent,
            read=sum(int(line.split()[2]) for line in blocks if " Read " in line),
            written=sum(int(line.split()[2]) for line in blocks if " Write " in line),
            pids=int(self._v1("pids", "pids.current")),
            periods=cpu["nr_periods"],
            throttled_periods=cpu["nr_throttled"],
            throttled_ns=cpu["throttled_time"],
            **self._pressure(),
        )

    def _v2_counters(self) -> Counters:
        memory = self._keyed(self._v2("memory.stat"))
        cpu = self._keyed(self._v2("cpu.stat"))
        events = self._keyed(self._v2("memory.events"))
        blocks = self._v2("io.stat")
        received, sent = self._network()
        limit = self._v2("memory.max").strip()
        return Counters(
            at_s=time.time(),
            usage=int(self._v2("memory.current")),
            inactive_file=memory["inactive_file"],
            limit=_machine_memory() if limit == "max" else int(limit),
            anon=memory["anon"],
            file=memory["file"],
            kernel=memory.get("kernel"),
            swap=_number_in(self._v2_path("memory.swap.current")),
            limit_hits=events["max"],
            oom_kills=events["oom_kill"],
            page_faults=memory["pgfault"],
            received=received,
            sent=sent,
            read=sum(map(int, re.findall(r"rbytes=(\d+)", blocks))),
            written=sum(map(int, re.findall(r"wbytes=(\d+)", blocks))),
            pids=int(self._v2("pids.current")),
            periods=cpu.get("nr_periods", 0),
            throttled_periods=cpu.get("nr_throttled", 0),
            throttled_ns=cpu.get("throttled_usec", 0) * 1000,
            **self._pressure(),
        )

    def _v1(self, controller: str, name: str) -> str:
        return self._v1_path(controller, name).read_text()

    def _v1_path(self, controller: str, name: str) -> Path:
        return CGROUPS / controller / self._paths[controller] / name

    def _v2(self, name: str) -> str:
        return self._v2_path(name).read_text()

    def _v2_path(self, name: str) -> Path:
        return CGROUPS / ("unified" if self.is_v1 else "") / self._paths[""] / name

    def _pressure(self) -> dict[str, int | None]:
        """How long some task waited in all, in microseconds."""
        found: dict[str, int | None] = {}
        for name, key in (("cpu", "cpu"), ("memory", "mem"), ("io", "io")):
            try:
                total = re.search(r"some .*total=(\d+)", self._v2(f"{name}.pressure"))
            except (OSError, KeyError):  # no such file, or no v2 tree at all
                total = None
            found[f"{key}_pressure_us"] = int(total[1]) if total else None
        return found

    def _network(self) -> tuple[int, int]:
        """Bytes received and sent by all interfaces of the network it is in, but the loopback."""
        lines = Path(f"/proc/{self._pid}/net/dev").read_text().splitlines()[2:]
        columns = [line.replace(":", " ").split() for line in lines]
        outer = [column for column in columns if column[0] != "lo"]
        return sum(int(column[1]) for column in outer), sum(int(column[9]) for column in outer)

    @staticmethod
    def _keyed(text: str) -> dict[str, int]:
        return {key: int(value) for key, value in (line.split() for line in text.splitlines())}


def own_part(path: str, container_id: str) -> Path:
    """The path up to the component that carries the id: an engine may keep the processes one further down."""
    parts = path.strip("/").split("/")
    last = max((number for number, part in enumerate(parts) if container_id in part), default=None)
    if last is None:
        raise LookupError(f"{path} is no cgroup of {container_id}")
    return Path(*parts[: last + 1])


def _number_in(path: Path) -> int | None:
    """What a file says that not every kernel has."""
    try:
        return int(path.read_text())
    except FileNotFoundError:
        return None


def _machine_memory() -> int:
    found = re.search(r"MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    assert found is not None
    return int(found[1]) * 1024


# --- Over time ------------------------------------------------------------------------------------------------------


class KernelLog(NamedTuple):
    """What was read of one container, oldest first."""

    cpu: MutableSequence[CpuCounter]
    rest: MutableSequence[Counters]


def follow_kernel(
    readers: Mapping[str, KernelReader], logs: Mapping[str, KernelLog], closely: Collection[str], stop: threading.Event
) -> None:
    """Append to each container's log until told to stop; in a thread of its own, so that no event loop is in its way.

    The CPU time of those named in `closely` is read more often than all the rest.
    """
    rest_at_s = 0.0
    while not stop.wait(CPU_EVERY_S):
        is_time_for_the_rest = time.monotonic() >= rest_at_s
        for short, reader in readers.items():
            if is_time_for_the_rest or short in closely:
                logs[short].cpu.append(reader.cpu())
        if is_time_for_the_rest:
            rest_at_s = time.monotonic() + REST_EVERY_S
            for short, reader in readers.items():
                logs[short].rest.append(reader.counters())


def cpu_bounds_pct(
    log: Sequence[CpuCounter], from_s: float, to_s: float, *, stamp_s: float, tick_s: float = 0.0
) -> tuple[float, float]:
    """The least and the most CPU percent of a core that can have been used from one moment to another.

    A counter never falls: at any moment it had at least what was read before and at most what was read after it.

    Args:
        log: all reads around the two moments.
        from_s: the first moment, in Unix seconds.
        to_s: the second one.
        stamp_s: how exactly the moments are known.
        tick_s: the steps in which the kernel counts.
    """
    earliest_ns, from_ns = _cpu_bounds(log, from_s, stamp_s)
    to_ns, latest_ns = _cpu_bounds(log, to_s, stamp_s)
    elapsed_ns, stamp_ns, tick_ns = (to_s - from_s) * 1e9, stamp_s * 1e9, tick_s * 1e9
    least_ns, most_ns = max(0, to_ns - from_ns - tick_ns), latest_ns - earliest_ns + tick_ns
    return least_ns / (elapsed_ns + stamp_ns) * 100, most_ns / (elapsed_ns - stamp_ns) * 100


def cpu_mean_pct(log: Sequence[CpuCounter], from_s: float, to_s: float) -> float:
    """CPU percent of a core from one moment to another, as if between two reads the counter had grown evenly."""
    return (_cpu_at(log, to_s) - _cpu_at(log, from_s)) / (to_s - from_s) / 1e7


def _cpu_bounds(log: Sequence[CpuCounter], at_s: float, stamp_s: float) -> tuple[int, int]:
    before = bisect_right(log, at_s - stamp_s, key=lambda one: one.to_s) - 1
    after = bisect_left(log, at_s + stamp_s, key=lambda one: one.from_s)
    if before < 0 or after >= len(log):
        raise LookupError("nothing was read before or after that moment")
    return log[before].used_ns, log[after].used_ns


def _cpu_at(log: Sequence[CpuCounter], at_s: float) -> float:
    after = min(max(1, bisect_left(log, at_s, key=lambda one: one.to_s)), len(log) - 1)
    one, other = log[after - 1], log[after]
    return one.used_ns + (other.used_ns - one.used_ns) * (at_s - one.to_s) / (other.to_s - one.to_s)
