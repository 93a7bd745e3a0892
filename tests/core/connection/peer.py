"""The other side of a connection: a server on loopback that does what a test says. And what a driver tells, to wait on.

Not here: a real agent (tests.running).
"""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import anyio
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSListener
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Event, Request

from dockstats_core.connection.actions import ConnectionChanged
from dockstats_core.messages.agent import AgentMessage
from dockstats_core.messages.unusable import Unusable


class PeerEnd:
    """One accepted connection: it answers nothing by itself."""

    def __init__(self, stream: ByteStream) -> None:
        self.stream = stream
        self._protocol = WSConnection(ConnectionType.SERVER)

    async def accept(self) -> Request:
        """Accept the WebSocket."""
        request = await self.heard()
        assert isinstance(request, Request)
        await self.say(AcceptConnection())
        return request

    async def say(self, *events: Event) -> None:
        for event in events:
            await self.stream.send(self._protocol.send(event))

    async def heard(self) -> Event:
        """The next that it says."""
        while True:
            for event in self._protocol.events():
                return event
            self._protocol.receive_data(await self.stream.receive())

    async def heard_goodbye(self) -> int:
        """Wait for its close frame, whatever comes before; gives the code."""
        while not isinstance(event := await self.heard(), CloseConnection):
            pass
        return int(event.code)

    async def until_gone(self) -> None:
        """Wait until it has closed its end."""
        with suppress(anyio.EndOfStream, anyio.BrokenResourceError, ssl.SSLError):
            while True:
                await self.stream.receive()

    async def reset(self) -> None:
        """End with a reset instead of a proper end."""
        raw: socket.socket = self.stream.extra(SocketAttribute.raw_socket)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await self.stream.aclose()


class Peer:
    """A listening server; `most_at_once` connections it had at a time, `count` in all."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.count = 0
        self.most_at_once = 0
        self.now = 0

    def url(self, scheme: str = "ws") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/ws"


Behaviour = Callable[[PeerEnd], Awaitable[None]]


@asynccontextmanager
async def peer(behave: Behaviour, *, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[Peer]:
    """A server whose every connection behaves as told, and is closed after that."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=port)
    here = Peer(listener.extra(SocketAttribute.local_port))

    async def handle(stream: ByteStream) -> None:
        here.count += 1
        here.now += 1
        here.most_at_once = max(here.most_at_once, here.now)
        try:
            with suppress(anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, ssl.SSLError):
                await behave(PeerEnd(stream))
        finally:
            here.now -= 1
            await anyio.aclose_forcefully(stream)

    async with listener, anyio.create_task_group() as tasks:
        if tls is None:
            tasks.start_soon(listener.serve, handle)
        else:
            secured = TLSListener(listener, ssl_context=tls, standard_compatible=False)
            tasks.start_soon(secured.serve, handle)
        yield here
        tasks.cancel_scope.cancel()


class Heard:
    """Everything a driver or a feed told, in order."""

    def __init__(self) -> None:
        self.all: list[ConnectionChanged | Unusable | AgentMessage] = []
        self._news = anyio.Event()

    def __call__(self, told: ConnectionChanged | Unusable | AgentMessage) -> None:
        self.all.append(told)
        self._news.set()
        self._news = anyio.Event()

    @property
    def messages(self) -> list[AgentMessage]:
        return [told for told in self.all if not isinstance(told, (ConnectionChanged, Unusable))]

    @property
    def changes(self) -> list[ConnectionChanged]:
        return [told for told in self.all if isinstance(told, ConnectionChanged)]

    @property
    def statuses(self) -> Sequence[str]:
        return [change.status for change in self.changes]

    async def until(self, is_there: Callable[[], object], *, within_s: float = 20.0) -> None:
        """Wait until what was told makes it true."""
        with anyio.move_on_after(within_s):
            while not is_there():
                await self._news.wait()
            return
        raise AssertionError(f"not within {within_s} s: {self.all}")

    async def change(self, status: str, *, nth: int = 1) -> ConnectionChanged:
        """The nth time this status was told, as soon as it was."""
        await self.until(lambda: self.statuses.count(status) >= nth)
        return [change for change in self.changes if change.status == status][nth - 1]
