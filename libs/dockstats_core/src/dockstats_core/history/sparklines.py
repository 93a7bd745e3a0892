"""The last minute of every container in a few means: what a page that has just been opened draws in its rows.

Figures are rounded to what a line of 30 points can show.
Not here: which series there are (`store`).
"""

from __future__ import annotations

from math import isfinite

from msgspec import Struct

from dockstats_core.history.buckets import means, trailing_buckets
from dockstats_core.history.columns import CONTAINER_COLUMNS
from dockstats_core.history.series import Series

_NAMES = [column.name for column in CONTAINER_COLUMNS]
_PLACES = [_NAMES.index("cpu_pct"), _NAMES.index("mem_bytes")]


class Sparkline(Struct, frozen=True, kw_only=True):
    """One container's means, oldest first; null where nothing is known."""

    cpu_pct: list[float | None]  # to a tenth of a percent
    mem_bytes: list[int | None]  # to four digits


class Sparklines(Struct, frozen=True, kw_only=True):
    """Bucket i of n covers the `step` seconds up to `at` - (n - 1 - i) * `step`; the last one ends at `at`."""

    at: float  # Unix seconds
    step: float  # seconds
    agents: dict[str, dict[str, Sparkline]]  # by agent, then by short id; containers without a point are left out


def sparkline_of(series: Series, at: float, step_s: float, count: int) -> Sparkline | None:
    """The container's `count` buckets of `step_s` seconds up to `at` (Unix seconds); None without any point there."""
    # A point on the very begin belongs to the bucket before the first: its cut leaves it out.
    times, (cpu, memory) = series.between(at - count * step_s, at, _PLACES, include_end=True)
    cuts = trailing_buckets(times, at, step_s, count)
    if cuts[0] == len(times):
        return None
    return Sparkline(
        cpu_pct=[round(mean * 10) / 10 if isfinite(mean) else None for mean in means(cpu, cuts)],
        mem_bytes=[int(float(f"{mean:.4g}")) if isfinite(mean) else None for mean in means(memory, cuts)],
    )
