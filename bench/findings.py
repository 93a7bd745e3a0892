"""What a run found: the struct that is written as JSON, and its summary a contestant. Pure but for `write`.

Spans are kept as they were measured, so that another summary can be made of them later.
Not here: measuring (run), showing (table, chart).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.containers import EngineFacts
from bench.processes import Group, Memory, Usage
from bench.statistics import Spread, median, percentile, spread
from bench.trust import Before

SCHEMA = 1


class Ages(Struct, frozen=True):
    """How old figures were when they came."""

    count: int
    median_s: float
    p99_s: float
    max_s: float


def ages_of(values: Sequence[float]) -> Ages | None:
    """None where no figure came."""
    if not values:
        return None
    return Ages(len(values), median(values), percentile(values, 99), max(values))


class Measurement(Struct, frozen=True, kw_only=True):
    """One contestant over one span."""

    contestant: str  # its key
    containers: int
    round: int  # from 1
    usage: Usage
    figures_per_s: float | None = None  # of all containers together
    ages: Ages | None = None  # of these figures
    interval_s: float | None = None  # as the watcher says it
    memory: Memory | None = None  # of the watcher, at the end of the span

    @property
    def cost_pct(self) -> float:
        """CPU of the watcher and the engine, percent of a core."""
        return self.pct("watcher") + self.pct("engine")

    def pct(self, group: Group) -> float:
        """CPU of one group, percent of a core."""
        return 100 * self.usage.by_group[group] / self.usage.seconds

    @property
    def machine_pct(self) -> float:
        """CPU of the whole machine but what is known to be others', percent of a core: the cross-check of the cost."""
        return 100 * self.usage.busy / self.usage.seconds - self.pct("client") - self.pct("bench") - self.pct("others")


class BatchCost(Struct, frozen=True, kw_only=True):
    """Where a tick's time goes, in microseconds of CPU for one pass over all containers, in one process."""

    containers: int
    calls: float  # of the kernel, for one pass
    floor_us: Spread  # the system calls alone
    read_us: Spread  # the source's whole pass
    calculate_us: Spread
    encode_us: Spread
    bytes: int  # of the encoded batch


class Result(Struct, frozen=True, kw_only=True):
    """A whole run."""

    schema: int = SCHEMA
    began_at: str
    seconds: float
    options: dict[str, str]
    engine: EngineFacts
    cpu_model: str
    versions: dict[str, str]
    before: Before
    doubts: list[str]
    cost: list[Measurement]
    growth: list[Measurement]
    batch: BatchCost | None = None

    @property
    def trusted(self) -> bool:
        """Whether nothing disturbed it."""
        return not self.doubts


class Summary(Struct, frozen=True, kw_only=True):
    """One contestant over all rounds."""

    contestant: str
    containers: int
    idle_pct: float  # what the engine takes when nobody watches, percent of a core
    over_idle_pct: Spread  # watcher and engine, percent of a core
    watcher_pct: Spread
    engine_pct: Spread  # over idle
    machine_pct: Spread  # the whole machine over idle, without the client, the bench and others
    client_pct: Spread
    per_container_per_s: float | None  # new figures
    us_per_figure: Spread | None
    age_median_s: float | None
    age_p99_s: float | None  # the worst round's
    interval_s: float | None
    rss_bytes: float | None
    pss_bytes: float | None


def summaries(measurements: Sequence[Measurement]) -> dict[str, Summary]:
    """By contestant, in the order in which they first appear; those of idle are what the others stand over."""
    by_contestant: dict[str, list[Measurement]] = {}
    for one in measurements:
        by_contestant.setdefault(one.contestant, []).append(one)
    idle = by_contestant.get("idle", [])
    return {key: _summary(key, spans, idle) for key, spans in by_contestant.items()}


def _summary(key: str, spans: Sequence[Measurement], idle: Sequence[Measurement]) -> Summary:
    def idle_median(values: Sequence[float]) -> float:
        return median(values) if values else 0.0

    idle_cost = idle_median([one.cost_pct for one in idle])
    idle_machine = idle_median([one.machine_pct for one in idle])
    ages = [one.ages for one in spans if one.ages]
    rates = [one.figures_per_s / one.containers for one in spans if one.figures_per_s]
    return Summary(
        contestant=key,
        containers=spans[0].containers,
        idle_pct=idle_cost,
        over_idle_pct=_spread([one.cost_pct - idle_cost for one in spans]),
        watcher_pct=_spread([one.pct("watcher") for one in spans]),
        engine_pct=_spread([one.pct("engine") - idle_cost for one in spans]),
        machine_pct=_spread([one.machine_pct - idle_machine for one in spans]),
        client_pct=_spread([one.pct("client") for one in spans]),
        per_container_per_s=median(rates) if rates else None,
        us_per_figure=spread(
            [(one.cost_pct - idle_cost) * 1e4 / one.figures_per_s for one in spans if one.figures_per_s]
        ),
        age_median_s=_median_or_none([one.median_s for one in ages]),
        age_p99_s=max((one.p99_s for one in ages), default=None),
        interval_s=_median_or_none([one.interval_s for one in spans if one.interval_s]),
        rss_bytes=_median_or_none([one.memory.rss_bytes for one in spans if one.memory]),
        pss_bytes=_median_or_none([one.memory.pss_bytes for one in spans if one.memory]),
    )


class Grown(Struct, frozen=True, kw_only=True):
    """The cgroup agent at one number of containers."""

    containers: int
    agent_pct: Spread
    us_per_figure: Spread | None  # of the agent's CPU alone: what the engine does beside it does not grow with figures
    rss_bytes: float
    pss_bytes: float


def growth(measurements: Sequence[Measurement]) -> list[Grown]:
    """By number of containers."""
    by_size: dict[int, list[Measurement]] = {}
    for one in measurements:
        by_size.setdefault(one.containers, []).append(one)
    return [
        Grown(
            containers=size,
            agent_pct=_spread([one.pct("watcher") for one in spans]),
            us_per_figure=spread([one.pct("watcher") * 1e4 / one.figures_per_s for one in spans if one.figures_per_s]),
            rss_bytes=median([one.memory.rss_bytes for one in spans if one.memory]),
            pss_bytes=median([one.memory.pss_bytes for one in spans if one.memory]),
        )
        for size, spans in sorted(by_size.items())
    ]


def _spread(values: Sequence[float]) -> Spread:
    found = spread(values)
    assert found is not None
    return found


def _median_or_none(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def write(result: Result, files: Mapping[str, str], directory: Path) -> None:
    """`results.json`, and each of `files` beside it."""
    directory.mkdir(parents=True, exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(result), indent=1)
    (directory / "results.json").write_bytes(text + b"\n")
    for name, content in files.items():
        (directory / name).write_text(content, encoding="utf-8")


def read(path: Path) -> Result:
    """A result that was written."""
    return msgspec.json.decode(path.read_bytes(), type=Result)
