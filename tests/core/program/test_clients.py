"""Who does not read is let go, and who reads slowly is not. Not here: real clients (tests/hostile)."""

from __future__ import annotations

from dockstats_core.program.clients import ClientLimits, Clients, ClientTally, RequestWatch
from tests.stepped_loop import SteppedLoop

LIMITS = ClientLimits(unread_s=60.0)


class Answer:
    """An answer that waits to leave, and who watches over it."""

    def __init__(self, unsent_bytes: int) -> None:
        self.loop = SteppedLoop()
        self.unsent_bytes = unsent_bytes
        self.cut_at_s: list[float] = []
        self.tally = ClientTally(self.loop.time)
        self.watch = RequestWatch(
            Clients(LIMITS, self.tally),
            self.loop,
            "10.0.0.7",
            lambda: self.cut_at_s.append(self.loop.time()),
            lambda: self.unsent_bytes,
        )


def test_client_that_takes_nothing_of_its_answer_is_let_go_after_a_minute_and_counted() -> None:
    answer = Answer(unsent_bytes=80_000)
    answer.watch.blocked()
    answer.loop.pass_s(59.0)
    assert answer.cut_at_s == []
    answer.loop.pass_s(1.0)
    assert answer.cut_at_s == [60.0]
    assert answer.tally.counts["not_reading"] == 1
    assert answer.loop.timers == 0


def test_client_on_a_slow_line_has_all_the_time_that_a_long_answer_takes() -> None:
    answer = Answer(unsent_bytes=13_000_000)
    answer.watch.blocked()
    while answer.unsent_bytes > 100_000:
        answer.loop.pass_s(1.0)
        answer.unsent_bytes -= 32_000
    answer.watch.flowing()
    answer.loop.pass_s(600.0)
    assert answer.loop.time() > 900.0
    assert answer.cut_at_s == []


def test_client_that_stops_in_the_middle_of_its_answer_is_let_go_within_two_minutes() -> None:
    answer = Answer(unsent_bytes=80_000)
    answer.watch.blocked()
    answer.loop.pass_s(10.0)
    answer.unsent_bytes -= 1
    answer.loop.pass_s(110.0)
    assert answer.cut_at_s == [120.0]


def test_client_that_takes_all_of_it_is_not_watched_any_more() -> None:
    answer = Answer(unsent_bytes=80_000)
    answer.watch.blocked()
    answer.watch.flowing()
    assert answer.loop.timers == 0
