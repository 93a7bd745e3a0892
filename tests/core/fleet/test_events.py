"""Which changes are events, of which kind and time, and which are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from dockstats_core.fleet.events import EventFinder, Seen
from dockstats_core.messages.agent import ContainerFacts, ContainerSample
from dockstats_core.messages.stream import SHORT_ID_CHARS, ContainerEvent
from tests.builders import NOW, container_id
from tests.generated import any_of

LONG_AGO = NOW - timedelta(days=3)
SHORT = container_id(1)[:SHORT_ID_CHARS]


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def facts(**changed: Any) -> ContainerFacts:
    """A container that has run for three days."""
    known: dict[str, Any] = {
        "id": container_id(1),
        "name": "web-1",
        "state": "running",
        "started_at": LONG_AGO,
        "restart_count": 0,
        "oom_killed": False,
    }
    return ContainerFacts(**known | changed)


def exited(at: float, code: int = 0, **changed: Any) -> ContainerFacts:
    return facts(state="exited", finished_at=after(at), exit_code=code, **changed)


class Host:
    """One container's host, first heard of at NOW; states come at seconds after it."""

    def __init__(self, first: ContainerFacts | None = None, *, clock_behind_s: float = 0.0) -> None:
        self.finder = EventFinder([] if first is None else [first])
        self._facts = first
        self._clock_behind = timedelta(seconds=clock_behind_s)

    def becomes(self, now: float, state: ContainerFacts | None, *, is_gap: bool = False) -> list[ContainerEvent]:
        before, self._facts = self._facts, state
        seen = Seen(now=after(now), known_since=NOW, clock_behind=self._clock_behind, is_gap=is_gap)
        if state is not None:
            return list(self.finder.changed(before, state, seen))
        assert before is not None
        return list(self.finder.went(before, seen))


def told(events: list[ContainerEvent]) -> list[tuple[str, float]]:
    """Kinds, and seconds after NOW."""
    return [(event.kind, (event.at - NOW).total_seconds()) for event in events]


# --- Begin and end --------------------------------------------------------------------------------------------------


def test_new_container_starts_at_its_own_time() -> None:
    [event] = Host().becomes(10, facts(started_at=after(9.8)))
    assert event == ContainerEvent(at=after(9.8), kind="start", id=SHORT, name="web-1")


def test_container_that_is_created_first_starts_when_it_does() -> None:
    host = Host()
    assert host.becomes(9, facts(state="created", started_at=None)) == []
    assert told(host.becomes(10, facts(started_at=after(9.9)))) == [("start", 9.9)]


def test_end_has_its_exit_code_and_time() -> None:
    [event] = Host(facts()).becomes(5, exited(4.9, 137))
    assert (event.kind, event.at, event.exit_code) == ("die", after(4.9), 137)


def test_end_without_a_time_of_its_own_is_told_when_it_is_noticed() -> None:
    assert told(Host(facts()).becomes(5, facts(state="exited"))) == [("die", 5)]


def test_end_that_the_engine_inspects_once_more_is_told_once() -> None:
    host = Host(facts())
    assert told(host.becomes(5, facts(state="exited"))) == [("die", 5)]
    assert host.becomes(5.1, exited(4.9, 1)) == []


def test_container_between_two_runs_has_died() -> None:
    assert told(Host(facts()).becomes(5, facts(state="restarting", finished_at=after(4)))) == [("die", 4)]


def test_stopped_container_that_runs_again_starts() -> None:
    host = Host(exited(-3600))
    assert told(host.becomes(5, facts(started_at=after(4.9), finished_at=after(-3600)))) == [("start", 4.9)]


def test_run_that_two_inventories_hide_between_them_is_a_start_and_an_end() -> None:
    assert told(Host().becomes(8, exited(7, 2, started_at=after(5)))) == [("start", 5), ("die", 7)]
    again = Host(exited(-3600)).becomes(8, exited(7, 2, started_at=after(5)))
    assert told(again) == [("start", 5), ("die", 7)]


def test_run_that_follows_another_unseen_end_is_a_restart() -> None:
    assert told(Host(facts()).becomes(8, facts(started_at=after(7), finished_at=after(6)))) == [("restart", 7)]


def test_run_that_the_engine_counted_is_a_restart() -> None:
    host = Host(facts())
    assert told(host.becomes(5, exited(4.9, 1))) == [("die", 4.9)]
    assert host.becomes(5.1, facts(state="restarting", finished_at=after(4.9), restart_count=1)) == []
    assert told(host.becomes(6, facts(started_at=after(5.9), restart_count=1))) == [("restart", 5.9)]


def test_count_that_comes_after_the_start_tells_the_same_run_again_as_a_restart() -> None:
    host = Host(facts())
    host.becomes(5, exited(4.9, 1))
    [start] = host.becomes(6, facts(started_at=after(5.9)))
    [restart] = host.becomes(6.1, facts(started_at=after(5.9), restart_count=1))
    assert (start.kind, restart.kind) == ("start", "restart")
    assert structs.replace(restart, kind="start") == start
    assert host.becomes(6.2, facts(started_at=after(5.9), restart_count=1, health="starting")) == []


