"""uvicorn as the agent runs it: signals belong to the program, and a silent WebSocket client is let go for good.

Not here: routes, what is served.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol

if TYPE_CHECKING:
    from litestar import Litestar

# A client that does not answer a ping within PING_TIME_OUT_S is closed; found at most 15 s after it fell silent.
PING_INTERVAL_S = 5.0
PING_TIME_OUT_S = 10.0
MAX_CLIENT_MESSAGE_BYTES = 4096  # what clients say is ignored; this bounds what ignoring costs
SHUTDOWN_GRACE_S = 1.0
_CLOSE_GRACE_S = 1.0  # for the close frame to reach a client that reads after all


class _LettingGo(WSProtocol):
    """Closing waits for the client to read what was sent; one that reads nothing would keep its socket for ever."""

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.loop.call_later(_CLOSE_GRACE_S, self.transport.abort)


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
                ws=_LettingGo,
                ws_max_size=MAX_CLIENT_MESSAGE_BYTES,
                ws_ping_interval=PING_INTERVAL_S,
                ws_ping_timeout=PING_TIME_OUT_S,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=int(SHUTDOWN_GRACE_S),
            )
        )
        self._tell_started = started

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program, which ends the streams before it ends the server."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start serving, then tell so."""
        await super().startup(sockets)
        self._tell_started()

    def stop(self) -> None:
        """Stop accepting, let what is open end, and return from `serve`."""
        self.should_exit = True
