"""`uv run python -m bench.page [--span S] [--endurance S]`: measures, prints a table, keeps bench/results/page.json.

Not here: what is measured how (visit, wire, trace), what it may be (table).
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime

from bench.machine import cpu_model
from bench.page.findings import Drawing, Endurance, PageResult, Weight, keep
from bench.page.fleet import fleet
from bench.page.table import markdown, rows
from bench.page.visit import first_figures_ms, version, visit
from bench.page.wire import stream_bytes_per_s, weight
from bench.statistics import median, percentile

INTERVAL_S = 0.5
FAST_S = 0.05
SETTLE_MS = 5000
OVER = 3  # the exit code


def main() -> int:
    """Run it; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="bench.page",
        description="What the page costs the browser that shows it.",
        epilog=f"Ends with exit code {OVER} if a figure is over its bound.",
    )
    parser.add_argument("--span", type=float, default=30.0, help="seconds that each fleet is watched (default 30)")
    parser.add_argument("--endurance", type=float, default=180.0, help="seconds of ten times the pace (default 180)")
    parser.add_argument("--no-keep", action="store_true", help="do not write bench/results/page.json")
    options = parser.parse_args()
    began_at = datetime.now(UTC).isoformat(timespec="seconds")
    drawings = [_drawing(hosts, options.span) for hosts in (3, 10)]
    print("bench.page: many updates", file=sys.stderr)
    until_first_figures, first_visit, whole = _weights()
    result = PageResult(
        began_at=began_at,
        chromium=version(),
        cpu_model=cpu_model(),
        drawings=drawings,
        endurance=_endurance(options.endurance),
        until_first_figures=until_first_figures,
        first_visit=first_visit,
        whole=whole,
    )
    if not options.no_keep:
        keep(result)
    return told(result)


def told(result: PageResult) -> int:
    """Print it beside its bounds; gives the exit code."""
    print(markdown(result))
    return 0 if all(holds for _, _, _, holds in rows(result)) else OVER


def _drawing(hosts: int, span_s: float) -> Drawing:
    print(f"bench.page: {hosts} hosts x 100 containers", file=sys.stderr)
    with fleet(hosts, 100, INTERVAL_S) as url:
        time.sleep(2)  # hosts have figures, as they have when a person opens the page
        with visit(url) as page:
            page.page.wait_for_timeout(SETTLE_MS)
            renderer_pct = page.renderer_pct(span_s)
            main_thread = page.main_thread(span_s)
        return Drawing(
            hosts=hosts,
            containers=hosts * 100,
            interval_s=INTERVAL_S,
            updates=len(main_thread.updates_ms),
            update_median_ms=median(main_thread.updates_ms),
            update_p99_ms=percentile(main_thread.updates_ms, 99),
            longest_task_ms=main_thread.longest_task_ms,
            long_tasks=main_thread.long_tasks,
            renderer_pct=renderer_pct,
            first_figures_ms=median(first_figures_ms(url)),
            bytes_per_s=stream_bytes_per_s(url, min(span_s, 10.0)),
        )


def _endurance(span_s: float) -> Endurance:
    hosts = 3
    with fleet(hosts, 100, FAST_S) as url, visit(url) as page:
        page.page.wait_for_timeout(4 * SETTLE_MS)
        heap_mib, nodes = page.heap_mib(), page.nodes()
        page.page.wait_for_timeout(span_s * 1000)
        return Endurance(
            updates=int(hosts * span_s / FAST_S),
            seconds=span_s,
            heap_before_mib=heap_mib,
            heap_after_mib=page.heap_mib(),
            nodes_before=nodes,
            nodes_after=page.nodes(),
        )


def _weights() -> tuple[Weight, Weight, Weight]:
    with fleet(1, 1, INTERVAL_S) as url:
        return weight(url, "first figures"), weight(url, "rest"), weight(url, "all")


if __name__ == "__main__":
    sys.exit(main())