def test_count_alone_tells_of_a_restart() -> None:
    assert told(Host(facts()).becomes(5, facts(restart_count=1))) == [("restart", 5)]


def test_start_time_that_an_inspection_corrects_by_milliseconds_is_no_other_run() -> None:
    host = Host()
    assert told(host.becomes(5, facts(started_at=after(4.9)))) == [("start", 4.9)]
    assert host.becomes(5.1, facts(started_at=after(4.897))) == []


def test_state_that_a_list_tells_before_the_start_time_waits_for_it() -> None:
    host = Host(exited(-3600))
    assert host.becomes(5, facts(finished_at=after(-3600))) == []
    assert told(host.becomes(5.1, facts(started_at=after(4.8), finished_at=after(-3600)))) == [("start", 4.8)]


def test_removed_container_dies_before_it_goes_unless_it_had() -> None:
    assert told(Host(facts()).becomes(5, None)) == [("die", 5), ("gone", 5)]
    host = Host(facts())
    host.becomes(5, exited(4.9))
    assert told(host.becomes(5.2, None)) == [("gone", 5.2)]


# --- Nothing is invented --------------------------------------------------------------------------------------------


def test_what_ran_before_the_host_was_heard_of_is_no_news() -> None:
    """As when an engine answers at last, and its list comes after an empty inventory."""
    assert Host().becomes(60, facts()) == []
    assert Host().becomes(60, exited(-100, 137, oom_killed=True)) == []


def test_what_ran_before_is_known_to_run_and_dies_like_others() -> None:
    host = Host()
    host.becomes(60, facts())
    assert told(host.becomes(70, exited(69))) == [("die", 69)]


def test_facts_that_an_inspection_adds_are_no_events() -> None:
    host = Host(ContainerFacts(id=container_id(1), name=SHORT, state="running"))
    assert host.becomes(1, facts(restart_count=200, oom_killed=True, health="healthy")) == []


@pytest.mark.parametrize("started_at", [-3600, 3600])
def test_start_time_that_cannot_be_is_replaced_by_when_it_was_noticed(started_at: float) -> None:
    assert told(Host(facts()).becomes(5, facts(started_at=after(started_at)))) == [("restart", 5)]


def test_time_of_a_host_whose_clock_is_off_is_told_by_ours() -> None:
    host = Host(clock_behind_s=7200)
    assert told(host.becomes(10, facts(started_at=after(9 - 7200)))) == [("start", 9)]


def test_time_a_little_ahead_is_now() -> None:
    assert told(Host().becomes(10, facts(started_at=after(12)))) == [("start", 10)]


@pytest.mark.parametrize(
    ("at", "clock_behind_s"),
    [(datetime.min.replace(tzinfo=UTC), -7200), (datetime.max.replace(tzinfo=UTC), 7200)],
    ids=["first", "last"],
)
def test_time_at_the_ends_of_the_calendar_is_as_good_as_none(at: datetime, clock_behind_s: float) -> None:
    host = Host(clock_behind_s=clock_behind_s)
    assert host.becomes(10, facts(started_at=at)) == []


# --- After a gap ----------------------------------------------------------------------------------------------------


def test_after_a_gap_runs_are_told_at_their_own_times() -> None:
    host = Host(facts())
    assert told(host.becomes(600, exited(300, 1), is_gap=True)) == [("die", 300)]
    assert told(Host().becomes(600, facts(started_at=after(400)), is_gap=True)) == [("start", 400)]


@pytest.mark.parametrize(
    "state",
    [
        facts(),
        facts(name="web-2"),
        facts(state="paused"),
        facts(health="unhealthy"),
        facts(state="exited"),
        facts(oom_killed=True),
        facts(restart_count=3),
        facts(started_at=after(-60)),
        None,
    ],
)
def test_after_a_gap_nothing_is_told_that_has_no_time(state: ContainerFacts | None) -> None:
    assert Host(facts(health="healthy")).becomes(600, state, is_gap=True) == []


# --- The rest -------------------------------------------------------------------------------------------------------


def test_pause_and_unpause() -> None:
    host = Host(facts())
    assert told(host.becomes(1, facts(state="paused"))) == [("pause", 1)]
    assert told(host.becomes(2, facts())) == [("unpause", 2)]
    assert told(host.becomes(3, exited(3))) == [("die", 3)]


def test_health_is_an_event_between_two_that_are_known() -> None:
    host = Host(facts())
    assert host.becomes(1, facts(health="starting")) == []
    [event] = host.becomes(2, facts(health="healthy"))
    assert (event.kind, event.health) == ("health", "healthy")
    assert host.becomes(3, facts()) == []


def test_rename_has_both_names() -> None:
    [event] = Host(facts()).becomes(1, facts(name="web-one"))
    assert (event.kind, event.name, event.old_name) == ("rename", "web-one", "web-1")


