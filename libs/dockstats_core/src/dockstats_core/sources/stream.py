"""Readings from the engine's own stats streams: `GET /containers/{id}/stats?stream=true`, one connection a container.

The source for engines before 23.0.8 / 24.0.7 / 25.0, whose one-shot call waits for the same 1 s tick as a stream.
Each followed container has one task that keeps its newest frame; asking for the readings costs nothing. The engine
burns about 6 ms of CPU a frame, so only as many streams are open at once as the duty budget pays for; above that they
take turns, one frame each. Not here: whether this source is the right one (choosing).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import anyio
from anyio.abc import TaskGroup
from msgspec import Struct

from dockstats_core.containers import Container
from dockstats_core.engine.api import EngineClient
from dockstats_core.errors import ContainerNotFoundError, EngineError
from dockstats_core.messages.agent import SourceName
from dockstats_core.readings import Reading
from dockstats_core.sources.duty import DutyBudget
from dockstats_core.sources.engine_reading import to_reading
from dockstats_core.sources.failures import failure_of
from dockstats_core.sources.protocol import Failure, Readings


class StreamLimits(Struct, frozen=True, kw_only=True):
    """When a stream is given up, and how soon it is opened again."""

    engine_tick_s: float = 1.0  # the engine's own cadence, which nobody can change
    unmoved_frames: int = 5  # frames in a row without news after which a stream is opened anew
    reopen_after_s: float = 1.0  # pause before a stream that ended or failed is opened again


class StreamSource:
    """Keeps one stats stream open per container. See `sources.protocol.Source`."""

    def __init__(
        self,
        engine: EngineClient,
        *,
        limits: StreamLimits | None = None,
        budget: DutyBudget | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._engine = engine
        self._limits = limits or StreamLimits()
        self._budget = budget or DutyBudget()
        self._clock_ns = clock_ns
        # As many streams as frames a second are affordable: each open stream costs one frame a second.
        self._open_streams = anyio.CapacityLimiter(self._budget.calls_per_s())
        self._followers: dict[str, anyio.CancelScope] = {}
        self._newest: dict[str, Reading | Failure] = {}
        self._tasks: TaskGroup

    @property
    def name(self) -> SourceName:
        """`stream`."""
        return "stream"

    @property
    def interval_s(self) -> float:
        """The engine's tick, or as many ticks as it takes for every container to have its turn."""
        return self._budget.interval_s(len(self._followers), self._limits.engine_tick_s)

    async def read(self, containers: Sequence[Container], *, within_s: float) -> Readings:  # noqa: ARG002 - never waits
        """The newest frame of each container; follows those that are new and leaves those that are gone."""
        wanted = {container.id for container in containers}
        for container_id in self._followers.keys() - wanted:
            self._followers.pop(container_id).cancel()
            self._newest.pop(container_id, None)
        for container_id in wanted - self._followers.keys():
            scope = self._followers[container_id] = anyio.CancelScope()
            self._tasks.start_soon(self._follow, container_id, scope)
        return dict(self._newest)

    async def _follow(self, container_id: str, scope: anyio.CancelScope) -> None:
        with scope:
            while True:
                try:
                    async with self._open_streams:
                        ended = await self._one_turn(container_id)
                except ContainerNotFoundError:
                    ended = True
                    self._newest.pop(container_id, None)
                except EngineError as error:
                    ended = True
                    self._newest[container_id] = failure_of(error)
                if ended:
                    await anyio.sleep(self._limits.reopen_after_s)

    async def _one_turn(self, container_id: str) -> bool:
        """Keep the frames of one stream; False when it gave way to a waiting one, True when it ended or stood still."""
        unmoved = 0
        async with self._engine.stats_stream(container_id) as frames:
            async for body in frames:
                reading = to_reading(container_id, body, self._clock_ns())
                last = self._newest.get(container_id)
                # Frames go on after a container stopped (empty ones), and on some engines after they stopped moving.
                if reading is None or (isinstance(last, Reading) and last.read_ns == reading.read_ns):
                    unmoved += 1
                    if unmoved >= self._limits.unmoved_frames:
                        return True
                else:
                    unmoved = 0
                    self._newest[container_id] = reading
                if self._open_streams.statistics().tasks_waiting:
                    return False
        return True

    async def __aenter__(self) -> Self:
        self._tasks = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._tasks.cancel_scope.cancel()
        return await self._tasks.__aexit__(kind, value, trace)
