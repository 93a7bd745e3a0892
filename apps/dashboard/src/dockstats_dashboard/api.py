"""`/api/agents`, `/api/container`, `/api/history`, `/api/sparklines`, `/healthz`: from memory and at once.

Not here: the live stream (stream); what is known (`dockstats_core.fleet`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, NotFoundException
from litestar.params import QueryParameter
from msgspec import Struct

from dockstats_core.feeds.local import VERSION
from dockstats_core.fleet.agents import AgentSummary, FleetHealth, UnknownAgentError, UnknownContainerError
from dockstats_core.fleet.latest import ContainerNow
from dockstats_core.history.answers import HistoryAnswer
from dockstats_core.history.columns import UnknownColumnError
from dockstats_core.history.sparklines import Sparklines
from dockstats_core.program.clients import ClientFault, ClientTally
from dockstats_dashboard.compression import COMPRESSED
from dockstats_dashboard.gathering import Gathering

MIN_STEP_S, MAX_STEP_S = 0.1, 600.0  # below, a bucket is a point or two; above, half an hour is three figures
MAX_AT = 253_402_300_799  # the end of year 9999, past which no calendar goes


class Health(Struct, frozen=True, kw_only=True):
    """The dashboard's own health: agents that are away do not make it unwell.

    `exposed` is a sentence where whoever reaches the dashboard can read all of it.
    """

    ok: bool
    version: str
    browsers: int  # open streams
    clients_let_go: dict[ClientFault, int]  # since the start, by what they did
    exposed: str | None
    fleet: FleetHealth


@get("/healthz", operation_id="healthz", summary="Whether the dashboard does its job, whatever its agents do")
async def healthz(
    gathering: NamedDependency[Gathering],
    exposed: NamedDependency[str | None],
    let_go: NamedDependency[ClientTally],
) -> Health:
    """Health of the dashboard."""
    return Health(
        ok=True,
        version=VERSION,
        browsers=gathering.fanout.subscriber_count,
        clients_let_go=let_go.counts,
        exposed=exposed,
        fleet=gathering.fleet.health(),
    )


@get("/api/agents", operation_id="agents", summary="Every agent and how its connection is")
async def agents(gathering: NamedDependency[Gathering]) -> list[AgentSummary]:
    """Every configured agent, in the configured order."""
    return gathering.fleet.summaries()


@get("/api/container", operation_id="container", summary="One container as its agent last told it, with every figure")
async def container(
    gathering: NamedDependency[Gathering],
    agent: Annotated[str, QueryParameter(description="the agent's id")],
    container: Annotated[str, QueryParameter(description="its id, or its first 12 characters")],
) -> ContainerNow:
    """Facts and figures of one container."""
    try:
        return gathering.fleet.container(agent, container)
    except (UnknownAgentError, UnknownContainerError) as error:
        raise NotFoundException(str(error)) from error


@get(
    "/api/history",
    operation_id="history",
    summary="The last half hour of a host, or of one of its containers",
    middleware=[COMPRESSED],
)
async def history(
    gathering: NamedDependency[Gathering],
    agent: Annotated[str, QueryParameter(description="the agent's id")],
    container: Annotated[
        str | None, QueryParameter(description="a container's id, or its first 12 characters; without it, the host")
    ] = None,
    since: Annotated[float | None, QueryParameter(ge=0, description="Unix seconds; only points from then on")] = None,
    until: Annotated[float | None, QueryParameter(ge=0, description="Unix seconds; only points before then")] = None,
    step: Annotated[
        float | None,
        QueryParameter(ge=MIN_STEP_S, le=MAX_STEP_S, description="seconds; means of buckets that long, not each point"),
    ] = None,
    columns: Annotated[str | None, QueryParameter(description="names with commas between; without them, all")] = None,
) -> HistoryAnswer:
    """Columns of figures, oldest first."""
    try:
        return gathering.fleet.history(
            agent,
            container,
            now=datetime.now(UTC),
            since=since,
            until=until,
            step_s=step,
            columns=None if columns is None else [name.strip() for name in columns.split(",")],
        )
    except UnknownAgentError as error:
        raise NotFoundException(str(error)) from error
    except UnknownColumnError as error:
        raise ClientException(str(error)) from error


@get(
    "/api/sparklines",
    operation_id="sparklines",
    summary="The last minute of every container: CPU and memory, a mean every 2 s",
    middleware=[COMPRESSED],
)
async def sparklines(
    gathering: NamedDependency[Gathering],
    at: Annotated[
        float | None, QueryParameter(ge=0, le=MAX_AT, description="Unix seconds; the minute up to then, not up to now")
    ] = None,
) -> Sparklines:
    """Thirty figures a container, oldest first."""
    return gathering.fleet.sparklines(datetime.now(UTC).timestamp() if at is None else at)
