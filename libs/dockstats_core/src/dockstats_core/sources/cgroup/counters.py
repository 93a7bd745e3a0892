"""What kernel files tell, by the field of a Reading that it fills.

Not here: which file tells what (kernel_files), how it is read out of the text (parse).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias, TypedDict

from dockstats_core.readings import PressureReading

Number: TypeAlias = Literal[
    "cpu_total_ns", "cpu_user_ns", "cpu_kernel_ns", "cpu_system_ns", "online_cpus",
    "periods", "throttled_periods", "throttled_ns",
    "mem_usage_bytes", "mem_total_inactive_file_bytes", "mem_inactive_file_bytes", "mem_limit_bytes",
    "mem_anon_bytes", "mem_file_bytes", "mem_kernel_bytes", "mem_swap_bytes",
    "mem_limit_hits", "oom_kills", "page_faults", "major_page_faults", "pids", "pids_limit",
    "block_read_bytes", "block_write_bytes", "block_reads", "block_writes", "net_rx_bytes", "net_tx_bytes",
]  # fmt: skip
Pressure: TypeAlias = Literal["cpu_pressure", "mem_pressure", "io_pressure"]


class Counters(TypedDict, total=False):
    """What was found; what is not there is not known."""

    cpu_total_ns: int
    cpu_user_ns: int
    cpu_kernel_ns: int
    cpu_system_ns: int
    online_cpus: int
    periods: int
    throttled_periods: int
    throttled_ns: int
    mem_usage_bytes: int
    mem_total_inactive_file_bytes: int
    mem_inactive_file_bytes: int
    mem_limit_bytes: int
    mem_anon_bytes: int
    mem_file_bytes: int
    mem_kernel_bytes: int
    mem_swap_bytes: int
    mem_limit_hits: int
    oom_kills: int
    page_faults: int
    major_page_faults: int
    pids: int
    pids_limit: int
    block_read_bytes: int
    block_write_bytes: int
    block_reads: int
    block_writes: int
    net_rx_bytes: int
    net_tx_bytes: int
    cpu_pressure: PressureReading
    mem_pressure: PressureReading
    io_pressure: PressureReading


Parse: TypeAlias = Callable[[bytes, Counters], bool]
"""Puts what stands in a file's text into the counters, and tells whether the text made sense."""
