"""How long everything takes. Not here: the run."""

from __future__ import annotations

import pytest

from bench.soak.plan import Plan


def test_half_an_hour_is_watched_after_five_minutes() -> None:
    plan = Plan.of(30)
    assert (plan.run_s, plan.warm_s, plan.busy_s) == (1800.0, 300.0, 25.0)


@pytest.mark.parametrize("minutes", [0.05, 1, 5, 30, 600])
def test_history_is_full_before_the_watch_begins(minutes: float) -> None:
    plan = Plan.of(minutes)
    assert plan.retention_s * 1.5 <= plan.warm_s <= plan.run_s / 3
