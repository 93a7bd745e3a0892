"""Columns of one series: each point, or the means of whole buckets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.history.answers import HistoryAnswer, answer_from
from dockstats_core.history.columns import Column
from dockstats_core.history.series import Series

WHOLE, TENTHS = Column("whole"), Column("tenths", 1)
START = 1_700_000_000


def series(*points: tuple[float, float | None, float | None]) -> Series:
    made = Series(2)
    for at, whole, tenths in points:
        row = (whole, tenths)
        made.append(START + at, row, new_block=made.needs_block(START + at, block_s=5.0, block_points=4))
    return made


def answer(of: Series | None, first: float = 0, end: float = 1000, step_s: float | None = None) -> HistoryAnswer:
    """Times count from START."""
    found = answer_from(
        of,
        {0: WHOLE, 1: TENTHS},
        agent_id="heron",
        container_id="c1",
        first=START + first,
        end=START + end,
        step_s=step_s,
    )
    return HistoryAnswer(
        agent_id=found.agent_id,
        container_id=found.container_id,
        at=[round(at - START, 3) for at in found.at],
        columns=found.columns,
    )


def test_without_a_step_each_point_is_told() -> None:
    told = answer(series((0.5004, 7, 0.25), (1.0, None, 12.34)))
    assert told.at == [0.5, 1.0]
    assert told.columns == {"whole": [7, None], "tenths": [0.2, 12.3]}


@given(st.integers(0, 10**9))
def test_asking_for_points_since_a_time_that_was_told_finds_its_point(microseconds: int) -> None:
    made = Series(2)
    made.append(at := START + microseconds / 1_000_000, (1, 1.0), new_block=True)
    [told] = answer_from(made, {0: WHOLE}, agent_id="heron", container_id=None, first=0, end=2 * START, step_s=None).at
    assert told <= at < told + 0.0011
    assert answer(made, first=told - START, end=10**6).columns["whole"] == [1]


def test_no_series_is_columns_without_points() -> None:
    for step_s in (None, 2.0):
        assert answer(None, step_s=step_s).columns == {"whole": [], "tenths": []}
        assert answer(None, step_s=step_s).at == []


def test_bucket_of_unknown_figures_is_null_and_one_without_points_is_not_there() -> None:
    told = answer(series((0.0, 1, None), (1.9, 2, None), (2.0, None, 5.0), (9.0, 4, 7.0)), step_s=2.0)
    assert told.at == [0.0, 2.0, 8.0]
    assert told.columns == {"whole": [2, None, 4], "tenths": [None, 5.0, 7.0]}


def test_columns_that_are_not_asked_for_are_not_there() -> None:
    told = answer_from(
        series((0.0, 1, 2.0)),
        {1: TENTHS},
        agent_id="heron",
        container_id=None,
        first=START,
        end=START + 1,
        step_s=None,
    )
    assert told.columns == {"tenths": [2.0]}


points = st.lists(
    st.tuples(st.integers(0, 400), st.none() | st.integers(0, 2**20), st.none() | st.floats(0, 1e6, width=32)),
    unique_by=lambda point: point[0],
    max_size=60,
).map(sorted)


@given(points, st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.5, 2.0, 4.0, 10.0]))
def test_means_of_a_step_are_those_of_all_points_in_each_bucket_that_the_span_touches(
    tenths: list[tuple[int, int | None, float | None]], first: int, end: int, step_s: float
) -> None:
    made = [(at / 10, whole, figure) for at, whole, figure in tenths]
    buckets: dict[float, list[tuple[int | None, float | None]]] = {}
    for at, whole, figure in made:
        begin = at // step_s * step_s
        if begin + step_s > first and begin < end and first // step_s * step_s < end:
            buckets.setdefault(begin, []).append((whole, figure))
    told = answer(series(*made), first, end, step_s)
    assert told.at == list(buckets)
    for place, name in enumerate(["whole", "tenths"]):
        for mean, rows in zip(told.columns[name], buckets.values(), strict=True):
            known = [row[place] for row in rows if row[place] is not None]
            assert (mean is None) == (not known)
            if mean is not None:
                assert mean == pytest.approx(sum(figure or 0 for figure in known) / len(known), abs=0.51, rel=1e-6)


@given(points, st.integers(0, 40), st.sampled_from([None, 0.5, 4.0]))
def test_two_spans_that_meet_at_a_bucket_give_what_one_over_both_gives(
    tenths: list[tuple[int, int | None, float | None]], middle: int, step_s: float | None
) -> None:
    made = series(*[(at / 10, whole, figure) for at, whole, figure in tenths])
    middle -= middle % 4
    left, right, both = (
        answer(made, 0, middle, step_s),
        answer(made, middle, 1000, step_s),
        answer(made, 0, 1000, step_s),
    )
    assert left.at + right.at == both.at
    assert {name: left.columns[name] + right.columns[name] for name in both.columns} == both.columns
