"""GET requests to one engine over httpx, and everything that can go wrong on the way as one of our errors.

A request is built once a path and handed to an httpx transport of our own (connections), without `httpx.AsyncClient`
around it: no cookies, redirects, hooks or environment are looked at. Measured side by side on one stats call
(bench/engine_call.py: a fake engine on a Unix socket, Python 3.11), a call takes 0.35 ms of CPU, where
`httpx.AsyncClient.get` takes 0.54 ms and httpx's own transport with the same prebuilt request 0.37 ms. There is no
method that could send anything but GET. Calls are bounded by a limiter here; streams have no bound but their callers'.
Not here: connections (connections), paths (api), what answers mean (answers).
"""

from __future__ import annotations

import contextlib
import errno
import os
import ssl
import stat
from collections.abc import AsyncGenerator, AsyncIterator
from types import TracebackType
from typing import Self

import anyio
import httpx

from dockstats_core.endpoints.engine import EngineEndpoint
from dockstats_core.engine.answers import malformed, refusal
from dockstats_core.engine.connections import EngineConnections
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.errors import (
    ConfigurationError,
    EngineError,
    EngineNotReachableError,
    EnginePermissionError,
    EngineTimeoutError,
)

_MAX_ERROR_BYTES = 16 << 10  # of an error answer's body: more is no sentence
_MAX_REQUESTS_KEPT = 4096  # one a path; paths with a time in them come once and never again
_HEADERS = {"Accept": "application/json", "User-Agent": "dockstats"}


