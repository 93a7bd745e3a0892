"""Numbers of several spans to what is told of them: a median, and the lowest and highest beside it.

With three to five rounds a standard deviation would pretend a distribution that nobody has seen; the two ends are what
was really measured. Pure. Not here: what the numbers are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct


class Spread(Struct, frozen=True):
    """What was measured, several times."""

    median: float
    low: float
    high: float
    count: int


def spread(values: Sequence[float]) -> Spread | None:
    """Median and both ends; None where nothing was measured."""
    if not values:
        return None
    return Spread(median=median(values), low=min(values), high=max(values), count=len(values))


def median(values: Sequence[float]) -> float:
    """The middle one, or the mean of both middle ones.

    Raises:
        ValueError: there are none.
    """
    if not values:
        raise ValueError("no values, no median")
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def percentile(values: Sequence[float], pct: float) -> float:
    """The smallest value that at least `pct` percent of them do not exceed (nearest rank: always one that occurred).

    Raises:
        ValueError: there are no values, or `pct` is not above 0 and at most 100.
    """
    if not values or not 0 < pct <= 100:
        raise ValueError(f"no percentile {pct:g} of {len(values)} values")
    return sorted(values)[math.ceil(len(values) * pct / 100) - 1]
