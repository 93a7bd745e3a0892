"""What a hundred agents say, made before anybody listens: batches of one simulated host, said again under other names.

Making up a hundred hosts' figures every second would take more CPU than what is measured. So some batches of a
simulated host are encoded once; saying one again takes a new head (who, when, which number) before the same bytes.
Every agent begins at another one of them, so no two agents say the same at a time.
Not here: sockets (agents).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct, structs

from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentStatus, ContainerInventory, ContainerStatsBatch

BATCHES = 20
_RECORDING_S = 0.05  # between two of them
_CONTAINERS = b'"containers":'


class Recording(Struct, frozen=True):
    """One host's messages. `bodies` are encoded batches from their containers on."""

    status: AgentStatus
    inventory: ContainerInventory
    bodies: Sequence[bytes]

    def introduction(self, agent_id: str) -> list[str]:
        """What an agent says first."""
        now = datetime.now(UTC)
        return [
            agent.codec.encode(structs.replace(one, agent_id=agent_id, agent_label=agent_id, sent_at=now)).decode()
            for one in (self.status, self.inventory)
        ]

    def batch(self, agent_id: str, number: int, sequence: int) -> str:
        """The batch `number` (of any number), said by this agent now."""
        head = (
            f'{{"type":"container_stats_batch","agent_id":"{agent_id}","agent_label":"{agent_id}",'
            f'"sent_at":"{datetime.now(UTC).isoformat()}","sequence":{sequence},'
        )
        return (head.encode() + self.bodies[number % len(self.bodies)]).decode()


async def record(containers: int) -> Recording:
    """Messages of a simulated host with so many containers, stopped ones included."""
    inventory: ContainerInventory | None = None
    bodies: list[bytes] = []
    feed = LocalFeed(source="simulated", simulated_containers=containers, poll_interval_s=_RECORDING_S)
    async with feed:
        async for event in feed.events():
            if isinstance(event, ContainerInventory):
                inventory = event
            elif isinstance(event, ContainerStatsBatch) and event.containers and inventory is not None:
                encoded = agent.codec.encode(event)
                bodies.append(encoded[encoded.index(_CONTAINERS) :])
                if len(bodies) == BATCHES:
                    break
    assert inventory is not None
    return Recording(feed.status(), inventory, bodies)