class EngineTransport:
    """Connections to one engine. An async context manager; leaving it closes them."""

    def __init__(self, endpoint: EngineEndpoint, limits: EngineLimits) -> None:
        self.endpoint = endpoint
        self._limits = limits
        self._calls = anyio.CapacityLimiter(limits.calls)
        self._requests: dict[tuple[str, float | None], httpx.Request] = {}
        tls = _tls_context(endpoint) if endpoint.kind == "https" else None
        self._connections = EngineConnections(endpoint, tls, limits)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connections.aclose()

    async def get(self, path: str, *, max_bytes: int, time_out_s: float | None = None) -> tuple[httpx.Headers, bytes]:
        """The headers and the whole body of a 200 answer. The time-out counts the wait for a free call, too.

        Raises:
            EngineError: anything else.
        """
        limit_s = self._limits.call_s if time_out_s is None else time_out_s
        with anyio.move_on_after(limit_s):
            async with self._calls, self._answer(path, self._limits.silence_s) as answer:
                return answer.headers, await self._body(path, answer, max_bytes)
        raise self._timed_out(path, f"no whole answer within {limit_s:g} s")

    @contextlib.asynccontextmanager
    async def stream(self, path: str, *, silence_s: float | None) -> AsyncIterator[AsyncIterator[bytes]]:
        """The pieces of a 200 answer's body as they come; `silence_s` bounds the pause between two (None: none).

        Raises:
            EngineError: no such answer, or the stream broke off, also from inside the iteration.
        """
        async with self._answer(path, silence_s) as answer, self._pieces(path, answer) as pieces:
            yield pieces

    @contextlib.asynccontextmanager
    async def _answer(self, path: str, silence_s: float | None) -> AsyncIterator[httpx.Response]:
        """An answer of 200 whose body is still to come."""
        try:
            answer = await self._connections.handle_async_request(self._request(path, silence_s))
        except httpx.TransportError as error:
            raise self._explained(path, error, status=None) from error
        try:
            if answer.status_code != 200:
                content_type = answer.headers.get("content-type", "")
                raise refusal(path, answer.status_code, content_type, await self._start_of_body(path, answer))
            yield answer
        finally:
            await _stream_of(answer).aclose()

    def _pieces(
        self, path: str, answer: httpx.Response
    ) -> contextlib.AbstractAsyncContextManager[AsyncIterator[bytes]]:
        async def pieces() -> AsyncGenerator[bytes, None]:
            count = held = 0
            try:
                async for piece in _stream_of(answer):
                    count, held = count + 1, held + len(piece)
                    if count > self._limits.crumbs and held < count * self._limits.crumb_bytes:
                        raise malformed(path, f"an answer in {count} pieces of a few bytes", status=answer.status_code)
                    yield piece
            except httpx.TransportError as error:
                raise self._explained(path, error, status=answer.status_code) from error

        return contextlib.aclosing(pieces())

    async def _body(self, path: str, answer: httpx.Response, max_bytes: int) -> bytes:
        parts, held = [], 0
        async with self._pieces(path, answer) as pieces:
            async for piece in pieces:
                held += len(piece)
                if held > max_bytes:
                    raise malformed(path, f"an answer of more than {max_bytes} bytes", status=answer.status_code)
                parts.append(piece)
        return b"".join(parts)

    async def _start_of_body(self, path: str, answer: httpx.Response) -> bytes:
        start = b""
        async with self._pieces(path, answer) as pieces:
            async for piece in pieces:
                start += piece
                if len(start) >= _MAX_ERROR_BYTES:
                    break
        return start[:_MAX_ERROR_BYTES]

    def _request(self, path: str, silence_s: float | None) -> httpx.Request:
        request = self._requests.get((path, silence_s))
        if request is None:
            if len(self._requests) >= _MAX_REQUESTS_KEPT:
                self._requests.clear()
            time_outs = {"connect": self._limits.connect_s, "read": silence_s, "write": self._limits.connect_s}
            request = httpx.Request(
                "GET", self.endpoint.base_url + path, headers=_HEADERS, extensions={"timeout": time_outs}
            )
            self._requests[path, silence_s] = request
        return request

    # What went wrong. ------------------------------------------------------------------------------------------------

    def _explained(self, path: str, error: Exception, *, status: int | None) -> EngineError:
        if isinstance(error, httpx.ConnectTimeout):
            return self._timed_out(path, f"no connection within {self._limits.connect_s:g} s")
        if isinstance(error, httpx.TimeoutException):
            return self._timed_out(path, "it fell silent", answered=status is not None)
        if isinstance(error, httpx.ProtocolError) and not _is_end_of_connection(error):
            return malformed(path, "bytes that are no HTTP", status=status)
        cause, tls_error = _os_error(error), _tls_error(error)
        # A server that wants a certificate of ours says so only after the handshake.
        if isinstance(error, httpx.ConnectError) or tls_error is not None:
            return explain_connect_error(self.endpoint, cause, tls_error)
        why = os.strerror(cause.errno).lower() if cause is not None and cause.errno else "it closed the connection"
        hint = ""
        if self.endpoint.kind == "https" and status is None:
            hint = " (one that wants other certificates may close like this, too: DOCKER_CERT_PATH)"
        return EngineNotReachableError(
            f"the connection to the engine at {self.endpoint.text} broke: {why}; waiting for it to come back{hint}",
            status=status,
            answered=status is not None,
        )

    def _timed_out(self, path: str, what: str, *, answered: bool = False) -> EngineTimeoutError:
        return EngineTimeoutError(
            f"the engine at {self.endpoint.text} did not answer GET {path.partition('?')[0]}: {what}",
            answered=answered,
        )


