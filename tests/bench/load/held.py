"""Builders of what a load run finds. Not here: tests."""

from __future__ import annotations

from bench.load.findings import Held, LoadResult
from bench.load.watch import Delays


def held(
    key: str = "browsers",
    *,
    cpu_pct: float = 20.0,
    p99_ms: int = 90,
    lost: int = 0,
    readers: int = 950,
    rss_mb: float = 150,
    silent_left: int = 0,
    history_mb: float | None = None,
) -> Held:
    return Held(
        key=key,
        title="a load",
        full=True,
        seconds=60.0,
        cpu_pct=cpu_pct,
        peak_rss_bytes=round(rss_mb * 1_000_000),
        readers=readers,
        readers_wanted=950,
        batches=342_000,
        lost=lost,
        delays=Delays(30, p99_ms, 2 * p99_ms),
        load_pct=30.0,
        others_pct=1.0,
        stolen_pct=0.0,
        silent=50,
        silent_left=silent_left,
        history_bytes=None if history_mb is None else round(history_mb * 1_000_000),
        history_may_be_bytes=None if history_mb is None else 134_000_000,
    )


def result(*runs: Held) -> LoadResult:
    return LoadResult(
        began_at="2026-11-26T01:00:00+00:00", cpu_model="a CPU", cores=2, python="3.11.7", held=list(runs)
    )
