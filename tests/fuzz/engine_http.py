"""Any bytes as what stands at the other end of the engine's socket says to a GET: real sockets, our own transport.

The first byte is how the answer is cut on its way. The law: a body within its bound or one EngineError of one bounded
line, whether it is asked for as a whole or as a stream; the next call, which is answered well, gets its answer; and at
the end every connection is closed.
Not here: what a body says (engine_answers).
"""

from __future__ import annotations

import asyncio
import atexit
import tempfile
from contextlib import suppress
from pathlib import Path

from dockstats_core.endpoints.engine import EngineEndpoint, resolve_endpoint
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.engine.transport import EngineTransport
from dockstats_core.errors import EngineError
from tests.fuzz.pieces import in_chunks
from tests.fuzz.sentences import assert_is_a_sentence
from tests.fuzz.target import Target

_MOST_BYTES = 500
_LIMITS = EngineLimits(body_bytes=_MOST_BYTES)
_GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


class _Peer:
    """A listening socket. It answers as it is told, once a connection, and ends it."""

    def __init__(self, path: str) -> None:
        self.endpoint: EngineEndpoint = resolve_endpoint(f"unix://{path}", {})
        self.answer: list[bytes] = []
        self.open = 0
        self.idle = asyncio.Event()
        self._path = path
        self._server: asyncio.Server | None = None

    async def listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_unix_server(self._serve, self._path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.idle.clear()
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                for chunk in self.answer:
                    writer.write(chunk)
                    await writer.drain()
                    await asyncio.sleep(0)
                if writer.can_write_eof():
                    writer.write_eof()
                await reader.read()  # until the other side has closed, too
        finally:
            writer.close()
            self.open -= 1
            if not self.open:
                self.idle.set()


_runner = asyncio.Runner()
atexit.register(_runner.close)
_folder = tempfile.TemporaryDirectory(prefix="dockstats-fuzz-")
atexit.register(_folder.cleanup)
_peer: list[_Peer] = []


def body_of(*chunks: bytes) -> bytes:
    """The body of an answer that comes in these chunks.

    Raises:
        EngineError: it is none.
    """

    async def get() -> bytes:
        peer = await _listening()
        peer.answer = list(chunks)
        async with EngineTransport(peer.endpoint, _LIMITS) as transport:
            body = await _get(transport)
        await peer.idle.wait()
        return body

    return _runner.run(get())


async def _listening() -> _Peer:
    if not _peer:
        _peer.append(_Peer(str(Path(_folder.name) / "engine.sock")))
    await _peer[0].listen()
    return _peer[0]


async def _ask(data: bytes, width: int) -> None:
    peer = await _listening()
    peer.answer = list(in_chunks(data, 8 * width + 1))
    async with EngineTransport(peer.endpoint, _LIMITS) as transport:
        try:
            if width % 4:
                assert len(await _get(transport)) <= _MOST_BYTES
            else:
                await _follow(transport)
        except EngineError as error:
            assert_is_a_sentence(error, most=700)
        peer.answer = [_GOOD]
        if data.count(b"HTTP/") < 2:  # else the second answer may come unasked, and be taken for the next call's
            assert await _get(transport) == b"{}"
    await peer.idle.wait()


async def _get(transport: EngineTransport) -> bytes:
    return (await transport.get("/info", max_bytes=_MOST_BYTES))[1]


async def _follow(transport: EngineTransport) -> bytes:
    async with transport.stream("/events", silence_s=None) as pieces:
        return b"".join([piece async for piece in pieces])


def fuzz(data: bytes) -> None:
    """See the module."""
    if len(data) > 1:
        _runner.run(_ask(data[1:], data[0]))


_OK = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"

TARGET = Target(
    fuzz=fuzz,
    seeds=tuple(
        b"\x02" + answer
        for answer in (
            _GOOD,
            _OK + b"\r\n" + b"x" * 100,
            _CHUNKED + b'2\r\n{}\r\n5;name="value"\r\nabcde\r\n0\r\nTrailer: 1\r\n\r\n',
            _CHUNKED + b"ffffffffffffffff\r\n{}",
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + _GOOD,
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\nhello",
            b'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"message":"gone"}',
            b"HTTP/1.1 500 X\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfail\r\n0\r\n\r\n",
            b"HTTP/1.1 204 No Content\r\nContent-Length: 9999\r\n\r\n",
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + bytes(20),
            b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n{}",
            b"SSH-2.0-OpenSSH_9.2p1\r\n",
            _GOOD.replace(b"close", b"keep-alive") + b"HTTP/1.1 408 Request Time-out\r\nConnection: close\r\n\r\n",
        )
    ),
    words=(
        *(b"HTTP/1.1 ", b"HTTP/1.0 ", b"\r\n\r\n", b"\r\n", b"chunked", b"Transfer-Encoding: ", b"Content-Length: "),
        *(b"Connection: keep-alive\r\n", b"Upgrade: ", b"Content-Encoding: gzip\r\n", b"0\r\n\r\n", b"identity"),
    ),
    longest=2048,
)
