"""Who got which batch when: counts what came, what was left out, and how long it was under way. Pure but for `now_s`.

A batch is lost to a reader when the next one that it gets of that agent has a number more than one above the last:
numbers count up by one from the agent's start. Both of dockstats' fan-outs let a slow reader skip to the newest, so
nothing is promised to that; a reader here reads at once, and how long it takes to do so is part of the delay.
Not here: sockets (browsers, dashboards), what a run makes of the reports (findings).
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from bench.load.frames import Batch

REPORT_EVERY_S = 0.5


class Report(Struct, frozen=True, kw_only=True):
    """What came since the report before."""

    at_s: float  # CLOCK_MONOTONIC, which all processes of a machine share
    readers: int  # that are connected and read, at this moment
    batches: int  # that came, over all readers
    lost: int
    delays_ms: dict[int, int]  # whole milliseconds, rounded up: how often


class Watch:
    """All readers of one process."""

    def __init__(self) -> None:
        self._last: dict[int, dict[str, int]] = {}  # by reader, then by agent: the number of its newest batch
        self._batches = self._lost = 0
        self._delays_ms: Counter[int] = Counter()

    def joined(self, reader: int) -> None:
        """`reader` is connected; nothing that was sent before is lost to it."""
        self._last[reader] = {}

    def left(self, reader: int) -> None:
        """It is not connected any more."""
        self._last.pop(reader, None)

    def came(self, reader: int, batch: Batch, now_s: float) -> None:
        """`reader` has the batch, at `now_s` (Unix seconds)."""
        newest = self._last[reader]
        last = newest.get(batch.agent_id)
        newest[batch.agent_id] = batch.sequence
        if last is not None and batch.sequence > last + 1:
            self._lost += batch.sequence - last - 1
        self._batches += 1
        self._delays_ms[math.ceil((now_s - batch.sent_at_s) * 1000)] += 1

    def report(self, at_s: float) -> Report:
        """What came since the last one."""
        report = Report(
            at_s=at_s,
            readers=len(self._last),
            batches=self._batches,
            lost=self._lost,
            delays_ms=dict(self._delays_ms),
        )
        self._batches = self._lost = 0
        self._delays_ms.clear()
        return report


class Delays(Struct, frozen=True):
    """How long batches were under way, from the agent's sending to the reader that has it."""

    median_ms: int
    p99_ms: int
    longest_ms: int


def delays(reports: Iterable[Report]) -> Delays | None:
    """Of all that came in these reports; None where nothing did."""
    counted: Counter[int] = Counter()
    for report in reports:
        counted.update(report.delays_ms)
    if not counted:
        return None
    return Delays(_percentile(counted, 50), _percentile(counted, 99), max(counted))


def _percentile(counted: Counter[int], pct: float) -> int:
    """Nearest rank, as `bench.statistics.percentile`, of values that are counted already."""
    left = math.ceil(counted.total() * pct / 100)
    for value in sorted(counted):
        left -= counted[value]
        if left <= 0:
            return value
    raise ValueError("no values, no percentile")


_MARK = "report "
_encoder, _decoder = msgspec.json.Encoder(), msgspec.json.Decoder(Report)


def line_of(report: Report) -> str:
    """The report as a line of a log."""
    return _MARK + _encoder.encode(report).decode()


def reports_in(log: Iterable[str]) -> list[Report]:
    """Those of a log, whatever else is in it."""
    return [_decoder.decode(line.removeprefix(_MARK)) for line in log if line.startswith(_MARK)]


def now_s() -> float:
    """The moment of a report."""
    return time.monotonic()
