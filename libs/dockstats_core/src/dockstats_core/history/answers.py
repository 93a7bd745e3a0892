"""One series' points as columns: what `/api/history` says.

Only the columns asked for are gathered. With a step, each figure is the mean of a bucket, and a bucket is whole or not
there at all: the span asked for grows to its buckets' ends, so that who asks in two parts gets the same figures.
Not here: which series it is (`store`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from msgspec import Struct

from dockstats_core.history.buckets import aligned_buckets, bucket_begin, means, next_bucket_begin
from dockstats_core.history.columns import Column, shown
from dockstats_core.history.series import Series


class HistoryAnswer(Struct, frozen=True, kw_only=True):
    """One series' points, oldest first: `at` in Unix seconds, and for each column as many figures, null = unknown.

    With a step, `at` is where each bucket begins, a multiple of the step. Where nothing was recorded there is no point:
    a step much longer than the others is a gap.
    """

    agent_id: str
    container_id: str | None  # None: the host
    at: list[float]
    columns: dict[str, list[float | None]]


def answer_from(
    series: Series | None,
    columns: Mapping[int, Column],
    *,
    agent_id: str,
    container_id: str | None,
    first: float,
    end: float,
    step_s: float | None,
) -> HistoryAnswer:
    """The points from `first` up to `end`, not included (finite Unix seconds); none where there is no series.

    `columns` are by their place in a row, as from `chosen`; `step_s` is in seconds, more than 0, None for each point.
    """
    if step_s is not None:
        first, end = bucket_begin(first, step_s), next_bucket_begin(end, step_s)
    at, figures = series.between(first, end, list(columns)) if series is not None else ([], [[] for _ in columns])
    if step_s is not None:
        at, cuts = aligned_buckets(at, step_s)
        figures = [means(column, cuts) for column in figures]
    return HistoryAnswer(
        agent_id=agent_id,
        container_id=container_id,
        at=[_begun_ms(time) / 1000 for time in at],
        columns={column.name: shown(column, values) for column, values in zip(columns.values(), figures, strict=True)},
    )


def _begun_ms(time: float) -> int:
    """The millisecond that holds `time`, so that whoever asks for points since the one told finds that one, too."""
    return math.floor(time * 1000 + 0.0005)  # half a microsecond: what a whole millisecond may lack as a float
