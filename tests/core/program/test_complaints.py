"""One line a trouble, whatever a peer does; and none is told for ever as if it were over."""

from __future__ import annotations

import logging
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.program.complaints import ComplaintLimits, Complaints, Damped


def test_the_first_time_is_told_at_once_and_ten_thousand_more_are_not() -> None:
    complaints = Complaints()
    lines = [complaints.line("nonsense", "it sends nonsense", 1000.0 + place / 1000) for place in range(10_000)]
    assert [line for line in lines if line is not None] == ["it sends nonsense"]


def test_after_a_minute_it_is_told_again_with_how_often_it_came() -> None:
    complaints = Complaints()
    for now_s in (0.0, 20.0, 40.0):
        complaints.line("nonsense", "it sends nonsense", now_s)
    assert complaints.line("nonsense", "it sends nonsense", 60.0) == (
        "it sends nonsense (and 2 times more since this was last told)"
    )
    assert complaints.line("nonsense", "it sends nonsense", 120.0) == "it sends nonsense"


def test_each_kind_is_told_for_itself() -> None:
    complaints = Complaints()
    assert complaints.line(("heron", "nonsense"), "a", 0.0) == "a"
    assert complaints.line(("ibis", "nonsense"), "b", 0.0) == "b"


def test_where_several_lines_may_come_at_once_the_next_ones_have_to_wait() -> None:
    complaints = Complaints(ComplaintLimits(at_once=3))
    assert [complaints.line("change", "changed", 0.0) for _ in range(5)] == ["changed"] * 3 + [None, None]
    assert complaints.line("change", "changed", 61.0) is not None
    assert complaints.line("change", "changed", 62.0) is None


def test_what_is_remembered_is_bounded_however_many_peers_there_are() -> None:
    complaints = Complaints(ComplaintLimits(kinds=10))
    for peer in range(1000):
        assert complaints.line(peer, "told", 0.0) == "told"
    assert complaints.line(999, "told", 1.0) is None
    assert complaints.line(0, "told", 1.0) == "told"


@given(waits=st.lists(st.floats(0, 30), max_size=200))
def test_no_kind_is_told_more_than_once_a_minute(waits: list[float]) -> None:
    complaints, now_s, told = Complaints(), 0.0, []
    for wait in waits:
        now_s += wait
        if complaints.line("kind", "told", now_s) is not None:
            told.append(now_s)
    assert all(later - earlier >= 60 - 1e-6 for earlier, later in pairwise(told))


def test_another_librarys_logger_tells_of_a_kind_once_a_minute_whatever_its_values() -> None:
    now_s = 0.0
    logger, heard = logging.getLogger("tests.damped"), []

    class Hearing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    damped, hearing = Damped(lambda: now_s), Hearing()
    logger.addFilter(damped)
    logger.addHandler(hearing)
    try:
        for peer in range(5):
            logger.warning("what %d says is no HTTP", peer)
        logger.warning("something else")
        now_s = 61.0
        logger.warning("what %d says is no HTTP", 9)
    finally:
        logger.removeFilter(damped)
        logger.removeHandler(hearing)
    assert heard == [
        "what 0 says is no HTTP",
        "something else",
        "what 9 says is no HTTP (and 4 times more since this was last told)",
    ]
