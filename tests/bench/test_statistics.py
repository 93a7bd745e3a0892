from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.statistics import Spread, median, percentile, spread

values = st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1)


@pytest.mark.parametrize(
    ("given_values", "expected"), [([3.0], 3.0), ([1.0, 9.0, 2.0], 2.0), ([1.0, 2.0, 4.0, 9.0], 3.0)]
)
def test_median_is_the_middle_value(given_values: list[float], expected: float) -> None:
    assert median(given_values) == expected


@pytest.mark.parametrize(("pct", "expected"), [(1, 1.0), (50, 50.0), (99, 99.0), (99.5, 100.0), (100, 100.0)])
def test_percentile_of_a_hundred_values_is_the_one_with_that_rank(pct: float, expected: float) -> None:
    assert percentile([float(value) for value in range(100, 0, -1)], pct) == expected


@given(values, st.floats(min_value=0.1, max_value=100))
def test_percentile_is_a_value_that_occurred_and_enough_do_not_exceed(measured: list[float], pct: float) -> None:
    found = percentile(measured, pct)
    assert found in measured
    assert sum(value <= found for value in measured) * 100 >= len(measured) * pct * 0.999999


@given(values)
def test_spread_holds_every_value_between_its_ends(measured: list[float]) -> None:
    found = spread(measured)
    assert found is not None
    assert found.low == min(measured)
    assert found.high == max(measured)
    assert found.low <= found.median <= found.high
    assert found.count == len(measured)


def test_nothing_measured_has_no_spread() -> None:
    assert spread([]) is None
    assert spread([2.0]) == Spread(2.0, 2.0, 2.0, 1)


@pytest.mark.parametrize("pct", [0, -1, 101])
def test_percentile_that_does_not_exist_is_refused(pct: float) -> None:
    with pytest.raises(ValueError, match="no percentile"):
        percentile([1.0], pct)


def test_nothing_measured_has_no_median_and_no_percentile() -> None:
    with pytest.raises(ValueError, match="no median"):
        median([])
    with pytest.raises(ValueError, match="no percentile"):
        percentile([], 50)
