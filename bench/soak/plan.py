"""How long everything takes in a run of so many minutes. Pure."""

from __future__ import annotations

from typing import Self

from msgspec import Struct

LONGEST_WARM_S = 300.0
LONGEST_BUSY_S = 25.0


class Plan(Struct, frozen=True, kw_only=True):
    """One run."""

    run_s: float
    warm_s: float  # until then, programs may grow
    busy_s: float  # of each round, before the rest
    retention_s: float  # of history: what grows up to its bound has done so well before `warm_s`

    @classmethod
    def of(cls, minutes: float) -> Self:
        """Of a run of so many minutes."""
        run_s = minutes * 60
        warm_s = min(LONGEST_WARM_S, run_s / 3)
        return cls(run_s=run_s, warm_s=warm_s, busy_s=min(LONGEST_BUSY_S, run_s / 10), retention_s=warm_s / 2)
