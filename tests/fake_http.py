"""An HTTP/1.1 peer for tests, on a Unix socket or on loopback.

It records every request, counts its connections, answers wrongly where a test says so, and lets a test wait for what a
client does.

Not here: what it answers when nothing is wrong (fake_engine), what can be wrong (faults).
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import ssl
import tempfile
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import anyio
from anyio.abc import ObjectSendStream, TaskGroup
from anyio.lowlevel import checkpoint

_HEAD_END = b"\r\n\r\n"
_ACCEPTING_ROUNDS = 4  # of the event loop, from accepting a connection to its end
_LONGEST_WAIT_S = 20.0  # for what a test waits for; then it fails with what there was


@dataclass(frozen=True)
class Request:
    """One request as it came: `target` is path and query with the API version, `path` without both."""

    method: str
    target: str
    version: str | None
    path: str
    query: dict[str, str]


class Exchange:
    """One request and the way to answer it."""

    def __init__(self, server: FakeServer, request: Request, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.request = request
        self.writer = writer
        self.keep_alive = True

    async def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int, headers: dict[str, str]) -> None:
        """Status line and headers."""
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
        await self.send("\r\n".join([*lines, "", ""]).encode())

    async def answer(self, status: int, body: object, content_type: str = "application/json", **more: str) -> None:
        """A whole answer; what is not bytes is sent as JSON, with a newline behind it as the engine does."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode() + b"\n"
        await self.head(status, {"Content-Type": content_type, "Content-Length": str(len(data)), **more})
        await self.send(data)

    async def error(self, status: int, message: str) -> None:
        """An error as the engine tells it."""
        await self.answer(status, {"message": message})

    async def chunk(self, data: bytes) -> None:
        """One chunk of a chunked body; an empty one ends it."""
        await self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def stream(self, values: AsyncIterator[object]) -> None:
        """A chunked body of one JSON value a line, for as long as there are values."""
        await self.head(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
        async for value in values:
            await self.chunk(value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n")
        await self.chunk(b"")


Fault = Callable[[Exchange, Callable[[], Awaitable[None]]], Awaitable[None]]
"""Answers instead of the engine, or around it: the second argument gives the answer that would have come."""


@dataclass
class _Scripted:
    pattern: re.Pattern[str]
    fault: Fault
    left: float


class FakeServer(ABC):
    """An async context manager; inside it, it listens.

    Args:
        tcp: listen on 127.0.0.1 instead of a Unix socket.
        tls: server context; listens with TLS on 127.0.0.1.
    """

    def __init__(self, *, tcp: bool = False, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self._tcp, self._tls = tcp or tls is not None, tls
        self._faults: list[_Scripted] = []
        self._connections: dict[asyncio.StreamWriter, anyio.CancelScope] = {}
        self._open_targets: Counter[str] = Counter()
        self._changed = anyio.Event()
        self._server: asyncio.Server | None = None
        self._port = 0
        self._tasks: TaskGroup

    @abstractmethod
    async def _answer(self, exchange: Exchange) -> None:
        """Answer as one should."""

    # Where it is, and whether it is there. -------------------------------------------------------------------------

    @property
    def host(self) -> str:
        """What DOCKER_HOST would say."""
        return f"tcp://127.0.0.1:{self._port}" if self._tcp else f"unix://{self.socket_path}"

    async def __aenter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="fake-"))  # a socket's path must stay short
        self.socket_path = self._folder / "docker.sock"
        self._tasks = await anyio.create_task_group().__aenter__()
        await self.come_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop_listening()
        self._tasks.cancel_scope.cancel()
        try:
            await self._tasks.__aexit__(None, None, None)  # what failed in the test stays as it is, in no group
        finally:
            shutil.rmtree(self._folder)

    async def come_back(self) -> None:
        """Listen (again), at the same address."""
        if self._tcp:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port, ssl=self._tls)
            self._port = self._server.sockets[0].getsockname()[1]
        else:
            self._server = await asyncio.start_unix_server(self._accept, self.socket_path)

    async def go_away(self) -> None:
        """Stop: no socket, all connections closed."""
        await self._stop_listening()
        self.close_connections()
        await self.until(lambda: not self.open_connections)

    def close_connections(self) -> None:
        """Close what is open, in the middle of whatever it is."""
        for scope in self._connections.values():
            scope.cancel()

    async def _stop_listening(self) -> None:
        self.socket_path.unlink(missing_ok=True)
        server, self._server = self._server, None
        if server is None:
            return
        # asyncio loses a connection that it accepted just before its server is closed: let it end that first.
        for listening in server.sockets:
            asyncio.get_running_loop().remove_reader(listening.fileno())
        with anyio.CancelScope(shield=True):
            for _ in range(_ACCEPTING_ROUNDS):
                await checkpoint()
        server.close()

    # What a test looks at and waits for. ---------------------------------------------------------------------------

    @property
    def open_connections(self) -> int:
        """How many clients' connections there are, idle ones included."""
        return len(self._connections)

    def open_requests(self, pattern: str = "") -> int:
        """How many requests whose target matches are being answered now."""
        return sum(count for target, count in self._open_targets.items() if re.search(pattern, target))

    def count(self, pattern: str = "") -> int:
        """How many requests came whose target matches."""
        return sum(re.search(pattern, request.target) is not None for request in self.requests)

    async def requested(self, pattern: str, times: int = 1) -> None:
        """Wait until so many requests came whose target matches."""
        await self.until(lambda: self.count(pattern) >= times, f"{times} requests of {pattern!r}")

    async def until(self, condition: Callable[[], bool], what: str = "the condition") -> None:
        """Wait until something here has become true; looked at after every change."""
        with anyio.move_on_after(_LONGEST_WAIT_S):
            while not condition():
                await self._changed.wait()
            return
        raise AssertionError(f"{what} did not come; there were {[request.target for request in self.requests]}")

    def _notify(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()

    # Faults. -------------------------------------------------------------------------------------------------------

    def fault(self, pattern: str, fault: Fault, *, times: float = float("inf")) -> None:
        """From now on, answer requests whose target matches so; the newest that fits is taken."""
        self._faults.insert(0, _Scripted(re.compile(pattern), fault, times))

    def heal(self) -> None:
        """No faults any more."""
        self._faults.clear()

    # Connections. --------------------------------------------------------------------------------------------------

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:  # a connection that was being accepted when listening ended
            writer.transport.abort()
            return
        self._tasks.start_soon(self._serve, reader, writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        coming, came = anyio.create_memory_object_stream[Request](8)
        try:
            async with anyio.create_task_group() as tasks, coming, came:
                self._connections[writer] = tasks.cancel_scope
                self._notify()
                tasks.start_soon(self._receive, reader, coming, tasks.cancel_scope)
                async for request in came:
                    if not await self._exchange(Exchange(self, request, writer)):
                        break
                tasks.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True), suppress(OSError):
                writer.close()
                await writer.wait_closed()
            del self._connections[writer]
            self._notify()

    async def _receive(
        self, reader: asyncio.StreamReader, coming: ObjectSendStream[Request], connection: anyio.CancelScope
    ) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = await reader.readuntil(_HEAD_END)
                method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
                await coming.send(_parsed(method, target))
        connection.cancel()  # the client went away, which also ends what is being answered

    async def _exchange(self, exchange: Exchange) -> bool:
        target = exchange.request.target
        self.requests.append(exchange.request)
        self._open_targets[target] += 1
        self._notify()
        scripted = next((one for one in self._faults if one.left > 0 and one.pattern.search(target)), None)
        try:
            with suppress(OSError):
                if scripted is None:
                    await self._answer(exchange)
                else:
                    scripted.left -= 1
                    await scripted.fault(exchange, lambda: self._answer(exchange))
                return exchange.keep_alive
            return False
        finally:
            self._open_targets[target] -= 1
            self._notify()


def _parsed(method: str, target: str) -> Request:
    url = urlsplit(target)
    match = re.match(r"/v(\d+\.\d+)(/.*)", url.path)
    version, path = (match[1], match[2]) if match else (None, url.path)
    query = {name: values[-1] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
    return Request(method=method, target=target, version=version, path=path, query=query)
