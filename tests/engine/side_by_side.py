"""Every figure of every source beside the kernel's own value and what `docker stats` printed.

A figure is either a level (memory, totals: compared at the moment of each reading) or a mean (CPU, shares, rates:
compared over the span of a source's readings). Pure: from what `matrix` saw to values and text.
Not here: which differences are allowed (test_matrix).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

from dockstats_core import ContainerSample
from dockstats_core.messages.agent import Pressure
from tests.engine.docker_stats import Row, settled
from tests.engine.kernel_reader import Counters, KernelLog, cpu_mean_pct
from tests.engine.matrix import SOURCES, Figures, Observation, Seen


class Level(NamedTuple):
    """A figure of one moment, in whole bytes or pieces; `group` is its key among the unknown ones."""

    name: str
    group: str
    ours: Callable[[ContainerSample], int | None]
    kernel: Callable[[Counters], int | None]
    printed: Callable[[Row], str] = lambda _: ""


class Mean(NamedTuple):
    """A figure of a span of time, in percent."""

    name: str
    group: str
    ours: Callable[[ContainerSample], float | None]
    kernel: Callable[[KernelLog, float, float], float | None]
    printed: Callable[[Sequence[Row]], str] = lambda _: ""


def _first(pair: str) -> str:
    return pair.partition(" / ")[0]


def _second(pair: str) -> str:
    return pair.partition(" / ")[2]


def _some(pressure: Pressure | None) -> float | None:
    return None if pressure is None else pressure.some_pct


def _cpu(log: KernelLog, from_s: float, to_s: float) -> float:
    return cpu_mean_pct(log.cpu, from_s, to_s)


def _share_of(
    counter: Callable[[Counters], int | None], whole: Callable[[Counters], float]
) -> Callable[..., float | None]:
    """Growth of one counter per growth of another, in percent, over the reads nearest to a span."""

    def share(log: KernelLog, from_s: float, to_s: float) -> float | None:
        one, other = _nearest(log.rest, from_s), _nearest(log.rest, to_s)
        before, after, elapsed = counter(one), counter(other), whole(other) - whole(one)
        return None if before is None or after is None or not elapsed else (after - before) / elapsed * 100

    return share


def _nearest(reads: Sequence[Counters], at_s: float) -> Counters:
    return min(reads, key=lambda read: abs(read.at_s - at_s))


CPU = Mean(
    "CPU %",
    "cpu",
    lambda sample: sample.cpu_pct,
    _cpu,
    lambda rows: f"{fmean(row.cpu_pct for row in settled(rows) or rows):.2f}",
)
MEMORY: Sequence[Level] = (
    Level("memory", "memory", lambda s: s.mem_bytes, lambda c: c.used, lambda row: _first(row.memory)),
    Level("with cache", "memory", lambda s: s.mem_usage_bytes, lambda c: c.usage),
    Level("cache", "memory", lambda s: s.mem_cache_bytes, lambda c: c.usage - c.used),
    Level("limit", "memory", lambda s: s.mem_limit_bytes, lambda c: c.limit, lambda row: _second(row.memory)),
)
MEMORY_PARTS: Sequence[Level] = (
    Level("anonymous", "memory", lambda s: s.mem_anon_bytes, lambda c: c.anon),
    Level("files", "memory", lambda s: s.mem_file_bytes, lambda c: c.file),
    Level("kernel", "memory", lambda s: s.mem_kernel_bytes, lambda c: c.kernel),
)
NETWORK: Sequence[Level] = (
    Level("received", "network", lambda s: s.net_rx_bytes, lambda c: c.received, lambda row: _first(row.network)),
    Level("sent", "network", lambda s: s.net_tx_bytes, lambda c: c.sent, lambda row: _second(row.network)),
)
BLOCKS: Sequence[Level] = (
    Level("read", "block_io", lambda s: s.block_read_bytes, lambda c: c.read, lambda row: _first(row.block)),
    Level("written", "block_io", lambda s: s.block_write_bytes, lambda c: c.written, lambda row: _second(row.block)),
)
PIDS = Level("processes", "pids", lambda s: s.pids, lambda c: c.pids, lambda row: row.pids)
KERNEL_ONLY: Sequence[Level] = (
    Level("swap", "memory_events", lambda s: s.mem_swap_bytes, lambda c: c.swap),
    Level("limit hits", "memory_events", lambda s: s.mem_limit_hits, lambda c: c.limit_hits),
    Level("OOM kills", "memory_events", lambda s: s.oom_kills, lambda c: c.oom_kills),
)
LEVELS: Sequence[Level] = (*MEMORY, *MEMORY_PARTS, *NETWORK, *BLOCKS, PIDS, *KERNEL_ONLY)
THROTTLED: Sequence[Mean] = (
    Mean(
        "throttled %",
        "throttling",
        lambda s: s.throttled_pct,
        _share_of(lambda c: c.throttled_periods, lambda c: c.periods),
    ),
    Mean(
        "throttled time %",
        "throttling",
        lambda s: s.throttled_time_pct,
        _share_of(lambda c: c.throttled_ns, lambda c: c.at_s * 1e9),
    ),
)
PRESSURE: Sequence[Mean] = (
    Mean(
        "CPU pressure %",
        "pressure",
        lambda s: _some(s.cpu_pressure),
        _share_of(lambda c: c.cpu_pressure_us, lambda c: c.at_s * 1e6),
    ),
    Mean(
        "memory pressure %",
        "pressure",
        lambda s: _some(s.mem_pressure),
        _share_of(lambda c: c.mem_pressure_us, lambda c: c.at_s * 1e6),
    ),
    Mean(
        "I/O pressure %",
        "pressure",
        lambda s: _some(s.io_pressure),
        _share_of(lambda c: c.io_pressure_us, lambda c: c.at_s * 1e6),
    ),
)
FIGURES: Sequence[Level | Mean] = (CPU, *THROTTLED, *PRESSURE, *LEVELS)


class Span(NamedTuple):
    """A mean of ours, and the time it is of."""

    mean: float | None
    from_s: float
    to_s: float
    interval_s: float  # from one reading to the next, on average


def span_of(readings: Sequence[Figures], ours: Callable[[ContainerSample], float | None]) -> Span:
    """Our mean from the first reading to the last: each figure counts for the time since the reading before."""
    from_s, to_s = readings[0].at_s, readings[-1].at_s
    parts = [(ours(other.sample), other.at_s - one.at_s) for one, other in pairwise(readings)]
    known = [(value, elapsed_s) for value, elapsed_s in parts if value is not None]
    total_s = sum(elapsed_s for _, elapsed_s in known)
    mean = sum(value * elapsed_s for value, elapsed_s in known) / total_s if known else None
    return Span(mean, from_s, to_s, (to_s - from_s) / len(parts))


def around(reads: Sequence[Counters], at_s: float, slack_s: float) -> Sequence[Counters]:
    """The kernel's counters of `slack_s` before and after a moment, and one more on either side."""
    inside = [number for number, read in enumerate(reads) if abs(read.at_s - at_s) <= slack_s]
    if not inside:
        after = next((number for number, read in enumerate(reads) if read.at_s > at_s), len(reads) - 1)
        inside = [after]
    return reads[max(0, inside[0] - 1) : inside[-1] + 2]


