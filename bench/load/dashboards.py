"""Many dashboards' connections to one agent in one process: `python -m bench.load.dashboards URL COUNT`.

Each is an AgentFeed, which is all that an agent sees of a dashboard. Reports to standard error.
Not here: what is counted (watch).
"""

from __future__ import annotations

import sys
import time

import anyio

from bench.load.frames import Batch
from bench.load.watch import REPORT_EVERY_S, Watch, line_of, now_s
from dockstats_core import AgentFeed


async def main(url: str, count: int) -> None:
    """Connect all of them, and report until ended."""
    watch = Watch()
    async with anyio.create_task_group() as tasks:
        for number in range(count):
            tasks.start_soon(_follow, url, number, watch)
        while True:
            await anyio.sleep(REPORT_EVERY_S)
            print(line_of(watch.report(now_s())), file=sys.stderr, flush=True)


async def _follow(url: str, number: int, watch: Watch) -> None:
    watch.joined(number)
    async with AgentFeed(url) as feed:
        async for batch in feed.batches():
            at_s = time.time()
            watch.came(number, Batch(batch.agent_id, batch.sequence, batch.sent_at.timestamp()), at_s)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], int(sys.argv[2]))
