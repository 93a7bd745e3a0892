from __future__ import annotations

from bench.table import markdown, plain
from tests.bench.measured import measurement, result, small_result


def test_tables_tell_every_contestant_with_its_ratio_to_docker_stats() -> None:
    text = plain(small_result())
    (ours,) = [line for line in text.splitlines() if line.startswith("dockstats, cgroup at 500ms")][:1]
    assert "1.00 (1.00-1.00)" in ours
    assert "1/40" in ours
    assert "50.0 (50.0-50.0)" in ours  # microseconds a figure
    assert "nobody watches" not in text.replace("With nobody watching", "").replace("when nobody watches", "")


def test_run_that_was_disturbed_says_so_below_the_tables() -> None:
    disturbed = result(measurement("idle"), measurement("docker-stats", watcher=1.0), doubts=("a browser ran",))
    for text in (plain(disturbed), markdown(disturbed)):
        assert "This run is not to be trusted:\n\n- a browser ran" in text
    assert "Nothing disturbed the run" in plain(small_result())


def test_every_row_of_a_markdown_table_has_as_many_cells_as_its_head() -> None:
    for block in markdown(small_result()).split("\n\n"):
        rows = [line.count("|") for line in block.splitlines() if line.startswith("|")]
        assert len(set(rows)) <= 1


def test_run_without_docker_stats_has_no_ratio_and_no_idle() -> None:
    assert "dockstats, cgroup at 1s" in plain(result(measurement("agent-cgroup-1s", watcher=0.1)))


def test_run_that_measured_nothing_still_prints() -> None:
    assert "Whole cost" in plain(result())
