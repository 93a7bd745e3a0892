"""What is read from a trace: tasks to updates. Not here: taking one from a browser."""

from __future__ import annotations

import pytest

from bench.page.trace import Event, MainThread, Trace, main_thread


def thread(pid: int, name: str = "CrRendererMain") -> Event:
    return Event(name="thread_name", ph="M", pid=pid, tid=1, args={"name": name})


def task(at_ms: float, ms: float, pid: int = 1, name: str = "RunTask") -> Event:
    return Event(name=name, ph="X", pid=pid, tid=1, ts=at_ms * 1000, dur=ms * 1000)


def frame(at_ms: float, pid: int = 1) -> Event:
    return Event(name="FireAnimationFrame", ph="X", pid=pid, tid=1, ts=at_ms * 1000, dur=1.0)


def test_update_is_all_since_the_frame_before() -> None:
    events = [thread(1), task(0, 5), frame(1), task(10, 2), task(20, 3), task(30, 4), frame(31), task(40, 1)]
    assert main_thread(Trace(events)) == MainThread(updates_ms=[9.0], longest_task_ms=5.0, long_tasks=0)


def test_update_counts_the_threads_own_time_and_a_task_lasts_by_the_clock() -> None:
    slow = Event(name="RunTask", ph="X", pid=1, tid=1, ts=10_000, dur=60_000, tdur=4_000)
    found = main_thread(Trace([thread(1), task(0, 1), frame(0.5), slow, frame(11)]))
    assert found == MainThread(updates_ms=[4.0], longest_task_ms=60.0, long_tasks=1)


def test_task_inside_another_counts_once() -> None:
    events = [thread(1), task(0, 1), frame(0.5), task(10, 60, name="ThreadControllerImpl::RunTask"), task(11, 58)]
    found = main_thread(Trace([*events, frame(12)]))
    assert found == MainThread(updates_ms=[60.0], longest_task_ms=60.0, long_tasks=1)


def test_busiest_page_is_taken_and_other_threads_are_not() -> None:
    threads = [thread(1), thread(2), thread(3, "CrBrowserMain")]
    events = [task(0, 1, pid=1), task(0, 7, pid=2), task(0, 90, pid=3)]
    assert main_thread(Trace([*threads, *events])).longest_task_ms == 7.0


def test_trace_without_a_page_is_refused() -> None:
    with pytest.raises(ValueError, match="no task of any page"):
        main_thread(Trace([thread(1)]))
