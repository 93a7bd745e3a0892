"""Every agent's feed into one fleet, and what the fleet says about it to every browser.

The one place where feeds, fleet, history and fan-out meet. Not here: routes (stream, api), what follows from a change
(`dockstats_core.fleet`), connections (`dockstats_core.feeds`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import anyio
from msgspec import Struct

from dockstats_core.connection.actions import ConnectionChanged
from dockstats_core.fanout import sse
from dockstats_core.fanout.newest_wins import Fanout, Slot
from dockstats_core.fanout.shared_gzip import Frame
from dockstats_core.feeds.events import Feed, FeedEvent
from dockstats_core.fleet.agents import Fleet
from dockstats_core.messages import stream
from dockstats_core.messages.stream import AgentBatch, AgentList, StreamMessage

_log = logging.getLogger(__name__)

NOT_FOLLOWED = "the dashboard has a fault and does not follow this agent any more; its log tells which, restart it"
"""What a card says of a feed that broke: unlike a lost connection, nothing mends that by itself."""


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
    ) -> None:
        self.fleet = fleet
        self.fanout: Fanout[Forms] = Fanout()
        self._feeds = feeds
        self._wall_clock = wall_clock
        self._failed: set[str] = set()  # agents whose feed broke
        self._logged: dict[str, tuple[str, str | None]] = {}  # by agent: status and reason

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
        try:
            await self._follow_to_its_end(agent_id, feed)
        except Exception:  # as below; where nobody is left to be shown, the program ends with it
            self._failed.add(agent_id)
            if self._failed >= self._feeds.keys():
                raise
            _log.exception("agent %s: not followed any more", agent_id)
            self._publish(self.fleet.connection_changed(agent_id, "error", NOT_FOLLOWED, None, self._wall_clock()))

    async def _follow_to_its_end(self, agent_id: str, feed: Feed) -> None:
        async with feed:
            async for event in feed.events():
                try:
                    self._publish(self._into_fleet(agent_id, event))
                except Exception:  # noqa: BLE001 - a fault of ours with one agent's message must not cost the others
                    _log.exception("agent %s: a message of it could not be used", agent_id)

    def _into_fleet(self, agent_id: str, event: FeedEvent) -> Iterable[StreamMessage]:
        now = self._wall_clock()
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
        _log.info("agent %s: %s", agent_id, ", ".join(filter(None, news)))

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
