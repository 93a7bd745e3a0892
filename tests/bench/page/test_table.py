"""The page's figures beside their bounds. Not here: taking them."""

from __future__ import annotations

from bench.page.findings import PageResult, kept
from bench.page.table import markdown, rows
from tests.bench.page.measured import drawing, result


def over(found: PageResult) -> list[str]:
    return [what for what, _, _, holds in rows(found) if not holds]


def test_figures_within_their_bounds_are_not_marked() -> None:
    assert over(result(drawing())) == []
    assert "| over |" not in markdown(result(drawing()))


def test_figure_over_its_bound_is_marked() -> None:
    found = result(drawing(update_median_ms=6.5), heap_after_mib=15.5, plain_bytes=150_001)
    assert over(found) == [
        "3 hosts, 300 containers: main thread per update, median",
        "heap growth over 3600 batches",
        "page and scripts until first figures, 90 files, plain",
    ]
    assert markdown(found).count("| over |") == 3


def test_run_that_is_kept_holds_every_bound() -> None:
    assert over(kept()) == []


def test_large_fleet_has_a_bound_of_its_own() -> None:
    assert over(result(drawing(containers=1000, update_median_ms=11.0))) == []
    assert over(result(drawing(containers=1000, update_median_ms=13.0))) != []
