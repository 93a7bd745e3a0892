"""The duty budget: what asking the engine may cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.sources.duty import MOST_CALL_S, TYPICAL_CALL_S, DutyBudget


def test_before_any_call_the_typical_cost_is_assumed() -> None:
    assert DutyBudget().call_cost_s == TYPICAL_CALL_S


def test_a_hundred_calls_of_6_ms_on_a_fifth_of_a_core_take_three_seconds() -> None:
    assert DutyBudget(0.2).interval_s(100, 0.25) == pytest.approx(3.0)


def test_few_calls_keep_the_shortest_interval() -> None:
    assert DutyBudget(0.2).interval_s(3, 0.25) == 0.25


def test_the_shortest_recent_call_is_the_estimate() -> None:
    budget = DutyBudget()
    for call_s in (0.020, 0.004, 0.9):
        budget.record(call_s)
    assert budget.call_cost_s == 0.004


def test_an_engine_that_became_slow_is_noticed_after_the_window() -> None:
    budget = DutyBudget()
    budget.record(0.001)
    for _ in range(64):
        budget.record(0.05)
    assert budget.call_cost_s == 0.05


def test_at_least_one_call_a_second_is_affordable() -> None:
    budget = DutyBudget(0.02)
    budget.record(0.05)
    assert budget.calls_per_s() == 1


def test_calls_that_wait_for_the_engines_tick_are_not_taken_for_work() -> None:
    budget = DutyBudget(0.2)
    budget.record(1.0)
    assert budget.interval_s(4, 0.25) == pytest.approx(1.0)


@given(
    calls=st.integers(0, 10_000),
    cost=st.floats(1e-5, MOST_CALL_S),
    share=st.floats(0.01, 1),
    shortest=st.floats(0.05, 5),
)
def test_the_budget_is_never_exceeded(calls: int, cost: float, share: float, shortest: float) -> None:
    budget = DutyBudget(share)
    budget.record(cost)
    interval = budget.interval_s(calls, shortest)
    assert interval >= shortest
    assert calls * cost / interval <= share * (1 + 1e-9)
