"""Whose CPU time it was: the CPU clock of every process of the machine, before and after a span, by group.

The clock is the kernel's own sum of nanoseconds that the scheduler let the process run (`sum_exec_runtime` of all its
threads, ended ones included), read with clock_gettime(2). It needs no privilege and no cgroup, works on every kernel,
and does not step: the times of `/proc/<pid>/stat` come from the same sum, cut to 10 ms, and `/proc/<pid>/schedstat`
tells the main thread's only. What a process spent since the last scheduler tick (1 to 4 ms) may be missing while it
runs. The kernel's own threads have clocks too; who made them work, nobody knows.
Not here: starting what is measured (running), judging it (trust).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

Group: TypeAlias = Literal["watcher", "client", "engine", "containers", "kernel", "bench", "others"]
"""watcher: what is measured, and what it started. client: who listens to our agent. others: whatever else runs here."""

# Every program that an engine consists of; a shim's name is cut to 15 characters by the kernel.
ENGINE_PROGRAMS = frozenset(
    {"dockerd", "containerd", "containerd-shim", "docker-containe", "docker-proxy", "docker-init", "runc", "crun"}
    | {"podman", "conmon", "netavark", "aardvark-dns", "rootlessport", "slirp4netns", "pasta"}
)
_KTHREADD = 2


class Process(Struct, frozen=True):
    """One process, as it was looked at: its name may change, a kernel worker's does with every job."""

    pid: int
    parent: int
    name: str
    started: int  # ticks since boot

    @property
    def key(self) -> Key:
        """What stays: a pid comes again, together with its start it does not."""
        return (self.pid, self.started)


Key: TypeAlias = tuple[int, int]


class Usage(Struct, frozen=True, kw_only=True):
    """CPU seconds of one span."""

    seconds: float  # how long the span was
    by_group: dict[Group, float]
    busy: float  # the machine's: all cores' time that was neither idle nor stolen
    stolen: float  # time the host gave to others, over all cores
    others: list[tuple[str, float]]  # what else took most: name and CPU seconds
    started_processes: int  # anywhere on the machine; one that also ended within the span is in `busy` only


class Machine(Struct, frozen=True):
    """Sums over all cores since boot, in seconds."""

    idle: float  # waiting for a disk included
    stolen: float
    forks: int


def parse_stat(line: str) -> Process:
    """A process from its `/proc/<pid>/stat`; the name in it may hold blanks and brackets."""
    pid, _, rest = line.partition(" (")
    name, _, fields = rest.rpartition(") ")
    numbers = fields.split()
    return Process(pid=int(pid), parent=int(numbers[1]), name=name, started=int(numbers[19]))


def parse_machine(text: str, ticks_per_s: int) -> Machine:
    """The first line and the count of forks of `/proc/stat`."""
    lines = dict(line.split(maxsplit=1) for line in text.splitlines())
    cpu = [int(number) for number in lines["cpu"].split()]
    return Machine(idle=(cpu[3] + cpu[4]) / ticks_per_s, stolen=cpu[7] / ticks_per_s, forks=int(lines["processes"]))


def group_of(processes: Mapping[int, Process], watcher: int | None, client: int | None, bench: int) -> dict[int, Group]:
    """The group of every process, by pid: its own, or that of the nearest ancestor that has one."""
    roots: dict[int, Group] = {_KTHREADD: "kernel", bench: "bench"}
    if watcher is not None:
        roots[watcher] = "watcher"
    if client is not None:
        roots[client] = "client"
    groups: dict[int, Group] = {}
    for pid, process in processes.items():
        groups[pid] = _group(process, processes, roots)
    return groups


def _group(process: Process, processes: Mapping[int, Process], roots: Mapping[int, Group]) -> Group:
    current: Process | None = process
    while current is not None:
        if current.pid in roots:
            return roots[current.pid]
        if current.name in ENGINE_PROGRAMS:
            return "engine" if current is process else "containers" if _starts_containers(current) else "others"
        current = processes.get(current.parent)
    return "others"


