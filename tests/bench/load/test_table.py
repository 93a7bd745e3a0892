"""A load run beside what is promised. Not here: taking the figures (test_load)."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bench.load.findings import Held, keep, kept
from bench.load.table import markdown, rows
from tests.bench.load.held import held, result


def over(found: Held) -> list[str]:
    return [what.removeprefix("a load: ") for what, _, _, holds in rows(result(found)) if not holds]


@pytest.mark.parametrize("key", ["browsers", "agents", "dashboards"])
def test_run_within_its_bounds_has_no_mark(key: str) -> None:
    assert over(held(key)) == []
    assert "| over |" not in markdown(result(held(key)))


@pytest.mark.parametrize(
    ("found", "what"),
    [
        (held(cpu_pct=101.0), "CPU"),
        (held("agents", cpu_pct=61.0), "CPU"),
        (held("dashboards", cpu_pct=26.0), "CPU"),
        (held(p99_ms=251), "sent to here, 99th percentile"),
        (held("agents", p99_ms=301), "sent to here, 99th percentile"),
        (held(lost=1), "batches lost"),
        (held(readers=949), "readers, all the time"),
        (held(silent_left=1), "silent ones cut off"),
        (held(rss_mb=301), "resident memory, at most"),
        (held("agents", history_mb=135), "history"),
    ],
)
def test_figure_over_its_bound_is_marked(found: Held, what: str) -> None:
    assert over(found) == [what]
    assert markdown(result(found)).count("| over |") == 1


def test_run_in_which_nothing_came_lost_everything() -> None:
    assert over(msgspec.structs.replace(held(), batches=0)) == ["batches lost"]


def test_small_run_says_that_it_is_none_to_judge_by() -> None:
    assert "A small run" in markdown(result(msgspec.structs.replace(held(), full=False)))
    assert "A small run" not in markdown(result(held()))


def test_run_on_a_machine_that_did_other_things_says_so() -> None:
    assert "not to be trusted" in markdown(result(held(), msgspec.structs.replace(held("agents"), others_pct=30.0)))
    assert "not to be trusted" in markdown(result(msgspec.structs.replace(held(), stolen_pct=30.0)))
    assert "not to be trusted" not in markdown(result(held()))


def test_result_is_kept_as_it_was(tmp_path: Path) -> None:
    found = result(held(), held("agents", history_mb=100))
    keep(found, tmp_path / "load.json")
    assert kept(tmp_path / "load.json") == found
