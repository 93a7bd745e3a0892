"""How fast is taken what others send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.pace import Pace


def test_what_comes_at_its_pace_never_waits() -> None:
    pace = Pace(burst_s=1.0, now_s=0.0)
    for now in range(1000):
        pace.took(1.0, float(now))
        assert pace.next_s <= now + 1e-9


def test_some_may_come_ahead_and_more_has_to_wait() -> None:
    pace = Pace(burst_s=2.0, now_s=100.0)
    for _ in range(4):
        pace.took(0.5, 100.0)
        assert pace.next_s <= 100.0
    pace.took(0.5, 100.0)
    assert pace.next_s == pytest.approx(100.5)


def test_a_pause_earns_no_more_than_the_burst() -> None:
    pace = Pace(burst_s=2.0, now_s=0.0)
    pace.took(3.0, 1000.0)
    assert pace.next_s == pytest.approx(1001.0)


@given(costs=st.lists(st.floats(0, 5), min_size=1, max_size=100))
def test_whoever_waits_takes_no_more_than_its_share_of_the_time(costs: list[float]) -> None:
    pace, now_s = Pace(burst_s=2.0, now_s=0.0), 0.0
    for cost in costs:
        now_s = max(now_s, pace.next_s)
        pace.took(cost, now_s)
    assert sum(costs) <= now_s + 2.0 + max(costs) + 1e-6
