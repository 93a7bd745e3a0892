"""From the local feed to every client: each message is encoded once and handed to whoever listens.

Not here: sockets and routes (websocket, health), where the messages come from (`dockstats_core.feeds`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from msgspec import Struct

from dockstats_core.connection.actions import ConnectionChanged
from dockstats_core.fanout.newest_wins import Fanout, Slot, Subscription
from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentMessage, AgentStatus, ContainerStatsBatch


class Sampled(Struct, frozen=True, kw_only=True):
    """The newest batch, and when it was made."""

    batch: ContainerStatsBatch
    at_s: float  # monotonic


class Broadcast:
    """Runs the feed and keeps the newest of each message for the clients that are here and those that come."""

    def __init__(self, feed: LocalFeed, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._feed = feed
        self._clock_s = clock_s
        self._fanout: Fanout[str] = Fanout()
        self.newest: Sampled | None = None

    async def run(self) -> None:
        """Send out whatever the feed says, for ever."""
        async for event in self._feed.events():
            if not isinstance(event, ConnectionChanged):
                self._publish(event)

    def subscribe(self) -> AbstractContextManager[Subscription[str]]:
        """A client's share while the block runs: text frames, the newest of each kind, some at a time.

        A status of this moment comes first; the others get it too, which is simpler and does them no harm.
        """
        self._publish(self.status())
        return self._fanout.subscribe()

    def status(self) -> AgentStatus:
        """Who this agent is, now."""
        return self._feed.status()

    @property
    def client_count(self) -> int:
        """How many clients listen."""
        return self._fanout.subscriber_count

    def batch_age_s(self) -> float | None:
        """Seconds since the newest batch; None before the first."""
        return None if self.newest is None else self._clock_s() - self.newest.at_s

    def close(self) -> None:
        """End every client's stream."""
        self._fanout.close()

    def _publish(self, message: AgentMessage) -> None:
        if isinstance(message, ContainerStatsBatch):
            self.newest = Sampled(batch=message, at_s=self._clock_s())
        kind = str(type(message).__struct_config__.tag)
        self._fanout.publish(Slot(kind), agent.codec.encode(message).decode())
