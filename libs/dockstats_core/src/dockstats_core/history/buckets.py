"""Points in buckets of equal time: where each bucket begins and ends among a series' times, and the means within.

Buckets are told by cuts: bucket i holds the points from `cuts[i]` up to `cuts[i + 1]`, not included.
Not here: where points come from (`series`), how means are shown (`columns`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import isfinite, nan


def bucket_begin(at: float, step_s: float) -> float:
    """The begin of the bucket that holds the time `at` (Unix seconds), when buckets begin at multiples of `step_s`.

    To the millisecond, as it is told: who asks again from there, or up to there, is right.
    """
    return _begin(_number(at, step_s), step_s)


def next_bucket_begin(at: float, step_s: float) -> float:
    """The first begin of a bucket not before `at`."""
    begin = bucket_begin(at, step_s)
    return begin if begin == at else _begin(_number(at, step_s) + 1, step_s)


def aligned_buckets(times: Sequence[float], step_s: float) -> tuple[list[float], list[int]]:
    """Buckets that begin at multiples of `step_s`, those that hold a point: their begins, and the cuts."""
    begins: list[float] = []
    cuts = [0]
    while cuts[-1] < len(times):
        number = _number(times[cuts[-1]], step_s)
        begins.append(_begin(number, step_s))
        cuts.append(bisect_left(times, _begin(number + 1, step_s), cuts[-1] + 1))
    return begins, cuts


def trailing_buckets(times: Sequence[float], end: float, step_s: float, count: int) -> list[int]:
    """The cuts of the `count` buckets up to `end`, which is the last one's; a point on a border ends its bucket."""
    return [bisect_right(times, end - left * step_s) for left in range(count, -1, -1)]


def means(figures: Sequence[float], cuts: Sequence[int]) -> list[float]:
    """The mean of each bucket's figures; what is not finite is unknown and left out. NaN where nothing is known."""
    found = []
    for first, end in pairwise(cuts):
        within = figures[first:end]
        total = sum(within)
        count = end - first
        if not isfinite(total):
            known = [figure for figure in within if isfinite(figure)]
            total, count = sum(known), len(known)
        found.append(total / count if count else nan)
    return found


def _begin(number: float, step_s: float) -> float:
    return round(number * step_s, 3)


def _number(at: float, step_s: float) -> float:
    number = at // step_s
    # Begins are rounded, so the time may lie a little before its own bucket's, or not before the next one's.
    if _begin(number, step_s) > at:
        return number - 1
    return number + 1 if _begin(number + 1, step_s) <= at else number
