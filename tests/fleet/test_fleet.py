"""A dashboard over three real hosts, whose power, cables, lines and agents fail: what it notices, shows and survives.

All tests look at one day (day), which takes a minute and a half; each holds one promise against what was heard in it.
Not here: what happens (day), the same faults in finer steps and without a network (tests/core/connection).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

import pytest
from anyio.from_thread import start_blocking_portal

from tests.fleet.chronicle import Chronicle
from tests.fleet.day import AGENTS, ASH, CROWD, ELM, FIRST, OAK, SECOND, whole_day

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("DOCKSTATS_TEST_FLEET") != "1", reason="takes two minutes of a machine; DOCKSTATS_TEST_FLEET=1"
    ),
    pytest.mark.guest,
    pytest.mark.skipif(os.geteuid() != 0, reason="a network of the test's own needs root"),
    pytest.mark.time_limit(400),  # of the one that comes first, in which the day passes
]

NOTICED_WITHIN_S = 15.0
BACK_WITHIN_S = 2.0  # of the attempt that was due
SLACK_S = 1.5  # for hosts, dashboards and this process to get their turns on a busy machine
ONE_INTERVAL_S = 1.0  # of every real agent here
LATE_AT_MOST_S = 6.0  # on a lossy line: a packet may be lost twice
UNDER_WAY_AT_MOST_S = 12.0  # on a slow line: what was sent before it was known to be slow has to arrive first
CAUGHT_UP_S = 5.0

SILENT = ("power cut", "stopped agent", "half-open", "pulled cable")
"""Faults of which no packet tells."""

LEFT_IN_PEACE: Mapping[str, Sequence[str]] = {
    "power cut": (ASH.label, CROWD),
    "stopped agent": (ASH.label, CROWD),
    "half-open": (OAK.label,),
    "pulled cable": (OAK.label,),
}
"""The agents to whom nothing happens until the fault is over, or at least noticed."""


@pytest.fixture(scope="module")
def day() -> Iterator[Chronicle]:
    """What was heard; another thread was there, in a network of its own."""
    with start_blocking_portal() as portal:
        yield portal.call(whole_day)


@pytest.mark.parametrize("name", SILENT)
def test_peer_that_falls_silent_is_noticed_within_15_s(day: Chronicle, name: str) -> None:
    fault = day.faults[name]
    assert day.noticed_s(fault, by=FIRST) - fault.from_s <= NOTICED_WITHIN_S + SLACK_S


@pytest.mark.parametrize("name", ["half-open", "pulled cable"])
def test_every_dashboard_notices_it(day: Chronicle, name: str) -> None:
    fault = day.faults[name]
    assert day.noticed_s(fault, by=SECOND) - fault.from_s <= NOTICED_WITHIN_S + SLACK_S


@pytest.mark.parametrize("name", SILENT)
def test_peer_that_fell_silent_is_shown_so_with_the_reason(day: Chronicle, name: str) -> None:
    answered = day.faults[name].answered
    assert answered is not None
    assert answered.connection.status in {"error", "connecting"}
    assert "no sign of life for 15 s" in (answered.connection.reason or "")


@pytest.mark.parametrize("name", SILENT)
def test_figures_come_again_within_2_s_of_the_next_attempt(day: Chronicle, name: str) -> None:
    """One that was out when the cause ended may still succeed; if not, the next one does."""
    fault = day.faults[name]
    planned = day.planned_s(fault, by=FIRST)
    assert len(planned) <= 1, "an attempt that began after the cause had ended must not fail"
    back_s = day.back_s(fault, by=FIRST)
    assert back_s <= max([fault.to_s, *planned]) + BACK_WITHIN_S + SLACK_S
    assert day.batches(fault.agent, from_s=back_s, to_s=back_s + BACK_WITHIN_S + SLACK_S, by=FIRST)


@pytest.mark.parametrize("name", SILENT)
def test_figures_of_the_others_go_on_at_their_pace(day: Chronicle, name: str) -> None:
    fault = day.faults[name]
    to_s = min(day.noticed_s(fault, by=FIRST), fault.to_s)
    for agent in LEFT_IN_PEACE[name]:
        assert day.longest_gap_s(agent, from_s=fault.from_s, to_s=to_s, by=FIRST) <= 2 * ONE_INTERVAL_S + SLACK_S
        assert not day.interruptions(agent, from_s=fault.from_s, to_s=to_s, by=FIRST)


def test_host_that_lost_power_comes_back_with_what_runs_there_now(day: Chronicle) -> None:
    """Its engine begins anew, and so does its agent; the container has the same name, and is another one."""
    fault = day.faults["power cut"]
    before = day.batches(OAK.label, to_s=fault.from_s, by=FIRST)[-1].batch
    now = day.batches(OAK.label, by=FIRST)[-1].batch
    assert [one.name for one in now.containers] == [one.name for one in before.containers] == [OAK.label]
    assert now.containers[0].id != before.containers[0].id
    assert now.sent_at > before.sent_at


def test_late_and_lossy_line_keeps_its_connection_and_nearly_every_batch(day: Chronicle) -> None:
    fault = day.faults["late and lossy line"]
    assert not day.interruptions(ELM.label, from_s=fault.from_s, to_s=fault.to_s, by=FIRST)
    heard = day.batches(ELM.label, from_s=fault.from_s, to_s=fault.to_s, by=FIRST)
    assert len(heard) >= (fault.to_s - fault.from_s) / ONE_INTERVAL_S / 2
    assert day.latest_s(ELM.label, from_s=fault.from_s, to_s=fault.to_s, by=FIRST) <= LATE_AT_MOST_S


@pytest.mark.parametrize("agent", [ASH.label, CROWD])
def test_slow_line_keeps_its_connection_and_skips_to_the_newest(day: Chronicle, agent: str) -> None:
    """Its agents make more than it carries: batches are left out, and those that come are not older and older."""
    fault = day.faults["slow line"]
    assert not day.interruptions(agent, from_s=fault.from_s, to_s=fault.to_s, by=FIRST)
    assert day.latest_s(agent, from_s=fault.from_s, to_s=fault.to_s, by=FIRST) <= UNDER_WAY_AT_MOST_S


def test_slow_line_was_too_slow(day: Chronicle) -> None:
    """Else the promise above would be none. What was left out shows once the rest has arrived."""
    fault = day.faults["slow line"]
    assert day.left_out(CROWD, from_s=fault.from_s, to_s=fault.to_s + CAUGHT_UP_S, by=FIRST) > 1


def test_agent_lets_a_stuck_dashboard_go_and_serves_the_other_on(day: Chronicle) -> None:
    fault = day.faults["stuck dashboard"]
    assert day.clients_while_stuck == 1
    assert fault.to_s - fault.from_s <= NOTICED_WITHIN_S + SLACK_S
    for agent in LEFT_IN_PEACE["power cut"]:
        assert not day.interruptions(agent, from_s=fault.from_s, to_s=fault.to_s, by=FIRST)
        assert day.longest_gap_s(agent, from_s=fault.from_s, to_s=fault.to_s, by=FIRST) <= 2 * ONE_INTERVAL_S + SLACK_S


def test_dashboard_that_was_stuck_goes_on_by_itself(day: Chronicle) -> None:
    fault = day.faults["stuck dashboard"]
    planned = day.planned_s(fault, by=SECOND)
    assert day.back_s(fault, by=SECOND) <= max([fault.to_s, *planned]) + BACK_WITHIN_S + SLACK_S


@pytest.mark.parametrize("dashboard", [FIRST, SECOND])
def test_in_the_evening_all_is_as_in_the_morning(day: Chronicle, dashboard: str) -> None:
    """Nobody restarted anything but the host that lost its power."""
    assert day.connected(by=dashboard) == set(AGENTS)
