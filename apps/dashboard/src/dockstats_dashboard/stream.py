"""`/stream/agents`: everything the fleet says, as server-sent events.

The agent list first, then the newest of everything, then each change; a comment when nothing happened for a while, so
that proxies keep the connection. Batches come whole, or as the columns that a page draws. The stream ends by itself
when the dashboard shuts down.
Not here: compressing (`fanout.shared_gzip`), who is told what when (`fanout.newest_wins`, gathering), who does not read
(clients).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from litestar import Request, get
from litestar.datastructures.state import State
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, ServiceUnavailableException
from litestar.params import FromQuery
from litestar.response import Stream

from dockstats_core.fanout import sse
from dockstats_core.fanout.shared_gzip import HEADER, Frame, accepts_gzip
from dockstats_dashboard.gathering import Forms, Gathering
from dockstats_dashboard.heartbeat import heartbeat

HEARTBEAT_S = 15.0  # proxies close a connection that was quiet for a minute, some after half of one
RETRY_MS = 2000
MAX_STREAMS = 1000
"""Browsers beyond this get a 503 and come again: each holds a socket, and a process has only so many."""

_Form: TypeAlias = Callable[[Forms], Frame]
_FORMS: Mapping[str, _Form] = {
    "whole": attrgetter("whole"),
    "columns": attrgetter("columns"),
}


class _Coding(NamedTuple):
    """How a stream's bytes are sent."""

    begin: bytes  # before all else
    bytes_of: Callable[[Frame], bytes]


_GZIPPED = _Coding(HEADER, attrgetter("gzipped"))
_PLAIN = _Coding(b"", attrgetter("plain"))

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
    events = _bytes(gathering, hosts, form, _GZIPPED if gzip else _PLAIN, heartbeat_s)
    return Stream(events, media_type="text/event-stream", headers=headers)


async def _bytes(
    gathering: Gathering, hosts: Collection[str] | None, form: _Form, coding: _Coding, heartbeat_s: float
) -> AsyncIterator[bytes]:
    """What one client gets, in pieces. A piece is the same object for all that get the same."""
    with gathering.fanout.subscribe(hosts) as turns, heartbeat(turns.nudge, heartbeat_s) as beating:
        yield coding.begin + coding.bytes_of(_RETRY) + coding.bytes_of(gathering.agent_list())
        async for turn in turns:
            beating.said()
            # A list: of one piece `join` makes no copy.
            yield b"".join([coding.bytes_of(form(forms)) for forms in turn] or [coding.bytes_of(_HEARTBEAT)])
