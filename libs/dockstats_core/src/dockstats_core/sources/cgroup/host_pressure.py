"""How long the whole machine's tasks waited for CPU, memory and I/O: /proc/pressure, beside the host's other figures.

Not here: the containers' own pressure (container_files), the host's CPU and memory (host_figures).
"""

from __future__ import annotations

from msgspec import Struct

from dockstats_core import calculator
from dockstats_core.messages.agent import Pressure
from dockstats_core.readings import PressureReading
from dockstats_core.sources.cgroup import parse
from dockstats_core.sources.cgroup.counters import Counters
from dockstats_core.sources.cgroup.files import read_text

SHORTEST_SPAN_S = 0.9
"""Readings closer together than this repeat the last figures, as the host's other ones do."""

_FILES = (("cpu", parse.cpu_pressure), ("memory", parse.memory_pressure), ("io", parse.io_pressure))


class HostPressures(Struct, frozen=True, kw_only=True):
    """The machine's pressure; None where its kernel keeps none."""

    cpu: Pressure | None = None
    memory: Pressure | None = None
    io: Pressure | None = None


class HostPressureMeter:
    """Measures the machine between one reading and the next.

    Args:
        proc_root: where the host's /proc is.
    """

    def __init__(self, proc_root: str) -> None:
        self._directory = f"{proc_root}/pressure"
        self._read_ns: int | None = None
        self._before: Counters = {}
        self._figures = HostPressures()

    def read(self, now_ns: int) -> HostPressures:
        """The machine's pressure; shares of the interval are None until two readings are far enough apart.

        Args:
            now_ns: a monotonic clock.
        """
        elapsed_ns = 0 if self._read_ns is None else now_ns - self._read_ns
        if self._read_ns is not None and elapsed_ns < SHORTEST_SPAN_S * 1e9:
            return self._figures
        now = self._counters()
        self._figures = HostPressures(
            cpu=_pressure(now.get("cpu_pressure"), self._before.get("cpu_pressure"), elapsed_ns),
            memory=_pressure(now.get("mem_pressure"), self._before.get("mem_pressure"), elapsed_ns),
            io=_pressure(now.get("io_pressure"), self._before.get("io_pressure"), elapsed_ns),
        )
        self._read_ns, self._before = now_ns, now
        return self._figures

    def _counters(self) -> Counters:
        counters: Counters = {}
        for name, parsed in _FILES:
            try:
                text = read_text(f"{self._directory}/{name}")
            except OSError:  # not this user's to know: the figure is missing
                continue
            if text is not None:
                parsed(text, counters)
        return counters


def _pressure(now: PressureReading | None, before: PressureReading | None, elapsed_ns: int) -> Pressure | None:
    return None if now is None else calculator.pressure(now, before, elapsed_ns)
