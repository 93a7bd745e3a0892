"""Readings of containers that do not exist: a made-up host, driven by the clock.

For `--demo`, and for load tests at any cadence without an engine. Carries the host's inventory and figures too, since
no engine can be asked for them. Whatever shows these figures says that they are made up: their source's name does.
Not here: how the containers live (simulation).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, get_args

from anyio import lowlevel

from dockstats_core.containers import Container
from dockstats_core.messages.agent import Figure, HostFigures, SourceName
from dockstats_core.simulation.host import Simulation
from dockstats_core.sources.protocol import Readings

SHORTEST_INTERVAL_S = 0.05

_ALL: frozenset[Figure] = frozenset(get_args(Figure))


class SimulatedSource:
    """A made-up host's containers. See `sources.protocol.Source`.

    Args:
        count: containers, stopped ones included.
        seed: which host: the same seed gives the same containers.
        interval_s: shortest interval, in seconds, at which there is news; never below 0.05.
        clock_ns: monotonic clock, in ns.
        wall_clock: the time of day, for start times.
    """

    def __init__(
        self,
        count: int,
        *,
        seed: int = 0,
        interval_s: float = SHORTEST_INTERVAL_S,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        wall_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._interval_s = max(SHORTEST_INTERVAL_S, interval_s)
        self._clock_ns = clock_ns
        self._advanced_ns = clock_ns()
        self._simulation = Simulation(count, seed=seed, now_ns=self._advanced_ns, began_at=wall_clock())

    @property
    def name(self) -> SourceName:
        """`simulated`."""
        return "simulated"

    @property
    def interval_s(self) -> float:
        """The cadence it was made with, in seconds."""
        return self._interval_s

    @property
    def features(self) -> frozenset[Figure]:
        """All there are: a kernel is made up too."""
        return _ALL

    @property
    def limitations(self) -> Sequence[str]:
        """None."""
        return ()

    def retain(self, container_ids: Collection[str]) -> None:
        """Nothing is open for anyone."""

    @property
    def inventory(self) -> Simulation:
        """Its containers, as a sampler wants to know them."""
        return self._simulation

    def host_figures(self) -> HostFigures:
        """The made-up host's figures at the last reading."""
        return self._simulation.host_figures()

    async def read(self, containers: Sequence[Container], *, within_s: float) -> Readings:  # noqa: ARG002 (never waits)
        """Let time pass for everyone, and give the counters of those that were asked for."""
        await lowlevel.checkpoint()
        now_ns = self._clock_ns()
        # A sampler's ticks come a little early or late; half an interval tells them from a second look.
        if now_ns - self._advanced_ns >= self._interval_s * 0.5e9:
            self._advanced_ns = now_ns
        readings = self._simulation.advance(self._advanced_ns)
        return {container.id: readings[container.id] for container in containers if container.id in readings}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return None
