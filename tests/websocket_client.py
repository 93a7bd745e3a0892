"""A WebSocket client for tests, over wsproto and a real socket: it does what it is told and nothing by itself.

It answers pings only while it is read from, so that a test can play a client that fell silent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import anyio
from anyio.abc import SocketStream
from msgspec import Struct
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)


class Closed(Struct, frozen=True):
    """How the server closed."""

    code: int
    reason: str


class Rejected(Struct, frozen=True):
    """How the server answered instead of accepting."""

    status: int


class WebSocketClient:
    """One open WebSocket."""

    def __init__(self, stream: SocketStream, connection: WSConnection) -> None:
        self.stream = stream
        self._connection = connection
        self.answers_pings = True
        self._text = ""

    async def send(self, event: Event) -> None:
        """Send one event."""
        await self.stream.send(self._connection.send(event))

    async def receive(self) -> str | Closed | Rejected:
        """The next whole message, or how it ended; a plain end of the connection is Closed(1006)."""
        while True:
            for event in self._connection.events():
                match event:
                    case TextMessage(data=data, message_finished=finished):
                        self._text += data
                        if finished:
                            text, self._text = self._text, ""
                            return text
                    case Ping() if self.answers_pings:
                        await self.send(event.response())
                    case CloseConnection(code=code, reason=reason):
                        return Closed(int(code), reason or "")
                    case RejectConnection(status_code=status):
                        return Rejected(status)
                    case _:
                        pass
            try:
                self._connection.receive_data(await self.stream.receive())
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return Closed(1006, "")

    async def accepted(self) -> Rejected | None:
        """Wait for the answer to the handshake."""
        while True:
            self._connection.receive_data(await self.stream.receive())
            for event in self._connection.events():
                if isinstance(event, AcceptConnection):
                    return None
                if isinstance(event, RejectConnection):
                    return Rejected(event.status_code)


@asynccontextmanager
async def websocket(
    port: int, path: str = "/ws", *, headers: Mapping[str, str] | None = None
) -> AsyncIterator[WebSocketClient | Rejected]:
    """A WebSocket to `path` on loopback, or how it was refused."""
    async with await anyio.connect_tcp("127.0.0.1", port) as stream:
        connection = WSConnection(ConnectionType.CLIENT)
        extra = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        await stream.send(connection.send(Request(host=f"127.0.0.1:{port}", target=path, extra_headers=extra)))
        client = WebSocketClient(stream, connection)
        rejected = await client.accepted()
        yield client if rejected is None else rejected


__all__ = ["BytesMessage", "Closed", "Rejected", "TextMessage", "WebSocketClient", "websocket"]
