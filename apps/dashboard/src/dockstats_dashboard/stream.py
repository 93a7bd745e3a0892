"""`/stream/agents`: everything the fleet says, as server-sent events.

The agent list first, then the newest of everything, then each change; a comment when nothing happened for a while, so
that proxies keep the connection. The stream ends by itself when the dashboard shuts down.
Not here: compressing (`fanout.shared_gzip`), who is told what when (`fanout.newest_wins`, gathering).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

import anyio
from litestar import Request, get
from litestar.datastructures.state import State
from litestar.di import NamedDependency
from litestar.exceptions import ServiceUnavailableException
from litestar.params import FromQuery
from litestar.response import Stream

from dockstats_core.fanout import sse
from dockstats_core.fanout.shared_gzip import HEADER, Frame, accepts_gzip
from dockstats_dashboard.gathering import Gathering

HEARTBEAT_S = 15.0  # proxies close a connection that was quiet for a minute, some after half of one
RETRY_MS = 2000
MAX_STREAMS = 1000
"""Browsers beyond this get a 503 and come again: each holds a socket, and a process has only so many."""

# The same bytes for everyone, so they are made, and compressed, once.
_RETRY = Frame(lambda: sse.retry(RETRY_MS))
_HEARTBEAT = Frame(sse.comment)


@get("/stream/agents", media_type="text/event-stream", operation_id="stream_agents", summary="The fleet, live")
async def stream_agents(
    request: Request[None, None, State],
    gathering: NamedDependency[Gathering],
    heartbeat_s: NamedDependency[float],
    agents: FromQuery[str] = "",
) -> Stream:
    """Server-sent events for as long as the client reads; `agents=a,b` narrows them to those ids.

    An id that no agent has gives nothing: the list, which is always whole, tells which there are.
    """
    if gathering.fanout.subscriber_count >= MAX_STREAMS:
        raise ServiceUnavailableException(f"this dashboard serves at most {MAX_STREAMS} streams; close some pages")
    hosts = {agent.strip() for agent in agents.split(",")} if agents.strip() else None
    gzip = accepts_gzip(request.headers.get("accept-encoding"))
    headers = {
        "Cache-Control": "no-cache, no-transform",
        "X-Accel-Buffering": "no",
        "Vary": "Accept-Encoding",
    }
    if gzip:
        headers["Content-Encoding"] = "gzip"
    frames = _frames(gathering, hosts, heartbeat_s)
    return Stream(_bytes(frames, gzip=gzip), media_type="text/event-stream", headers=headers)


async def _bytes(turns: AsyncIterator[list[Frame]], *, gzip: bool) -> AsyncIterator[bytes]:
    if gzip:
        yield HEADER
    async for frames in turns:
        yield b"".join(frame.gzipped if gzip else frame.plain for frame in frames)


async def _frames(
    gathering: Gathering, hosts: Collection[str] | None, heartbeat_s: float
) -> AsyncIterator[list[Frame]]:
    with gathering.fanout.subscribe(hosts) as turns:
        yield [_RETRY, gathering.agent_list()]
        while True:
            frames = [_HEARTBEAT]
            with anyio.move_on_after(heartbeat_s):
                try:
                    frames = await anext(turns)
                except StopAsyncIteration:
                    return
            yield frames
