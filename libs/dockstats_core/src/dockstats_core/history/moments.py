"""One host as it was at one instant: the newest point of each of its series by then.

Not here: which agent and how far back (`store`), facts of containers (`fleet`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from dockstats_core.history.columns import CONTAINER_COLUMNS, HOST_COLUMNS, Column, Row, shown_row
from dockstats_core.history.series import Series


class Point(Struct, frozen=True, kw_only=True):
    """One point: its time in Unix seconds, and its figures in the order of the columns, None = unknown."""

    at: float
    figures: Row


class Moment(Struct, frozen=True, kw_only=True):
    """The points of one host that held at an instant. Who has no point near enough is not there."""

    host: Point | None  # of HOST_COLUMNS
    containers: dict[str, Point]  # of CONTAINER_COLUMNS, by full id


def moment_of(host: Mapping[str | None, Series], at: float, within_s: float) -> Moment:
    """The newest point of each series not later than `at`, and at most `within_s` seconds older."""
    points = {
        container_id: point
        for container_id, series in host.items()
        if container_id is not None and (point := _newest(series, CONTAINER_COLUMNS, at, within_s)) is not None
    }
    own = host.get(None)
    return Moment(host=None if own is None else _newest(own, HOST_COLUMNS, at, within_s), containers=points)


def _newest(series: Series, columns: Sequence[Column], at: float, within_s: float) -> Point | None:
    found = series.newest(at)
    if found is None or found[0] < at - within_s:
        return None
    return Point(at=found[0], figures=shown_row(columns, found[1]))