def test_name_that_only_stood_for_one_is_not_a_renaming() -> None:
    assert Host(facts(name=SHORT)).becomes(1, facts()) == []


# --- Out of memory --------------------------------------------------------------------------------------------------


def counts(count: int | None) -> list[ContainerSample]:
    return [ContainerSample(id=container_id(1), name="web-1", oom_kills=count)]


def test_kill_comes_before_the_end_that_it_made() -> None:
    assert told(Host(facts()).becomes(5, exited(4.5, 137, oom_killed=True))) == [("oom", 4.5), ("die", 4.5)]


def test_flag_that_comes_after_the_end_is_told_at_the_time_of_the_end() -> None:
    host = Host(facts())
    host.becomes(5, exited(4.5, 137))
    assert told(host.becomes(5.1, exited(4.5, 137, oom_killed=True))) == [("oom", 4.5)]


def test_flag_of_a_container_that_lives_on_is_told_when_it_is_noticed() -> None:
    assert told(Host(facts()).becomes(5, facts(oom_killed=True))) == [("oom", 5)]


def test_new_container_that_was_killed_before_anybody_looked_tells_it_once() -> None:
    host = Host()
    assert told(host.becomes(5, facts(started_at=after(4.8), oom_killed=True))) == [("start", 4.8), ("oom", 5)]
    assert told(host.becomes(5.1, exited(5.05, 137, started_at=after(4.8), oom_killed=True))) == [("die", 5.05)]
    assert told(Host().becomes(5, facts(oom_killed=True))) == []  # it ran for days: nobody knows when


def test_container_that_was_killed_before_anybody_looked_after_it_was_created_tells_it_once() -> None:
    host = Host()
    created = facts(state="created", started_at=None, restart_count=None, oom_killed=None)
    assert host.becomes(4.6, created) == []
    assert told(host.becomes(5, facts(started_at=after(4.8), oom_killed=True))) == [("start", 4.8), ("oom", 5)]
    assert told(host.becomes(5.1, exited(5.05, 137, started_at=after(4.8), oom_killed=True))) == [("die", 5.05)]


def test_flag_that_is_first_known_of_one_that_ran_for_days_is_no_news() -> None:
    host = Host()
    assert host.becomes(1, facts(oom_killed=None)) == []
    assert host.becomes(2, facts(oom_killed=True)) == []


def test_counter_that_goes_up_is_a_kill_and_its_first_value_is_none() -> None:
    finder = EventFinder([facts()])
    assert [
        told(list(finder.counted(counts(count), after(20 * number)))) for number, count in enumerate([7, 7, 8])
    ] == [
        [],
        [],
        [("oom", 40)],
    ]


def test_counter_that_is_unknown_for_a_while_goes_on_from_where_it_was() -> None:
    finder = EventFinder([facts()])
    batches = [finder.counted(counts(count), after(20 * number)) for number, count in enumerate([1, None, 2])]
    assert [told(list(batch)) for batch in batches] == [[], [], [("oom", 40)]]


def test_counter_that_begins_anew_is_no_kill() -> None:
    finder = EventFinder([facts()])
    assert [list(finder.counted(counts(count), NOW)) for count in (5, 0)] == [[], []]


def test_counter_that_went_up_during_a_gap_is_not_told() -> None:
    finder = EventFinder([facts()])
    assert list(finder.counted(counts(1), NOW)) == []
    finder.lost()
    assert list(finder.counted(counts(2), after(100))) == []


def test_counter_and_flag_of_one_kill_are_one_event() -> None:
    host = Host(facts())
    assert list(host.finder.counted(counts(0), NOW)) == []
    assert told(list(host.finder.counted(counts(1), after(4.6)))) == [("oom", 4.6)]
    assert told(host.becomes(5, exited(4.5, 137, oom_killed=True))) == [("die", 4.5)]


def test_program_that_is_killed_again_and_again_does_not_fill_the_list() -> None:
    finder = EventFinder([facts()])
    kills = [event for second in range(31) for event in finder.counted(counts(second), after(second))]
    assert told(kills) == [("oom", 1), ("oom", 11), ("oom", 21)]


# --- Laws -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(any_of(ContainerFacts), st.booleans()), max_size=8), st.floats(-1e5, 1e5))
def test_any_facts_are_taken_and_events_are_never_of_the_future(
    story: list[tuple[ContainerFacts, bool]], clock_behind_s: float
) -> None:
    host = Host(clock_behind_s=clock_behind_s)
    for number, (state, is_gap) in enumerate(story):
        events = host.becomes(number, structs.replace(state, id=container_id(1)), is_gap=is_gap)
        assert all(NOW - timedelta(seconds=5) <= event.at <= after(number) for event in events)


@given(any_of(ContainerFacts), st.booleans())
def test_the_same_again_is_nothing(state: ContainerFacts, is_gap: bool) -> None:
    host = Host(state)
    assert host.becomes(1, state, is_gap=is_gap) == []
