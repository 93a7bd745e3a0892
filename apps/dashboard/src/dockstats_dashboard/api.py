"""`/api/agents`, `/api/history`, `/healthz`: what the dashboard knows, from memory and at once.

Not here: the live stream (stream); what is known (`dockstats_core.fleet`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import QueryParameter
from msgspec import Struct

from dockstats_core.feeds.local import VERSION
from dockstats_core.fleet.agents import AgentSummary, FleetHealth, UnknownAgentError
from dockstats_core.history.store import HistoryAnswer
from dockstats_dashboard.gathering import Gathering


class Health(Struct, frozen=True, kw_only=True):
    """The dashboard's own health: agents that are away do not make it unwell."""

    ok: bool
    version: str
    browsers: int  # open streams
    fleet: FleetHealth


@get("/healthz", operation_id="healthz", summary="Whether the dashboard does its job, whatever its agents do")
async def healthz(gathering: NamedDependency[Gathering]) -> Health:
    """Health of the dashboard."""
    return Health(
        ok=True,
        version=VERSION,
        browsers=gathering.fanout.subscriber_count,
        fleet=gathering.fleet.health(),
    )


@get("/api/agents", operation_id="agents", summary="Every agent and how its connection is")
async def agents(gathering: NamedDependency[Gathering]) -> list[AgentSummary]:
    """Every configured agent, in the configured order."""
    return gathering.fleet.summaries()


@get("/api/history", operation_id="history", summary="The last half hour of a host, or of one of its containers")
async def history(
    gathering: NamedDependency[Gathering],
    agent: Annotated[str, QueryParameter(description="the agent's id")],
    container: Annotated[str | None, QueryParameter(description="a container's full id; without it, the host")] = None,
    since: Annotated[float | None, QueryParameter(ge=0, description="Unix seconds; only points from then on")] = None,
) -> HistoryAnswer:
    """Columns of figures, oldest first."""
    try:
        return gathering.fleet.history(agent, container, since=since, now=datetime.now(UTC))
    except UnknownAgentError as error:
        raise NotFoundException(str(error)) from error
