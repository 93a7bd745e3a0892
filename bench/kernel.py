"""The kernel files of every running container, as the cgroup source itself reads them, and its system calls alone.

The floor is what the source really asks of the kernel: its calls of `pread` over one second are written down, file by
file and tick by tick (some files are read at each tick, some once a second), and made again on the same descriptors
with nothing parsed. The source's clock is turned by hand meanwhile, so that writing down a second takes no second.
Not here: measuring (batch, contestants.floor).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TypeAlias

from msgspec import Struct

from dockstats_core.containers import Container
from dockstats_core.endpoints.engine import resolve_endpoint
from dockstats_core.engine.api import EngineClient
from dockstats_core.inventory.roster import Roster
from dockstats_core.sources.cgroup.source import CgroupLimits, CgroupSource
from dockstats_core.sources.protocol import Readings

Call: TypeAlias = tuple[int, int, int]
"""A `pread`: descriptor, most bytes, offset."""


class Clock:
    """Nanoseconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000_000

    def __call__(self) -> int:
        """What it shows."""
        return self.now_ns


class Opened(Struct, frozen=True, kw_only=True):
    """A source that keeps the files of every container open."""

    source: CgroupSource
    clock: Clock
    containers: Sequence[Container]
    interval_ns: int
    ticks: Sequence[Sequence[Call]]  # of one second

    async def read(self) -> Readings:
        """The source's next pass, one interval later by its clock."""
        return await _next(self.source, self.clock, self.containers, self.interval_ns)


@asynccontextmanager
async def opened(environ: Mapping[str, str], interval_s: float) -> AsyncIterator[Opened]:
    """Every running container's files, open for as long as the block runs."""
    containers = await running_containers(environ)
    clock, interval_ns = Clock(), round(interval_s * 1e9)
    limits = CgroupLimits(leave_alone=False)  # as if every container had run
    async with CgroupSource(clock_ns=clock, limits=limits) as source:
        for _ in range(2):  # the first pass looks for files, the second brings each container to its own seconds
            await _next(source, clock, containers, 1_000_000_000)
        ticks: list[list[Call]] = []
        for _ in range(max(1, round(1 / interval_s))):
            with written_down() as calls:
                await _next(source, clock, containers, interval_ns)
            ticks.append(calls)
        yield Opened(source=source, clock=clock, containers=containers, interval_ns=interval_ns, ticks=ticks)


async def _next(source: CgroupSource, clock: Clock, containers: Sequence[Container], interval_ns: int) -> Readings:
    clock.now_ns += interval_ns
    return await source.read(containers, within_s=60.0)


def floor(calls: Sequence[Call]) -> None:
    """The system calls of one tick."""
    pread = os.pread
    for descriptor, most, offset in calls:
        pread(descriptor, most, offset)


@contextmanager
def written_down() -> Iterator[list[Call]]:
    """The calls of `os.pread` that this process makes while the block runs."""
    calls: list[Call] = []
    pread = os.pread

    def write_down(descriptor: int, most: int, offset: int) -> bytes:
        calls.append((descriptor, most, offset))
        return pread(descriptor, most, offset)

    os.pread = write_down
    try:
        yield calls
    finally:
        os.pread = pread


async def running_containers(environ: Mapping[str, str]) -> Sequence[Container]:
    """The records of all that run, as the inventory makes them."""
    roster = Roster()
    async with EngineClient(resolve_endpoint(None, environ)) as engine:
        await engine.connect()
        roster.apply_list(await engine.list_containers(all=False))
        for container in roster.counted:
            roster.apply_inspection(await engine.inspect_container(container.id))
    return roster.counted
