"""An httpx transport to one engine: a connection a call, kept idle for the next.

httpx's own transport hands every call to httpcore's pool, and the pool is why it is not used: a call that is cancelled
between connecting and sending leaves its connection in the pool for good, and while many streams are open the pool
keeps no connection for the calls. Here an answer owns its connection, and gives it back or closes it at its end. What
speaks HTTP/1.1 on a connection is httpcore's, as in httpx's own.
A Unix socket is read by asyncio's streams: anyio arms and disarms the event loop's selector for every read, which was
13 to 22 % of a call's CPU, and logs an InvalidStateError where a call is cancelled in the moment its answer arrives.
Not here: how many calls at a time, what failures mean (transport).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import anyio
import httpcore
import httpx

from dockstats_core.endpoints.engine import EngineEndpoint
from dockstats_core.engine.limits import EngineLimits

_BEGINNING = b"HTTP/"
_CLOSED = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)


_AS_HTTPX: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
}


class EngineConnections(httpx.AsyncBaseTransport):
    """Takes requests to one engine, whatever host they name.

    Args:
        endpoint: where the engine is.
        tls: for an https endpoint.
        limits: how long connecting may take (and the TLS handshake again), how long an idle connection is kept, and how
            much may come before an answer's headers are whole; the others are not for here.
    """

    def __init__(self, endpoint: EngineEndpoint, tls: ssl.SSLContext | None, limits: EngineLimits) -> None:
        self._url = httpcore.URL(endpoint.base_url)
        self._socket_path = endpoint.socket_path
        self._tls = tls
        self._limits = limits
        self._idle: list[httpcore.AsyncHTTP11Connection] = []  # the one used last at the end
        self._is_closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, as soon as its headers are there; whoever gets it closes its stream.

        Raises:
            httpx.TransportError: no connection came about, it broke, fell silent, or spoke no HTTP.
        """
        url = httpcore.URL(
            scheme=self._url.scheme, host=self._url.host, port=self._url.port, target=request.url.raw_path
        )
        asked = httpcore.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions)
        with _as_httpx():
            answer, connection = await self._answered(asked)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer, connection, self),
            extensions=answer.extensions,
        )

    async def _answered(self, asked: httpcore.Request) -> tuple[httpcore.Response, httpcore.AsyncHTTP11Connection]:
        """The answer, and the connection it comes on."""
        kept = await self._kept()
        if kept is not None:
            # The engine may close a kept connection in the very moment it is used again; a GET may be asked twice.
            with suppress(*_CLOSED):
                return await _ask(kept, asked), kept
        opened = await self._opened()
        return await _ask(opened, asked), opened

    async def give_back(self, connection: httpcore.AsyncHTTP11Connection) -> None:
        """Its answer is over: keep it for the next request if it can take one."""
        if connection.is_idle() and not self._is_closed:
            self._idle.append(connection)
        else:
            await _close(connection)

    async def aclose(self) -> None:
        """Close the idle ones; those that are out are closed when they are given back."""
        self._is_closed = True
        while self._idle:
            await _close(self._idle.pop())

    async def _kept(self) -> httpcore.AsyncHTTP11Connection | None:
        """The connection used last; closes those that the other side closed or that nobody used for long."""
        expired = [connection for connection in self._idle if connection.has_expired()]
        self._idle = [connection for connection in self._idle if connection not in expired]
        kept = self._idle.pop() if self._idle else None
        for connection in expired:
            await _close(connection)
        return kept

    async def _opened(self) -> httpcore.AsyncHTTP11Connection:
        limits = self._limits
        if self._socket_path is not None:
            stream = await _open_unix(self._socket_path, limits.connect_s)
        else:
            stream = await _open_tcp(self._url.host.decode(), self._url.origin.port, limits.connect_s, self._tls)
        return httpcore.AsyncHTTP11Connection(
            origin=self._url.origin,
            stream=_LookedAt(stream, limits.head_bytes),
            keepalive_expiry=limits.kept_s,
        )


