"""Guesses of one network are counted and forgotten with time; nothing else is held up, and nothing grows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.program.throttle import Throttle, ThrottleLimits, network_of

LIMITS = ThrottleLimits(failures=3, forgiven_after_s=5.0, networks=2)
HERE, THERE = "10.0.0.7", "10.0.0.8"


def failed(times: int, at_s: float = 0.0) -> Throttle:
    throttle = Throttle(LIMITS)
    for _ in range(times):
        throttle.fail(HERE, at_s)
    return throttle


def test_few_failures_hold_nobody_up() -> None:
    assert failed(2).wait_s(HERE, 0) == 0


def test_too_many_hold_up_until_one_is_forgiven() -> None:
    throttle = failed(3)
    assert throttle.wait_s(HERE, 0) == 5
    assert throttle.wait_s(HERE, 4) == pytest.approx(1)
    assert throttle.wait_s(HERE, 5) == 0


def test_whoever_did_nothing_wrong_is_not_held_up() -> None:
    assert failed(30).wait_s(THERE, 0) == 0


def test_after_long_enough_all_is_forgiven() -> None:
    throttle = failed(3)
    assert not any(throttle.wait_s(HERE, 15) for _ in range(2))
    throttle.fail(HERE, 15)
    throttle.fail(HERE, 15)
    assert throttle.wait_s(HERE, 15) == 0


def test_clock_that_is_set_back_forgives_nothing_and_breaks_nothing() -> None:
    assert failed(3, at_s=3600).wait_s(HERE, 0) == 5


def test_the_first_failure_and_the_last_that_passes_are_worth_telling() -> None:
    throttle = Throttle(LIMITS)
    assert [throttle.fail(HERE, 0) for _ in range(5)] == [True, False, True, False, False]


def test_no_more_networks_are_remembered_than_the_limit() -> None:
    throttle = failed(3)
    throttle.fail("10.0.0.9", 1)
    throttle.fail("10.0.0.10", 1)
    assert throttle.wait_s(HERE, 1) == 0  # forgotten, as the oldest


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("2001:db8:1:2::7", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:10.0.0.7", HERE),
        (HERE, HERE),
        ("", ""),
        ("x" * 1000, "x" * 64),
    ],
)
def test_a_network_is_what_one_person_has(address: str, network: str) -> None:
    assert network_of(address) == network


@given(st.lists(st.tuples(st.sampled_from([HERE, THERE]), st.floats(0, 1e6)), max_size=30))
def test_the_wait_is_never_negative_and_never_longer_than_its_failures(guesses: list[tuple[str, float]]) -> None:
    throttle = Throttle(LIMITS)
    for address, at_s in guesses:
        throttle.fail(address, at_s)
        assert 0 <= throttle.wait_s(address, at_s) <= LIMITS.forgiven_after_s * (len(guesses) + 1)
