"""Builders of what the bench finds. Not here: tests."""

from __future__ import annotations

from bench.containers import EngineFacts
from bench.findings import BatchCost, Measurement, Result
from bench.processes import Group, Memory, Usage
from bench.statistics import Spread
from bench.trust import Before

GROUPS: tuple[Group, ...] = ("watcher", "client", "engine", "containers", "kernel", "bench", "others")
MIB = 1 << 20


def usage(*, seconds: float = 10.0, busy: float = 0.0, stolen: float = 0.0, **by_group: float) -> Usage:
    """CPU seconds by group, 0 where not told."""
    return Usage(
        seconds=seconds,
        by_group={group: by_group.get(group, 0.0) for group in GROUPS},
        busy=busy,
        stolen=stolen,
        others=[("chromium", by_group["others"])] if "others" in by_group else [],
        started_processes=0,
    )


def measurement(
    contestant: str,
    *,
    containers: int = 100,
    number: int = 1,
    figures_per_s: float | None = None,
    memory: Memory | None = None,
    **by_group: float,
) -> Measurement:
    """One span of 10 s."""
    return Measurement(
        contestant=contestant,
        containers=containers,
        round=number,
        usage=usage(**by_group),
        figures_per_s=figures_per_s,
        memory=memory,
    )


def before(**changed: object) -> Before:
    """A quiet machine."""
    quiet: dict[str, object] = {
        "usage": usage(seconds=3.0),
        "load_1m": 0.1,
        "running_containers": 0,
        "engine_connections": 0,
        "absent": (),
    }
    return Before(**{**quiet, **changed})  # type: ignore[arg-type]


def result(*cost: Measurement, growth: tuple[Measurement, ...] = (), doubts: tuple[str, ...] = ()) -> Result:
    """A run with these spans."""
    step = Spread(median=2000.0, low=1900.0, high=2100.0, count=7)
    return Result(
        began_at="2026-11-24T12:00:00+00:00",
        seconds=1500.0,
        options={"containers": "100"},
        engine=EngineFacts(
            version="20.10.24",
            kernel="6.1",
            cgroup_version="1",
            cgroup_driver="cgroupfs",
            cores=2,
            memory_bytes=1 << 34,
        ),
        cpu_model="A processor",
        versions={"python": "3.11.7"},
        before=before(),
        doubts=list(doubts),
        cost=list(cost),
        growth=list(growth),
        batch=BatchCost(
            containers=100, calls=1000.0, floor_us=step, read_us=step, calculate_us=step, encode_us=step, bytes=100_000
        ),
    )


def small_result() -> Result:
    """Two rounds of idle, docker stats and our agent: 40 % and 1 % of a core over idle."""
    spans = []
    for number in (1, 2):
        spans += [
            measurement("idle", number=number, engine=0.1),
            measurement("docker-stats", number=number, watcher=0.4, engine=3.7, figures_per_s=70.0),
            measurement(
                "agent-cgroup-500ms",
                number=number,
                watcher=0.1,
                engine=0.1,
                figures_per_s=200.0,
                memory=Memory(rss_bytes=50 * MIB, pss_bytes=45 * MIB, processes=1),
            ),
        ]
    grown = tuple(
        measurement(
            "agent-cgroup-500ms",
            containers=size,
            watcher=size / 1000,
            figures_per_s=2.0 * size,
            memory=Memory(rss_bytes=50 * MIB, pss_bytes=45 * MIB, processes=1),
        )
        for size in (50, 100)
    )
    return result(*spans, growth=grown)
