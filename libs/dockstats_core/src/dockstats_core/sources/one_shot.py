"""Readings by one stats call a container and round: `GET /containers/{id}/stats?stream=false&one-shot=true`.

The source for engines that answer such a call at once (Docker 25 and later in about 20 ms, Podman). Calls run beside
each other, `max_workers` at a time; a call that is still out when a round ends goes on, and its container is not asked
again before it came back. A round does not wait for a container whose last call was slow: its answer shows in the next
one. Containers whose last call failed use a narrow lane of their own, so that any number of hanging ones leaves the
others' figures on time. Not here: whether the engine is one of those (choosing).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Self

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint
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


class OneShotLimits(Struct, frozen=True, kw_only=True):
    """What a round may take."""

    shortest_interval_s: float = 0.25  # below it the calls of one round run into the next
    call_time_out_s: float = 5.0  # a call that takes longer is given up: its container is reported as timed out
    slow_call_s: float = 0.5  # a call that took longer was slow
    slow_lane_share: float = 0.25  # of max_workers, for containers whose last call failed; at least one


class OneShotSource:
    """Asks the engine for each container once a round. See `sources.protocol.Source`."""

    def __init__(
        self,
        engine: EngineClient,
        *,
        max_workers: int = 16,
        limits: OneShotLimits | None = None,
        budget: DutyBudget | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._engine = engine
        self._limits = limits or OneShotLimits()
        self._budget = budget or DutyBudget()
        self._clock_ns = clock_ns
        self._fast_lane = anyio.CapacityLimiter(max_workers)
        self._slow_lane = anyio.CapacityLimiter(max(1, int(max_workers * self._limits.slow_lane_share)))
        self._asked: set[str] = set()
        self._out: set[str] = set()
        self._slow: set[str] = set()
        self._newest: dict[str, Reading | Failure] = {}
        self._tasks: TaskGroup

    @property
    def name(self) -> SourceName:
        """`one-shot`."""
        return "one-shot"

    @property
    def interval_s(self) -> float:
        """Seconds between rounds that the duty budget pays for."""
        return self._budget.interval_s(len(self._asked), self._limits.shortest_interval_s)

    @property
    def features(self) -> frozenset[Figure]:
        """All that an engine tells."""
        return ENGINE_FEATURES

    @property
    def limitations(self) -> Sequence[str]:
        """None that another engine would not have."""
        return ()

    def retain(self, container_ids: Collection[str]) -> None:
        """Keep nothing of any other container; a call that is out comes back to nobody."""
        self._forget_all_but(self._asked.intersection(container_ids))

    async def read(self, containers: Sequence[Container], *, within_s: float) -> Readings:
        """Ask for every container that has no call out, and wait for those that were quick the last time."""
        self._forget_all_but({container.id for container in containers})
        round_over = anyio.Event()
        due = self._asked - self._out
        failed = {container_id for container_id in due if isinstance(self._newest.get(container_id), Failure)}
        awaited = due - failed - self._slow  # shrinks as the calls come back
        self._out |= due
        for container_id in due:
            lane = self._slow_lane if container_id in failed else self._fast_lane
            self._tasks.start_soon(self._ask, container_id, lane, awaited, round_over)
        if awaited:
            with anyio.move_on_after(within_s):
                await round_over.wait()
        else:
            await checkpoint()  # else whoever reads again and again would keep the calls from ever coming back
        return dict(self._newest)

    def _forget_all_but(self, wanted: set[str]) -> None:
        self._asked = wanted
        for container_id in self._newest.keys() - wanted:
            del self._newest[container_id]
        self._slow &= wanted

    async def _ask(
        self, container_id: str, lane: anyio.CapacityLimiter, awaited: set[str], round_over: anyio.Event
    ) -> None:
        try:
            async with lane:
                outcome = await self._call(container_id)
            if container_id in self._asked:
                if outcome is None:
                    self._newest.pop(container_id, None)
                else:
                    self._newest[container_id] = outcome
        finally:
            self._out.discard(container_id)
            awaited.discard(container_id)
            if not awaited:
                round_over.set()

    async def _call(self, container_id: str) -> Reading | Failure | None:
        """The container's reading, why there is none, or None when it is gone or not running."""
        started_ns = self._clock_ns()
        try:
            body = await self._engine.stats_once(container_id, one_shot=True, timeout_s=self._limits.call_time_out_s)
        except ContainerNotFoundError:
            return None
        except EngineError as error:
            return failure_of(error)
        taken_ns = self._clock_ns()
        took_s = (taken_ns - started_ns) / 1e9
        self._budget.record(took_s)
        if took_s > self._limits.slow_call_s:
            self._slow.add(container_id)
        else:
            self._slow.discard(container_id)
        return to_reading(container_id, body, taken_ns)

    async def __aenter__(self) -> Self:
        self._tasks = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._tasks.cancel_scope.cancel()
        return await self._tasks.__aexit__(kind, value, trace)
