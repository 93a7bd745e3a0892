"""Means over a span, reads around a moment, and the table's cells.

Not here: what is observed (matrix), which differences are allowed (test_matrix).
"""

from __future__ import annotations

import pytest

from dockstats_core import ContainerSample
from tests.engine.docker_stats import Row
from tests.engine.kernel_reader import Counters, CpuCounter, KernelLog
from tests.engine.matrix import Figures, Observation, Seen
from tests.engine.side_by_side import around, span_of, table


def counters(at_s: float, **changed: int) -> Counters:
    blank = Counters(at_s, *([0] * (len(Counters._fields) - 1)))
    return blank._replace(**changed)


def figures(at_s: float, cpu_pct: float | None = None, **told: int) -> Figures:
    return Figures(at_s, ContainerSample(id="abc", name="web", cpu_pct=cpu_pct, **told))  # type: ignore[arg-type]


def test_mean_counts_each_figure_for_the_time_since_the_reading_before() -> None:
    readings = [figures(10.0), figures(11.0, 50.0), figures(14.0, 10.0)]
    span = span_of(readings, lambda sample: sample.cpu_pct)
    assert (span.mean, span.from_s, span.to_s, span.interval_s) == (20.0, 10.0, 14.0, 2.0)


def test_mean_of_figures_nobody_knows_is_unknown() -> None:
    assert span_of([figures(10.0), figures(11.0)], lambda sample: sample.cpu_pct).mean is None


@pytest.mark.parametrize(
    ("at_s", "slack_s", "expected"),
    [(2.0, 0.0, [1, 2, 3]), (2.5, 0.0, [2, 3, 4]), (2.0, 1.0, [0, 1, 2, 3, 4]), (0.0, 0.0, [0, 1]), (9.0, 0.0, [3, 4])],
)
def test_reads_around_a_moment_reach_one_further_on_either_side(
    at_s: float, slack_s: float, expected: list[int]
) -> None:
    reads = [counters(float(second)) for second in range(5)]
    assert [read.at_s for read in around(reads, at_s, slack_s)] == expected


def observation() -> Observation:
    kernel = KernelLog(
        [CpuCounter(0.0, 0.0, 0), CpuCounter(2.0, 2.0, 600_000_000)],
        [counters(0.0), counters(2.0, usage=5000, inactive_file=1000, pids=1)],
    )
    return Observation(
        engine="Docker 1.2",
        kernel="6.1",
        cgroup="v2",
        python="3.13",
        counts_blocks=True,
        sampling={},
        containers={
            "web": Seen(
                kernel=kernel,
                printed=[Row(2.0, 31.0, "3.9KiB / 1GiB", "0B / 0B", "0B / 0B", "1")],
                sources={"cgroup": [figures(0.0), figures(2.0, 30.0, mem_bytes=4000, mem_usage_bytes=5000, pids=1)]},
            )
        },
    )


def test_table_has_the_kernels_value_ours_and_what_was_printed() -> None:
    lines = [line.split() for line in table({"Docker 1.2": observation()}, ["a note"]).splitlines()]
    assert ["web", "CPU", "%", "30.00", "30.00", "-", "-", "31.00"] in lines
    assert ["web", "memory", "4000", "4000", "-", "-", "3.9KiB"] in lines
    assert ["web", "processes", "1", "1", "-", "-", "1"] in lines
    assert ["a", "note"] in lines


def test_row_in_which_nobody_tells_anything_is_left_out() -> None:
    assert "swap" not in table({"Docker 1.2": observation()})
