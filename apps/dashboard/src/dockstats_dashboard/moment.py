"""`/api/moment`: every host as it was at one instant of the last half hour, in the stream's own messages.

A page that goes back in time draws them as it draws the stream.
Not here: what was (`dockstats_core.fleet`), the way of a figure through time (api).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from dockstats_core.fleet.moments import FleetMoment
from dockstats_dashboard.compression import COMPRESSED
from dockstats_dashboard.gathering import Gathering


@get(
    "/api/moment",
    middleware=[COMPRESSED],
    operation_id="moment",
    summary="The fleet as it was at an instant of the last half hour",
)
async def moment(
    gathering: NamedDependency[Gathering],
    at: Annotated[float, QueryParameter(ge=0, description="Unix seconds; what is yet to come means now")],
) -> FleetMoment:
    """Messages as `/stream/agents?batches=columns` has them: the list; of each host its status, facts and figures."""
    return gathering.fleet.moment(at, datetime.now(UTC))
