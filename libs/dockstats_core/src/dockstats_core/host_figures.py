"""The machine's own CPU, memory and load, where the engine runs right on it.

From /proc by psutil, which a container sees as the host's own. A refresh takes 93 µs (measured), and there is at most
one a second. Not here: a remote engine's host (its engine tells cores and memory, the rest is its containers' sum).
"""

from __future__ import annotations

import psutil
from msgspec import structs

from dockstats_core.messages.agent import HostFigures

SHORTEST_SPAN_S = 0.9
"""Readings closer together than this repeat the last figures: the kernel counts CPU time in steps of 10 ms a core."""


class HostMeter:
    """Measures this machine between one reading and the next."""

    def __init__(self) -> None:
        self._read_ns: int | None = None
        self._spent: tuple[float, float] | None = None
        self._figures = HostFigures(basis="host")

    def read(self, now_ns: int) -> HostFigures:
        """The machine's figures; `cpu_pct` (100 = one core) is None until two readings are far enough apart.

        Memory in use is all that could not be given to a new program: total minus available, as `free` counts it.
        What cannot be read, as when this process has no descriptor left, is None until it can be; the machine's size
        stays known.

        Args:
            now_ns: a monotonic clock.
        """
        if self._read_ns is not None and now_ns - self._read_ns < SHORTEST_SPAN_S * 1e9:
            return self._figures
        self._read_ns = now_ns
        try:
            cores, memory, spent, load = psutil.cpu_count(), psutil.virtual_memory(), _spent(), psutil.getloadavg()
        except OSError:
            self._spent = None
            self._figures = structs.replace(self._figures, cpu_pct=None, mem_used_bytes=None, load_1m=None)
            return self._figures
        self._figures = HostFigures(
            basis="host",
            cpu_pct=None if cores is None or self._spent is None else _cpu_pct(cores, self._spent, spent),
            cores=cores,
            mem_used_bytes=memory.total - memory.available,
            mem_total_bytes=memory.total,
            load_1m=load[0],
        )
        self._spent = spent
        return self._figures


def _spent() -> tuple[float, float]:
    """Seconds that all cores together worked, and that went by on them, since boot.

    Waiting for a disk is idleness, and what a hypervisor gave to others (steal) is nobody's work here. Guests' time is
    counted in user and nice already.
    """
    times = psutil.cpu_times()
    passed = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return passed - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "steal", 0.0), passed


def _cpu_pct(cores: int, before: tuple[float, float], now: tuple[float, float]) -> float | None:
    """Share of the passed time that was work, 100 for each core; None where the counters went back or stood still."""
    worked, passed = now[0] - before[0], now[1] - before[1]
    if passed <= 0 or worked < 0:
        return None
    return 100.0 * cores * min(1.0, worked / passed)
