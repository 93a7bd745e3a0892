"""Buckets hold each point once, and their means are what a plain computation gives."""

from __future__ import annotations

from itertools import pairwise
from math import inf, isfinite, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.history.buckets import (
    aligned_buckets,
    bucket_begin,
    means,
    next_bucket_begin,
    trailing_buckets,
)

steps = st.sampled_from([0.1, 0.3, 0.5, 1.0, 2.0, 7.0, 600.0]) | st.floats(0.1, 600.0)
today = st.floats(1.7e9, 1.7e9 + 1800) | st.integers(17_000_000_000, 17_000_018_000).map(lambda tenths: tenths / 10)
figures = st.floats(0, 2.0**127, width=32) | st.sampled_from([nan, inf])


@st.composite
def ascending_times(draw: st.DrawFn) -> list[float]:
    return sorted(draw(st.sets(today, max_size=60)))


@given(today, steps)
def test_bucket_of_a_time_begins_at_a_multiple_not_after_it_and_ends_after_it(at: float, step_s: float) -> None:
    begin = bucket_begin(at, step_s)
    number = round(begin / step_s)
    assert begin == round(number * step_s, 3)
    assert begin <= at < round((number + 1) * step_s, 3)


@given(today, steps)
def test_begin_that_was_told_is_in_its_own_bucket(at: float, step_s: float) -> None:
    begin = bucket_begin(at, step_s)
    assert bucket_begin(begin, step_s) == next_bucket_begin(begin, step_s) == begin


@given(today, steps)
def test_next_bucket_begins_at_the_time_itself_or_where_its_own_ends(at: float, step_s: float) -> None:
    begin = next_bucket_begin(at, step_s)
    assert at <= begin
    assert bucket_begin(begin, step_s) == begin
    assert begin == at or bucket_begin(at, step_s) == round((round(begin / step_s) - 1) * step_s, 3)


@given(ascending_times(), steps)
def test_aligned_buckets_hold_the_points_that_a_plain_grouping_puts_there(times: list[float], step_s: float) -> None:
    plain: dict[float, list[float]] = {}
    for at in times:
        plain.setdefault(bucket_begin(at, step_s), []).append(at)
    begins, cuts = aligned_buckets(times, step_s)
    assert begins == list(plain)
    assert [times[first:end] for first, end in pairwise(cuts)] == list(plain.values())


@given(ascending_times(), today, st.sampled_from([0.5, 2.0, 60.0]), st.integers(1, 40))
def test_trailing_buckets_end_with_a_time_and_a_point_on_a_border_ends_its_bucket(
    times: list[float], end: float, step_s: float, count: int
) -> None:
    cuts = trailing_buckets(times, end, step_s, count)
    borders = [end - left * step_s for left in range(count, -1, -1)]
    assert [times[first:after] for first, after in pairwise(cuts)] == [
        [at for at in times if before < at <= last] for before, last in pairwise(borders)
    ]


@given(st.lists(st.lists(figures, max_size=5), max_size=20))
def test_means_leave_out_what_is_unknown(buckets: list[list[float]]) -> None:
    cuts = [0]
    for bucket in buckets:
        cuts.append(cuts[-1] + len(bucket))
    found = means([figure for bucket in buckets for figure in bucket], cuts)
    assert len(found) == len(buckets)
    for mean, bucket in zip(found, buckets, strict=True):
        known = [figure for figure in bucket if isfinite(figure)]
        if known:
            assert mean == pytest.approx(sum(known) / len(known))
        else:
            assert isnan(mean)
