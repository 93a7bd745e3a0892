"""Which figures history keeps, and how a batch becomes rows of them.

A row is one point of one series: a figure a column, None where it is not known. Columns carry the names of the message
fields they come from, so that a client appends live batches to what it fetched.
Not here: whether a batch counts and at what time (`fleet.history`), how points are kept (`series`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import TypeAlias

from msgspec import Struct

from dockstats_core.messages.agent import ContainerStatsBatch

Row: TypeAlias = tuple[float | None, ...]
"""One point's figures, in the order of the columns."""


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

CONTAINER_COLUMNS = (
    Column("cpu_pct", 3),
    Column("mem_bytes"),
    *_RATES,
    Column("throttled_pct", 3),
    Column("pids"),
)
"""What is kept of a container: fields of its samples."""

HOST_COLUMNS = (Column("cpu_pct", 3), Column("mem_bytes"), *_RATES, Column("containers"))
"""What is kept of a host: CPU and memory in use, its containers' summed rates, the number of running containers."""

_figures: attrgetter[Row] = attrgetter(*(column.name for column in CONTAINER_COLUMNS))
_NOTHING: Row = (None,) * len(CONTAINER_COLUMNS)
_NOTHING_OF_HOST: Row = (None,) * len(HOST_COLUMNS)
_FIRST_RATE = 2


def container_rows(batch: ContainerStatsBatch) -> dict[str, Row]:
    """A row for each container of which the batch tells something new, by id.

    A stale sample repeats old figures under a new time, and one without any figure says nothing: a series has a gap
    there, not a point.
    """
    rows = ((sample.id, _figures(sample)) for sample in batch.containers if not sample.stale)
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
    row = (*in_use, *rates, len(batch.containers) if known else None)
    return row if row != _NOTHING_OF_HOST else None


def _sum(figures: Iterable[float | None]) -> float | None:
    """The sum of those that are known; None where none is."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
