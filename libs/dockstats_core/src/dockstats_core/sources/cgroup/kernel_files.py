"""Which files of the kernel's tell a container's counters, by cgroup version, and how often each is worth reading.

Not here: what a file says (parse), in which directory it is (layout), reading it (files).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from dockstats_core.sources.cgroup import parse
from dockstats_core.sources.cgroup.counters import Number, Parse
from dockstats_core.sources.cgroup.layout import Controller

Pace: TypeAlias = Literal["tick", "second", "seldom"]
"""How often a file is worth reading: what moves on a page, at each tick; what tells why something is slow, once a
second; what changes only when a person changes it, every few seconds."""


class KernelFile(Struct, frozen=True):
    """One file.

    `instead_of`: the file in the same directory that is read when it exists, in place of this one. `still_at_zero`: as
    long as this counter is 0 nothing in the file moves, and it is read as seldom as what a person changes.
    """

    name: str
    controller: Controller | None  # None: a file of the process
    parse: Parse
    pace: Pace = "tick"
    instead_of: str | None = None
    still_at_zero: Number | None = None


V2_FILES: tuple[KernelFile, ...] = (
    KernelFile("cpu.stat", "unified", parse.cpu_stat_v2),
    KernelFile("memory.current", "unified", parse.memory_current),
    KernelFile("memory.stat", "unified", parse.memory_stat_v2),
    KernelFile("memory.events", "unified", parse.memory_events, pace="second"),
    KernelFile("memory.swap.current", "unified", parse.memory_swap_current, pace="second"),
    KernelFile("memory.max", "unified", parse.memory_max, pace="seldom"),
    KernelFile("pids.current", "unified", parse.pids_current),
    KernelFile("pids.max", "unified", parse.pids_max, pace="seldom"),
    KernelFile("io.stat", "unified", parse.io_stat),
)

V1_FILES: tuple[KernelFile, ...] = (
    KernelFile("cpuacct.usage", "cpuacct", parse.cpuacct_usage),
    KernelFile("cpuacct.stat", "cpuacct", parse.cpuacct_stat, pace="second"),
    KernelFile("cpu.stat", "cpu", parse.cpu_stat_v1, still_at_zero="periods"),
    KernelFile("memory.usage_in_bytes", "memory", parse.memory_current),
    KernelFile("memory.stat", "memory", parse.memory_stat_v1),
    KernelFile("memory.failcnt", "memory", parse.memory_failcnt, pace="second"),
    KernelFile("memory.oom_control", "memory", parse.memory_oom_control, pace="second"),
    KernelFile("memory.kmem.usage_in_bytes", "memory", parse.memory_kmem, pace="second"),
    KernelFile("memory.limit_in_bytes", "memory", parse.memory_max, pace="seldom"),
    KernelFile("pids.current", "pids", parse.pids_current),
    KernelFile("pids.max", "pids", parse.pids_max, pace="seldom"),
    KernelFile("blkio.throttle.io_service_bytes_recursive", "blkio", parse.blkio_bytes),
    KernelFile(
        "blkio.throttle.io_service_bytes",
        "blkio",
        parse.blkio_bytes,
        instead_of="blkio.throttle.io_service_bytes_recursive",
    ),
    KernelFile("blkio.throttle.io_serviced_recursive", "blkio", parse.blkio_operations, pace="second"),
    KernelFile(
        "blkio.throttle.io_serviced",
        "blkio",
        parse.blkio_operations,
        pace="second",
        instead_of="blkio.throttle.io_serviced_recursive",
    ),
)

# In the v2 tree, on a hybrid machine too, where every other figure comes from v1.
PRESSURE_FILES: tuple[KernelFile, ...] = (
    KernelFile("cpu.pressure", "unified", parse.cpu_pressure, pace="second"),
    KernelFile("memory.pressure", "unified", parse.memory_pressure, pace="second"),
    KernelFile("io.pressure", "unified", parse.io_pressure, pace="second"),
)

NET_DEV: KernelFile = KernelFile("net/dev", None, parse.net_dev)
