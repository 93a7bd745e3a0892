"""A thousand agents that come back, by simulation: they do not arrive as one wave.

Every connection is one machine as it runs, with a clock and randomness that are passed in.
Not here: one wait after the other (tests/core/test_backoff.py), one machine's states (test_machine.py).
"""

from __future__ import annotations

import heapq
import random
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

import pytest

from dockstats_core.backoff import FIRST_S, LONGEST_S, SHORTEST_S, Backoff
from dockstats_core.connection.actions import OpenTransport
from dockstats_core.connection.machine import AgentMachine
from dockstats_core.endpoints.agents import parse_agent_endpoints

AGENTS = 1000
WINDOW_S = 0.1
ABOVE_MEAN = 2.0
"""What any window may hold, as a multiple of an even spread. A thousand that come at the first moment at which they
could would all be in one: 4 times the mean after a short outage, 300 times after a long one."""


def fleet() -> list[AgentMachine]:
    """Machines that have just lost their agent, all at the same moment, 0."""
    [endpoint] = parse_agent_endpoints("ws://heron:8080/ws")
    dice = random.Random(6)
    machines = [AgentMachine(endpoint, Backoff(dice.random), 0.0) for _ in range(AGENTS)]
    for machine in machines:
        assert OpenTransport() in machine.handle_timer(0.0)
        machine.transport_failed(0.0, "the cable is pulled")
    return machines


def attempts(machines: list[AgentMachine]) -> Iterator[tuple[float, int]]:
    """When which machine tries again, in order, for ever; every attempt is refused at once."""
    due = [(machine.next_deadline or 0.0, number) for number, machine in enumerate(machines)]
    heapq.heapify(due)
    while True:
        at_s, number = heapq.heappop(due)
        yield at_s, number
        assert OpenTransport() in machines[number].handle_timer(at_s)
        machines[number].transport_failed(at_s, "the cable is pulled")
        heapq.heappush(due, (machines[number].next_deadline or 0.0, number))


def arrivals(outage_s: float) -> list[float]:
    """When each of them arrives, in seconds since the outage ended."""
    first: dict[int, float] = {}
    for at_s, number in attempts(fleet()):
        if at_s >= outage_s:
            first.setdefault(number, at_s - outage_s)
        if len(first) == AGENTS:
            return sorted(first.values())
    raise AssertionError("they try for ever")


def fullest_window(times_s: list[float]) -> int:
    """How many there are in the fullest 100 ms."""
    return max(bisect_left(times_s, start_s + WINDOW_S) - place for place, start_s in enumerate(times_s))


@pytest.mark.parametrize(
    ("outage_s", "over_s"),
    [
        (0.0, FIRST_S - SHORTEST_S),  # a connection that only broke
        (1.0, 1.0),
        (10.0, 8.0),
        (120.0, LONGEST_S),
    ],
)
def test_fleet_that_comes_back_is_spread_over_the_waits_it_was_in(outage_s: float, over_s: float) -> None:
    times_s = arrivals(outage_s)
    assert fullest_window(times_s) <= ABOVE_MEAN * AGENTS * WINDOW_S / over_s + 10
    assert times_s[-1] <= LONGEST_S


def test_fleet_that_stays_away_asks_no_more_often_than_its_waits_allow() -> None:
    seen: dict[int, list[float]] = {}
    for at_s, number in attempts(fleet()):
        if at_s > 120.0:
            break
        seen.setdefault(number, []).append(at_s)
    tries = sum(len(times) for times in seen.values())
    assert tries / AGENTS < 20, "a wait of some 15 s once they know, and some short ones at first"
    assert all(later - before >= SHORTEST_S for times in seen.values() for before, later in pairwise(times))