def explain_connect_error(
    endpoint: EngineEndpoint, cause: OSError | None, tls_error: ssl.SSLError | None = None
) -> EngineError:
    """Why no connection came about, with the way out. `cause` is what the operating system said."""
    text = endpoint.text
    if tls_error is not None:
        return EngineNotReachableError(
            f"no TLS with the engine at {text}: {_tls_reason(tls_error)}; "
            "check the certificates (DOCKER_CERT_PATH) and whether the port speaks TLS"
        )
    number = None if cause is None else cause.errno
    if number in {errno.EACCES, errno.EPERM}:
        return EnginePermissionError(f"cannot open {text}: permission denied; {_how_to_be_permitted(endpoint)}")
    if number in {errno.ENOENT, errno.ENOTDIR}:
        return EngineNotReachableError(
            f"cannot open {text}: there is no such socket; start Docker, or say with DOCKER_HOST (or an agent's "
            "--docker-endpoint) where its engine listens"
        )
    if number == errno.ECONNREFUSED:
        return EngineNotReachableError(
            f"nobody answers at {text}: start the engine, or name another with DOCKER_HOST (or an agent's "
            "--docker-endpoint)"
        )
    why = "no connection" if cause is None else (cause.strerror or str(cause) or "no connection").lower()
    return EngineNotReachableError(
        f"cannot reach the engine at {text}: {why}; check the address and the network between"
    )


def _how_to_be_permitted(endpoint: EngineEndpoint) -> str:
    """Who may open the socket, and how to become that: a container needs the group's number, a person its name."""
    if endpoint.socket_path is None:
        return "a firewall or a policy of this machine forbids the connection"
    try:
        status = os.stat(endpoint.socket_path)
    except OSError:
        return "its folder may not be entered by this user either; run as a user who may, or as root"
    if not status.st_mode & stat.S_IWGRP:
        return f"only its owner (uid {status.st_uid}) may open it; run as that user, or give the socket a group"
    gid = status.st_gid
    name = "root" if gid == 0 else _group_name(gid)
    # Nobody should join root's group for this; a container may, and where Docker is a virtual machine it has to.
    join = "run as root" if gid == 0 else f"add this user to {name or 'that group'} and log in again"
    return (
        f"it belongs to the group {f'{name} (gid {gid})' if name else f'with gid {gid}'}: {join}, or start a container "
        f"with --group-add {gid} (in a compose file, group_add: [{gid}])"
    )


def _group_name(gid: int) -> str | None:
    """None where the number has no name, as in most containers."""
    try:
        import grp
    except ImportError:  # not on Windows
        return None
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return None


def _tls_context(endpoint: EngineEndpoint) -> ssl.SSLContext:
    files = endpoint.tls
    try:
        context = ssl.create_default_context(cafile=None if files is None or files.ca is None else str(files.ca))
        if files is not None and files.client is not None:
            certificate, key = files.client
            context.load_cert_chain(str(certificate), str(key), password="")  # a locked key fails instead of asking
    except (OSError, ssl.SSLError) as error:
        folder = None if files is None else files.folder
        raise ConfigurationError(f"the certificates in {folder} cannot be used: {error}") from error
    if files is not None and not files.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


# --- httpx from the inside --------------------------------------------------------------------------------------------


def _stream_of(answer: httpx.Response) -> httpx.AsyncByteStream:
    if not isinstance(answer.stream, httpx.AsyncByteStream):
        raise TypeError("an asynchronous transport answers with an asynchronous stream")
    return answer.stream


def _is_end_of_connection(error: httpx.ProtocolError) -> bool:
    """Whether the other side only went away. h11 and httpcore have one class for that and for garbage."""
    text = str(error)
    return text.startswith(("Server disconnected", "peer closed connection"))


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and len(chain) < 20:
        chain.append(link)
        if isinstance(link, BaseExceptionGroup):  # several addresses were tried
            chain += link.exceptions
        link = link.__cause__ or link.__context__
    return chain


def _os_error(error: BaseException) -> OSError | None:
    """What the operating system said; one with a number where there is one (a path too long has none)."""
    found = [link for link in _chain(error) if isinstance(link, OSError) and not isinstance(link, ssl.SSLError)]
    return next((link for link in found if link.errno is not None), found[-1] if found else None)


def _tls_error(error: BaseException) -> ssl.SSLError | None:
    return next((link for link in _chain(error) if isinstance(link, ssl.SSLError)), None)


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return (error.reason or str(error)).replace("_", " ").lower()
