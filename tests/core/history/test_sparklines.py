"""A container's last minute: thirty means of CPU and memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.history.columns import CONTAINER_COLUMNS
from dockstats_core.history.series import Series
from dockstats_core.history.sparklines import sparkline_of

REST = (None,) * (len(CONTAINER_COLUMNS) - 2)


def series(*points: tuple[float, float | None, float | None]) -> Series:
    """CPU and memory at each time, in blocks of four."""
    made = Series(len(CONTAINER_COLUMNS))
    for at, cpu, memory in points:
        made.append(at, (cpu, memory, *REST), new_block=made.needs_block(at, block_s=60.0, block_points=4))
    return made


def test_buckets_end_with_the_time_asked_for_and_a_point_on_a_border_ends_its_bucket() -> None:
    line = sparkline_of(series((4.0, 9.0, 1), (4.5, 1.0, 2), (6.0, 3.0, 4), (9.0, 5.0, 6)), 10.0, 2.0, 3)
    assert line is not None
    assert line.cpu_pct == [2.0, None, 5.0]
    assert line.mem_bytes == [3, None, 6]


def test_unknown_figure_is_no_part_of_a_mean_and_alone_is_null() -> None:
    line = sparkline_of(series((9.0, None, None), (9.5, 4.0, None)), 10.0, 2.0, 1)
    assert line is not None
    assert (line.cpu_pct, line.mem_bytes) == ([4.0], [None])


@pytest.mark.parametrize("at", [0.5, 1.0, 62.0, 63.0])
def test_container_without_a_point_in_the_minute_has_no_line(at: float) -> None:
    two = series((2.0, 1.0, 1), (2.5, 1.0, 1))
    assert (sparkline_of(two, at, 2.0, 30) is None) == (at in (0.5, 1.0, 63.0))


@given(st.floats(0, 1e5, width=32), st.floats(0, 2**45, width=32))
def test_figures_are_rounded_to_what_a_line_can_show(cpu: float, memory: float) -> None:
    line = sparkline_of(series((1.0, cpu, memory)), 2.0, 2.0, 1)
    assert line is not None
    assert line.cpu_pct == [pytest.approx(cpu, abs=0.051)]
    assert line.mem_bytes == [pytest.approx(memory, rel=5.1e-4, abs=1)]
    assert isinstance(line.mem_bytes[0], int)


@given(
    st.dictionaries(st.integers(0, 200), st.tuples(st.integers(0, 999), st.integers(0, 999))),
    st.integers(0, 210),
    st.integers(1, 12),
)
def test_means_are_those_of_the_points_in_each_bucket(story: dict[int, tuple[int, int]], end: int, count: int) -> None:
    line = sparkline_of(series(*[(float(at), *story[at]) for at in sorted(story)]), float(end), 4.0, count)
    buckets = [
        [story[at] for at in story if end - 4 * left < at <= end - 4 * (left - 1)] for left in range(count, 0, -1)
    ]
    if not any(buckets):
        assert line is None
        return
    assert line is not None
    for bucket, cpu, memory in zip(buckets, line.cpu_pct, line.mem_bytes, strict=True):
        if bucket:
            assert cpu == pytest.approx(sum(row[0] for row in bucket) / len(bucket), abs=0.051)
            assert memory == pytest.approx(sum(row[1] for row in bucket) / len(bucket), abs=1)
        else:
            assert (cpu, memory) == (None, None)
