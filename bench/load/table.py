"""What was held as a table beside what was promised. Pure. Not here: taking the figures (measured)."""

from __future__ import annotations

from collections.abc import Iterator

from bench.load.findings import Held, LoadResult
from bench.words import number

MB = 1_000_000
MOST_CPU_PCT = {"browsers": 100.0, "agents": 60.0, "dashboards": 25.0}
MOST_P99_MS = {"browsers": 250, "agents": 300, "dashboards": 250}
MOST_RSS_BYTES = {"browsers": 300 * MB}

QUIET_PCT = 25.0
"""CPU of everything else, the kernel's threads included, above which delays tell of the machine, not of dockstats."""

Row = tuple[str, str, str, bool]
"""What was measured, what it may be, what it is, and whether that holds."""


def rows(result: LoadResult) -> list[Row]:
    """All of it."""
    return [row for held in result.held for row in _rows(held)]


def _rows(held: Held) -> Iterator[Row]:
    def row(what: str, figure: float, bound: float, unit: str) -> Row:
        return (
            f"{held.title}: {what}",
            f"{number(bound) if bound else 0} {unit}",
            f"{number(figure)} {unit}",
            figure <= bound,
        )

    yield row("CPU", held.cpu_pct, MOST_CPU_PCT[held.key], "% of a core")
    if held.delays is not None:
        yield row("sent to here, 99th percentile", held.delays.p99_ms, MOST_P99_MS[held.key], "ms")
        median = f"{held.delays.median_ms} ms, {held.delays.longest_ms} ms"
        yield f"{held.title}: the same, median and longest", "", median, True
    came = f"{held.batches:,} of them came"
    yield f"{held.title}: batches lost", "0", f"{held.lost}; {came}", held.lost == 0 and held.batches > 0
    readers = f"{held.readers} of {held.readers_wanted}"
    yield f"{held.title}: readers, all the time", str(held.readers_wanted), readers, held.readers == held.readers_wanted
    if held.silent:
        left = f"{held.silent - held.silent_left} of {held.silent}"
        yield f"{held.title}: silent ones cut off", str(held.silent), left, held.silent_left == 0
    most = MOST_RSS_BYTES.get(held.key)
    rss = f"{number(held.peak_rss_bytes / MB)} MB"
    if most is None:
        yield f"{held.title}: resident memory, at most", "", rss, True
    else:
        holds = held.peak_rss_bytes <= most
        yield f"{held.title}: resident memory, at most", f"{number(most / MB)} MB", rss, holds
    if held.history_bytes is not None and held.history_may_be_bytes is not None:
        yield row("history", held.history_bytes / MB, held.history_may_be_bytes / MB, "MB")
    rest = f"{number(held.load_pct)} %, {number(held.others_pct)} %, {number(held.stolen_pct)} %"
    yield f"{held.title}: CPU of the load, of all else, stolen", "", rest, True


def markdown(result: LoadResult) -> str:
    """The table for docs/performance.md and for a person at a terminal."""
    lines = ["| what | may be | is | |", "|---|---:|---:|---|"]
    lines += [
        f"| {what} | {bound} | {figure} | {'' if holds else 'over'} |" for what, bound, figure, holds in rows(result)
    ]
    spans = ", ".join(number(one.seconds) for one in result.held)
    lines.append("")
    lines.append(
        f"Taken on {result.began_at[:10]} on {result.cores} cores ({result.cpu_model}), Python {result.python}, over "
        f"{spans} seconds; the load and what bears it share the machine."
    )
    if not all(one.full for one in result.held):
        lines.append("A small run, which shows that it works: the promises are for other numbers.")
    if any(one.others_pct + one.stolen_pct > QUIET_PCT for one in result.held):
        lines.append("Something else kept the machine busy meanwhile: these delays are not to be trusted.")
    return "\n".join(lines) + "\n"
