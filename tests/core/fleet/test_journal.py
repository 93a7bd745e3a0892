"""What is kept of a host's last half hour: events in their order, and the facts of any instant."""

from __future__ import annotations

import sys
import tracemalloc
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.fleet.history import CLOCK_OFF_S
from dockstats_core.fleet.journal import Journal, JournalLimits
from dockstats_core.messages.agent import ContainerFacts, ContainerInventory, ContainerSample
from dockstats_core.messages.stream import MAX_EVENTS
from tests.builders import NOW, container_id

START = NOW.timestamp()


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def facts(number: int = 1, **changed: Any) -> ContainerFacts:
    known: dict[str, Any] = {"id": container_id(number), "name": f"web-{number}", "state": "running"}
    return ContainerFacts(**known | changed)


class Keeping:
    """A journal; times are seconds since NOW."""

    def __init__(self, limits: JournalLimits | None = None) -> None:
        self.journal = Journal(limits)

    def inventory(self, now: float, *containers: ContainerFacts, agent_id: str = "host-1") -> bool:
        message = ContainerInventory(agent_id=agent_id, sent_at=after(now), containers=list(containers))
        return self.journal.take_inventory(message, after(now))

    def told(self, now: float) -> list[tuple[str, str, float]]:
        return [(event.kind, event.name, (event.at - NOW).total_seconds()) for event in self.journal.events(after(now))]

    def at(self, at: float) -> list[ContainerFacts] | None:
        inventory = self.journal.inventory_at(START + at)
        return None if inventory is None else inventory.containers


# --- Strangers ------------------------------------------------------------------------------------------------------


def test_facts_of_any_length_are_kept_within_the_bytes_that_there_are() -> None:
    keeping = Keeping(JournalLimits(change_bytes=100_000))
    for now in range(50):
        keeping.inventory(now, *(facts(100 * now + number, image="\N{SNOWMAN}" * 1024) for number in range(20)))
    assert keeping.at(20) is None, "what had to go is not known any more, and never half known"
    [*known] = keeping.at(49) or []
    assert len(known) == 20
    tracemalloc.start()
    for now in range(50, 200):
        keeping.inventory(now, *(facts(100 * now + number, image="\N{SNOWMAN}" * 1024) for number in range(20)))
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes < 400_000  # twenty facts, the changes, events; all of them would be 6 MB


def test_an_agent_that_has_other_containers_at_every_tick_costs_no_more_than_its_bounds() -> None:
    keeping = Keeping(JournalLimits(changes=100, events=50))
    for now in range(10):
        keeping.inventory(now, *(facts(1000 * now + number) for number in range(1000)))
    assert len(keeping.told(10)) == 50
    assert keeping.at(10) is not None


@pytest.mark.parametrize("change", ["restart_count", "oom_kills"])
def test_news_of_every_container_at_once_takes_time_in_proportion(change: str) -> None:
    def passes(count: int) -> int:
        """Lines of code that run for news of so many containers."""
        keeping, lines = Keeping(), 0
        keeping.inventory(0, *(facts(number, restart_count=0) for number in range(count)))
        keeping.journal.take_samples([oom_kills(number, 0) for number in range(count)], after(0))

        def count_lines(frame: FrameType, event: str, argument: object) -> Any:
            nonlocal lines
            lines += 1
            return count_lines

        before = sys.gettrace()  # coverage's
        sys.settrace(count_lines)
        try:
            if change == "restart_count":
                keeping.inventory(5, *(facts(number, restart_count=1, started_at=after(4)) for number in range(count)))
            else:
                keeping.journal.take_samples([oom_kills(number, 1) for number in range(count)], after(5))
        finally:
            sys.settrace(before)
        return lines

    assert passes(800) < 3 * passes(400)


def oom_kills(number: int, count: int) -> ContainerSample:
    return ContainerSample(id=container_id(number), name=f"web-{number}", oom_kills=count)


# --- Events ---------------------------------------------------------------------------------------------------------


def test_first_inventory_is_no_event_and_the_same_again_is_none() -> None:
    keeping = Keeping()
    assert not keeping.inventory(0, facts(1), facts(2))
    assert not keeping.inventory(1, facts(2), facts(1))
    assert keeping.told(1) == []


def test_events_of_one_inventory_stand_in_the_order_in_which_they_happened() -> None:
    keeping = Keeping()
    keeping.inventory(0, facts(1), facts(2))
    assert keeping.inventory(
        10, facts(1, state="exited", finished_at=after(9)), facts(3, started_at=after(8)), facts(2, state="paused")
    )
    assert keeping.told(10) == [("start", "web-3", 8), ("die", "web-1", 9), ("pause", "web-2", 10)]


def test_one_that_is_gone_goes_before_another_takes_its_name() -> None:
    keeping = Keeping()
    keeping.inventory(0, facts(1, name="web", state="exited"))
    keeping.inventory(5, facts(2, name="web", started_at=after(5)))
    assert [kind for kind, _, _ in keeping.told(5)] == ["gone", "start"]


def test_counted_restart_takes_the_place_of_the_start_that_it_was() -> None:
    keeping = Keeping()
    keeping.inventory(0, facts(1, state="exited", restart_count=0, started_at=after(-99)))
    keeping.inventory(5, facts(1, restart_count=0, started_at=after(4)))
    assert keeping.told(5) == [("start", "web-1", 4)]
    assert keeping.inventory(6, facts(1, restart_count=1, started_at=after(4)))
    assert keeping.told(6) == [("restart", "web-1", 4)]


