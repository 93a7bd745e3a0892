"""What watching costs here: CPU and resident memory of this very process.

Goes into every batch, so that whoever reads the figures sees what taking them costs. A reading takes 19 µs (measured).
Not here: the machine's figures (host_figures), the containers' (sources).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from dockstats_core.messages.agent import OwnUsage

SHORTEST_SPAN_S = 0.9
"""Readings closer together than this repeat the last CPU figure: over a few milliseconds one would only see itself."""


class OwnUsageMeter:
    """Measures this process between one reading and the next.

    Args:
        cpu_ns: CPU time of the process, all threads together, in ns. The clock behind it counts nanoseconds, where
            `/proc/self/stat` counts steps of 10 ms: 2 points of a core at two readings a second.
    """

    def __init__(self, cpu_ns: Callable[[], int] = time.process_time_ns) -> None:
        self._cpu_ns = cpu_ns
        self._process = psutil.Process()
        self._last: tuple[int, int] | None = None  # now, CPU time
        self._cpu_pct: float | None = None

    def read(self, now_ns: int) -> OwnUsage:
        """CPU since the last reading (100 = one core) and resident memory, in bytes.

        CPU is None until two readings are far enough apart, and where the counter went back; memory where it cannot be
        read.

        Args:
            now_ns: a monotonic clock.
        """
        if self._last is None:
            self._last = (now_ns, self._cpu_ns())
        elif (elapsed_ns := now_ns - self._last[0]) >= SHORTEST_SPAN_S * 1e9:
            total_ns = self._cpu_ns()
            used_ns = total_ns - self._last[1]
            self._cpu_pct = 100.0 * used_ns / elapsed_ns if used_ns >= 0 else None
            self._last = (now_ns, total_ns)
        return OwnUsage(cpu_pct=self._cpu_pct, mem_bytes=self._mem_bytes())

    def _mem_bytes(self) -> int | None:
        try:
            return int(self._process.memory_info().rss)
        except OSError:  # this process has no descriptor left to read it with
            return None
