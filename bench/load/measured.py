"""One program of ours under a load, over a span: its CPU, its memory, and what came of what was sent.

Not here: what makes the load (scenarios), what the figures may be (table).
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import anyio
from msgspec import Struct

from bench.load.watch import Delays, Report, delays, reports_in
from bench.processes import Span
from tests.running import Program

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
READY_WITHIN_S = 120.0


class Measured(Struct, frozen=True, kw_only=True):
    """Of one span; see `findings.Held` for the fields."""

    seconds: float
    cpu_pct: float
    peak_rss_bytes: int
    readers: int
    batches: int
    lost: int
    delays: Delays | None
    load_pct: float
    others_pct: float
    stolen_pct: float


async def measured(tested: Program, client: Program, span_s: float) -> Measured:
    """What `tested` does for the readers of `client`, for so long from now on."""
    span, began_s = Span(tested.process.pid, client.process.pid), time.monotonic()
    await anyio.sleep(span_s)
    usage, ended_s = span.end(), time.monotonic()
    reports = [one for one in reports_in(client.log) if began_s <= one.at_s <= ended_s]

    def pct(cpu_s: float) -> float:
        return 100 * cpu_s / usage.seconds

    groups = usage.by_group
    return Measured(
        seconds=usage.seconds,
        cpu_pct=pct(groups["watcher"]),
        peak_rss_bytes=peak_rss_bytes(tested.process.pid),
        readers=min((one.readers for one in reports), default=0),
        batches=sum(one.batches for one in reports),
        lost=sum(one.lost for one in reports),
        delays=delays(reports),
        load_pct=pct(groups["client"] + groups["bench"]),
        others_pct=pct(max(0.0, usage.busy - groups["watcher"] - groups["client"] - groups["bench"])),
        stolen_pct=pct(usage.stolen),
    )


def peak_rss_bytes(pid: int) -> int:
    """The most memory that was ever resident of a process that runs."""
    match = _PEAK.search(Path(f"/proc/{pid}/status").read_text())
    assert match is not None
    return int(match[1]) * 1024


async def until_all_read(client: Program, readers: int) -> None:
    """Wait until so many readers are there and batches come to them.

    Raises:
        TimeoutError: they are not.
    """
    with anyio.fail_after(READY_WITHIN_S):
        while not any(_all_read(report, readers) for report in reports_in(client.log)[-1:]):  # noqa: ASYNC110 - as below
            await anyio.sleep(0.1)  # reports come by themselves, twice a second


def _all_read(report: Report, readers: int) -> bool:
    return report.readers >= readers and report.batches >= readers
