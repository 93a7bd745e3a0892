"""A reverse proxy that can lose what is behind it: it then cuts every connection and answers 502, as real ones do.

It can want people to sign in again, too, and then answers 401.

It can keep back what the dashboard sends as well, as one does that buffers.

Not here: the dashboard behind it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import anyio.abc

BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
UNAUTHORIZED = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """One that runs; `port` is where."""

    def __init__(self, port: int, behind: int) -> None:
        self.port = port
        self.hold_s = 0.0
        """So long it collects before it passes on to a browser."""
        self._refused = anyio.Event()
        self._behind = behind
        self._refusal: bytes | None = None
        self._open: set[anyio.CancelScope] = set()

    def lose(self, refusal: bytes = BAD_GATEWAY) -> None:
        """From now on it answers with that."""
        self._refusal = refusal
        for scope in self._open:
            scope.cancel()

    def recover(self) -> None:
        """As if nothing had been."""
        self._refusal = None

    async def until_refused(self) -> None:
        """Wait until a browser has had that answer."""
        with anyio.fail_after(20):
            await self._refused.wait()

    async def serve(self, browser: anyio.abc.SocketStream) -> None:
        """One connection of a browser."""
        with anyio.CancelScope() as scope:
            self._open.add(scope)
            async with browser:
                if self._refusal is not None:
                    await browser.receive()
                    await browser.send(self._refusal)
                    self._refused.set()
                    return
                async with (
                    await anyio.connect_tcp("127.0.0.1", self._behind) as dashboard,
                    anyio.create_task_group() as both_ways,
                ):
                    both_ways.start_soon(_pass_on, browser, dashboard, both_ways.cancel_scope)
                    both_ways.start_soon(_pass_on, dashboard, browser, both_ways.cancel_scope, lambda: self.hold_s)
        self._open.discard(scope)


async def _pass_on(
    source: anyio.abc.ByteStream,
    target: anyio.abc.ByteStream,
    scope: anyio.CancelScope,
    hold_s: Callable[[], float] = lambda: 0.0,
) -> None:
    try:
        async for chunk in source:
            await anyio.sleep(hold_s())  # what comes meanwhile waits in the kernel, and goes on in one go
            await target.send(chunk)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        pass  # one side is gone, and with it the connection
    scope.cancel()


@asynccontextmanager
async def reverse_proxy(behind: int) -> AsyncIterator[Proxy]:
    """A proxy to the server on port `behind` of this machine."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    proxy = Proxy(listener.extra(anyio.abc.SocketAttribute.local_port), behind)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, proxy.serve)
        yield proxy
        tasks.cancel_scope.cancel()
