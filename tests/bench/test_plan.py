from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bench.plan import SHIM_PERIOD_S, START_CONTAINER_S, duration_s, rounds_of, start_pause_s

NAMES = ["idle", "one", "two", "three", "four", "five"]


@given(st.lists(st.integers(), unique=True, max_size=12), st.integers(min_value=1, max_value=8))
def test_every_contestant_comes_once_a_round(contestants: list[int], rounds: int) -> None:
    orders = rounds_of(contestants, rounds)
    assert len(orders) == rounds
    assert all(sorted(order) == sorted(contestants) for order in orders)


def test_contestants_change_their_place_and_their_predecessor_from_round_to_round() -> None:
    first, second, third = rounds_of(NAMES, 3)
    assert first == NAMES
    for name in NAMES:
        assert len({order.index(name) for order in (first, second, third)}) > 1
    followed = [set(itertools.pairwise(order)) for order in (first, second)]
    assert followed[0] & followed[1] == set()


def test_default_run_takes_less_than_half_an_hour() -> None:
    expected = duration_s(contestants=12, rounds=3, span_s=12.0, settle_s=3.0, most=500, sizes=5)
    assert 600 < expected < 1800


@given(st.integers(min_value=1, max_value=1000))
def test_starts_fill_whole_periods_of_the_shims_and_never_come_faster_than_they_can(count: int) -> None:
    pause_s = start_pause_s(count)
    periods = count * pause_s / SHIM_PERIOD_S
    assert round(periods) >= 1
    assert abs(periods - round(periods)) < 1e-9
    assert pause_s >= START_CONTAINER_S * 0.999999