class _Body(httpx.AsyncByteStream):
    """An answer's body, which gives its connection back when it is closed."""

    def __init__(
        self, answer: httpcore.Response, connection: httpcore.AsyncHTTP11Connection, owner: EngineConnections
    ) -> None:
        self._answer = answer
        self._connection = connection
        self._owner = owner
        self._is_over = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for piece in self._answer.aiter_stream():
                yield piece

    async def aclose(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        with anyio.CancelScope(shield=True):  # closing waits for nobody
            await self._answer.aclose()
            await self._owner.give_back(self._connection)


@contextmanager
def _as_httpx() -> Iterator[None]:
    """httpcore's failures as httpx's, which are what a transport raises."""
    try:
        yield
    except tuple(_AS_HTTPX) as error:
        raise _AS_HTTPX[type(error)](str(error)) from error


async def _ask(connection: httpcore.AsyncHTTP11Connection, asked: httpcore.Request) -> httpcore.Response:
    try:
        answer = await connection.handle_async_request(asked)
    except BaseException:
        await _close(connection)
        raise
    if isinstance(stream := answer.extensions["network_stream"], _LookedAt):
        stream.has_head()
    return answer


async def _close(connection: httpcore.AsyncHTTP11Connection) -> None:
    with anyio.CancelScope(shield=True):  # closing waits for nobody
        await connection.aclose()


async def _open_tcp(host: str, port: int, timeout: float, tls: ssl.SSLContext | None) -> httpcore.AsyncNetworkStream:
    stream = await httpcore.AnyIOBackend().connect_tcp(host, port, timeout)
    return stream if tls is None else await _secured(stream, host, timeout, tls)


async def _secured(
    stream: httpcore.AsyncNetworkStream, host: str, timeout: float, tls: ssl.SSLContext
) -> httpcore.AsyncNetworkStream:
    try:
        return await stream.start_tls(tls, host, timeout)
    except BaseException:  # httpcore closes it after an error, not when it is cancelled
        with anyio.CancelScope(shield=True):
            await stream.aclose()
        raise


class _LookedAt(httpcore.AsyncNetworkStream):
    """A connection whose answers are refused at the first bytes that are no HTTP.

    Otherwise an SSH server's greeting would count as silence, and an engine could send provisional answers (100 to 199)
    for ever, each of which is read and forgotten. A TLS alert after the handshake, such as for want of a
    client certificate, is a network error like others.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream, head_bytes: int) -> None:
        self._stream = stream
        self._head_bytes = head_bytes
        self._head_left: int | None = None  # bytes until an answer's headers have to be whole
        self._at_beginning = False  # of an answer

    def has_head(self) -> None:
        """The answer's headers are whole: what comes is its body, which others bound."""
        self._head_left = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._head_left is not None and self._head_left <= 0:
            raise httpcore.RemoteProtocolError(f"no answer within {self._head_bytes} bytes")
        try:
            data = await self._stream.read(max_bytes, timeout)
        except ssl.SSLError as error:
            raise httpcore.ReadError(str(error)) from error
        if self._head_left is not None:
            self._head_left -= len(data)
        if self._at_beginning and data:
            self._at_beginning = False
            if data[: len(_BEGINNING)] != _BEGINNING[: len(data)]:
                raise httpcore.RemoteProtocolError(f"an answer that begins with {data[:20]!r}")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._at_beginning = True
        self._head_left = self._head_bytes
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _UnixStream(httpcore.AsyncNetworkStream):
    """A Unix socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _translated(timeout, httpcore.ReadTimeout, httpcore.ReadError):
            return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _translated(timeout, httpcore.WriteTimeout, httpcore.WriteError):
            self._writer.write(buffer)
            await self._writer.drain()

    async def aclose(self) -> None:
        self._writer.close()

    def get_extra_info(self, info: str) -> Any:
        # `is_readable` is asked of idle connections: whether the other side went away.
        return info == "is_readable" and (self._reader.at_eof() or self._writer.is_closing())


async def _open_unix(path: str, timeout: float) -> httpcore.AsyncNetworkStream:
    with _translated(timeout, httpcore.ConnectTimeout, httpcore.ConnectError):
        return _UnixStream(*await asyncio.open_unix_connection(path))


@contextmanager
def _translated(
    timeout: float | None, timed_out: type[httpcore.TimeoutException], broken: type[httpcore.NetworkError]
) -> Iterator[None]:
    try:
        with anyio.fail_after(timeout):
            yield
    except TimeoutError as error:
        raise timed_out(str(error)) from error
    except OSError as error:
        raise broken(str(error)) from error
