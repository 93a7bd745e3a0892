"""What was kept as a table beside what may be. Pure. Not here: looking (kept), the run (life)."""

from __future__ import annotations

from collections.abc import Iterator

from bench.soak.findings import SoakResult, grown_bytes, watched
from bench.words import number

MB = 1_000_000
MOST_GROWTH_BYTES = 3 * MB
MOST_SWAY = 2  # descriptors, threads, tasks: one look may meet a connection that is just ending

Row = tuple[str, str, str, bool]
"""What was watched, what it may be, what it is, and whether that holds."""


def rows(result: SoakResult) -> list[Row]:
    """All of it."""
    found = [row for program in result.kept for row in _rows(result, program)]
    found.append(("log lines of trouble that nobody caused", "0", str(len(result.troubles)), not result.troubles))
    unclean = f"{result.unclean_ends} of {result.restarts}"
    found.append(("restarted agents that did not end well", "0", unclean, result.unclean_ends == 0))
    return found


def _rows(result: SoakResult, program: str) -> Iterator[Row]:
    kept = watched(result, program)
    if not kept:
        yield f"{program}: looks after warming up", "some", "none", False
        return
    grown = grown_bytes(kept)
    first, last = f"{number(kept[0].rss_bytes / MB)} MB", f"{number(kept[-1].rss_bytes / MB)} MB"
    yield (
        f"{program}: memory grown, from {first} to {last}",
        f"{number(MOST_GROWTH_BYTES / MB)} MB",
        f"{number(grown / MB)} MB",
        grown <= MOST_GROWTH_BYTES,
    )
    for what in ("descriptors", "threads", "tasks"):
        counts = [getattr(one, what) for one in kept]
        low, high = min(counts), max(counts)
        yield f"{program}: {what}", f"{MOST_SWAY} apart", f"{low} to {high}", high - low <= MOST_SWAY


def markdown(result: SoakResult) -> str:
    """The table for docs/performance.md and for a person at a terminal."""
    lines = ["| what | may be | is | |", "|---|---:|---:|---|"]
    for what, bound, figure, holds in rows(result):
        lines.append(f"| {what} | {bound} | {figure} | {'' if holds else 'over'} |")
    lines += ["", *(f"    {line}" for line in result.troubles[:10]), ""]
    lines.append(
        f"Taken on {result.began_at[:10]} ({result.cpu_model}, Python {result.python}) in {result.seconds / 60:.0f} "
        f"minutes, watched from minute {result.warm_s / 60:.0f} on, each time when nobody was there: {result.visits:,} "
        f"visits of browsers, {result.changes:,} changes of containers, {result.restarts} restarts of an agent, half "
        f"of them by SIGKILL, an engine that was away {result.absences} times."
    )
    return "\n".join(lines) + "\n"
