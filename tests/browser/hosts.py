"""What an agent would say of a host, from the few fields a test is about.

Figures stay of now for half an hour unless `interval_s` says otherwise: one batch is enough for a test that looks on.
Not here: saying it (fake_agent).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dockstats_core.messages.agent import (
    AgentMessage,
    AgentMetrics,
    ContainerFacts,
    ContainerInventory,
    ContainerSample,
    ContainerStatsBatch,
    EngineState,
    HostFigures,
    Sampling,
)

MIB = 1 << 20
GIB = 1 << 30
LONG_S = 600.0  # a host is silent after three intervals


def short_id(number: int) -> str:
    """As the page calls it: `host/short_id` is its key."""
    return f"{number:012x}"


def full_id(number: int) -> str:
    """As the engine calls it."""
    return short_id(number).ljust(64, "0")


def facts(number: int, name: str | None = None, **fields: Any) -> ContainerFacts:
    """Of a container that runs, `web-<number>`."""
    return ContainerFacts(**{"id": full_id(number), "name": name or f"web-{number}", "state": "running", **fields})


def sample(number: int, name: str | None = None, **fields: Any) -> ContainerSample:
    """Of the same one; nothing but what is given is known."""
    return ContainerSample(**{"id": full_id(number), "name": name or f"web-{number}", **fields})


def inventory(containers: Sequence[ContainerFacts], *, agent_id: str = "host") -> ContainerInventory:
    """Which containers there are."""
    return ContainerInventory(
        agent_id=agent_id, agent_label=agent_id, sent_at=datetime.now(UTC), containers=list(containers)
    )


def batch(
    samples: Sequence[ContainerSample],
    *,
    agent_id: str = "host",
    sequence: int = 1,
    sent_at: datetime | None = None,
    interval_s: float = LONG_S,
    **fields: Any,
) -> ContainerStatsBatch:
    """Their figures, on a well host of 8 cores and 16 GiB; `sent_at` is now unless given."""
    known = {
        "host": HostFigures(basis="host", cpu_pct=120.0, cores=8, mem_used_bytes=4 * GIB, mem_total_bytes=16 * GIB),
        "engine": EngineState(endpoint="unix:///run/x.sock", reachable=True, product="docker", version="27.1.0"),
        "sampling": Sampling(source="cgroup", reason="told to", interval_secs=interval_s),
        "agent_metrics": AgentMetrics(cpu_pct=120.0, mem_bytes=4 * GIB),
    }
    return ContainerStatsBatch(
        agent_id=agent_id,
        agent_label=agent_id,
        sent_at=sent_at or datetime.now(UTC),
        sequence=sequence,
        containers=list(samples),
        **{**known, **fields},
    )


def host(
    containers: Sequence[ContainerFacts], samples: Sequence[ContainerSample], *, agent_id: str = "host"
) -> list[AgentMessage]:
    """Both."""
    return [inventory(containers, agent_id=agent_id), batch(samples, agent_id=agent_id)]
