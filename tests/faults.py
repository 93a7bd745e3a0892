"""What a fake engine can do wrong, one function or maker each: `engine.fault("/stats", faults.hang)`.

Each is a `fake_http.Fault`: it gets the exchange, and the answer that would have come as a call.
Not here: when and for which requests (FakeEngine.fault).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Awaitable, Callable, Sequence

import anyio

from tests.fake_http import Exchange, Fault

Normal = Callable[[], Awaitable[None]]


async def hang(exchange: Exchange, normal: Normal) -> None:
    """Never answer."""
    await anyio.sleep_forever()


async def close(exchange: Exchange, normal: Normal) -> None:
    """Close the connection instead of answering."""
    exchange.keep_alive = False


async def reset(exchange: Exchange, normal: Normal) -> None:
    """Reset the connection instead of answering (on TCP; a Unix socket knows only closing)."""
    exchange.keep_alive = False
    raw = exchange.writer.get_extra_info("socket")
    if raw.family != socket.AF_UNIX:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.writer.transport.abort()


async def only_headers(exchange: Exchange, normal: Normal) -> None:
    """Promise a body and close."""
    await exchange.head(200, {"Content-Type": "application/json", "Content-Length": "100"})
    exchange.keep_alive = False


async def broken_chunking(exchange: Exchange, normal: Normal) -> None:
    """A chunk size that is no number."""
    await raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")(exchange, normal)


async def endless(exchange: Exchange, normal: Normal) -> None:
    """A body that never ends, and never ends a line."""
    await exchange.head(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
    while True:
        await exchange.chunk(b"[" * 4096)


def status(code: int, message: str) -> Fault:
    """An error as the engine tells it."""
    return answer(code, {"message": message})


def html(code: int) -> Fault:
    """An error page of something that is no engine."""
    return answer(code, b"<!doctype html><h1>Something else lives here</h1>", "text/html")


def answer(code: int, body: object, content_type: str = "application/json") -> Fault:
    """Any whole answer: bytes, or a value sent as JSON. `answer(200, b"")` is empty, `answer(200, b'{"Id')` cut off."""

    async def fault(exchange: Exchange, normal: Normal) -> None:
        await exchange.answer(code, body, content_type)

    return fault


def raw(data: bytes) -> Fault:
    """Bytes instead of an answer, then the end of the connection."""

    async def fault(exchange: Exchange, normal: Normal) -> None:
        await exchange.send(data)
        exchange.keep_alive = False

    return fault


def raw_and_open(data: bytes) -> Fault:
    """Bytes instead of an answer, and then nothing more."""

    async def fault(exchange: Exchange, normal: Normal) -> None:
        await exchange.send(data)
        await anyio.sleep_forever()

    return fault


def after(released: anyio.Event) -> Fault:
    """The normal answer, but only once the test has set the event: a slow call."""

    async def fault(exchange: Exchange, normal: Normal) -> None:
        await released.wait()
        await normal()

    return fault


class Drip:
    """A 200 answer whose body comes in pieces, each when the test says `release()`; the headers come at once."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces
        self._released = anyio.Semaphore(0)

    def release(self, pieces: int = 1) -> None:
        """Let so many more pieces go."""
        for _ in range(pieces):
            self._released.release()

    async def __call__(self, exchange: Exchange, normal: Normal) -> None:
        await exchange.head(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
        for piece in self._pieces:
            await self._released.acquire()
            await exchange.chunk(piece)
        await exchange.chunk(b"")
