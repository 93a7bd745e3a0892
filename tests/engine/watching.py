"""Looks at a feed as a person looks at the page: what it showed so far, and when something showed first.

Not here: what should show.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from dockstats_core import (
    ContainerFacts,
    ContainerInventory,
    ContainerSample,
    ContainerStatsBatch,
)
from dockstats_core.feeds.events import Feed
from tests.engine.containers import Containers

PATIENCE_S = 15.0  # what has not come by then will not come


class Shown:
    """A batch, with the inventory that was in force when it came."""

    def __init__(self, batch: ContainerStatsBatch, inventory: ContainerInventory | None, made: Containers) -> None:
        self.batch = batch
        self.inventory = inventory
        self._made = made

    def facts(self, short: str) -> ContainerFacts | None:
        """The facts of a container, by its short name."""
        listed = self.inventory.containers if self.inventory is not None else ()
        return next((facts for facts in listed if facts.name == self._made.name(short)), None)

    def state(self, short: str) -> str | None:
        """The container's state; None when it is not listed."""
        facts = self.facts(short)
        return None if facts is None else facts.state

    def sample(self, short: str) -> ContainerSample | None:
        """The figures of a container, by its short name."""
        name = self._made.name(short)
        return next((sample for sample in self.batch.containers if sample.name == name), None)

    def cpu(self, short: str) -> float | None:
        """CPU percent, None where it is not known."""
        sample = self.sample(short)
        return None if sample is None else sample.cpu_pct

    def is_fresh(self, short: str) -> bool:
        """Whether the container's figures are known and not stale."""
        sample = self.sample(short)
        return sample is not None and sample.mem_bytes is not None and not sample.stale


class Watch:
    """Everything one feed showed, oldest first."""

    def __init__(self, made: Containers) -> None:
        self.shown: list[Shown] = []
        self._made = made
        self._found = 0
        self._news = anyio.Event()

    async def follow(self, feed: Feed) -> None:
        """Keep what the feed shows."""
        inventory: ContainerInventory | None = None
        async for event in feed.events():
            if isinstance(event, ContainerInventory):
                inventory = event
            elif isinstance(event, ContainerStatsBatch):
                self.shown.append(Shown(event, inventory, self._made))
                self._news.set()
                self._news = anyio.Event()

    async def until(self, wanted: Callable[[Shown], bool], *, within_s: float = PATIENCE_S) -> Shown:
        """The first batch that shows what is wanted, from the one found last on."""
        with anyio.move_on_after(within_s):
            while True:
                for shown in self.shown[self._found :]:
                    if wanted(shown):
                        return shown
                    self._found += 1
                await self._news.wait()
        last = self.shown[-1] if self.shown else None
        raise AssertionError(
            f"not shown within {within_s:g} s; the last of {len(self.shown)} batches: "
            + (f"{last.batch}\nand inventory: {last.inventory}" if last else "none")
        )

    def skip_to_now(self) -> None:
        """Look no more at what came so far, the one found last included."""
        self._found = len(self.shown)


@asynccontextmanager
async def watching(feed: Feed, made: Containers) -> AsyncIterator[Watch]:
    """Watch `feed` while the block runs."""
    watch = Watch(made)
    async with feed, anyio.create_task_group() as tasks:
        tasks.start_soon(watch.follow, feed)
        yield watch
        tasks.cancel_scope.cancel()
