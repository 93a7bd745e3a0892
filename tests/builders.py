"""Small builders: a valid struct from the few fields a test is about. Not here: fixtures, fakes."""

from __future__ import annotations

from datetime import UTC, datetime

from dockstats_core.containers import Container
from dockstats_core.messages.agent import AgentMetrics, ContainerSample, ContainerStatsBatch
from dockstats_core.readings import Reading

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


def container_id(number: int) -> str:
    """A valid id that shows which container it is."""
    return f"{number:064x}"


def container(number: int = 1, *, name: str | None = None, state: str = "running", **facts: object) -> Container:
    """A running container, `web-<number>`."""
    return Container(id=container_id(number), name=name or f"web-{number}", state=state, **facts)  # type: ignore[arg-type]


def reading(number: int = 1, *, at_s: float = 0.0, cpu_ns: int | None = 0, **counters: object) -> Reading:
    """Counters as they were `at_s` seconds after the clock's start, read and taken at the same moment."""
    at_ns = round(at_s * 1e9)
    return Reading(
        container_id=container_id(number),
        read_ns=at_ns,
        taken_ns=at_ns,
        cpu_total_ns=cpu_ns,
        details_ns=at_ns,
        **counters,  # type: ignore[arg-type]
    )


def batch(
    sequence: int = 1,
    *,
    agent_id: str = "heron",
    sent_at: datetime = NOW,
    containers: list[ContainerSample] | None = None,
) -> ContainerStatsBatch:
    """A batch of one host."""
    return ContainerStatsBatch(
        agent_id=agent_id,
        agent_label=agent_id.title(),
        sent_at=sent_at,
        sequence=sequence,
        containers=containers or [],
        agent_metrics=AgentMetrics(),
    )
