"""What one agent last said: its newest inventory, batch and events, kept as the stream says them.

They are kept when the connection is lost: a page that joins then still shows the last figures, and their age from
`received_at`. Not here: how the connection is (`status`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dockstats_core.messages.agent import ContainerFacts, ContainerInventory, ContainerStatsBatch
from dockstats_core.messages.stream import AgentBatch, AgentEntry, AgentEvents, AgentInventory, ContainerEvent


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

    def take_events(self, events: list[ContainerEvent]) -> AgentEvents:
        """Keeps what happened, oldest first."""
        self.events = AgentEvents(agent_id=self._entry.id, label=self._entry.label, events=events)
        return self.events


def _repeats(batch: ContainerStatsBatch, last: ContainerStatsBatch) -> bool:
    """Whether it is the same batch. The number alone does not tell: a restarted agent counts from 1 again."""
    if batch.sequence != last.sequence or batch.agent_id != last.agent_id:
        return False
    return batch.sent_at == last.sent_at or batch.containers == last.containers
