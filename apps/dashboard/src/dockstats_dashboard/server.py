"""uvicorn as the dashboard runs it: signals belong to the program, which ends the streams first.

Not here: routes, what is served.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from litestar import Litestar

SHUTDOWN_GRACE_S = 0.6
"""Streams end by themselves at the exit signal; a client that has not read the end by then is cut off."""


class Server(uvicorn.Server):
    """Serves one app on sockets that are already bound; `started` is called when it answers."""

    def __init__(self, app: Litestar, *, started: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
            )
        )
        self._tell_started = started
        self._stopped = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program."""
        yield

    async def main_loop(self) -> None:
        """Serve until told to stop; uvicorn's own looks ten times a second whether it was, which costs 0.1 % of a core.

        Once a second the date of the answers is renewed.
        """
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), 1.0)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start serving, then tell so."""
        await super().startup(sockets)
        self._tell_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let what is open end, and cut off a client that does not read."""
        cutting = asyncio.get_running_loop().call_later(SHUTDOWN_GRACE_S, self._cut_off)
        try:
            await super().shutdown(sockets)
        finally:
            cutting.cancel()

    def stop(self) -> None:
        """Stop accepting, let what is open end, and return from `serve`."""
        self.should_exit = True
        self._stopped.set()

    def _cut_off(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
