"""A round of a busy life really goes, and is watched: that it measures, not how much anything holds."""

from __future__ import annotations

import random

import pytest

from bench.soak.__main__ import main
from bench.soak.life import Life
from bench.soak.plan import Plan
from tests.fake_engine import FakeEngine


async def test_round_has_visits_and_changes_and_leaves_everything_connected_and_watched() -> None:
    async with FakeEngine(tick_s=0.5) as engine:
        life = Life(Plan(run_s=0.1, warm_s=0.0, busy_s=1.0, retention_s=4.0), engine, random.Random(6))
        await life.rounds()
    assert life.visits >= 20
    assert life.changes >= 1
    assert (life.restarts, life.unclean_ends, life.troubles) == (1, 0, [])
    for program in ("dashboard", "agent"):
        (kept,) = life.kept[program]
        assert kept.rss_bytes > 10_000_000
        assert kept.descriptors > 3
        assert kept.tasks > 1
    assert life.kept["dashboard"][0].history_bytes > 0


def test_help_tells_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "exit code 3 if something grows that should not" in capsys.readouterr().out
