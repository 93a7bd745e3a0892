"""Every agent's feed into one fleet, and what the fleet says about it to every browser.

The one place where feeds, fleet, history and fan-out meet. Not here: routes (stream, api), what follows from a change
(`dockstats_core.fleet`), connections (`dockstats_core.feeds`).
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import anyio
from msgspec import Struct

from dockstats_core.backoff import Backoff
from dockstats_core.connection.actions import ConnectionChanged
from dockstats_core.fanout import sse
from dockstats_core.fanout.newest_wins import Fanout, Slot
from dockstats_core.fanout.shared_gzip import Frame
from dockstats_core.feeds.events import Feed, FeedEvent
from dockstats_core.fleet.agents import Fleet
from dockstats_core.messages import stream
from dockstats_core.messages.stream import AgentBatch, AgentList, StreamMessage
from dockstats_core.messages.unusable import Unusable
from dockstats_core.program.complaints import ComplaintLimits, Complaints

_log = logging.getLogger(__name__)

NOT_FOLLOWED = "the dashboard has a fault in following this agent, and begins anew; its log tells which"
"""What a card says of a feed that broke."""

CHANGES_AT_ONCE = 10
"""Lines about one agent's connection, before it has to be content with one a minute: an agent that comes and goes all
the time, or closes with another reason each time, must not fill the log."""


class Forms(Struct, frozen=True):
    """One message in the two forms in which readers take it; each is made when its first reader comes."""

    whole: Frame
    columns: Frame  # another one for a batch only


class Gathering:
    """Follows every feed for ever; `fleet` is what is known, `fanout` what goes out."""

    def __init__(
        self,
        fleet: Fleet,
        feeds: Mapping[str, Feed],
        *,
        wall_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock_s: Callable[[], float] = time.monotonic,
        randomness: Callable[[], float] = random.random,
    ) -> None:
        self.fleet = fleet
        self.fanout: Fanout[Forms] = Fanout()
        self._feeds = feeds
        self._wall_clock = wall_clock
        self._clock_s = clock_s
        self._randomness = randomness
        self._logged: dict[str, tuple[str, str | None]] = {}  # by agent: status and reason
        self._changes = Complaints(ComplaintLimits(at_once=CHANGES_AT_ONCE))
        self._complaints = Complaints()

    async def run(self) -> None:
        """Follow every feed until cancelled."""
        async with anyio.create_task_group() as tasks:
            for agent_id, feed in self._feeds.items():
                tasks.start_soon(self._follow, agent_id, feed)

    def agent_list(self) -> Frame:
        """The first message of every stream, the same in both forms."""
        return _frame(self.fleet.agent_list(self._wall_clock()))

    def close(self) -> None:
        """End every stream."""
        self.fanout.close()

    async def _follow(self, agent_id: str, feed: Feed) -> None:
        """Follow one agent; a feed that breaks by a fault of ours is begun anew, ever less often."""
        backoff = Backoff(self._randomness)
        while True:
            try:
                return await self._follow_to_its_end(agent_id, feed)
            except Exception as error:  # noqa: BLE001 - as below
                self._warn((agent_id, "feed"), f"agent {agent_id}: its feed broke and is begun anew", error)
            delay_s, now = backoff.next_delay_s(), self._wall_clock()
            retry_at = now + timedelta(seconds=delay_s)
            self._publish(self.fleet.connection_changed(agent_id, "error", NOT_FOLLOWED, retry_at, now))
            await anyio.sleep(delay_s)

    async def _follow_to_its_end(self, agent_id: str, feed: Feed) -> None:
        async with feed:
            async for event in feed.events():
                try:
                    self._publish(self._into_fleet(agent_id, event))
                except Exception as error:  # noqa: BLE001 - a fault of ours with one agent must not cost the others
                    self._warn(
                        (agent_id, repr(type(error))), f"agent {agent_id}: a message of it could not be used", error
                    )

    def _into_fleet(self, agent_id: str, event: FeedEvent) -> Iterable[StreamMessage]:
        now = self._wall_clock()
        if isinstance(event, Unusable):
            for what in self.fleet.could_not_use(agent_id, event):
                self._warn((agent_id, what), f"agent {agent_id}: it sends {what}")
            return []
        if not isinstance(event, ConnectionChanged):
            return self.fleet.message_received(agent_id, event, now)
        retry_at = None if event.retry_in_s is None else now + timedelta(seconds=event.retry_in_s)
        self._log(agent_id, event)
        return self.fleet.connection_changed(agent_id, event.status, event.reason, retry_at, now)

    def _log(self, agent_id: str, change: ConnectionChanged) -> None:
        """Tell of each change once: an agent that stays away is tried for ever."""
        news = (change.status, change.reason)
        if change.status == "connecting" or self._logged.get(agent_id) == news:
            return
        self._logged[agent_id] = news
        line = self._changes.line(agent_id, ", ".join(filter(None, news)), self._clock_s())
        if line is not None:
            _log.info("agent %s: %s", agent_id, line)

    def _warn(self, kind: tuple[str, str], sentence: str, error: Exception | None = None) -> None:
        line = self._complaints.line(kind, sentence, self._clock_s())
        if line is not None:
            _log.log(logging.WARNING if error is None else logging.ERROR, line, exc_info=error)

    def _publish(self, messages: Iterable[StreamMessage]) -> None:
        for message in messages:
            if not isinstance(message, AgentList):
                kind = str(type(message).__struct_config__.tag)
                self.fanout.publish(Slot(kind, message.agent_id), self._forms(message))

    def _forms(self, message: StreamMessage) -> Forms:
        whole = _frame(message)
        if not isinstance(message, AgentBatch):
            return Forms(whole, whole)
        return Forms(whole, Frame(lambda: _encoded(self.fleet.columns(message))))


def _frame(message: StreamMessage) -> Frame:
    return Frame(lambda: _encoded(message))


def _encoded(message: StreamMessage) -> bytes:
    return sse.encode(stream.codec.encode(message))