def _starts_containers(process: Process) -> bool:
    return process.name in {"containerd-shim", "docker-containe", "conmon"}


class Span:
    """Measures from its making until `end`."""

    def __init__(self, watcher: int | None, client: int | None = None, *, proc: Path = Path("/proc")) -> None:
        self._proc = proc
        self._watcher, self._client = watcher, client
        self._processes = _all_processes(proc)
        self._machine = _machine(proc)
        self._began_ns = time.monotonic_ns()
        self._clocks = _clocks(process.key for process in self._processes.values())

    def end(self) -> Usage:
        """What was used since the span began."""
        ended_ns = time.monotonic_ns()
        machine = _machine(self._proc)
        spent = {key: now_ns - self._clocks[key] for key, now_ns in _clocks(self._clocks).items()}
        now = _all_processes(self._proc)
        spent |= _clocks(process.key for process in now.values() if process.key not in self._clocks)  # born in the span
        known = {**self._processes, **now}
        groups = group_of(known, self._watcher, self._client, os.getpid())
        by_group: dict[Group, float] = dict.fromkeys(
            ("watcher", "client", "engine", "containers", "kernel", "bench", "others"), 0.0
        )
        others: dict[str, float] = {}
        for (pid, _), used_ns in spent.items():
            group = groups[pid]
            by_group[group] += used_ns / 1e9
            if group == "others":
                others[known[pid].name] = others.get(known[pid].name, 0.0) + used_ns / 1e9
        seconds = (ended_ns - self._began_ns) / 1e9
        stolen = machine.stolen - self._machine.stolen
        return Usage(
            seconds=seconds,
            by_group=by_group,
            busy=max(0.0, seconds * (os.cpu_count() or 1) - (machine.idle - self._machine.idle) - stolen),
            stolen=stolen,
            others=sorted(others.items(), key=lambda one: -one[1])[:3],
            started_processes=machine.forks - self._machine.forks,
        )


class Memory(Struct, frozen=True):
    """What a process holds. Rss counts shared pages in full, Pss by the share of those who map them."""

    rss_bytes: int
    pss_bytes: int
    processes: int


def memory_of(root: int, *, proc: Path = Path("/proc")) -> Memory:
    """Resident memory of a process and all below it."""
    processes = _all_processes(proc)
    family = {pid for pid in processes if _is_below(pid, root, processes)}
    rss = pss = 0
    for pid in family:
        try:
            lines = (proc / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
        except OSError:  # ended meanwhile
            continue
        sizes = {name: int(value.split()[0]) * 1024 for name, _, value in (line.partition(":") for line in lines)}
        rss, pss = rss + sizes["Rss"], pss + sizes["Pss"]
    return Memory(rss_bytes=rss, pss_bytes=pss, processes=len(family))


def _is_below(pid: int, root: int, processes: Mapping[int, Process]) -> bool:
    while pid != root:
        process = processes.get(pid)
        if process is None:
            return False
        pid = process.parent
    return True


def _all_processes(proc: Path) -> dict[int, Process]:
    found = {}
    for name in os.listdir(proc):
        if name.isdigit():
            try:
                text = (proc / name / "stat").read_text(errors="replace")
            except OSError:  # ended meanwhile
                continue
            found[int(name)] = parse_stat(text)
    return found


def _clocks(keys: Iterable[Key]) -> dict[Key, int]:
    """CPU time of each in nanoseconds, without those that ended."""
    clocks = {}
    for key in keys:
        try:
            clocks[key] = time.clock_gettime_ns(_clock_id(key[0]))
        except OSError:
            continue
    return clocks


def _clock_id(pid: int) -> int:
    """The id of another process's CPU clock, as clock_getcpuclockid(3) makes it: CPUCLOCK_SCHED of a whole process."""
    return (~pid << 3) | 2


def _machine(proc: Path) -> Machine:
    return parse_machine((proc / "stat").read_text(), os.sysconf("SC_CLK_TCK"))
