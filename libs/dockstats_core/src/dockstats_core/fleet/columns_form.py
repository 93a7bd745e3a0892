"""An agent's batch as columns, for a page: what it draws, with four digits, and why a container is slow.

A page draws three digits of some twenty figures a container. The whole batch has fifty, with up to seventeen digits,
and ids of 64 characters that do not compress: of 100 simulated containers 22 KB, compressed as the stream does it,
where this is a quarter (a test holds it). Sums since a start are left out where their rate is there.
Not here: who takes which form (the dashboard's stream), encoding, where a batch comes from (`latest`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TypeAlias, get_args

from msgspec import structs

from dockstats_core.diagnosis import diagnose
from dockstats_core.messages.agent import ContainerFacts, ContainerSample, HostFigures, OwnUsage, Pressure, Sampling
from dockstats_core.messages.stream import SHORT_ID_CHARS, AgentBatch, AgentColumns, ColumnName, Diagnosis

_Figure: TypeAlias = float | int | None

_PRESSURES = ("cpu_pressure", "mem_pressure", "io_pressure")
_SAMPLED: tuple[str, ...] = tuple(name for name in get_args(ColumnName) if not name.endswith("_pressure_pct"))
_figures: Callable[[ContainerSample], tuple[_Figure, ...]] = attrgetter(*_SAMPLED)
_pressures: Callable[[ContainerSample], tuple[Pressure | None, ...]] = attrgetter(*_PRESSURES)

_EXACT = frozenset({"mem_limit_bytes", "mem_limit_hits", "oom_kills", "pids"})
"""Whole numbers that people compare with what they set, or that count: a lost digit would be a wrong one."""

_POWERS = tuple(10**power for power in range(4, 20))  # up to the largest number a message may have
_STEPS: tuple[int, ...] = tuple(
    10**power for power in range(17)
)  # what a figure of so many digits more than four is rounded to


def columns_of(batch: AgentBatch, facts: Mapping[str, ContainerFacts]) -> AgentColumns:
    """The batch as columns; `facts` are those known of the host's containers, by full id."""
    payload = batch.payload
    samples = payload.containers
    return AgentColumns(
        agent_id=batch.agent_id,
        label=batch.label,
        received_at=batch.received_at,
        agent_label=payload.agent_label,
        sent_at=payload.sent_at,
        sequence=payload.sequence,
        ids=[sample.id[:SHORT_ID_CHARS] for sample in samples],
        names=[sample.name for sample in samples],
        columns=_columns(samples),
        stale=[sample.stale for sample in samples],
        unknown=[sample.unknown for sample in samples],
        diagnoses=_diagnoses(samples, facts, payload.host),
        agent_metrics=structs.replace(
            payload.agent_metrics,
            cpu_pct=_short(payload.agent_metrics.cpu_pct),
            mem_bytes=_short_int(payload.agent_metrics.mem_bytes),
        ),
        host=_short_host(payload.host),
        engine=payload.engine,
        sampling=_short_sampling(payload.sampling),
        own_usage=OwnUsage(
            cpu_pct=_short(payload.own_usage.cpu_pct), mem_bytes=_short_int(payload.own_usage.mem_bytes)
        ),
        containers_by_state=payload.containers_by_state,
    )


def _columns(samples: Sequence[ContainerSample]) -> dict[str, list[_Figure]]:
    if not samples:
        return {}
    columns: dict[str, list[_Figure]] = {}
    for name, figures in zip(_SAMPLED, zip(*map(_figures, samples), strict=True), strict=True):
        if any(figure is not None for figure in figures):
            columns[name] = list(figures) if name in _EXACT else _short_column(figures)
    for name, pressures in zip(_PRESSURES, zip(*map(_pressures, samples), strict=True), strict=True):
        shares = [None if pressure is None else pressure.some_pct for pressure in pressures]
        if any(share is not None for share in shares):
            columns[f"{name}_pct"] = _short_column(shares)
    return columns


def _diagnoses(
    samples: Sequence[ContainerSample], facts: Mapping[str, ContainerFacts], host: HostFigures
) -> dict[str, Diagnosis]:
    """Of those with figures, and of those that ended."""
    found = [(sample.id, diagnose(sample, facts.get(sample.id), host)) for sample in samples]
    sampled = {sample.id for sample in samples}
    found += [(ended.id, diagnose(None, ended, host)) for ended in facts.values() if ended.id not in sampled]
    return {container_id[:SHORT_ID_CHARS]: diagnosis for container_id, diagnosis in found if diagnosis is not None}


def _short_host(host: HostFigures) -> HostFigures:
    return structs.replace(
        host,
        cpu_pct=_short(host.cpu_pct),
        mem_used_bytes=_short_int(host.mem_used_bytes),
        load_1m=_short(host.load_1m),
        cpu_pressure=_short_pressure(host.cpu_pressure),
        mem_pressure=_short_pressure(host.mem_pressure),
        io_pressure=_short_pressure(host.io_pressure),
    )


def _short_pressure(pressure: Pressure | None) -> Pressure | None:
    if pressure is None:
        return None
    return Pressure(
        some_pct=_short(pressure.some_pct),
        full_pct=_short(pressure.full_pct),
        some_avg10_pct=_short(pressure.some_avg10_pct),
        full_avg10_pct=_short(pressure.full_avg10_pct),
    )


def _short_sampling(sampling: Sampling) -> Sampling:
    """With the microseconds of its duration left out; the interval is as it was set."""
    duration_secs = sampling.duration_secs
    return structs.replace(sampling, duration_secs=None if duration_secs is None else round(duration_secs, 4))


def _short_column(figures: Iterable[_Figure]) -> list[_Figure]:
    return [
        None if figure is None else _short_int(figure) if isinstance(figure, int) else _short(figure)
        for figure in figures
    ]


def _short(figure: float | None) -> float | None:
    """Four digits, at most three of them decimals, and none where they would be zeros.

    By whole numbers, as `round` with decimals takes three times as long (0.1 us against 0.3 us).
    """
    if not figure:
        return None if figure is None else 0
    if figure < 9.9995:
        scale = 1000
    elif figure < 99.995:
        scale = 100
    elif figure < 999.95:
        scale = 10
    elif figure < _POWERS[-1]:
        return _short_int(round(figure))
    else:
        return figure  # a stranger may send any number
    scaled = int(figure * scale + 0.5)
    return scaled / scale if scaled % scale else scaled // scale


def _short_int(figure: int | None) -> int | None:
    if figure is None or figure < _POWERS[0]:
        return figure
    step = _STEPS[bisect_right(_POWERS, figure)]
    return (figure + step // 2) // step * step
