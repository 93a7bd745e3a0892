from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.backoff import FIRST_S, LONGEST_S, SHORTEST_S, Backoff

ALMOST_ONE = 1.0 - 2**-53


def delays(randomness: float, count: int = 10) -> list[float]:
    backoff = Backoff(lambda: randomness)
    return [backoff.next_delay_s() for _ in range(count)]


def test_the_longest_wait_doubles_up_to_the_cap() -> None:
    assert delays(ALMOST_ONE) == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30])


def test_the_shortest_wait_stays_the_shortest() -> None:
    assert delays(0.0) == [SHORTEST_S] * 10


def test_a_wait_is_as_far_between_the_bounds_as_the_random_number_between_0_and_1() -> None:
    backoff = Backoff(lambda: 0.25, shortest_s=1, first_s=5, longest_s=9)
    assert [backoff.next_delay_s() for _ in range(3)] == [2, 3, 3]


def test_after_a_reset_the_next_wait_is_a_first_one() -> None:
    backoff = Backoff(lambda: ALMOST_ONE)
    first = [backoff.next_delay_s() for _ in range(8)]
    backoff.reset()
    assert [backoff.next_delay_s() for _ in range(8)] == first


def test_a_hundred_clients_do_not_come_back_together() -> None:
    seeded = random.Random(7)
    waits = sorted(Backoff(seeded.random).next_delay_s() for _ in range(100))
    in_a_tenth = [sum(start <= wait < start + FIRST_S / 10 for wait in waits) for start in waits]
    assert max(in_a_tenth) < 40  # even spread: 12


@given(st.lists(st.one_of(st.floats(0, 1, exclude_max=True), st.none()), min_size=1, max_size=40))
def test_every_wait_is_between_the_shortest_and_its_bound(numbers: list[float | None]) -> None:
    current = 0.0
    backoff = Backoff(lambda: current)
    bound_s = FIRST_S
    for number in numbers:
        if number is None:
            backoff.reset()
            bound_s = FIRST_S
            continue
        current = number
        assert SHORTEST_S <= backoff.next_delay_s() <= min(bound_s, LONGEST_S)
        bound_s *= 2
