"""What was found, as tables: for the terminal, and the same as Markdown for the documentation. Pure.

Not here: the chart, the summaries behind the cells (findings).
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bench.findings import BatchCost, Grown, Result, Summary, growth, summaries
from bench.lineup import ALL
from bench.promises import Promise, promises
from bench.words import NONE, mebibytes, milliseconds, number, times, with_ends

TITLES = {one.key: one.title for one in ALL}
COMPARED_WITH = "docker-stats"


class Table(Struct, frozen=True, kw_only=True):
    """Headings and rows; `note` says what the columns are."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str


def tables(result: Result) -> list[Table]:
    """All that the result holds."""
    found = summaries(result.cost)
    made = [cost_table(found, result), freshness_table(found)]
    if result.growth:
        made.append(growth_table(growth(result.growth)))
    if result.batch:
        made.append(batch_table(result.batch))
    if held := promises(result):
        made.append(promise_table(held))
    return made


def cost_table(found: dict[str, Summary], result: Result) -> Table:
    """What everybody costs."""
    reference = found.get(COMPARED_WITH)
    rows = []
    for key, one in found.items():
        if key == "idle":
            continue
        rows.append(
            [
                TITLES.get(key, key),
                with_ends(one.over_idle_pct),
                number(one.watcher_pct.median),
                number(one.engine_pct.median),
                number(one.machine_pct.median),
                times(one.over_idle_pct.median, reference.over_idle_pct.median) if reference else NONE,
                number(one.per_container_per_s),
                with_ends(one.us_per_figure),
                mebibytes(one.rss_bytes),
            ]
        )
    idle = found.get("idle")
    at_idle = f" With nobody watching, the engine takes {number(idle.idle_pct)} % of a core." if idle else ""
    containers = next(iter(found.values())).containers if found else 0
    return Table(
        title=f"Whole cost, {containers} containers",
        head=[
            "watcher",
            "% of a core over idle",
            "the watcher",
            "the engine",
            "whole machine",
            "of docker stats",
            "figures /s and container",
            "µs a figure",
            "resident",
        ],
        rows=rows,
        note=f"Medians of {_rounds(result)} spans, lowest and highest in brackets; a dash where a span held fewer than "
        "two deliveries. Over idle: CPU of the watcher, dockerd, containerd and all shims, less what they take when "
        "nobody watches. Whole machine: all busy time over idle but that of other programs, our client and the bench, "
        f"as a cross-check.{at_idle}",
    )


def freshness_table(found: dict[str, Summary]) -> Table:
    """How old figures are when they come."""
    rows = [
        [
            TITLES.get(key, key),
            number(one.interval_s),
            number(one.per_container_per_s),
            milliseconds(one.age_median_s),
            milliseconds(one.age_p99_s),
        ]
        for key, one in found.items()
        if one.age_p99_s is not None and not key.startswith("floor")
    ]
    return Table(
        title="Freshness",
        head=["watcher", "interval told, s", "figures /s and container", "age, median", "age, 99th percentile"],
        rows=rows,
        note="Age of a figure when it reaches the program that wanted it. For dockstats: at a WebSocket client, since "
        "the agent read the counters (cgroup) or had them from the engine (stream, one-shot). For docker-py and "
        "aiodocker: since the engine's own `read` stamp. Percentiles are the worst round's.",
    )


def growth_table(found: Sequence[Grown]) -> Table:
    """What more containers cost."""
    return Table(
        title="Growth and memory: the agent, cgroup at 500 ms",
        head=["containers", "agent, % of a core", "agent, µs a figure", "Rss", "Pss"],
        rows=[
            [
                str(one.containers),
                with_ends(one.agent_pct),
                with_ends(one.us_per_figure),
                mebibytes(one.rss_bytes),
                mebibytes(one.pss_bytes),
            ]
            for one in found
        ],
        note="The agent's own CPU, one client connected. Rss and Pss are those of /proc/<pid>/smaps_rollup.",
    )


def batch_table(cost: BatchCost) -> Table:
    """Where a tick's time goes."""
    read = cost.read_us.median
    steps = [
        ("system calls alone", cost.floor_us),
        ("reading: the source's whole pass", cost.read_us),
        ("calculating and the batch", cost.calculate_us),
        ("encoding", cost.encode_us),
    ]
    return Table(
        title=f"One tick of {cost.containers} containers",
        head=["step", "µs of CPU", "of reading"],
        rows=[[name, with_ends(us), f"{us.median / read:.2f}"] for name, us in steps],
        note=f"{cost.calls:,.0f} system calls a tick at 500 ms, {cost.bytes:,} bytes of JSON; back to back in one "
        "process, so with warm caches.",
    )


def promise_table(held: Sequence[Promise]) -> Table:
    """What is promised."""
    return Table(
        title="What dockstats promises for a hundred containers",
        head=["promise", "bound", "measured", "holds"],
        rows=[[one.what, one.bound, one.measured, "yes" if one.holds else "NO"] for one in held],
        note="Medians against bounds; percentiles are the worst round's.",
    )


def plain(result: Result) -> str:
    """For a terminal."""
    return "\n\n".join([*(_plain(one) for one in tables(result)), _verdict(result)])


def markdown(result: Result) -> str:
    """For a page."""
    return "\n\n".join([*(_markdown(one) for one in tables(result)), _verdict(result)]) + "\n"


def _verdict(result: Result) -> str:
    if result.trusted:
        return (
            "Nothing disturbed the run: no other containers, no other clients of the engine, no load, no stolen time."
        )
    return "This run is not to be trusted:\n\n" + "\n".join(f"- {doubt}" for doubt in result.doubts)


def _plain(table: Table) -> str:
    rows = [table.head, *table.rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([table.title, "", *lines, "", table.note])


def _markdown(table: Table) -> str:
    lines = [
        f"| {' | '.join(table.head)} |",
        f"|---|{'---:|' * (len(table.head) - 1)}",
        *(f"| {' | '.join(row)} |" for row in table.rows),
    ]
    return "\n".join([f"**{table.title}**", "", *lines, "", table.note])


def _rounds(result: Result) -> int:
    return max((one.round for one in result.cost), default=0)
