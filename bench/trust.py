"""Whether a run is to be trusted: what else ran, who else asked the engine, what the host below took away. Pure.

Every doubt is a sentence that names what was found and where; a run without doubts is a trusted one. Load averages are
told and not judged: right after a hundred containers were started they are the bench's own.
Not here: looking (machine, processes).
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bench.processes import Usage

MOST_OTHERS_PCT = 5.0  # of a core: the cheapest contestants take about one, and their spread shows it from here on
MOST_STOLEN_PCT = 1.0  # of a core
MOST_UNKNOWN_PCT = 15.0  # of a core; interrupts of the dearest contestants take a few


class Before(Struct, frozen=True, kw_only=True):
    """The machine, before anything was started."""

    usage: Usage  # over some seconds in which the bench did nothing
    load_1m: float
    running_containers: int
    engine_connections: int
    absent: tuple[str, ...]  # contestants that are not installed


class Measured(Struct, frozen=True, kw_only=True):
    """What one span needs to be judged by."""

    what: str  # "docker stats, round 2"
    usage: Usage


def doubts(before: Before, spans: Sequence[Measured], foreign_connections: int = 0) -> list[str]:
    """Sentences; none for a run to be trusted.

    Args:
        before: the machine before the run.
        spans: everything that was measured.
        foreign_connections: the most that others had to the engine while nobody of ours was connected.
    """
    found = _before(before)
    if foreign_connections:
        found.append(f"{foreign_connections} other clients were connected to the engine during the run")
    for span in spans:
        found += _usage(span.what, span.usage)
    return found


def _before(before: Before) -> list[str]:
    found = []
    if before.running_containers:
        found.append(
            f"{before.running_containers} other containers ran before the bench started its own; every watcher "
            "follows them too"
        )
    if before.engine_connections:
        found.append(
            f"{before.engine_connections} other clients were connected to the engine (docker stats? another agent? "
            "docker events?); what it does for them stands in every figure"
        )
    found += _usage("before the run", before.usage)
    found += [f"{title} was not measured: it is not installed" for title in before.absent]
    return found


def _usage(what: str, usage: Usage) -> list[str]:
    found = []
    others_pct = 100 * usage.by_group["others"] / usage.seconds
    if others_pct > MOST_OTHERS_PCT:
        name = usage.others[0][0] if usage.others else "unknown"
        found.append(f"{what}: other programs took {others_pct:.1f} % of a core, {name} the most")
    unknown_pct = 100 * (usage.busy - sum(usage.by_group.values())) / usage.seconds
    if unknown_pct > MOST_UNKNOWN_PCT:
        found.append(
            f"{what}: {unknown_pct:.1f} % of a core went to programs that started and ended meanwhile, or to interrupts"
        )
    stolen_pct = 100 * usage.stolen / usage.seconds
    if stolen_pct > MOST_STOLEN_PCT:
        found.append(f"{what}: the host below took {stolen_pct:.1f} % of a core away (steal)")
    return found
