"""`/stream/agents`: everything the fleet says, as server-sent events.

The agent list first, then the newest of everything, then each change; a comment when nothing happened for a while, so
that proxies keep the connection. The stream ends by itself when the dashboard shuts down.
Not here: encoding and compressing (frames), who is told what when (`dockstats_core.fanout`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
from litestar import Request, get
from litestar.datastructures.state import State
from litestar.response import Stream

from dockstats_core.fanout import shared_gzip, sse
from dockstats_dashboard.accepts import accepts_gzip
from dockstats_dashboard.frames import Frame
from dockstats_dashboard.gathering import Gathering

HEARTBEAT_S = 15.0
RETRY_MS = 2000


@get("/stream/agents", media_type="text/event-stream", operation_id="stream_agents", summary="The fleet, live")
async def stream_agents(
    request: Request[None, None, State], gathering: Gathering, agents: str | None = None
) -> Stream:
    """Server-sent events for as long as the client reads; `agents=a,b` narrows them to those ids."""
    hosts = None if agents is None else {agent.strip() for agent in agents.split(",")}
    gzip = accepts_gzip(request.headers.get("accept-encoding", ""))
    headers = {
        "Cache-Control": "no-cache, no-transform",
        "X-Accel-Buffering": "no",
        "Vary": "Accept-Encoding",
    }
    if gzip:
        headers["Content-Encoding"] = "gzip"
    return Stream(_events(gathering, hosts, gzip=gzip), media_type="text/event-stream", headers=headers)


async def _events(gathering: Gathering, hosts: set[str] | None, *, gzip: bool) -> AsyncIterator[bytes]:
    def sent(frame: Frame) -> bytes:
        return frame.gzipped if gzip else frame.plain

    def framed(event: bytes) -> bytes:
        return shared_gzip.compress(event) if gzip else event

    with gathering.fanout.subscribe(hosts) as frames:
        if gzip:
            yield shared_gzip.HEADER
        yield framed(sse.retry(RETRY_MS))
        yield sent(gathering.agent_list())
        while True:
            with anyio.move_on_after(HEARTBEAT_S) as silence:
                try:
                    frame = await anext(frames)
                except StopAsyncIteration:
                    return
            yield framed(sse.comment()) if silence.cancelled_caught else sent(frame)
