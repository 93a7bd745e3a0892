"""Where a tick's time goes: system calls, the source's whole pass, arithmetic, JSON; in one process, in turns.

CPU time of the process, each step over many passes back to back, so with warm caches: the ratios are what this part is
for, the cost at a real cadence is the contestants'. Not here: the real agent (contestants).
"""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import msgspec

from bench import kernel
from bench.contestants.contestant import python
from bench.findings import BatchCost
from bench.running import BenchError
from bench.statistics import Spread, spread
from dockstats_core import calculator
from dockstats_core.containers import Container
from dockstats_core.messages import agent
from dockstats_core.messages.agent import ContainerStatsBatch
from dockstats_core.readings import Reading
from dockstats_core.sampler.figures import Figures
from dockstats_core.sources.protocol import Readings

ROUNDS = 7
PASSES = 20  # of each step in each round
INTERVAL_S = 0.5  # by the source's clock: what it reads once a second stands in every second pass


def batch_cost() -> BatchCost:
    """Measure in a process of its own.

    Raises:
        BenchError: it failed.
    """
    done = subprocess.run(
        python("bench.batch"), stdin=subprocess.DEVNULL, capture_output=True, check=False, start_new_session=True
    )
    if done.returncode:
        raise BenchError(f"the batch part failed:\n{done.stderr.decode(errors='replace')}")
    return msgspec.json.decode(done.stdout, type=BatchCost)


async def main() -> None:
    """Measure, and print what `batch_cost` decodes."""
    async with kernel.opened(os.environ, INTERVAL_S) as files:
        figures = Figures()
        readings = await files.read()
        ticks = itertools.cycle(files.ticks)
        batch = _batch(figures, files.containers, readings)

        async def floor() -> None:
            kernel.floor(next(ticks))

        async def read() -> None:
            nonlocal readings
            readings = await files.read()

        async def calculate() -> None:
            nonlocal batch
            batch = _batch(figures, files.containers, _aged(readings))

        async def aged() -> None:
            _aged(readings)

        async def encode() -> None:
            agent.codec.encode(batch).decode()

        us = await _measured({"floor": floor, "read": read, "calculate": calculate, "aged": aged, "encode": encode})
        cost = BatchCost(
            containers=len(files.containers),
            calls=sum(len(calls) for calls in files.ticks) / len(files.ticks),
            floor_us=us["floor"],
            read_us=us["read"],
            calculate_us=_without(us["calculate"], us["aged"]),
            encode_us=us["encode"],
            bytes=len(agent.codec.encode(batch)),
        )
    print(msgspec.json.encode(cost).decode())


async def _measured(steps: dict[str, Callable[[], Awaitable[None]]]) -> dict[str, Spread]:
    """Microseconds of CPU for one pass of each step; the first round only warms up."""
    us: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(ROUNDS + 1):
        for name, step in steps.items():
            began_ns = time.process_time_ns()
            for _ in range(PASSES):
                await step()
            if number:
                us[name].append((time.process_time_ns() - began_ns) / PASSES / 1000)
    return {name: found for name, values in us.items() if (found := spread(values)) is not None}


def _batch(figures: Figures, containers: Sequence[Container], readings: Readings) -> ContainerStatsBatch:
    """A batch as the sampler makes it, without what it asks the host."""
    samples = figures.update(
        containers, readings, now_ns=time.monotonic_ns(), interval_s=0.5, host_memory_bytes=1 << 34
    )
    return ContainerStatsBatch(
        agent_id="bench",
        sent_at=datetime.now(UTC),
        sequence=1,
        containers=samples,
        agent_metrics=calculator.totals(samples),
    )


def _aged(readings: Readings) -> Readings:
    """The same readings half a second later, so that each is news and has an interval."""
    now_ns = time.monotonic_ns()
    return {
        container_id: msgspec.structs.replace(one, read_ns=now_ns, taken_ns=now_ns, details_ns=now_ns)
        if isinstance(one, Reading)
        else one
        for container_id, one in readings.items()
    }


def _without(whole: Spread, part: Spread) -> Spread:
    """What is left of a step without what was only needed to measure it."""
    return Spread(whole.median - part.median, whole.low - part.median, whole.high - part.median, whole.count)


if __name__ == "__main__":
    asyncio.run(main())
