"""Clients that speak to a server as they like, byte for byte.

Not here: what they say, and what becomes of it (the tests).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
from anyio.abc import SocketStream

GONE = (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError)
PATIENCE_S = 30.0

UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


def masked(first: int, payload: bytes = b"") -> bytes:
    """A short frame as a client sends it; `first` is its first byte: FIN, reserved bits and opcode."""
    return bytes([first, 0x80 | len(payload)]) + b"\0\0\0\0" + payload


class Stranger:
    """One connection."""

    def __init__(self, stream: SocketStream) -> None:
        self.stream = stream
        self.heard = b""

    async def say(self, data: bytes) -> None:
        """Send `data`, as far as the other side takes it; nothing where it is gone."""
        with suppress(*GONE):
            await self.stream.send(data)

    async def drip(self, data: bytes, *, every_s: float = 0.01) -> None:
        """Say `data` again and again, slowly."""
        while True:
            await self.say(data)
            await anyio.sleep(every_s)

    async def go_on_with(self, data: bytes) -> None:
        """Say `data` again and again, as fast as the other side takes it, until it is gone."""
        with suppress(*GONE):
            while True:
                await self.stream.send(data)

    async def hear_more(self) -> None:
        """Read once."""
        with anyio.fail_after(PATIENCE_S):
            self.heard += await self.stream.receive()

    async def hear(self, until: bytes) -> bytes:
        """Read until `until` came, or the end; gives all that came."""
        with anyio.fail_after(PATIENCE_S), suppress(*GONE):
            while until not in self.heard:
                self.heard += await self.stream.receive()
        return self.heard

    async def hear_out(self) -> bytes:
        """Read until the other side ends the connection; gives all that came."""
        with anyio.fail_after(PATIENCE_S), suppress(*GONE):
            while True:
                self.heard += await self.stream.receive()
        return self.heard


@asynccontextmanager
async def stranger(port: int) -> AsyncIterator[Stranger]:
    """A connection to a server on loopback."""
    async with await anyio.connect_tcp("127.0.0.1", port) as stream:
        yield Stranger(stream)


@asynccontextmanager
async def websocket_stranger(port: int) -> AsyncIterator[Stranger]:
    """One that was accepted at an agent's `/ws`."""
    async with stranger(port) as one:
        await one.say(UPGRADE + b"\r\n")
        assert b" 101 " in await one.hear(b"\r\n\r\n")
        yield one
