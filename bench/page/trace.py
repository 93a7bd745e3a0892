"""What a Chromium trace says about the page's main thread: how long each update took, and which tasks were long.

An update is all that the main thread did (script, style, layout, paint) since the frame before, up to the end of the
next frame's task: the messages that came and the drawing that followed. It counts the thread's CPU time: others on the
same machine take the CPU away in the middle of a task, which says nothing about the page. How long a task took is by
the clock, as a person feels it. Pure. Not here: taking a trace (visit).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

CATEGORIES = ("toplevel", "devtools.timeline")
LONG_MS = 50.0  # as browsers define a long task
_MAIN = "CrRendererMain"
_TASKS = {"RunTask", "ThreadControllerImpl::RunTask"}  # which of them, depends on the categories
_FRAME = "FireAnimationFrame"


class Event(Struct, frozen=True):
    """One entry of a trace; times in microseconds."""

    name: str
    ph: str
    pid: int
    tid: int
    ts: float = 0.0
    dur: float = 0.0
    tdur: float | None = None  # the thread's CPU time in it
    args: dict[str, object] = {}


class Trace(Struct, frozen=True):
    """A whole trace, as Chromium writes it."""

    traceEvents: list[Event]  # noqa: N815 - its name


class MainThread(Struct, frozen=True):
    """The page's main thread, in milliseconds."""

    updates_ms: list[float]
    longest_task_ms: float
    long_tasks: int


def main_thread(trace: Trace) -> MainThread:
    """Of the renderer that was busiest.

    Raises:
        ValueError: the trace has no renderer that ran anything.
    """
    threads = {(e.pid, e.tid) for e in trace.traceEvents if e.name == "thread_name" and e.args.get("name") == _MAIN}
    tasks: defaultdict[tuple[int, int], list[Event]] = defaultdict(list)
    frames: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for event in trace.traceEvents:
        thread = (event.pid, event.tid)
        if thread not in threads or event.ph != "X":
            continue
        if event.name in _TASKS:
            tasks[thread].append(event)
        elif event.name == _FRAME:
            frames[thread].append(event.ts)
    if not tasks:
        raise ValueError("the trace has no task of any page")
    busiest = max(tasks, key=lambda thread: sum(task.dur for task in tasks[thread]))
    outer = _outermost(tasks[busiest])
    return MainThread(
        updates_ms=_updates(outer, sorted(frames[busiest])),
        longest_task_ms=max(task.dur for task in outer) / 1000,
        long_tasks=sum(task.dur > LONG_MS * 1000 for task in outer),
    )


def _outermost(tasks: Sequence[Event]) -> list[Event]:
    """Tasks that are not part of another: both names stand in one trace, one inside the other."""
    found: list[Event] = []
    for task in sorted(tasks, key=lambda task: (task.ts, -task.dur)):
        if not found or task.ts >= found[-1].ts + found[-1].dur:
            found.append(task)
    return found


def _updates(tasks: Sequence[Event], frames: Sequence[float]) -> list[float]:
    updates: list[float] = []
    spent_us = 0.0
    waiting = list(reversed(frames))
    for task in tasks:
        spent_us += task.dur if task.tdur is None else task.tdur
        drew = False
        while waiting and waiting[-1] < task.ts + task.dur:
            waiting.pop()
            drew = True
        if drew:
            updates.append(spent_us / 1000)
            spent_us = 0.0
    return updates[1:]  # the first began before the trace did
