"""One client of an agent, in a process of its own: counts the figures that come, and how old they are.

A figure is new when its container was read at another moment than last time; the moment is the batch's `sent_at` minus
the figure's `age_secs`. Its age is this machine's clock at the moment the batch is here, decoded, minus that.
Not here: the agent.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping

from bench.tally import Reporter
from dockstats_core import AgentFeed
from dockstats_core.messages.agent import ContainerStatsBatch

# Two moments closer than this are the same reading: an agent reads every 50 ms at most, and the two clocks behind a
# moment (the figure's age, the batch's time) are not read at once.
SAME_READING_S = 0.02


def new_figures(batch: ContainerStatsBatch, moments: Mapping[str, float]) -> dict[str, float]:
    """Ids of the containers whose figures are new since `moments`, and when they were read (Unix seconds)."""
    sent_s = batch.sent_at.timestamp()
    read_s = {one.id: sent_s - one.age_secs for one in batch.containers if one.age_secs is not None}
    return {one: at_s for one, at_s in read_s.items() if abs(at_s - moments.get(one, 0.0)) > SAME_READING_S}


async def main(url: str) -> None:
    """Follow the agent for ever."""
    moments: dict[str, float] = {}
    reporter = Reporter()
    async with AgentFeed(url) as feed:
        async for batch in feed.batches():
            now_s = time.time()
            new = new_figures(batch, moments)
            moments.update(new)
            reporter.delivered([now_s - at_s for at_s in new.values()])
            known = sum(one.age_secs is not None and one.cpu_pct is not None for one in batch.containers)
            reporter.report(known, batch.sampling.interval_secs)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