def test_kill_that_a_batch_tells_stands_among_the_others() -> None:
    keeping = Keeping()
    keeping.inventory(0, facts(1), facts(2))
    keeping.inventory(9, facts(1), facts(2, state="paused"))
    for seconds, kills in ((1, 0), (7, 1)):
        sample = ContainerSample(id=container_id(1), name="web-1", oom_kills=kills)
        assert keeping.journal.take_samples([sample], after(seconds)) is (kills > 0)
    assert keeping.told(9) == [("oom", "web-1", 7), ("pause", "web-2", 9)]


def test_after_a_lost_connection_only_what_has_a_time_is_told_and_then_everything_again() -> None:
    keeping = Keeping()
    keeping.inventory(0, facts(1), facts(2))
    keeping.journal.connection_lost()
    keeping.inventory(300, facts(2, state="paused"), facts(3, started_at=after(200)))
    assert keeping.told(300) == [("start", "web-3", 200)]
    keeping.inventory(301, facts(2), facts(3, started_at=after(200)))
    assert keeping.told(301) == [("start", "web-3", 200), ("unpause", "web-2", 301)]


def test_another_host_at_the_same_address_begins_anew() -> None:
    keeping = Keeping()
    keeping.inventory(0, facts(1))
    keeping.inventory(1)
    assert keeping.inventory(2, facts(7), agent_id="host-2"), "the events of the other are taken back"
    assert keeping.told(2) == []
    assert keeping.at(2) == [facts(7)]
    assert keeping.at(1 - CLOCK_OFF_S) is None


def test_events_are_kept_for_half_an_hour() -> None:
    keeping = Keeping()
    keeping.inventory(0, facts(1))
    keeping.inventory(1, facts(1, state="paused"))
    assert len(keeping.told(1801)) == 1
    assert keeping.told(1801.1) == []


def test_newest_events_are_kept_at_the_bound() -> None:
    keeping = Keeping()
    keeping.inventory(0, facts(1))
    for second in range(1, MAX_EVENTS + 11):
        keeping.inventory(second, facts(1, state="paused" if second % 2 else "running"))
    kept = keeping.told(MAX_EVENTS + 10)
    assert len(kept) == MAX_EVENTS
    assert [at for _, _, at in kept] == list(range(11, MAX_EVENTS + 11))


# --- Facts of then --------------------------------------------------------------------------------------------------


def test_nothing_is_known_before_the_first_inventory_but_for_what_clocks_may_differ() -> None:
    keeping = Keeping()
    assert keeping.at(0) is None
    keeping.inventory(100, facts(1))
    assert keeping.at(100 - CLOCK_OFF_S) == [facts(1)]
    assert keeping.at(100 - CLOCK_OFF_S - 0.1) is None


def test_container_is_there_as_it_was_and_while_it_was() -> None:
    keeping = Keeping()
    keeping.inventory(0, facts(1))
    keeping.inventory(10, facts(1), facts(2))
    keeping.inventory(20, facts(1, state="exited", exit_code=3), facts(2))
    keeping.inventory(30, facts(2))
    assert keeping.at(9) == [facts(1)]
    assert keeping.at(10) == keeping.at(19) == [facts(1), facts(2)]
    assert keeping.at(20) == [facts(1, state="exited", exit_code=3), facts(2)]
    assert keeping.at(30) == keeping.at(9999) == [facts(2)]


def test_inventory_of_then_is_dated_then_and_named_as_the_host_calls_itself() -> None:
    keeping = Keeping()
    keeping.inventory(0, facts(1))
    inventory = keeping.journal.inventory_at(START + 7)
    assert inventory == ContainerInventory(agent_id="host-1", sent_at=after(7), containers=[facts(1)])


def test_facts_reach_as_far_back_as_changes_are_kept() -> None:
    keeping = Keeping(JournalLimits(changes=3))
    for second in range(10):
        keeping.inventory(second * 100, facts(1, restart_count=second))
    assert keeping.at(600) == [facts(1, restart_count=6)]
    assert keeping.at(600 - CLOCK_OFF_S - 0.1) is None


def test_changes_older_than_half_an_hour_are_forgotten() -> None:
    keeping = Keeping()
    keeping.inventory(0, facts(1))
    keeping.inventory(100, facts(1, name="web-one"))
    keeping.inventory(1950, facts(1, name="web-two"))
    assert keeping.at(200) == [facts(1, name="web-one")]
    assert keeping.at(50) is None


@given(st.lists(st.dictionaries(st.integers(1, 3), st.integers(0, 2), max_size=3), min_size=1, max_size=12))
def test_facts_of_any_instant_are_those_of_the_inventory_before_it(story: list[dict[int, int]]) -> None:
    keeping = Keeping()
    told = [[facts(number, restart_count=count) for number, count in sorted(one.items())] for one in story]
    for second, containers in enumerate(told):
        keeping.inventory(second, *reversed(containers))
    for second, containers in enumerate(told):
        assert keeping.at(second) == keeping.at(second + 0.9) == containers


@given(
    st.lists(
        st.tuples(st.dictionaries(st.integers(1, 3), st.sampled_from(["running", "paused", "exited"])), st.booleans()),
        max_size=20,
    )
)
def test_events_are_in_order_and_only_told_when_there_are_others(story: list[tuple[dict[int, str], bool]]) -> None:
    keeping = Keeping()
    before: list[tuple[str, str, float]] = []
    for second, (states, is_lost) in enumerate(story):
        if is_lost:
            keeping.journal.connection_lost()
        happened = keeping.inventory(second, *(facts(number, state=state) for number, state in states.items()))
        now = keeping.told(second)
        assert happened is (now != before)
        assert [at for _, _, at in now] == sorted(at for _, _, at in now)
        before = now
