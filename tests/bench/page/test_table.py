"""The page's figures beside their bounds. Not here: taking them."""

from __future__ import annotations

from bench.page.findings import Drawing, Endurance, PageResult, Weight
from bench.page.table import markdown, rows


def drawing(*, containers: int = 300, update_median_ms: float = 5.0) -> Drawing:
    return Drawing(
        hosts=containers // 100,
        containers=containers,
        interval_s=0.5,
        updates=100,
        update_median_ms=update_median_ms,
        update_p99_ms=15.0,
        longest_task_ms=40.0,
        long_tasks=0,
        renderer_pct=9.0,
        first_figures_ms=500.0,
        bytes_per_s=30_000.0,
    )


def result(*drawings: Drawing, heap_after_mib: float = 12.0, plain_bytes: int = 100_000) -> PageResult:
    weight = Weight(files=90, plain_bytes=plain_bytes, gzipped_bytes=40_000)
    return PageResult(
        began_at="2026-11-26T01:00:00+00:00",
        chromium="156",
        cpu_model="a CPU",
        drawings=list(drawings),
        endurance=Endurance(
            updates=3600,
            seconds=60,
            heap_before_mib=10.0,
            heap_after_mib=heap_after_mib,
            nodes_before=1500,
            nodes_after=1501,
        ),
        until_first_figures=weight,
        first_visit=weight,
        whole=weight,
    )


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


def test_large_fleet_has_a_bound_of_its_own() -> None:
    assert over(result(drawing(containers=1000, update_median_ms=11.0))) == []
    assert over(result(drawing(containers=1000, update_median_ms=13.0))) != []
