from __future__ import annotations

from pathlib import Path

import pytest

from bench.findings import ages_of, growth, read, summaries, write
from bench.processes import Memory
from tests.bench.measured import measurement, result, small_result


def test_cost_is_watcher_and_engine_over_the_engine_at_rest() -> None:
    spans = [
        measurement("idle", engine=0.2),
        measurement("idle", number=2, engine=0.4),
        measurement("docker-stats", watcher=0.5, engine=3.3, client=9.0, others=9.0, kernel=9.0),
    ]
    found = summaries(spans)["docker-stats"]
    assert found.idle_pct == pytest.approx(3.0)
    assert found.over_idle_pct.median == pytest.approx(38.0 - 3.0)
    assert found.watcher_pct.median == pytest.approx(5.0)
    assert found.engine_pct.median == pytest.approx(30.0)


def test_cost_of_a_figure_is_cpu_over_idle_by_figures_delivered() -> None:
    spans = [
        measurement("idle", engine=0.1),
        measurement("agent-cgroup-500ms", watcher=0.2, engine=0.1, figures_per_s=200.0),
    ]
    found = summaries(spans)["agent-cgroup-500ms"]
    assert found.us_per_figure is not None
    assert found.us_per_figure.median == pytest.approx(100.0)  # 2 % of a core = 20 ms a second, for 200 figures
    assert found.per_container_per_s == pytest.approx(2.0)


def test_machine_s_busy_time_leaves_out_our_client_the_bench_and_other_programs() -> None:
    spans = [
        measurement("idle", busy=1.0, bench=0.5),
        measurement("x", busy=3.5, bench=0.6, client=0.4, others=0.5, kernel=0.2),
    ]
    assert summaries(spans)["x"].machine_pct.median == pytest.approx(20.0 - 5.0)


def test_watcher_whose_figures_cannot_be_counted_has_no_cost_a_figure() -> None:
    found = summaries([measurement("x", watcher=0.2)])["x"]
    assert found.us_per_figure is None
    assert found.per_container_per_s is None
    assert found.rss_bytes is None


def test_ages_are_told_by_median_percentile_and_worst() -> None:
    ages = ages_of([0.01] * 98 + [0.2, 0.5])
    assert ages is not None
    assert (ages.count, ages.median_s, ages.p99_s, ages.max_s) == (100, 0.01, 0.2, 0.5)
    assert ages_of([]) is None


def test_growth_stands_by_number_of_containers() -> None:
    memory = Memory(rss_bytes=100, pss_bytes=90, processes=1)
    spans = [
        measurement("a", containers=size, watcher=size / 1000, figures_per_s=2.0 * size, memory=memory)
        for size in (500, 50)
    ]
    small, large = growth(spans)
    assert (small.containers, large.containers) == (50, 500)
    assert small.us_per_figure is not None
    assert small.us_per_figure.median == pytest.approx(50.0)
    assert (large.rss_bytes, large.pss_bytes) == (100, 90)


def test_result_that_was_written_is_read_as_it_was(tmp_path: Path) -> None:
    made = small_result()
    write(made, {"chart.svg": "<svg/>"}, tmp_path / "new")
    assert read(tmp_path / "new" / "results.json") == made
    assert (tmp_path / "new" / "chart.svg").read_text() == "<svg/>"


def test_result_with_doubts_is_not_trusted() -> None:
    assert result().trusted
    assert not result(doubts=("load",)).trusted
