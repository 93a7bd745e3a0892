"""A host on which containers come and go, are paused and renamed, and whose engine is away now and then.

Not here: the engine (tests.fake_engine), when (life).
"""

from __future__ import annotations

import random
from itertools import count

import anyio

from tests.fake_engine import FakeEngine

CONTAINERS = 20
EVERY_S = 0.5


class Churn:
    """Changes `engine`, by chance, about `CONTAINERS` running ones."""

    def __init__(self, engine: FakeEngine, chance: random.Random) -> None:
        self._engine = engine
        self._chance = chance
        self._numbers = count(1)
        self.changes = 0
        for _ in range(CONTAINERS):
            self._come()

    async def go_on(self) -> None:
        """For ever."""
        while True:
            await anyio.sleep(EVERY_S)
            self.change()

    def change(self) -> None:
        """One thing happens."""
        self.changes += 1
        running = [one for one in self._engine.containers.values() if one.state == "running"]
        if len(running) < CONTAINERS:
            self._come()
            return
        one = self._chance.choice(running)
        match self._chance.randrange(4):
            case 0:
                self._engine.stop(one, exit_code=137)
                self._engine.start(one)
            case 1:
                self._engine.rename(one, f"renamed-{next(self._numbers)}")
            case _:
                self._engine.stop(one)
                self._engine.remove(one)

    async def away(self, seconds: float) -> None:
        """The engine is away for so long."""
        await self._engine.go_away()
        await anyio.sleep(seconds)
        await self._engine.come_back()
        self._engine.requests.clear()  # it remembers them all, for tests

    def _come(self) -> None:
        self._engine.run(f"web-{next(self._numbers)}", cores=self._chance.random(), rx_per_s=1000)
