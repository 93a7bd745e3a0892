"""`/healthz` and `/api/stats`: answers from memory, at once, whatever the engine does.

Not here: sampling; the stream (websocket).
"""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import ServiceUnavailableException
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from msgspec import Struct

from dockstats_agent.broadcast import Broadcast
from dockstats_core.messages.agent import ContainerStatsBatch, EngineState, Sampling

STOPPED_AFTER_INTERVALS = 5
STOPPED_AT_LEAST_S = 10.0
"""Sampling has stopped when no batch was made for this long: an agent without an engine still makes batches."""

NO_BATCH = "no batch has been made yet"


class Health(Struct, frozen=True, kw_only=True):
    """Whether the agent does its job. `ok` is about the agent; whether the engine answers stands in `engine`."""

    ok: bool
    detail: str
    version: str
    uptime_secs: float
    last_batch_at: datetime | None
    last_batch_age_secs: float | None
    clients: int
    engine: EngineState | None
    sampling: Sampling | None


@get("/healthz", operation_id="healthz", summary="Whether the agent does its job")
async def healthz(broadcast: NamedDependency[Broadcast]) -> Response[Health]:
    """Health of the agent; 503 when sampling has stopped."""
    health = health_of(broadcast)
    return Response(health, status_code=HTTP_200_OK if health.ok else HTTP_503_SERVICE_UNAVAILABLE)


@get("/api/stats", operation_id="latest_batch", summary="The latest container_stats_batch, from memory")
async def stats(broadcast: NamedDependency[Broadcast]) -> ContainerStatsBatch:
    """The newest batch; 503 before the first one."""
    if broadcast.newest is None:
        raise ServiceUnavailableException(NO_BATCH)
    return broadcast.newest.batch


def health_of(broadcast: Broadcast) -> Health:
    """The agent's health at this moment."""
    newest, age_s, status = broadcast.newest, broadcast.batch_age_s(), broadcast.status()
    interval_s = (newest.batch.sampling.interval_secs if newest is not None else None) or 0.0
    limit_s = max(STOPPED_AT_LEAST_S, STOPPED_AFTER_INTERVALS * interval_s)
    if age_s is None:
        ok, detail = status.uptime_secs < STOPPED_AT_LEAST_S, NO_BATCH
    elif age_s > limit_s:
        ok, detail = False, f"sampling has stopped: the last batch was made {age_s:.0f} s ago"
    else:
        ok, detail = True, "sampling"
    return Health(
        ok=ok,
        detail=detail,
        version=status.version,
        uptime_secs=status.uptime_secs,
        last_batch_at=None if newest is None else newest.batch.sent_at,
        last_batch_age_secs=age_s,
        clients=broadcast.client_count,
        engine=None if newest is None else newest.batch.engine,
        sampling=None if newest is None else newest.batch.sampling,
    )
