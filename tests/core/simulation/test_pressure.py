"""A made-up pressure file: its total is what was waited, its averages follow as slowly as the kernel's."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.readings import Stall
from dockstats_core.simulation.pressure import Waits


def some(waits: Waits, length_s: float = 1.0) -> Stall:
    stall = waits.reading(length_s).some
    assert stall is not None
    return stall


def test_who_never_waits_has_zeroes_and_the_same_reading() -> None:
    waits = Waits(0.5)
    assert waits.reading(1.0) is waits.reading(1.0)
    assert some(waits) == Stall(0, 0.0, 0.0, 0.0)


def test_total_is_what_was_waited_and_full_its_part() -> None:
    waits = Waits(0.5)
    for _ in range(4):
        waits.pending_s += 0.25
        reading = waits.reading(1.0)
    assert (reading.some and reading.some.total_us, reading.full and reading.full.total_us) == (10**6, 500_000)


def test_averages_rise_and_fall_the_slower_the_longer_they_are() -> None:
    waits = Waits(0.5)
    for _ in range(20):
        waits.pending_s += 0.8
        risen = some(waits)
    assert 80 > risen.avg10_pct > risen.avg60_pct > risen.avg300_pct > 0
    for _ in range(60):
        fallen = some(waits)
    assert 0 < fallen.avg10_pct < fallen.avg60_pct
    assert fallen.avg60_pct < risen.avg60_pct
    assert fallen.total_us == risen.total_us


def test_no_time_is_no_reading() -> None:
    waits = Waits(0.5)
    waits.pending_s = 0.3
    assert some(waits, 0.0).total_us == 0
    assert some(waits).total_us == pytest.approx(300_000, abs=1)


@given(st.floats(0, 1), st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.05, 1.0, 60.0, 7200.0]))))
def test_whatever_is_waited_totals_grow_and_averages_are_shares(
    full_share: float, steps: list[tuple[float, float]]
) -> None:
    waits = Waits(full_share)
    told = [waits.reading(0.0)]
    for share, length_s in steps:
        waits.pending_s += share * length_s
        told.append(waits.reading(length_s))
    for before, after in pairwise(told):
        assert before.some is not None
        assert after.some is not None
        assert after.full is not None
        assert after.some.total_us >= before.some.total_us
        assert after.full.total_us <= after.some.total_us
        assert all(0 <= pct <= 100.0001 for pct in (after.some.avg10_pct, after.some.avg60_pct, after.some.avg300_pct))
