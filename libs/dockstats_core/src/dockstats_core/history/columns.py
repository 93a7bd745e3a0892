"""Which figures history keeps, how a batch becomes rows of them, and how they are told.

A row is one point of one series: a figure a column, None where it is not known. Columns carry the names of the fields
they come from, as the stream's columns do, so that a client appends live batches to what it fetched.
Not here: whether a batch counts and at what time (`fleet.history`), how points are kept (`series`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from operator import attrgetter
from typing import TypeAlias

from msgspec import Struct

from dockstats_core.errors import DockstatsError
from dockstats_core.messages.agent import ContainerSample, ContainerStatsBatch, Pressure

Row: TypeAlias = tuple[float | None, ...]
"""One point's figures, in the order of the columns."""

_SHOWN_NAME = 64  # characters of a name that is no column's: it may be a stranger's


class UnknownColumnError(DockstatsError):
    """Somebody asked for a column that is not kept; the message names those that are."""


class Column(Struct, frozen=True):
    """One column: its name, and how many decimals an answer shows (0: whole numbers).

    Points are kept as 32-bit floats, right to 6e-8 of the value (512 bytes in 8 GiB); the decimals hide their rounding.
    """

    name: str
    decimals: int = 0


_RATES = (
    Column("net_rx_bytes_per_sec", 1),
    Column("net_tx_bytes_per_sec", 1),
    Column("block_read_bytes_per_sec", 1),
    Column("block_write_bytes_per_sec", 1),
)
_MEMORY_PARTS = (
    Column("mem_cache_bytes"),
    Column("mem_anon_bytes"),
    Column("mem_file_bytes"),
    Column("mem_kernel_bytes"),
)
# The `some_pct` of what a sample has under `cpu_pressure`, and so on.
_PRESSURES = (Column("cpu_pressure_pct", 3), Column("mem_pressure_pct", 3), Column("io_pressure_pct", 3))
_CONTAINER_FIELDS = (
    Column("cpu_pct", 3),
    Column("mem_bytes"),
    *_MEMORY_PARTS,
    *_RATES,
    Column("throttled_pct", 3),
    Column("pids"),
)

CONTAINER_COLUMNS = (*_CONTAINER_FIELDS, *_PRESSURES)
"""What is kept of a container."""

HOST_COLUMNS = (Column("cpu_pct", 3), Column("mem_bytes"), *_RATES, Column("containers"), *_PRESSURES)
"""What is kept of a host: CPU and memory in use, its containers' summed rates, the number of running containers, and
how much its tasks waited."""

_fields_of: attrgetter[Row] = attrgetter(*(column.name for column in _CONTAINER_FIELDS))
_pressures_of: attrgetter[tuple[Pressure | None, Pressure | None, Pressure | None]] = attrgetter(
    "cpu_pressure", "mem_pressure", "io_pressure"
)
_NO_PRESSURE: Row = (None,) * len(_PRESSURES)
_NOTHING: Row = (None,) * len(CONTAINER_COLUMNS)
_NOTHING_OF_HOST: Row = (None,) * len(HOST_COLUMNS)
_FIRST_RATE = CONTAINER_COLUMNS.index(_RATES[0])


def container_rows(batch: ContainerStatsBatch) -> dict[str, Row]:
    """A row for each container of which the batch tells something new, by id.

    A stale sample repeats old figures under a new time, and one without any figure says nothing: a series has a gap
    there, not a point.
    """
    rows = ((sample.id, _container_row(sample)) for sample in batch.containers if not sample.stale)
    return {container_id: row for container_id, row in rows if row != _NOTHING}


def host_row(batch: ContainerStatsBatch, containers: Mapping[str, Row]) -> Row | None:
    """The host's row, or None where nothing is known; `containers` are the batch's `container_rows`.

    CPU and memory are the host's own where the agent measures the host, and then null when it could not: never the
    containers' sum in their place, as one column holds one thing. When there are containers but nothing new is known
    of any, what is counted or summed over them is null.
    """
    known = bool(containers) or not batch.containers
    in_use: Row
    if batch.host.basis == "host":
        in_use = (batch.host.cpu_pct, batch.host.mem_used_bytes)
    elif known:
        in_use = (batch.agent_metrics.cpu_pct, batch.agent_metrics.mem_bytes)
    else:
        in_use = (None, None)
    rates = (_sum(row[place] for row in containers.values()) for place in range(_FIRST_RATE, _FIRST_RATE + len(_RATES)))
    count = len(batch.containers) if known else None
    row = (*in_use, *rates, count, *_shares(*_pressures_of(batch.host)))
    return row if row != _NOTHING_OF_HOST else None


def chosen(columns: Sequence[Column], names: Iterable[str] | None) -> dict[int, Column]:
    """The columns of these names by their place in a row, in the order of the names; all of them where None is given.

    Raises:
        UnknownColumnError: one of the names is no column's.
    """
    if names is None:
        return dict(enumerate(columns))
    places = {column.name: place for place, column in enumerate(columns)}
    found: dict[int, Column] = {}
    for name in names:
        if name not in places:
            raise UnknownColumnError(f"no column is called {name[:_SHOWN_NAME]!r}; there are {', '.join(places)}")
        found[places[name]] = columns[places[name]]
    return found


def shown(column: Column, figures: Sequence[float]) -> list[float | None]:
    """A column's figures as an answer has them: with its decimals, None for what is not finite."""
    if not isfinite(sum(figures)):
        return [_shown_figure(column, figure) for figure in figures]
    if column.decimals == 0:
        return list(map(round, figures))
    scale = 10.0**column.decimals
    return [round(figure * scale) / scale for figure in figures]  # 0.14 us a figure; round(figure, 3) takes 0.35


def shown_row(columns: Sequence[Column], figures: Sequence[float]) -> Row:
    """A point's figures, one of each of the columns, as `shown` has them."""
    return tuple(map(_shown_figure, columns, figures))


def _shown_figure(column: Column, figure: float) -> float | None:
    if not isfinite(figure):
        return None
    if column.decimals == 0:
        return round(figure)
    scale = 10.0**column.decimals
    return round(figure * scale) / scale


def _container_row(sample: ContainerSample) -> Row:
    return _fields_of(sample) + _shares(*_pressures_of(sample))


def _shares(cpu: Pressure | None, memory: Pressure | None, io: Pressure | None) -> Row:
    if cpu is memory is io is None:
        return _NO_PRESSURE
    return (
        None if cpu is None else cpu.some_pct,
        None if memory is None else memory.some_pct,
        None if io is None else io.some_pct,
    )


def _sum(figures: Iterable[float | None]) -> float | None:
    """The sum of those that are known; None where none is."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
