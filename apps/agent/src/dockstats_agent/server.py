"""uvicorn as the agent runs it: signals belong to the program, and a silent WebSocket client is let go for good.

Not here: routes, what is served.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn
from msgspec import Struct

from dockstats_agent.clients import Config, Listening, Requests
from dockstats_core.program.clients import ClientLimits, Clients, ClientTally
from dockstats_core.program.gate import AsgiApp
from dockstats_core.program.sockets import accept_on
from dockstats_core.program.tls import ServerTls


class ServerLimits(Struct, frozen=True, kw_only=True):
    """What a client may do. Together the first two find a silent client at most 15 s after it fell silent."""

    ping_interval_s: float = 5.0
    ping_time_out_s: float = 10.0  # without an answer for this long a client is closed
    client_message_bytes: int = 4096  # what clients say is ignored; this bounds what ignoring costs
    shutdown_grace_s: float = 0.6  # at shutdown a client that has not left by then is cut off


SECURITY_HEADERS = {
    # Nothing of an agent's is a page, or part of one.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""On every answer, also on those that no route gives."""


class Server(uvicorn.Server):
    """Serves one app on sockets that are already bound; `started` is called when it answers."""

    config: Config

    def __init__(
        self,
        app: AsgiApp,
        *,
        started: Callable[[], None],
        tls: ServerTls | None = None,
        limits: ServerLimits | None = None,
        clients: Clients | None = None,
    ) -> None:
        self._limits = limits = limits or ServerLimits()
        super().__init__(
            Config(
                app,
                clients=clients or Clients(ClientLimits(), ClientTally()),
                log_config=None,
                access_log=False,
                server_header=False,
                headers=list(SECURITY_HEADERS.items()),
                ssl_context_factory=None if tls is None else lambda *_: tls.context,
                lifespan="off",
                http=Requests,
                ws=Listening,
                ws_max_size=limits.client_message_bytes,
                ws_ping_interval=limits.ping_interval_s,
                ws_ping_timeout=limits.ping_time_out_s,
                ws_per_message_deflate=False,
            )
        )
        self._tls = tls
        self._tell_started = started
        self._stopped = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program, which ends the streams before it ends the server."""
        yield

    async def main_loop(self) -> None:
        """Serve until told to stop; uvicorn's own looks ten times a second whether it was, which costs 0.1 % of a core.

        Once a second the date of the answers is renewed, and the certificate, if there is a new one.
        """
        while not await self.on_tick(0):
            self.renew()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), 1.0)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start serving, then tell so; uvicorn's own gives a TLS handshake a minute."""
        limits = self.config.clients.limits
        self.servers = await accept_on(
            sockets or (), self._protocol, tls=self.config.ssl, handshake_s=limits.handshake_s
        )
        self.started = True
        self._tell_started()

    def _protocol(self) -> Requests:
        return Requests(self.config, self.server_state, self.lifespan.state)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let what is open end, and cut off a client that does not read."""
        cutting = asyncio.get_running_loop().call_later(self._limits.shutdown_grace_s, self._cut_off)
        try:
            await super().shutdown(sockets)
        finally:
            cutting.cancel()

    def renew(self) -> None:
        """Use the certificate's files as they are now."""
        if self._tls is not None:
            self._tls.renew()

    def stop(self) -> None:
        """Stop accepting, let what is open end, and return from `serve`."""
        self.should_exit = True
        self._stopped.set()

    def _cut_off(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
