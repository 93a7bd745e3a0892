"""When a stream is nudged to say something. Not here: what it says (test_stream)."""

from __future__ import annotations

from dockstats_dashboard.heartbeat import Heartbeat
from tests.stepped_loop import SteppedLoop


def test_quiet_stream_is_nudged_every_interval() -> None:
    loop, nudges = SteppedLoop(), list[float]()
    Heartbeat(lambda: nudges.append(loop.time()), 15.0, loop)
    loop.pass_s(50.0)
    assert nudges == [15.0, 30.0, 45.0]


def test_stream_that_says_something_is_nudged_one_interval_after_that() -> None:
    loop, nudges = SteppedLoop(), list[float]()
    beating = Heartbeat(lambda: nudges.append(loop.time()), 15.0, loop)
    loop.pass_s(14.0)
    beating.said()
    loop.pass_s(20.0)
    assert nudges == [29.0]


def test_busy_stream_sets_one_timer_and_none_a_frame() -> None:
    loop, nudges = SteppedLoop(), list[float]()
    beating = Heartbeat(lambda: nudges.append(loop.time()), 15.0, loop)
    for _ in range(200):
        loop.pass_s(0.5)
        beating.said()
        assert loop.timers == 1
    assert nudges == []


def test_stream_that_ended_leaves_no_timer() -> None:
    loop = SteppedLoop()
    beating = Heartbeat(lambda: None, 15.0, loop)
    loop.pass_s(40.0)
    beating.stop()
    assert loop.timers == 0
