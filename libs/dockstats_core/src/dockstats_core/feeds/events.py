"""What a feed yields: how its connection is, and what an agent says.

Not here: the feeds; the messages' fields (messages.agent).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, Self, TypeAlias

from msgspec import Struct

from dockstats_core.messages.agent import AgentMessage, ContainerStatsBatch
from dockstats_core.messages.stream import ConnectionStatus


class ConnectionChanged(Struct, frozen=True, kw_only=True):
    """The feed's connection has a new status; `retry_in_s` where another attempt is planned."""

    status: ConnectionStatus
    reason: str | None = None
    retry_in_s: float | None = None


FeedEvent: TypeAlias = ConnectionChanged | AgentMessage


class Feed(Protocol):
    """An async context manager; leaving it closes everything it opened."""

    def events(self) -> AsyncIterator[FeedEvent]:
        """Everything, for ever, newest first for a slow reader: nothing queues up."""
        ...

    def batches(self) -> AsyncIterator[ContainerStatsBatch]:
        """Only the figures: one batch a tick."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exc_info: object) -> bool | None: ...


async def only_batches(events: AsyncIterator[FeedEvent]) -> AsyncIterator[ContainerStatsBatch]:
    """The batches among `events`."""
    async for event in events:
        if isinstance(event, ContainerStatsBatch):
            yield event
