"""Which files of the kernel's tell a container's counters, by cgroup version, and how often each is worth reading.

Not here: what a file says (parse), in which directory it is (layout), reading it (files).
"""

from __future__ import annotations

from msgspec import Struct

from dockstats_core.sources.cgroup import parse
from dockstats_core.sources.cgroup.layout import Controller
from dockstats_core.sources.cgroup.parse import Parse


class KernelFile(Struct, frozen=True):
    """One file.

    `seldom`: it changes only when a person changes it, so reading it now and then is enough. `instead_of`: the file in
    the same directory that is read when it exists, in place of this one.
    """

    name: str
    controller: Controller | None  # None: a file of the process
    parse: Parse
    seldom: bool = False
    instead_of: str | None = None


V2_FILES = (
    KernelFile("cpu.stat", "unified", parse.cpu_stat_v2),
    KernelFile("memory.current", "unified", parse.memory_current),
    KernelFile("memory.stat", "unified", parse.memory_stat_v2),
    KernelFile("memory.events", "unified", parse.memory_events),
    KernelFile("memory.swap.current", "unified", parse.memory_swap_current),
    KernelFile("memory.max", "unified", parse.memory_max, seldom=True),
    KernelFile("pids.current", "unified", parse.pids_current),
    KernelFile("pids.max", "unified", parse.pids_max, seldom=True),
    KernelFile("io.stat", "unified", parse.io_stat),
)

V1_FILES = (
    KernelFile("cpuacct.usage", "cpuacct", parse.cpuacct_usage),
    KernelFile("cpuacct.stat", "cpuacct", parse.cpuacct_stat),
    KernelFile("cpu.stat", "cpu", parse.cpu_stat_v1),
    KernelFile("memory.usage_in_bytes", "memory", parse.memory_current),
    KernelFile("memory.stat", "memory", parse.memory_stat_v1),
    KernelFile("memory.failcnt", "memory", parse.memory_failcnt),
    KernelFile("memory.oom_control", "memory", parse.memory_oom_control),
    KernelFile("memory.kmem.usage_in_bytes", "memory", parse.memory_kmem),
    KernelFile("memory.limit_in_bytes", "memory", parse.memory_max, seldom=True),
    KernelFile("pids.current", "pids", parse.pids_current),
    KernelFile("pids.max", "pids", parse.pids_max, seldom=True),
    KernelFile("blkio.throttle.io_service_bytes_recursive", "blkio", parse.blkio_bytes),
    KernelFile(
        "blkio.throttle.io_service_bytes",
        "blkio",
        parse.blkio_bytes,
        instead_of="blkio.throttle.io_service_bytes_recursive",
    ),
    KernelFile("blkio.throttle.io_serviced_recursive", "blkio", parse.blkio_operations),
    KernelFile(
        "blkio.throttle.io_serviced",
        "blkio",
        parse.blkio_operations,
        instead_of="blkio.throttle.io_serviced_recursive",
    ),
)

# In the v2 tree, on a hybrid machine too, where every other figure comes from v1.
PRESSURE_FILES = (
    KernelFile("cpu.pressure", "unified", parse.cpu_pressure),
    KernelFile("memory.pressure", "unified", parse.memory_pressure),
    KernelFile("io.pressure", "unified", parse.io_pressure),
)

NET_DEV = KernelFile("net/dev", None, parse.net_dev)
