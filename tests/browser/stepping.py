"""A dashboard with a known past: one container whose memory stepped from 8 MiB to 72 MiB at an instant that is told.

The engine is the tests' fake one, so that every figure is exact; the dashboard reads it as it reads any.
Not here: what the page makes of it (the tests).
"""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode

from tests.browser.asking import Points, until_history
from tests.browser.serving import dashboard
from tests.fake_containers import FakeContainer
from tests.fake_engine import FakeEngine

CACHE = 2 << 20  # what a container of the fake engine has in its page cache
LOW, HIGH = "8.00MiB", "72.0MiB"
"""As the table writes them."""
BEFORE_S = 4.0  # at least so long it lived before the step: a key in the timeline is a second
AROUND_S = 1.5  # and so long after it; for charts of both
TICK_S = 0.1


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


class Stepped:
    """The dashboard at `url`, its engine, and the container `web`, which stepped at `at` (Unix seconds)."""

    def __init__(self, url: str, engine: FakeEngine, web: FakeContainer) -> None:
        self.url = url
        self.engine = engine
        self.web = web
        self.at = 0.0

    @property
    def key(self) -> str:
        """Of the container, as the address bar has it."""
        return f"local/{self.web.id[:12]}"

    def seconds_since_before(self) -> int:
        """How far back from now it is to before the step, wherever in its second now is."""
        return math.ceil(time.time() - self.at + 1)

    def address_at(self, at: float) -> str:
        """Of the page paused at an instant (Unix seconds)."""
        return f"{self.url}?{urlencode({'at': _utc(at)})}"

    def address(self, *, zoom: tuple[float, float]) -> str:
        """Of `web` in detail, its charts from one instant to another (Unix seconds)."""
        begin, end = map(_utc, zoom)
        return f"{self.url}?{urlencode({'open': self.key, 'zoom': f'{begin}/{end}'})}"

    def use(self, mebibytes: int) -> None:
        """From the next reading on, `web` has so much in memory."""
        self.web.mem_usage = (mebibytes << 20) + CACHE

    async def points(self) -> Points:
        """What the dashboard keeps: Unix seconds and bytes of `web`, oldest first."""
        return await self.until_points(lambda points: True)

    async def until_points(self, wanted: Callable[[Points], bool]) -> Points:
        """The same, as soon as it is what is `wanted`."""
        return await until_history(self.url, self.web.id, wanted)

    async def until_kept(self, mebibytes: int) -> None:
        """Wait until the dashboard knows that `web` has so much."""
        await self.until_points(lambda points: points[-1][1] == mebibytes << 20)

    async def step(self) -> None:
        """Live a little, step, and live a little more."""
        self.use(8)
        await self.until_points(lambda points: len(points) > 1 and points[-1][0] - points[0][0] > BEFORE_S)
        self.at = time.time()
        self.use(72)
        await self.until_points(lambda points: points[-1][0] > self.at + AROUND_S)


@asynccontextmanager
async def lived_engine() -> AsyncIterator[FakeEngine]:
    """A fake engine that lives now, and by itself."""
    async with FakeEngine(tick_s=TICK_S) as engine:
        engine.now_ns = time.time_ns()
        yield engine


@asynccontextmanager
async def stepped() -> AsyncIterator[Stepped]:
    """The step lies in the past when the block begins."""
    async with lived_engine() as engine:
        web = engine.run("web", cores=0.5, memory_limit=100 << 20)
        async with dashboard(DOCKER_HOST=engine.host) as url:
            lived = Stepped(url, engine, web)
            await lived.step()
            yield lived
