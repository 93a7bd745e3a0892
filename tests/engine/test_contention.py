"""On an overloaded machine the cgroup source's CPU figures are still the counter's own growth.

Thirty competitors on all cores, some with limits; each figure of ours is held against what an independent reader saw
the kernel's counter grow by over the same time, and stands beside what `docker stats` printed. The source stamps a
counter with the time of its own read, so being late changes which time a figure is of, not whether it is true.
DOCKSTATS_TEST_CONTENTION names a file that gets the table; `-s` shows it. Not here: a machine at ease (test_matrix).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import anyio
import pytest

from dockstats_core import LocalFeed
from tests.engine.containers import BURN, HOST, Containers, containers
from tests.engine.docker_stats import Row, settled
from tests.engine.kernel_reader import KernelLog, KernelReader, cpu_bounds_pct, cpu_mean_pct
from tests.engine.matrix import Figures, beside, readings_of
from tests.engine.side_by_side import span_of
from tests.engine.watching import watching

pytestmark = [pytest.mark.engine, pytest.mark.time_limit(240)]

SPAN_S = 10.0
STAMP_S = 0.01  # how exactly a reading's time is known: `sent_at` minus its age, and we may be put aside between
LIMITS: Mapping[str, str | None] = {"free": None, "limited-lightly": "0.03", "limited": "0.1"}
COMPETITORS: Sequence[str] = tuple(f"{kind}-{number}" for kind in LIMITS for number in range(1, 11))
TOLERANCE_PCT = 2.0  # points of one core: the reads around our first and last reading must bound our mean closer


class Seen(NamedTuple):
    """What everybody saw of one competitor."""

    ours: Sequence[Figures]
    kernel: KernelLog
    printed: Sequence[Row]


async def _observe() -> Mapping[str, Seen]:
    async with containers() as made:
        readers = await _start(made)
        logs = {short: KernelLog([], []) for short in COMPETITORS}
        rows: dict[str, list[Row]] = {made.name(short): [] for short in COMPETITORS}
        feed = LocalFeed(HOST, filters=made.filters, source="cgroup")
        async with beside(readers, logs, COMPETITORS, HOST, rows), watching(feed, made) as watch:
            await watch.until(lambda shown: all(shown.cpu(short) is not None for short in COMPETITORS))
            await anyio.sleep(SPAN_S)
            ours = {short: readings_of(watch, short) for short in COMPETITORS}
            await anyio.sleep(1.0)  # the kernel reader sees what came after our last reading
        return {short: Seen(ours[short], logs[short], rows[made.name(short)]) for short in COMPETITORS}


async def _start(made: Containers) -> Mapping[str, KernelReader]:
    """Make all of them first: on a machine that is busy already, that takes long."""
    ids: dict[str, str] = {}
    at_a_time = anyio.CapacityLimiter(4)

    async def create(short: str) -> None:
        limit = LIMITS[short.rpartition("-")[0]]
        options = ("--cpus", limit) if limit else ()
        async with at_a_time:
            ids[short] = await made.create(short, BURN, "--network", "none", *options)

    async with anyio.create_task_group() as tasks:
        for short in COMPETITORS:
            tasks.start_soon(create, short)
    await made.docker("start", *ids.values())
    pids = await made.docker("inspect", "--format", "{{.State.Pid}}", *ids.values())
    return {short: KernelReader(ids[short], int(pid)) for short, pid in zip(ids, pids.split(), strict=True)}


@pytest.fixture(scope="module")
def seen() -> Mapping[str, Seen]:
    observed = anyio.run(_observe)
    table = _table(observed)
    print(f"\n{table}")
    if path := os.environ.get("DOCKSTATS_TEST_CONTENTION"):
        Path(path).write_text(table)
    return observed


# --- What must hold -------------------------------------------------------------------------------------------------


def test_machine_is_overloaded(seen: Mapping[str, Seen]) -> None:
    """Else the comparison would be one at ease: those without a limit want a core each and get a part of one."""
    free = [_mean(one) for short, one in seen.items() if short.startswith("free")]
    assert all(0 < cpu_pct < 90 for cpu_pct in free)


@pytest.mark.parametrize("short", COMPETITORS)
def test_mean_of_the_figures_is_the_counters_own_growth(seen: Mapping[str, Seen], short: str) -> None:
    ours, log = seen[short].ours, seen[short].kernel.cpu
    least, most = cpu_bounds_pct(log, ours[0].at_s, ours[-1].at_s, stamp_s=STAMP_S)
    assert most - least <= TOLERANCE_PCT, "the reader came too seldom to be a judge"
    assert least <= _mean(seen[short]) <= most


@pytest.mark.parametrize("short", COMPETITORS)
def test_each_single_figure_is_the_counters_own_growth(seen: Mapping[str, Seen], short: str) -> None:
    for one, other in pairwise(seen[short].ours):
        least, most = cpu_bounds_pct(seen[short].kernel.cpu, one.at_s, other.at_s, stamp_s=STAMP_S)
        assert other.sample.cpu_pct is not None
        assert least <= other.sample.cpu_pct <= most


def _mean(one: Seen) -> float:
    mean = span_of(one.ours, lambda sample: sample.cpu_pct).mean
    assert mean is not None
    return mean


# --- The table ------------------------------------------------------------------------------------------------------


def _table(seen: Mapping[str, Seen]) -> str:
    """CPU percent of each: the counter's growth and ours over the same time, beside the rows printed meanwhile."""
    lines = [
        f"{'competitor':<18} {'limit':>6} {'kernel':>8} {'ours':>8} {'apart':>8}   docker stats: mean, least to most"
    ]
    for short, one in seen.items():
        from_s, to_s = one.ours[0].at_s, one.ours[-1].at_s
        kernel, ours = cpu_mean_pct(one.kernel.cpu, from_s, to_s), _mean(one)
        rows = [row.cpu_pct for row in settled(one.printed) if row.at_s <= to_s]
        printed = f"{fmean(rows):8.2f}  {min(rows):.2f} to {max(rows):.2f}" if rows else "       -"
        limit = LIMITS[short.rpartition("-")[0]]
        wanted = f"{float(limit) * 100:g} %" if limit else "-"
        lines.append(f"{short:<18} {wanted:>6} {kernel:8.2f} {ours:8.2f} {ours - kernel:+8.3f}   {printed}")
    return "\n".join([*lines, ""])
