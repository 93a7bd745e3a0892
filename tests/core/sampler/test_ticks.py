"""The tick grid: steady, and honest about what it left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.sampler.ticks import Ticks


def test_the_first_tick_is_due_at_once() -> None:
    assert Ticks(100.0).due_s == 100.0


def test_a_tick_that_takes_time_does_not_move_the_grid() -> None:
    ticks = Ticks(0.0)
    ticks.done(0.3, 0.5)
    assert ticks.due_s == 0.5
    ticks.done(0.99, 0.5)
    assert ticks.due_s == 1.0
    assert ticks.skipped == 0


def test_a_tick_that_overruns_skips_and_counts() -> None:
    ticks = Ticks(0.0)
    ticks.done(1.7, 0.5)
    assert ticks.due_s == 2.0
    assert ticks.skipped == 3


def test_a_tick_that_ends_exactly_on_the_next_one_leaves_that_one_out() -> None:
    ticks = Ticks(0.0)
    ticks.done(0.5, 0.5)
    assert (ticks.due_s, ticks.skipped) == (1.0, 1)


def test_a_grid_that_begins_anew_is_due_at_once_and_counts_nothing() -> None:
    ticks = Ticks(0.0)
    ticks.done(0.1, 60.0)
    assert not ticks.is_due(7.0)
    ticks.begin_anew(7.0)
    assert ticks.is_due(7.0)
    ticks.done(7.5, 60.0)
    assert (ticks.due_s, ticks.skipped) == (67.0, 0)


@given(
    start=st.floats(0, 1e6),
    interval=st.floats(0.05, 30),
    durations=st.lists(st.floats(0, 100), min_size=1, max_size=20),
)
def test_the_next_tick_is_always_ahead_and_never_by_more_than_an_interval(
    start: float, interval: float, durations: list[float]
) -> None:
    ticks, now = Ticks(start), start
    for duration in durations:
        now = max(now, ticks.due_s) + duration
        ticks.done(now, interval)
        assert now - 1e-6 < ticks.due_s <= now + interval + 1e-6
