"""In which order the contestants come, and how long that takes. Pure. Not here: doing it (run)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

START_AND_STOP_S = 7.0  # of one contestant, with 100 containers (measured)
START_CONTAINER_S = 0.2  # four at a time (measured: 0.12 with few, more with hundreds)
REMOVE_CONTAINER_S = 0.1
SHIM_PERIOD_S = 30.0
"""How often containerd's shims collect their garbage, each counting from its own start (its runtime/v2/shim)."""


def rounds_of(contestants: Sequence[T], rounds: int) -> list[list[T]]:
    """Every contestant once a round.

    What comes after an expensive one may feel it (caches, the engine's garbage). So each round begins at another
    contestant, and every second round runs backwards: neither a place nor a predecessor stays.
    """
    orders = []
    for number in range(rounds):
        first = number * max(1, len(contestants) // rounds) % max(1, len(contestants))
        order = [*contestants[first:], *contestants[:first]]
        orders.append(order[::-1] if number % 2 else order)
    return orders


def start_pause_s(count: int) -> float:
    """Seconds from one start of a container to the next, so that `count` of them fill whole periods of the shims."""
    periods = max(1, math.ceil(count * START_CONTAINER_S / SHIM_PERIOD_S))
    return periods * SHIM_PERIOD_S / max(1, count)


def duration_s(*, contestants: int, rounds: int, span_s: float, settle_s: float, most: int, sizes: int) -> float:
    """About how long a run takes, in seconds; `most` is the largest number of containers."""
    one = START_AND_STOP_S + settle_s + span_s
    growth = sizes * (START_AND_STOP_S + settle_s + rounds * span_s)
    return contestants * rounds * one + growth + most * (START_CONTAINER_S + REMOVE_CONTAINER_S)
