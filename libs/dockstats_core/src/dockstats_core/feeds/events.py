"""What a feed yields, and how it reaches whoever iterates: how the connection is, and what the agent says.

A reader that is slow skips to the newest of each kind; nothing queues up.
Not here: the feeds; the messages' fields (messages.agent).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from dockstats_core.connection.actions import ConnectionChanged
from dockstats_core.fanout.newest_wins import Fanout, Slot
from dockstats_core.messages.agent import AgentMessage, ContainerStatsBatch
from dockstats_core.messages.unusable import Unusable

FeedEvent: TypeAlias = ConnectionChanged | Unusable | AgentMessage
"""How the connection is, how much came that could not be used, or what the agent says."""

KINDS = ("connection", "unusable", "agent_status", "container_inventory", "container_stats_batch")
"""In the order in which a reader needs them: an inventory comes before the batch in which it shows."""


class Feed(Protocol):
    """An async context manager that works while it is open; leaving it closes everything it opened.

    One that was left may be entered again, and begins anew.
    """

    def events(self) -> AsyncIterator[FeedEvent]:
        """Everything, until the feed is left: first the newest of each kind there is, then what comes."""
        ...

    def batches(self) -> AsyncIterator[ContainerStatsBatch]:
        """Only the figures: one batch a tick."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool | None: ...


class NewestEvents:
    """The newest event of each kind, for everyone who iterates over them."""

    def __init__(self) -> None:
        self._fanout: Fanout[FeedEvent] = Fanout(KINDS)

    def publish(self, event: FeedEvent) -> None:
        """Make `event` the newest of its kind. Never waits."""
        self._fanout.publish(Slot(str(type(event).__struct_config__.tag)), event)

    def close(self) -> None:
        """End every iteration."""
        self._fanout.close()

    async def events(self) -> AsyncIterator[FeedEvent]:
        """Each event that is the newest of its kind when it is read."""
        with self._fanout.subscribe() as turns:
            async for turn in turns:
                for event in turn:
                    yield event

    async def batches(self) -> AsyncIterator[ContainerStatsBatch]:
        """Only the batches."""
        async for event in self.events():
            if isinstance(event, ContainerStatsBatch):
                yield event
