"""An agent's sampler over containers and readings that are given: what it says must be readable.

It runs without a wait, by a clock that goes on with every look. Not here: where readings come from (engine_answers).
"""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from itertools import count
from types import TracebackType
from typing import Self

from msgspec import structs

from dockstats_core.containers import Container
from dockstats_core.messages import agent
from dockstats_core.messages.agent import EngineState, HostFigures, OwnUsage, SourceName
from dockstats_core.readings import Reading
from dockstats_core.sampler.sampler import Identity, Inventory, Sampler
from dockstats_core.sources.protocol import ENGINE_FEATURES, Readings

_LOOK_NS = 250_000_000


class _Given:
    """A source whose readings are given, one tick after the other."""

    name: SourceName = "stream"
    interval_s = 0.5
    features = ENGINE_FEATURES
    limitations: Sequence[str] = ()

    def __init__(self, ticks: Sequence[Mapping[str, Reading]], clock_ns: Callable[[], int]) -> None:
        self._ticks = iter(ticks)
        self._clock_ns = clock_ns

    def retain(self, container_ids: Collection[str]) -> None: ...

    async def read(self, containers: Sequence[Container], *, within_s: float) -> Readings:
        now_ns = self._clock_ns()
        return {key: structs.replace(each, taken_ns=now_ns) for key, each in next(self._ticks, {}).items()}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Listed:
    """An inventory of containers that do not change."""

    version = 1

    def __init__(self, containers: Sequence[Container]) -> None:
        self.containers = containers
        self.counted = [one for one in containers if one.is_counted]

    def by_state(self) -> dict[str, int]:
        return {"running": len(self.counted)}

    def told(self) -> None: ...


_runner = asyncio.Runner()
atexit.register(_runner.close)


def hold_messages(inventory: Inventory, ticks: Sequence[Mapping[str, Reading]], wanted: int) -> None:
    """An agent's first messages; each look at its clock is a quarter of a second later."""
    clock = count(_LOOK_NS, _LOOK_NS)
    sampler = Sampler(
        Identity(agent_id="heron", agent_label="Heron"),
        poll_interval_s=0.5,
        engine=EngineState(endpoint="unix:///var/run/docker.sock"),
        host=lambda: HostFigures(mem_total_bytes=2**33),
        own_usage=OwnUsage,
        clock_ns=clock.__next__,
        wall_clock=lambda: datetime.now(UTC),
    )
    sampler.engine_found(EngineState(reachable=True), inventory)
    sampler.use(_Given(ticks, clock.__next__), "it was asked for")

    async def run() -> None:
        async with aclosing(sampler.messages()) as messages:  # type: ignore[type-var]
            for _ in range(wanted):
                message = await anext(messages)
                assert agent.codec.decode(agent.codec.encode(message)) == message

    _runner.run(run())
