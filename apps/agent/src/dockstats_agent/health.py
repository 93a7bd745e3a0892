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
from dockstats_core.program.clients import ClientFault, ClientTally

STOPPED_AFTER_INTERVALS = 5
STOPPED_AT_LEAST_S = 10.0
"""Sampling has stopped when no batch was made for this long, or when containers ran and no figures of any came for this
long. An agent without an engine still makes batches, which say so: that is not its own fault."""

NO_BATCH = "no batch has been made yet"


class Health(Struct, frozen=True, kw_only=True):
    """Whether the agent does its job. `ok` is about the agent; whether the engine answers stands in `engine`.

    `last_sample_at` is when figures of any container last came fresh, `last_batch_at` when the agent last said anything
    about them; both are null before the first. `clients_let_go` counts, since the start, clients that were slow, said
    too much, did not read, or were too many. `exposed` says where others can read everything unasked. `engine` and
    `sampling` are null where a token is asked for, as this answer needs none: `/api/stats` has both.
    """

    ok: bool
    detail: str
    version: str
    uptime_secs: float
    last_sample_at: datetime | None
    last_sample_age_secs: float | None
    last_batch_at: datetime | None
    last_batch_age_secs: float | None
    clients: int
    clients_let_go: dict[ClientFault, int]
    exposed: str | None
    engine: EngineState | None
    sampling: Sampling | None


@get("/healthz", operation_id="healthz", summary="Whether the agent does its job")
async def healthz(
    broadcast: NamedDependency[Broadcast],
    exposed: NamedDependency[str | None],
    let_go: NamedDependency[ClientTally],
    asks_token: NamedDependency[bool],
) -> Response[Health]:
    """Health of the agent; 503 when sampling has stopped."""
    health = health_of(broadcast, exposed, let_go, to_strangers=asks_token)
    return Response(health, status_code=HTTP_200_OK if health.ok else HTTP_503_SERVICE_UNAVAILABLE)


@get("/api/stats", operation_id="latest_batch", summary="The latest container_stats_batch, from memory")
async def stats(broadcast: NamedDependency[Broadcast]) -> ContainerStatsBatch:
    """The newest batch; 503 before the first one."""
    if broadcast.newest is None:
        raise ServiceUnavailableException(NO_BATCH)
    return broadcast.newest.batch


def health_of(broadcast: Broadcast, exposed: str | None, let_go: ClientTally, *, to_strangers: bool = False) -> Health:
    """The agent's health at this moment; to strangers no word about the engine, its address and version above all."""
    newest, status = broadcast.newest, broadcast.status()
    told = None if newest is None or to_strangers else newest.batch
    ok, detail = _judged(broadcast, status.uptime_secs)
    return Health(
        ok=ok,
        detail=detail,
        version=status.version,
        uptime_secs=status.uptime_secs,
        last_sample_at=None if broadcast.fresh is None else broadcast.fresh.at,
        last_sample_age_secs=broadcast.sample_age_s(),
        last_batch_at=None if newest is None else newest.batch.sent_at,
        last_batch_age_secs=broadcast.batch_age_s(),
        clients=broadcast.client_count,
        clients_let_go=let_go.counts,
        exposed=exposed,
        engine=None if told is None else told.engine,
        sampling=None if told is None else told.sampling,
    )


def _judged(broadcast: Broadcast, uptime_s: float) -> tuple[bool, str]:
    """Whether all is well, and one sentence about it."""
    newest, batch_age_s = broadcast.newest, broadcast.batch_age_s()
    if newest is None or batch_age_s is None:
        return uptime_s < STOPPED_AT_LEAST_S, NO_BATCH
    batch = newest.batch
    limit_s = max(STOPPED_AT_LEAST_S, STOPPED_AFTER_INTERVALS * (batch.sampling.interval_secs or 0.0))
    if batch_age_s > limit_s:
        return False, f"sampling has stopped: the last batch was made {batch_age_s:.0f} s ago"
    if not batch.engine.reachable:
        return True, "waiting for the engine"
    silence_s = broadcast.silence_s()
    if silence_s is None:
        return True, "sampling; no container runs"
    if silence_s > limit_s:
        return False, f"sampling has stopped: containers run, but no figures of any came for {silence_s:.0f} s"
    return True, "sampling"
