"""The one shape of every source: the sampler, and all that follows, never know where a number came from.

A source is an async context manager (what it opens, it closes) that is asked once a tick for the newest reading of
each container. It answers from what it has within the time allowed: a slow or dead container makes its own entry a
`Failure`, or leaves it out, and never delays the others'. Not here: any source.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self, TypeAlias, get_args

from msgspec import Struct

from dockstats_core.containers import Container
from dockstats_core.messages.agent import Figure, SourceName, UnknownReason
from dockstats_core.readings import Reading


class Failure(Struct, frozen=True, kw_only=True):
    """A container that could not be read, and why, as a code for programs and a sentence for people."""

    reason: UnknownReason
    detail: str


ENGINE_FEATURES: frozenset[Figure] = frozenset(get_args(Figure)) - {"pressure", "memory_events"}
"""What an engine's API tells: everything but what only the kernel knows."""

Readings: TypeAlias = Mapping[str, Reading | Failure]
"""By container id. A container that is left out has no reading yet; a reading seen before is no news."""


class Source(Protocol):
    """Gives the newest reading of each container."""

    @property
    def name(self) -> SourceName:
        """Which source this is."""
        ...

    @property
    def interval_s(self) -> float:
        """Shortest interval, in seconds, at which asking again gives news: the cadence, stretched by any budget."""
        ...

    @property
    def features(self) -> frozenset[Figure]:
        """The groups of figures it gives, as far as the engine and the kernel below it do."""
        ...

    @property
    def limitations(self) -> Sequence[str]:
        """What it cannot tell here although others can, as sentences with the way out."""
        ...

    def retain(self, container_ids: Collection[str]) -> None:
        """Containers other than these are gone: let go at once of all that is open for them."""
        ...

    async def read(self, containers: Sequence[Container], *, within_s: float) -> Readings:
        """The newest reading of each of `containers`, after at most `within_s` seconds.

        Containers that are not asked for are forgotten, as by `retain`. Raises nothing that belongs to one container;
        cancellation leaves nothing open that `__aexit__` does not close.
        """
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool | None: ...
