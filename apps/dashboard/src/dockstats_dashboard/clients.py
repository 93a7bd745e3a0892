"""uvicorn's HTTP protocol with bounds on what a client may do; uvicorn's own waits for ever for a first request.

Not here: the bounds, and the counts (`dockstats_core.program.clients`).
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from dockstats_core.program.clients import Clients, RequestWatch
from dockstats_core.program.gate import AsgiApp


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
        if self.conn.their_state in {h11.IDLE, h11.SEND_BODY} and not self.transport.is_closing():
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
