"""From the local feed to every client: each message is encoded once and handed to whoever listens.

Not here: sockets and routes (websocket, health), where the messages come from (`dockstats_core.feeds`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from msgspec import Struct

from dockstats_core.connection.actions import ConnectionChanged
from dockstats_core.fanout.newest_wins import Fanout, Slot, Subscription
from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentMessage, AgentStatus, ContainerStatsBatch
from dockstats_core.messages.unusable import Unusable


class Sampled(Struct, frozen=True, kw_only=True):
    """The newest batch, and when it was made."""

    batch: ContainerStatsBatch
    at_s: float  # monotonic


class FreshFigures(Struct, frozen=True, kw_only=True):
    """When a container was last read, by both clocks. Batches go on without that: they repeat figures or have none."""

    at: datetime
    at_s: float  # monotonic


class Broadcast:
    """Runs the feed and keeps the newest of each message for the clients that are here and those that come."""

    def __init__(self, feed: LocalFeed, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._feed = feed
        self._clock_s = clock_s
        self._fanout: Fanout[str] = Fanout()
        self.newest: Sampled | None = None
        self.fresh: FreshFigures | None = None
        self._owed_since_s: float | None = None  # figures: since the engine answers and containers run on it

    async def run(self) -> None:
        """Send out whatever the feed says, for ever."""
        async for event in self._feed.events():
            if not isinstance(event, (ConnectionChanged, Unusable)):
                self.publish(event)

    def publish(self, message: AgentMessage) -> None:
        """Send out one message: it is encoded once, and the newest of its kind from here on."""
        if isinstance(message, ContainerStatsBatch):
            self._remember(message, self._clock_s())
        kind = str(type(message).__struct_config__.tag)
        self._fanout.publish(Slot(kind), agent.codec.encode(message).decode())

    def subscribe(self) -> AbstractContextManager[Subscription[str]]:
        """A client's share while the block runs: text frames, the newest of each kind, some at a time.

        A status of this moment comes first; the others get it too, which is simpler and does them no harm.
        """
        self.publish(self.status())
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

    def sample_age_s(self) -> float | None:
        """Seconds since figures of any container last came fresh from their source; None before the first."""
        return None if self.fresh is None else self._clock_s() - self.fresh.at_s

    def silence_s(self) -> float | None:
        """Seconds that running containers have been without any fresh figures; None where none runs."""
        if self._owed_since_s is None:
            return None
        since_s = self._owed_since_s if self.fresh is None else max(self._owed_since_s, self.fresh.at_s)
        return self._clock_s() - since_s

    def close(self) -> None:
        """End every client's stream."""
        self._fanout.close()

    def _remember(self, batch: ContainerStatsBatch, now_s: float) -> None:
        self.newest = Sampled(batch=batch, at_s=now_s)
        fresh = _freshest(batch, now_s)
        if fresh is not None and (self.fresh is None or fresh.at_s > self.fresh.at_s):
            self.fresh = fresh
        if not (batch.engine.reachable and batch.containers_by_state.get("running")):
            self._owed_since_s = None
        elif self._owed_since_s is None:
            self._owed_since_s = now_s


def _freshest(batch: ContainerStatsBatch, at_s: float) -> FreshFigures | None:
    """When the youngest figures of a batch were read, whatever it calls stale; None where it has no figures."""
    age_s = min((sample.age_secs for sample in batch.containers if sample.age_secs is not None), default=None)
    return None if age_s is None else FreshFigures(at=batch.sent_at - timedelta(seconds=age_s), at_s=at_s - age_s)
