"""How well the mean of a few figures is known: others on the same machine take a container's time away, now and then.

Two observers whose readings are not of the same moments may differ by that much, and both be right.
Not here: which differences are allowed (the tests).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import stdev


def uncertainty(figures: Iterable[float | None]) -> float:
    """Twice the standard error of their mean: 0 of a load that nothing disturbs."""
    known = [figure for figure in figures if figure is not None]
    return 2 * stdev(known) / math.sqrt(len(known)) if len(known) > 1 else 0.0
