"""Builders of what the page's bench finds. Not here: tests."""

from __future__ import annotations

from bench.page.findings import Drawing, Endurance, PageResult, Weight


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
