"""Readings from the engine's own stats streams: `GET /containers/{id}/stats?stream=true`, one connection a container.

The source for engines before 23.0.8 / 24.0.7 / 25.0, whose one-shot call waits for the same 1 s tick as a stream.
Each followed container has one task that keeps its newest frame; asking for the readings costs nothing. The engine
burns about 6 ms of CPU a frame, so only as many streams are open at once as the duty budget pays for; above that they
take turns, one frame each. Containers whose last stream failed use a narrow lane of their own, so that any number of
hanging ones leaves the others their turns. Not here: whether this source is the right one (choosing).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Self

import anyio
from anyio.abc import TaskGroup
from msgspec import Struct

from dockstats_core.containers import Container
from dockstats_core.engine.api import EngineClient
from dockstats_core.errors import ContainerNotFoundError, EngineError
from dockstats_core.messages.agent import Figure, SourceName
from dockstats_core.readings import Reading
from dockstats_core.sources.duty import DutyBudget
from dockstats_core.sources.engine_reading import to_reading
from dockstats_core.sources.failures import failure_of
from dockstats_core.sources.protocol import ENGINE_FEATURES, Failure, Readings


class StreamLimits(Struct, frozen=True, kw_only=True):
    """When a stream is given up, and how soon it is opened again."""

    engine_tick_s: float = 1.0  # the engine's own cadence, which nobody can change
    unmoved_frames: int = 5  # frames in a row without news after which a stream is opened anew
    reopen_after_s: float = 1.0  # pause before a stream that ended or failed is opened again
    slow_lane_share: float = 0.25  # of the streams open at once, for containers whose last one failed; at least one


class _Follower:
    """One container that is followed."""

    def __init__(self) -> None:
        self.scope = anyio.CancelScope()
        self.newest: Reading | Failure | None = None
        self.tried = anyio.Event()  # its first frame came, or the reason why none does


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
        at_once = self._budget.calls_per_s()
        self._fast_lane = anyio.CapacityLimiter(at_once)
        self._slow_lane = anyio.CapacityLimiter(max(1, int(at_once * self._limits.slow_lane_share)))
        self._followers: dict[str, _Follower] = {}
        self._tasks: TaskGroup

    @property
    def name(self) -> SourceName:
        """`stream`."""
        return "stream"

    @property
    def interval_s(self) -> float:
        """The engine's tick, or as many ticks as it takes for every container to have its turn."""
        return self._budget.interval_s(len(self._followers), self._limits.engine_tick_s)

    @property
    def features(self) -> frozenset[Figure]:
        """All that an engine tells."""
        return ENGINE_FEATURES

    @property
    def limitations(self) -> Sequence[str]:
        """None that another engine would not have."""
        return ()

    def retain(self, container_ids: Collection[str]) -> None:
        """End the streams of all others."""
        for container_id in self._followers.keys() - set(container_ids):
            self._followers.pop(container_id).scope.cancel()

    async def read(self, containers: Sequence[Container], *, within_s: float) -> Readings:
        """The newest frame of each container; follows those that are new and leaves those that are gone.

        Waits only while there is not one frame yet, and not over two ticks, so that the first round shows something.
        """
        wanted = {container.id for container in containers}
        self.retain(wanted)
        for container_id in wanted - self._followers.keys():
            follower = self._followers[container_id] = _Follower()
            self._tasks.start_soon(self._follow, container_id, follower)
        if all(follower.newest is None for follower in self._followers.values()):
            with anyio.move_on_after(min(within_s, 2 * self._limits.engine_tick_s)):
                for follower in tuple(self._followers.values()):
                    await follower.tried.wait()
        return {
            container_id: follower.newest
            for container_id, follower in self._followers.items()
            if follower.newest is not None
        }

    async def _follow(self, container_id: str, follower: _Follower) -> None:
        with follower.scope:
            while True:
                lane = self._slow_lane if isinstance(follower.newest, Failure) else self._fast_lane
                try:
                    async with lane:
                        gave_way = await self._one_turn(container_id, follower, lane)
                except ContainerNotFoundError:
                    gave_way, follower.newest = False, None
                except EngineError as error:
                    gave_way, follower.newest = False, failure_of(error)
                follower.tried.set()
                if not gave_way:
                    await anyio.sleep(self._limits.reopen_after_s)

    async def _one_turn(self, container_id: str, follower: _Follower, lane: anyio.CapacityLimiter) -> bool:
        """Keep the frames of one stream; True when it left its place to others, False when it ended or stood still."""
        unmoved = 0
        async with self._engine.stats_stream(container_id) as frames:
            async for body in frames:
                reading, last = to_reading(container_id, body, self._clock_ns()), follower.newest
                # Frames go on after a container stopped (empty ones), and on some engines after they stopped moving.
                if reading is None or (isinstance(last, Reading) and last.read_ns == reading.read_ns):
                    unmoved += 1
                    if unmoved >= self._limits.unmoved_frames:
                        return False
                else:
                    unmoved = 0
                    follower.newest = reading
                    follower.tried.set()
                    if lane is self._slow_lane:
                        return True
                if lane.statistics().tasks_waiting:
                    return True
        return False

    async def __aenter__(self) -> Self:
        self._tasks = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._tasks.cancel_scope.cancel()
        return await self._tasks.__aexit__(kind, value, trace)
