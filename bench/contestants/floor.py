"""The floor: the system calls that reading the kernel's counters cannot do without, and nothing else.

The calls that the agent's cgroup source makes, made by a process that throws away what it reads: no parsing, no
arithmetic, no JSON, no client. What our agent takes above this is ours to answer for; what the floor takes, the kernel
does. At the agent's cadence and not in a loop, because between two ticks the caches go cold.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import time

from bench import kernel
from bench.contestants.contestant import Contestant, python
from bench.tally import Reporter

FLOOR_500MS = Contestant(
    key="floor-500ms", title="system calls alone, 500ms", kind="floor", command=python(__name__, "0.5")
)
FLOOR_100MS = Contestant(
    key="floor-100ms", title="system calls alone, 100ms", kind="floor", command=python(__name__, "0.1")
)


async def main(interval_s: float) -> None:
    """Read every running container's files, for ever."""
    async with kernel.opened(os.environ, interval_s) as files:
        reporter = Reporter()
        due_s = time.monotonic()
        for calls in itertools.cycle(files.ticks):
            began_s = time.monotonic()
            kernel.floor(calls)
            reporter.delivered([time.monotonic() - began_s] * len(files.containers))
            reporter.report(len(files.containers), interval_s)
            due_s += interval_s
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
