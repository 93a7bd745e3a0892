"""One series' points: what goes in comes out, right to a 32-bit float, oldest first."""

from __future__ import annotations

from math import inf, isfinite, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.history.columns import Row
from dockstats_core.history.series import Series

BOTH = [0, 1]


def series(*points: tuple[float, Row], block_points: int = 3) -> Series:
    """Two figures a point, in short blocks."""
    made = Series(2)
    for at, row in points:
        made.append(at, row, new_block=made.needs_block(at, block_s=60.0, block_points=block_points))
    return made


def points(made: Series, first: float = -inf, end: float = inf) -> tuple[list[float], list[list[float]]]:
    """All figures of the points from `first` up to `end`."""
    at, columns = made.between(first, end, BOTH)
    return list(at), [list(column) for column in columns]


def test_empty_series_has_no_points() -> None:
    empty = series()
    assert empty.is_empty
    assert points(empty) == ([], [[], []])
    assert empty.newest(1e9) is None


def test_points_come_out_as_columns_in_order_across_blocks() -> None:
    seven = series(*[(float(at), (at, at * 10)) for at in range(7)])
    assert points(seven) == ([0, 1, 2, 3, 4, 5, 6], [[0, 1, 2, 3, 4, 5, 6], [0, 10, 20, 30, 40, 50, 60]])


def test_only_the_columns_asked_for_come_out() -> None:
    seven = series(*[(float(at), (at, at * 10)) for at in range(7)])
    at, (tens,) = seven.between(2.0, 4.0, [1])
    assert (list(at), list(tens)) == ([2, 3], [20, 30])
    assert seven.between(2.0, 4.0, [])[1] == []


@given(st.floats(-2, 9), st.floats(-2, 9))
def test_points_of_a_span_are_those_from_its_begin_on_and_before_its_end(first: float, end: float) -> None:
    seven = series(*[(float(at), (at, None)) for at in range(7)])
    at, columns = points(seven, first, end)
    assert at == columns[0] == [point for point in range(7) if first <= point < end]
    at, _ = points(seven, round(first), round(end))
    assert at == [point for point in range(7) if round(first) <= point < round(end)]
    assert list(seven.between(first, round(end), BOTH, include_end=True)[0]) == [
        point for point in range(7) if first <= point <= round(end)
    ]


@given(st.floats(-2, 9) | st.integers(-2, 9))
def test_newest_point_by_a_time_is_the_last_not_later(at: float) -> None:
    seven = series(*[(float(point), (point, point * 10)) for point in range(7)])
    by_then = [point for point in range(7) if point <= at]
    found = seven.newest(at)
    assert (found is None) == (not by_then)
    if found is not None:
        assert (found[0], list(found[1])) == (by_then[-1], [by_then[-1], by_then[-1] * 10])


def test_oldest_point_is_the_first_that_is_held() -> None:
    seven = series(*[(float(at), (at, None)) for at in range(7)])
    assert seven.oldest() == 0.0
    seven.drop_oldest_block()
    assert seven.oldest() == 3.0


def test_unknown_figure_is_nan_and_its_neighbours_are_not() -> None:
    _, (cpu, memory) = points(series((1.0, (None, 2.0)), (2.0, (1.0, None))))
    assert isnan(cpu[0])
    assert isnan(memory[1])
    assert (cpu[1], memory[0]) == (1.0, 2.0)


@pytest.mark.parametrize("figure", [3.5e38, -1e39, 1.7e308, 10**39, inf, nan])
def test_number_that_cannot_be_kept_is_not_finite_and_takes_no_other_with_it(figure: float) -> None:
    _, (cpu, memory) = points(series((1.0, (figure, 2.0))))
    assert not isfinite(cpu[0])
    assert memory == [2.0]


@given(st.one_of(st.floats(-3.4e38, 3.4e38), st.integers(0, 2**63)))
def test_figure_is_right_to_a_32_bit_float(figure: float) -> None:
    _, (cpu, _) = points(series((1.0, (figure, None))))
    assert cpu[0] == pytest.approx(figure, rel=6e-8, abs=1e-38)


def test_oldest_block_goes_first_and_tells_its_points() -> None:
    five = series(*[(float(at), (at, None)) for at in range(5)])
    assert five.oldest_block_ended() == 2.0
    assert five.drop_oldest_block() == 3
    assert points(five)[0] == [3.0, 4.0]
    assert five.drop_oldest_block() == 2
    assert five.is_empty


def test_block_is_over_after_its_time_or_its_points() -> None:
    two = series((100.0, (1, 1)), (101.0, (1, 1)))
    assert not two.needs_block(159.9, block_s=60.0, block_points=3)
    assert two.needs_block(160.0, block_s=60.0, block_points=3)
    assert two.needs_block(101.1, block_s=60.0, block_points=2)
    assert series().needs_block(0.0, block_s=60.0, block_points=3)


def test_what_is_held_grows_with_points_and_shrinks_with_blocks() -> None:
    empty, three, four = (series(*[(float(at), (at, None)) for at in range(count)]) for count in (0, 3, 4))
    assert empty.bytes_held < three.bytes_held < four.bytes_held
    four.drop_oldest_block()
    four.drop_oldest_block()
    assert four.bytes_held == empty.bytes_held
