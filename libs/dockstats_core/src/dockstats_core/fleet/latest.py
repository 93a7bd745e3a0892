"""What one agent last said: its newest inventory, batch and events, kept as the stream says them.

They are kept when the connection is lost: a page that joins then still shows the last figures, and their age from
`received_at`. Not here: how the connection is (`status`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from dockstats_core.messages.agent import ContainerFacts, ContainerInventory, ContainerSample, ContainerStatsBatch
from dockstats_core.messages.stream import (
    SHORT_ID_CHARS,
    AgentBatch,
    AgentEntry,
    AgentEvents,
    AgentInventory,
    ContainerEvent,
)


class ContainerNow(Struct, frozen=True, kw_only=True):
    """One container as its agent last told it, with all it has: also what a page's columns leave out."""

    agent_id: str
    received_at: datetime | None  # of the batch that the sample is from
    facts: ContainerFacts | None  # None: the newest inventory does not have it
    sample: ContainerSample | None  # None: no figures in the newest batch, as of one that does not run


class Latest:
    """One agent's newest snapshots.

    Attributes:
        inventory: the newest inventory, or None while none came.
        batch: the newest batch, or None while none came.
        events: what happened, as it was told last, or None while nothing did.
        facts: those of the newest inventory, by full id.
    """

    def __init__(self, entry: AgentEntry) -> None:
        self.inventory: AgentInventory | None = None
        self.batch: AgentBatch | None = None
        self.events: AgentEvents | None = None
        self.facts: Mapping[str, ContainerFacts] = {}
        self._entry = entry

    def take_inventory(self, inventory: ContainerInventory, now: datetime) -> AgentInventory:
        """Keeps the inventory that came at `now`."""
        self.inventory = AgentInventory(
            agent_id=self._entry.id, label=self._entry.label, payload=inventory, received_at=now
        )
        self.facts = {container.id: container for container in inventory.containers}
        return self.inventory

    def take_batch(self, batch: ContainerStatsBatch, now: datetime) -> AgentBatch | None:
        """Keeps the batch that came at `now`; None, and nothing changes, when it only repeats the last one.

        An agent sends its last batch again to whoever connects, and older agents send it with a new time when they
        could not read the engine: passed on, old figures would look fresh.
        """
        if self.batch is not None and _repeats(batch, self.batch.payload):
            return None
        self.batch = AgentBatch(agent_id=self._entry.id, label=self._entry.label, payload=batch, received_at=now)
        return self.batch

    def container(self, container_id: str) -> ContainerNow | None:
        """One by its id, or by the first SHORT_ID_CHARS or more of it; None where nothing is known of it now."""
        batch = self.batch
        samples = [] if batch is None else [each for each in batch.payload.containers if _is(each.id, container_id)]
        facts = [each for each in self.facts.values() if _is(each.id, container_id)]
        if not samples and not facts:
            return None
        return ContainerNow(
            agent_id=self._entry.id,
            received_at=batch.received_at if batch is not None and samples else None,
            facts=facts[0] if facts else None,
            sample=samples[0] if samples else None,
        )

    def take_events(self, events: list[ContainerEvent]) -> AgentEvents:
        """Keeps what happened, oldest first."""
        self.events = AgentEvents(agent_id=self._entry.id, label=self._entry.label, events=events)
        return self.events


def _is(whole: str, asked: str) -> bool:
    return whole == asked or (len(asked) >= SHORT_ID_CHARS and whole.startswith(asked))


def _repeats(batch: ContainerStatsBatch, last: ContainerStatsBatch) -> bool:
    """Whether it is the same batch. The number alone does not tell: a restarted agent counts from 1 again."""
    if batch.sequence != last.sequence or batch.agent_id != last.agent_id:
        return False
    return batch.sent_at == last.sent_at or batch.containers == last.containers
