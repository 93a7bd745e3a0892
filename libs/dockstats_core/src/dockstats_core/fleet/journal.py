"""One host's last half hour besides its figures: what happened, and every container's facts at any instant of it.

Inventories and batches go in as they come. The facts of an instant are the newest with every later change taken back,
so an hour without a change costs nothing.
Not here: what is an event (`events`), figures (`dockstats_core.history`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from sys import getsizeof

from msgspec import Struct, structs

from dockstats_core.fleet.events import EventFinder, Seen
from dockstats_core.fleet.history import CLOCK_OFF_S
from dockstats_core.messages.agent import ContainerFacts, ContainerInventory, ContainerSample
from dockstats_core.messages.stream import MAX_EVENTS, ContainerEvent

_FACTS_BYTES = 400  # of a change and its facts, without texts
_time = attrgetter("at")
_texts = attrgetter(
    "id", "name", "image", "state", "health", "compose_project", "compose_service", "network_mode", "network_of"
)


class JournalLimits(Struct, frozen=True, kw_only=True):
    """How much is kept of one host; at a bound the oldest goes."""

    retention_s: float = 1800.0  # what history keeps: half an hour
    events: int = MAX_EVENTS  # what the message may hold
    changes: int = (
        4000  # of facts, at some 800 bytes: half an hour of a container every two seconds that comes and goes
    )
    change_bytes: int = 8 << 20  # of their facts: a stranger's names may be as long as a message allows


class _Change(Struct, frozen=True):
    """The facts of one container up to an instant (Unix seconds); None: it was not there."""

    until: float
    id: str
    facts: ContainerFacts | None
    bytes: int


class Journal:
    """Of one host. All times are by our own clock."""

    def __init__(self, limits: JournalLimits | None = None) -> None:
        self._limits = JournalLimits() if limits is None else limits
        self._inventory: ContainerInventory | None = None  # the newest
        self._facts: dict[str, ContainerFacts] = {}
        self._changes: deque[_Change] = deque()  # by time
        self._change_bytes = 0
        self._facts_since = 0.0  # Unix seconds
        self._finder = EventFinder()
        self._events: list[ContainerEvent] = []  # by time
        self._known_since: datetime | None = None  # when the host was first heard of
        self._is_gap = False

    def events(self, now: datetime) -> list[ContainerEvent]:
        """What happened in the last half hour, oldest first."""
        self._expire(now)
        return list(self._events)

    def inventory_at(self, at: float) -> ContainerInventory | None:
        """The inventory as it was `at` (Unix seconds), by name; None where that is not known."""
        # Figures have the agent's time and inventories ours, and the clocks may differ by that much.
        if self._inventory is None or at < self._facts_since - CLOCK_OFF_S:
            return None
        facts = dict(self._facts)
        for change in reversed(self._changes):
            if change.until <= at:
                break
            if change.facts is None:
                facts.pop(change.id, None)
            else:
                facts[change.id] = change.facts
        return structs.replace(
            self._inventory,
            sent_at=datetime.fromtimestamp(at, UTC),
            containers=sorted(facts.values(), key=lambda one: (one.name, one.id)),
        )

    def connection_lost(self) -> None:
        """What happens until the next inventory is not seen when it happens."""
        self._is_gap = True
        self._finder.lost()

    def take_inventory(
        self, inventory: ContainerInventory, now: datetime, clock_behind: timedelta = timedelta(0)
    ) -> bool:
        """Takes in what came at `now`; tells whether `events` are others than before.

        `clock_behind` is what is to be added to the agent's times to make them ours.
        """
        last, self._inventory = self._inventory, inventory
        if last is None or self._known_since is None or last.agent_id != inventory.agent_id:
            return self._begin(inventory, now)
        seen = Seen(now=now, known_since=self._known_since, clock_behind=clock_behind, is_gap=self._is_gap)
        self._is_gap = False
        facts = {container.id: container for container in inventory.containers}
        found: list[ContainerEvent] = []
        for before in [one for one in self._facts.values() if one.id not in facts]:
            self._keep(before.id, before, now)
            found += self._finder.went(before, seen)
        for container in facts.values():
            known = self._facts.get(container.id)
            if known != container:
                self._keep(container.id, known, now)
                found += self._finder.changed(known, container, seen)
        self._facts = facts
        self._expire(now)
        return self._tell(found, now)

    def take_samples(self, samples: Iterable[ContainerSample], at: datetime) -> bool:
        """Takes in the figures of `at`; tells whether `events` are others than before."""
        return self._tell(list(self._finder.counted(samples, at)), at)

    def _begin(self, inventory: ContainerInventory, now: datetime) -> bool:
        """The first inventory of this host, or of another one at its address: all of it was there before."""
        had_events = bool(self._events)
        self._events.clear()
        self._changes.clear()
        self._change_bytes = 0
        self._finder = EventFinder(inventory.containers)
        self._facts = {container.id: container for container in inventory.containers}
        self._known_since, self._facts_since, self._is_gap = now, now.timestamp(), False
        return had_events

    def _keep(self, container_id: str, before: ContainerFacts | None, until: datetime) -> None:
        change = _Change(until.timestamp(), container_id, before, _FACTS_BYTES + _bytes_of(before))
        self._changes.append(change)
        self._change_bytes += change.bytes

    def _tell(self, found: list[ContainerEvent], now: datetime) -> bool:
        if found:
            # Said as a start before, when its count had not come.
            restarts = {(one.id, one.at) for one in found if one.kind == "restart"}
            kept = [one for one in self._events if one.kind != "start" or (one.id, one.at) not in restarts]
            self._events = sorted([*kept, *found], key=_time)
            self._expire(now)
        return bool(found)

    def _expire(self, now: datetime) -> None:
        too_old = now - timedelta(seconds=self._limits.retention_s)
        self._events = [event for event in self._events if event.at >= too_old][-self._limits.events :]
        while self._changes and (
            self._changes[0].until < too_old.timestamp()
            or len(self._changes) > self._limits.changes
            or self._change_bytes > self._limits.change_bytes
        ):
            oldest = self._changes.popleft()
            self._change_bytes -= oldest.bytes
            self._facts_since = oldest.until


def _bytes_of(facts: ContainerFacts | None) -> int:
    """What the texts of one container's facts take: all that may be of any length."""
    if facts is None:
        return 0
    return sum(getsizeof(text) for text in _texts(facts) if text is not None)
