"""`/stream/agents`: everything the fleet says, as server-sent events.

The agent list first, then the newest of everything, then each change; a comment when nothing happened for a while, so
that proxies keep the connection. Batches come whole, or as the columns that a page draws. The stream ends by itself
when the dashboard shuts down.
Not here: compressing (`fanout.shared_gzip`), who is told what when (`fanout.newest_wins`, gathering).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from operator import attrgetter

import anyio
from litestar import Request, get
from litestar.datastructures.state import State
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, ServiceUnavailableException
from litestar.params import FromQuery
from litestar.response import Stream

from dockstats_core.fanout import sse
from dockstats_core.fanout.shared_gzip import HEADER, Frame, accepts_gzip
from dockstats_dashboard.gathering import Forms, Gathering

HEARTBEAT_S = 15.0  # proxies close a connection that was quiet for a minute, some after half of one
RETRY_MS = 2000
MAX_STREAMS = 1000
"""Browsers beyond this get a 503 and come again: each holds a socket, and a process has only so many."""

_FORMS: Mapping[str, Callable[[Forms], Frame]] = {
    "whole": attrgetter("whole"),
    "columns": attrgetter("columns"),
}
_SHOWN = 60  # characters of a form that is none

# The same bytes for everyone, so they are made, and compressed, once.
_RETRY = Frame(lambda: sse.retry(RETRY_MS))
_HEARTBEAT = Frame(sse.comment)


@get("/stream/agents", media_type="text/event-stream", operation_id="stream_agents", summary="The fleet, live")
async def stream_agents(
    request: Request[None, None, State],
    gathering: NamedDependency[Gathering],
    heartbeat_s: NamedDependency[float],
    agents: FromQuery[str] = "",
    batches: FromQuery[str] = "whole",
) -> Stream:
    """Server-sent events for as long as the client reads; `agents=a,b` narrows them to those ids.

    An id that no agent has gives nothing: the list, which is always whole, tells which there are. With
    `batches=columns` a batch is a `container_stats_columns`, a quarter of the bytes.
    """
    form = _FORMS.get(batches)
    if form is None:
        raise ClientException(f"batches={batches[:_SHOWN]!r} is no form of a batch; there are {', '.join(_FORMS)}")
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
    frames = _frames(gathering, hosts, form, heartbeat_s)
    return Stream(_bytes(frames, gzip=gzip), media_type="text/event-stream", headers=headers)


async def _bytes(turns: AsyncIterator[list[Frame]], *, gzip: bool) -> AsyncIterator[bytes]:
    if gzip:
        yield HEADER
    async for frames in turns:
        yield b"".join(frame.gzipped if gzip else frame.plain for frame in frames)


async def _frames(
    gathering: Gathering, hosts: Collection[str] | None, form: Callable[[Forms], Frame], heartbeat_s: float
) -> AsyncIterator[list[Frame]]:
    with gathering.fanout.subscribe(hosts) as turns:
        yield [_RETRY, gathering.agent_list()]
        while True:
            frames = [_HEARTBEAT]
            with anyio.move_on_after(heartbeat_s):
                try:
                    frames = [form(forms) for forms in await anext(turns)]
                except StopAsyncIteration:
                    return
            yield frames
