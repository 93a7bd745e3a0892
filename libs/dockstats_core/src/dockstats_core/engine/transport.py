"""GET requests to one engine over httpx, and everything that can go wrong on the way as one of our errors.

Requests are built once a path and handed to httpx's transport directly: measured side by side with `AsyncClient.get`
on one stats call (bench/engine_call.py), that takes about half the CPU, because no cookies, redirects, hooks or
environment are looked at. There is no method that could send anything but GET. The connection pool has no bound of its
own (waiting for a slot and being cancelled there can leave httpcore's pool stuck, httpcore issue 1093); our limiter
bounds the calls instead.
Not here: paths and what answers mean (api, answers).
"""

from __future__ import annotations

import contextlib
import errno
import os
import ssl
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

import anyio
import httpx

from dockstats_core.endpoints.engine import EngineEndpoint
from dockstats_core.engine.answers import malformed, refusal
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.errors import (
    ConfigurationError,
    EngineError,
    EngineNotReachableError,
    EnginePermissionError,
    EngineTimeoutError,
)

_MAX_REQUESTS_KEPT = 4096
_MAX_ERROR_BYTES = 16 << 10  # of an error answer's body: more is no sentence
_HEADERS = {"Accept": "application/json", "User-Agent": "dockstats"}


class EngineTransport:
    """Connections to one engine. An async context manager; leaving it closes them."""

    def __init__(self, endpoint: EngineEndpoint, limits: EngineLimits) -> None:
        self.endpoint = endpoint
        self._limits = limits
        self._calls = anyio.CapacityLimiter(limits.calls)
        self._requests: dict[tuple[str, float | None], httpx.Request] = {}
        self._http = httpx.AsyncHTTPTransport(
            uds=endpoint.socket_path,
            verify=_tls_context(endpoint) if endpoint.kind == "https" else False,
            trust_env=False,
            limits=httpx.Limits(
                max_connections=None, max_keepalive_connections=limits.kept_connections, keepalive_expiry=30.0
            ),
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            await self._http.__aexit__(kind, value, trace)

    async def get(self, path: str, *, max_bytes: int, time_out_s: float | None = None) -> tuple[httpx.Headers, bytes]:
        """The headers and the whole body of a 200 answer.

        Raises:
            EngineError: anything else.
        """
        limit_s = self._limits.call_s if time_out_s is None else time_out_s
        async with self._calls:
            with anyio.move_on_after(limit_s):
                async with self._answer(path, self._limits.silence_s) as answer:
                    return answer.headers, await _body(path, answer, max_bytes)
        raise self._timed_out(path, f"no whole answer within {limit_s:g} s")

    @contextlib.asynccontextmanager
    async def stream(self, path: str, *, silence_s: float | None) -> AsyncIterator[AsyncIterator[bytes]]:
        """The pieces of a 200 answer's body as they come; `silence_s` bounds the pause between two (None: none).

        Raises:
            EngineError: no such answer, or the stream broke off, also from inside the iteration.
        """
        async with self._answer(path, silence_s) as answer:
            yield self._pieces(path, answer)

    async def _pieces(self, path: str, answer: httpx.Response) -> AsyncIterator[bytes]:
        try:
            async for piece in _stream_of(answer):
                yield piece
        except httpx.TransportError as error:
            raise self._explained(path, error, status=answer.status_code) from error

    @contextlib.asynccontextmanager
    async def _answer(self, path: str, silence_s: float | None) -> AsyncIterator[httpx.Response]:
        answer = None
        try:
            try:
                answer = await self._http.handle_async_request(self._request(path, silence_s))
                if answer.status_code != 200:
                    body = await _start_of(answer, _MAX_ERROR_BYTES)
                    raise refusal(path, answer.status_code, answer.headers.get("content-type", ""), body)
                yield answer
            except httpx.TransportError as error:
                raise self._explained(path, error, status=None if answer is None else answer.status_code) from error
        finally:
            if answer is not None:
                with anyio.CancelScope(shield=True):
                    await _stream_of(answer).aclose()

    def _request(self, path: str, silence_s: float | None) -> httpx.Request:
        key = (path, silence_s)
        request = self._requests.get(key)
        if request is None:
            if len(self._requests) >= _MAX_REQUESTS_KEPT:
                self._requests.clear()
            time_outs = {"connect": self._limits.connect_s, "read": silence_s, "write": self._limits.connect_s}
            request = self._requests[key] = httpx.Request(
                "GET", self.endpoint.base_url + path, headers=_HEADERS, extensions={"timeout": time_outs}
            )
        return request

    # What went wrong. ------------------------------------------------------------------------------------------------

    def _explained(self, path: str, error: httpx.TransportError, *, status: int | None) -> EngineError:
        if isinstance(error, httpx.ConnectTimeout):
            return self._timed_out(path, f"no connection within {self._limits.connect_s:g} s")
        if isinstance(error, httpx.TimeoutException):
            return self._timed_out(path, "it fell silent", answered=status is not None)
        if isinstance(error, httpx.ProtocolError) and not _is_end_of_connection(error):
            return malformed(path, "bytes that are no HTTP", status=status)
        cause = _os_error(error)
        if isinstance(error, httpx.ConnectError):
            return explain_connect_error(self.endpoint, cause, _tls_error(error))
        why = os.strerror(cause.errno).lower() if cause is not None and cause.errno else "it closed the connection"
        return EngineNotReachableError(
            f"the connection to the engine at {self.endpoint.text} broke: {why}; waiting for it to come back",
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
            f"no TLS with the engine at {text}: {tls_error.reason or tls_error}; "
            "check the certificates (DOCKER_CERT_PATH) and whether the port speaks TLS"
        )
    number = None if cause is None else cause.errno
    if number in {errno.EACCES, errno.EPERM}:
        return EnginePermissionError(f"cannot open {text}: permission denied; {_how_to_be_permitted(endpoint)}")
    if number in {errno.ENOENT, errno.ENOTDIR}:
        return EngineNotReachableError(
            f"cannot open {text}: there is no such socket; start Docker, or say with --docker-endpoint "
            "(or DOCKER_HOST) where its engine listens"
        )
    if number == errno.ECONNREFUSED:
        return EngineNotReachableError(
            f"nobody answers at {text}: start the engine, or name another with --docker-endpoint (or DOCKER_HOST)"
        )
    why = "no connection" if cause is None else (cause.strerror or str(cause) or "no connection").lower()
    return EngineNotReachableError(
        f"cannot reach the engine at {text}: {why}; check the address and the network between"
    )


def _how_to_be_permitted(endpoint: EngineEndpoint) -> str:
    """The group that may open the socket, by name and number: a container needs the number."""
    if endpoint.socket_path is None:
        return "a firewall or a policy of this machine forbids the connection"
    try:
        gid = os.stat(endpoint.socket_path).st_gid
    except OSError:
        return "its folder may not be entered by this user either; run as a user who may, or as root"
    name = _group_name(gid)
    if gid == 0:
        return "only root may open it; run as root, or give the socket a group"
    return (
        f'add this user to the group "{name}" (gid {gid}) and log in again, or start a container with --group-add {gid}'
    )


def _group_name(gid: int) -> str:
    try:
        import grp
    except ImportError:  # not on Windows
        return str(gid)
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def _tls_context(endpoint: EngineEndpoint) -> ssl.SSLContext:
    files = endpoint.tls
    try:
        context = ssl.create_default_context(cafile=None if files is None or files.ca is None else str(files.ca))
        if files is not None and files.client is not None:
            certificate, key = files.client
            context.load_cert_chain(str(certificate), str(key))
    except (OSError, ssl.SSLError) as error:
        folder = None if files is None else files.folder
        raise ConfigurationError(f"the certificates in {folder} cannot be used: {error}") from error
    if files is not None and not files.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


# --- httpx from the inside ----------------------------------------------------------------------------------------


def _stream_of(answer: httpx.Response) -> httpx.AsyncByteStream:
    if not isinstance(answer.stream, httpx.AsyncByteStream):
        raise TypeError("an asynchronous transport answers with an asynchronous stream")
    return answer.stream


async def _body(path: str, answer: httpx.Response, max_bytes: int) -> bytes:
    parts, held = [], 0
    async for part in _stream_of(answer):
        held += len(part)
        if held > max_bytes:
            raise malformed(path, f"an answer of more than {max_bytes} bytes", status=answer.status_code)
        parts.append(part)
    return b"".join(parts)


async def _start_of(answer: httpx.Response, max_bytes: int) -> bytes:
    body = b""
    async for part in _stream_of(answer):
        body += part
        if len(body) >= max_bytes:
            break
    return body[:max_bytes]


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
    return next((link for link in _chain(error) if isinstance(link, OSError) and link.errno is not None), None)


def _tls_error(error: BaseException) -> ssl.SSLError | None:
    return next((link for link in _chain(error) if isinstance(link, ssl.SSLError)), None)
