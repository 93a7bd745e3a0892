"""The page's figures as a table beside what they may be. Pure."""

from __future__ import annotations

from bench.page.findings import PageResult
from bench.words import number

_KB = 1000


def rows(result: PageResult) -> list[tuple[str, str, str, bool]]:
    """What was measured, the bound, the figure, and whether it holds."""
    found: list[tuple[str, str, str, bool]] = []

    def row(what: str, figure: float, bound: float, unit: str) -> None:
        found.append((what, f"{number(bound)} {unit}", f"{number(figure)} {unit}", figure <= bound))

    for one in result.drawings:
        is_large = one.containers > 300
        fleet = f"{one.hosts} hosts, {one.containers} containers"
        row(f"{fleet}: main thread per update, median", one.update_median_ms, 12 if is_large else 6, "ms")
        if is_large:
            continue
        row(f"{fleet}: main thread per update, 99th percentile", one.update_p99_ms, 16, "ms")
        row(f"{fleet}: CPU of the renderer", one.renderer_pct, 12, "% of a core")
        row(f"{fleet}: longest task after loading", one.longest_task_ms, 50, "ms")
        row(f"{fleet}: bytes to one browser, gzip", one.bytes_per_s / _KB, 40, "KB/s")
        row(f"{fleet}: from navigation to first figures", one.first_figures_ms, 700, "ms")
    endurance = result.endurance
    grown = endurance.heap_after_mib - endurance.heap_before_mib
    row(f"heap growth over {endurance.updates} batches", max(0.0, grown), 5, "MiB")
    row("nodes more than before them", max(0, endurance.nodes_after - endurance.nodes_before), 200, "")
    first = result.until_first_figures
    row(f"page and scripts until first figures, {first.files} files, plain", first.plain_bytes / _KB, 150, "KB")
    row("page and scripts until first figures, gzip", first.gzipped_bytes / _KB, 45, "KB")
    for what, weight in (("with the rest, which follows", result.first_visit), ("all there is", result.whole)):
        sizes = f"{number(weight.plain_bytes / _KB)} KB, {number(weight.gzipped_bytes / _KB)} KB"
        found.append((f"{what}, {weight.files} files, plain and gzip", "", sizes, True))
    return found


def markdown(result: PageResult) -> str:
    """The table for docs/performance.md and for a person at a terminal."""
    lines = ["| what | may be | is | |", "|---|---:|---:|---|"]
    for what, bound, figure, holds in rows(result):
        lines.append(f"| {what} | {bound} | {figure} | {'' if holds else 'over'} |")
    lines.append("")
    lines.append(
        f"Taken on {result.began_at[:10]} with Chromium {result.chromium} ({result.cpu_model}); dashboard, simulated "
        "hosts and browser share two cores."
    )
    return "\n".join(lines) + "\n"
