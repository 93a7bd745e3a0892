"""What dockstats promises, held against a run: the bound of each, what was measured, and whether it holds. Pure.

They are for a hundred containers; a run with fewer, or without one of the contestants, says nothing about some of them.
Not here: the figures (findings), the documentation that makes the promises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from bench.findings import Grown, Result, Summary, growth, summaries
from bench.words import mebibytes, milliseconds, number, times

CONTAINERS = 100  # what the promises are made for
LEAST_SHARE_500MS = 20  # of docker stats: a twentieth
LEAST_SHARE_100MS = 4
MOST_AGENT_PCT = 3.0
MOST_US_A_FIGURE = 100.0
MOST_GROWTH = 0.2  # from 50 to 500 containers, up or down: a share of what it is at 50
MOST_LATE_S = 0.05  # beyond one interval
MOST_RSS_BYTES = 50 << 20
MOST_OF_FLOOR = 2.5


class Promise(Struct, frozen=True):
    """One promise, and how it came out."""

    what: str
    bound: str
    measured: str
    holds: bool


def promises(result: Result) -> list[Promise]:
    """Those that the run can say something about."""
    found = summaries(result.cost)
    if not found or next(iter(found.values())).containers != CONTAINERS:
        return []
    return [*_cost(found), *_freshness(found), *_growth(growth(result.growth)), *_floor(found)]


def _cost(found: Mapping[str, Summary]) -> Iterator[Promise]:
    reference = found.get("docker-stats")
    for cadence, least in (("500ms", LEAST_SHARE_500MS), ("100ms", LEAST_SHARE_100MS)):
        ours = found.get(f"agent-cgroup-{cadence}")
        if ours is not None and reference is not None:
            cost, of = ours.over_idle_pct.median, reference.over_idle_pct.median
            yield Promise(
                f"whole cost at {cadence}, of docker stats", f"1/{least}", times(cost, of), cost * least <= of
            )
    ours = found.get("agent-cgroup-500ms")
    if ours is None:
        return
    agent = ours.watcher_pct.median
    yield Promise(
        "the agent itself at 500ms", f"{MOST_AGENT_PCT:g} % of a core", f"{number(agent)} %", agent <= MOST_AGENT_PCT
    )
    if ours.us_per_figure is not None:
        us = ours.us_per_figure.median
        yield Promise(
            "CPU a figure at 500ms, all told", f"{MOST_US_A_FIGURE:g} µs", f"{number(us)} µs", us <= MOST_US_A_FIGURE
        )
    if ours.rss_bytes is not None:
        yield Promise(
            "resident memory of the agent",
            mebibytes(MOST_RSS_BYTES),
            f"{mebibytes(ours.rss_bytes)} (Pss {mebibytes(ours.pss_bytes)})",
            ours.rss_bytes <= MOST_RSS_BYTES,
        )


def _freshness(found: Mapping[str, Summary]) -> Iterator[Promise]:
    for cadence, interval_s in (("1s", 1.0), ("500ms", 0.5), ("100ms", 0.1)):
        ours = found.get(f"agent-cgroup-{cadence}")
        if ours is not None and ours.age_p99_s is not None:
            bound_s = interval_s + MOST_LATE_S
            yield Promise(
                f"age at a client at {cadence}, 99th percentile",
                milliseconds(bound_s),
                milliseconds(ours.age_p99_s),
                ours.age_p99_s <= bound_s,
            )


def _growth(found: Sequence[Grown]) -> Iterator[Promise]:
    by_size = {one.containers: one.us_per_figure for one in found}
    small, large = by_size.get(50), by_size.get(500)
    if small is not None and large is not None:
        ratio = large.median / small.median
        yield Promise(
            "the agent's CPU a figure, 500 containers to 50",
            f"{1 - MOST_GROWTH:.2f} to {1 + MOST_GROWTH:.2f}",
            f"{ratio:.2f}",
            1 - MOST_GROWTH <= ratio <= 1 + MOST_GROWTH,
        )


def _floor(found: Mapping[str, Summary]) -> Iterator[Promise]:
    for cadence in ("500ms", "100ms"):
        ours, floor = found.get(f"agent-cgroup-{cadence}"), found.get(f"floor-{cadence}")
        if ours is not None and floor is not None and floor.watcher_pct.median > 0:
            ratio = ours.watcher_pct.median / floor.watcher_pct.median
            yield Promise(
                f"the agent to the system calls alone, at {cadence}",
                f"{MOST_OF_FLOOR:g} times",
                f"{ratio:.2f} times",
                ratio <= MOST_OF_FLOOR,
            )