# --- The table ------------------------------------------------------------------------------------------------------


def table(observations: Mapping[str, Observation], notes: Sequence[str] = ()) -> str:
    """Containers x figures x engines x sources: means over each source's own span, all else at the end."""
    names = list(next(iter(observations.values())).containers)
    heading = ["container", "figure"]
    engines = ["", ""]
    for title in observations:
        engines += [title, "", "", "", ""]
        heading += ["kernel", *SOURCES, "docker stats"]
    rows = [engines, heading]
    for short in names:
        for figure in FIGURES:
            cells = [_cells(seen.containers[short], figure) for seen in observations.values()]
            if any(cell not in _NOTHING for part in cells for cell in part[:4]):
                rows.append([short, figure.name, *(cell for part in cells for cell in part)])
    widths = [max(len(row[column]) for row in rows[1:]) for column in range(len(heading))]
    lines = [_line(row, widths) for row in rows]
    told = [f"{title}: {_told(seen)}" for title, seen in observations.items()]
    return "\n".join([*told, "", *lines, "", *notes, ""])


def _told(seen: Observation) -> str:
    intervals = ", ".join(f"{source} every {one.interval_secs:g} s" for source, one in seen.sampling.items())
    return f"kernel {seen.kernel}, cgroup {seen.cgroup}, our Python {seen.python}; {intervals}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    left = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
    if row[2] and not row[3]:  # the engines' names stand over their columns
        return "  ".join([*left, *_titles(row[2:], widths[2:])]).rstrip()
    return "  ".join([*left, *(cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True))]).rstrip()


def _titles(row: Sequence[str], widths: Sequence[int]) -> Sequence[str]:
    return [row[at].ljust(sum(widths[at : at + 5]) + 8) for at in range(0, len(row), 5)]


def _cells(seen: Seen, figure: Level | Mean) -> Sequence[str]:
    """The kernel's value, each source's, and what was printed."""
    ours = [_ours(seen.sources.get(source, ()), figure) for source in SOURCES]
    if isinstance(figure, Level):
        kernel = figure.kernel(seen.kernel.rest[-1])
        return [_text(kernel), *ours, figure.printed(seen.printed[-1]) if seen.printed else "-"]
    span = span_of(next(iter(seen.sources.values())), figure.ours)
    return [
        _text(figure.kernel(seen.kernel, span.from_s, span.to_s)),
        *ours,
        figure.printed(seen.printed) if seen.printed else "-",
    ]


def _ours(readings: Sequence[Figures], figure: Level | Mean) -> str:
    if not readings:
        return "-"
    last = readings[-1].sample
    value = figure.ours(last) if isinstance(figure, Level) else span_of(readings, figure.ours).mean
    return REASONS.get(last.unknown.get(figure.group, ""), "-") if value is None else _text(value)


REASONS: Mapping[str, str] = {
    "source_cannot_tell": "not told",
    "host_network": "host's",
    "no_network": "none",
    "first_sample": "first",
}


_NOTHING = {"-", "0", "0.00", "not told"}
"""A row of these alone is left out."""


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)
