"""uvicorn's protocols with bounds on what a client may do; uvicorn's own wait for ever for a first request.

What a WebSocket's client says is of no use to anybody, but its pongs: it is read within an allowance, and a client that
says more is closed.
Not here: the bounds, and the counts (`dockstats_core.program.clients`).
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
import uvicorn
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto.connection import ConnectionState
from wsproto.events import CloseConnection

from dockstats_core.pace import Pace
from dockstats_core.program.clients import ClientFault, Clients, RequestWatch
from dockstats_core.program.gate import AsgiApp

_LOOKS = 5  # within the time that the answer to a ping has: found out is rounded up to one of them
_POLICY = 1008


class Config(uvicorn.Config):
    """uvicorn's, with what its protocols share."""

    def __init__(self, app: AsgiApp, *, clients: Clients, **settings: Any) -> None:
        super().__init__(app, **settings)
        self.clients = clients


class Requests(H11Protocol):
    """One client's connection."""

    config: Config

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client connected: let it ask, if there is room for it."""
        super().connection_made(transport)
        client = self.client[0] if self.client else ""
        self._watch = RequestWatch(
            self.config.clients, self.loop, client, transport.abort, transport.get_write_buffer_size
        )
        if len(self.connections) > self.config.clients.limits.connections:
            self._watch.fault("too_many")
        else:
            self._watch.waits_for_request()

    def data_received(self, data: bytes) -> None:
        """It says something."""
        if not self._watch.may_say(len(data), is_head=self.conn.their_state is h11.IDLE):
            return
        super().data_received(data)
        if self.transport.get_protocol() is not self:  # it is a WebSocket now
            self._watch.ended()
        elif self.conn.their_state in {h11.IDLE, h11.SEND_BODY} and not self.transport.is_closing():
            self._watch.waits_for_request()
        else:
            self._watch.has_request()

    def send_400_response(self, msg: str) -> None:
        """What it says is no HTTP, or a head without an end."""
        self.config.clients.tally.count("malformed", self.client[0] if self.client else "")
        super().send_400_response(msg)

    def on_response_complete(self) -> None:
        """It has its answer; the next request has bounds of its own, but not the rest of this one."""
        if self.conn.their_state is not h11.SEND_BODY:
            self._watch.answered()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """It does not take what is sent."""
        super().pause_writing()
        self._watch.blocked()

    def resume_writing(self) -> None:
        """It took it."""
        super().resume_writing()
        self._watch.flowing()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._watch.ended()
        super().connection_lost(exc)


class Listening(WSProtocol):
    """One client of a WebSocket. Closing waits for the client to read what was sent, but not for ever."""

    config: Config

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A request became a WebSocket."""
        super().connection_made(transport)
        # The next frame is chosen once the one before has left. With asyncio's 64 KB of them before it, a slow line has
        # figures that are old when they come, and pings that come too late to be answered in time.
        transport.set_write_buffer_limits(high=0)
        self._per_s = self.config.clients.limits.said_bytes_per_s
        self._pace = Pace(self.config.clients.limits.said_at_once_bytes / self._per_s, self.loop.time())
        self._took_at_s = self.loop.time()
        self._unsent_bytes = 0
        self._aborting: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone; asyncio fails at aborting what ended by itself."""
        if self._aborting is not None:
            self._aborting.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """It says something."""
        now_s = self.loop.time()
        self._pace.took(len(data) / self._per_s, now_s)
        if self._pace.next_s > now_s:
            self._let_go("too_much", _POLICY, "this agent listens to no more than pongs")
            return
        try:
            super().data_received(data)
        except Exception:  # noqa: BLE001 - wsproto raises more than its own errors at headers that are none
            self._count("malformed")
            self.transport.abort()

    def handle_close(self, event: CloseConnection) -> None:
        """It says goodbye, or wsproto gives up on what it says."""
        if self.conn.state is ConnectionState.OPEN and not self.close_sent:
            self._let_go("malformed", event.code, event.reason or "")
        else:
            super().handle_close(event)

    async def send(self, message: ASGISendEvent) -> None:
        """Something for it. Once it was let go that is no use any more; uvicorn would take it for a fault of ours."""
        await self.writable.wait()
        if self.close_sent and self.handshake_complete and not self.response_started:
            raise ClientDisconnected
        await super().send(message)

    def resume_writing(self) -> None:
        """It took what waited."""
        super().resume_writing()
        self._took_at_s = self.loop.time()

    def send_keepalive_ping(self) -> None:
        """Ask for a sign of life. The answer has its time from when the client last took anything, not from now."""
        super().send_keepalive_ping()
        if self.pong_timer is not None:
            self.pong_timer.cancel()
            self._unsent_bytes = self.transport.get_write_buffer_size()
            self._look_again()

    def _look_again(self) -> None:
        self.pong_timer = self.loop.call_later((self.ping_timeout or 0.0) / _LOOKS, self._look)

    def _look(self) -> None:
        """A line may be so slow that the ping is still under way; who takes what came before it is not silent."""
        now_s, unsent_bytes = self.loop.time(), self.transport.get_write_buffer_size()
        if unsent_bytes < self._unsent_bytes:
            self._took_at_s = now_s
        self._unsent_bytes = unsent_bytes
        if now_s < max(self._took_at_s, self.ping_sent_at) + (self.ping_timeout or 0.0):
            self._look_again()
        else:
            self.keepalive_timeout()

    def keepalive_timeout(self) -> None:
        """It is silent, or does not read."""
        if not self.close_sent:
            self._count("not_reading")
        super().keepalive_timeout()
        self._abort_soon()

    def _let_go(self, fault: ClientFault, code: int, reason: str) -> None:
        self._count(fault)
        if self.close_sent or self.transport.is_closing():
            return
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(self.conn.send(CloseConnection(code=code, reason=reason)))
        self.transport.close()
        self._abort_soon()

    def _abort_soon(self) -> None:
        if self._aborting is None:
            self._aborting = self.loop.call_later(self.config.clients.limits.goodbye_s, self.transport.abort)

    def _count(self, fault: ClientFault) -> None:
        self.config.clients.tally.count(fault, self.client[0] if self.client else "")
