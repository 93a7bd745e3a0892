"""What httpx's own transport does not do: tell what speaks no HTTP, keep connections beside streams, leak none."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream

from dockstats_core.endpoints.engine import EngineEndpoint, resolve_endpoint
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.engine.transport import EngineTransport
from dockstats_core.errors import EngineNotReachableError, EngineTimeoutError, MalformedAnswerError
from tests import faults
from tests.fake_engine import FakeEngine

SSH = b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"


@asynccontextmanager
async def talking_listener(*words: bytes) -> AsyncIterator[int]:
    """A port that says its words, one after the other, and then listens until the other side goes."""

    async def talk(stream: SocketStream) -> None:
        async with stream:
            stream.extra(SocketAttribute.raw_socket).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for word in words:
                await stream.send(word)
                await anyio.sleep(0.01)  # so that each word comes by itself
            async for _ in stream:
                pass

    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(listener.serve, talk)
        yield listener.extra(SocketAttribute.local_port)
        tasks.cancel_scope.cancel()


def endpoint(scheme: str, port: int) -> EngineEndpoint:
    return resolve_endpoint(f"{scheme}://127.0.0.1:{port}", {})


async def get(endpoint: EngineEndpoint, *, connect_s: float = 5.0, silence_s: float = 5.0) -> bytes:
    async with EngineTransport(endpoint, EngineLimits(connect_s=connect_s, silence_s=silence_s)) as transport:
        return (await transport.get("/info", max_bytes=1000))[1]


@pytest.mark.parametrize(
    "words", [[SSH], [SSH[:2], SSH[2:]], [b"220 mail.invalid ESMTP\r\n"], [b"\x00"], [b"http/1.1 200"]]
)
async def test_what_speaks_no_http_is_told_at_its_first_words(words: list[bytes]) -> None:
    async with talking_listener(*words) as port:
        with anyio.fail_after(20), pytest.raises(MalformedAnswerError, match="bytes that are no HTTP to GET /info"):
            await get(endpoint("tcp", port))


async def test_status_line_in_pieces_is_http() -> None:
    async with talking_listener(b"H", b"TT", b"P/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"{}") as port:
        assert await get(endpoint("tcp", port)) == b"{}"


async def test_tls_with_a_port_that_speaks_none_asks_whether_it_does() -> None:
    async with talking_listener(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        with pytest.raises(EngineNotReachableError, match=r"no TLS with the engine at .*whether the port speaks TLS"):
            await get(endpoint("https", port))


async def test_plain_http_with_nobody_who_answers_times_out() -> None:
    async with talking_listener() as port:
        with pytest.raises(EngineTimeoutError, match="it fell silent"):
            await get(endpoint("tcp", port), silence_s=0.05)


async def test_handshake_without_end_times_out() -> None:
    async with talking_listener() as port:
        with pytest.raises(EngineTimeoutError, match=r"no connection within 0\.05 s"):
            await get(endpoint("https", port), connect_s=0.05)


async def get_through(transport: EngineTransport) -> None:
    await transport.get("/info", max_bytes=1000)


async def burst(engine: FakeEngine, transport: EngineTransport) -> None:
    """Five calls at a time, which leave five connections."""
    released = anyio.Event()
    engine.fault("/info", faults.after(released))
    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(get_through, transport)
        await engine.requested("/info", 5)
        released.set()
    assert engine.open_connections == 5


async def test_cancelled_handshake_closes_its_socket_at_once() -> None:
    async with FakeEngine(tcp=True) as engine:  # speaks no TLS, so that the handshake never ends
        port = int(engine.host.rpartition(":")[2])
        async with EngineTransport(endpoint("https", port), EngineLimits()) as transport:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(get_through, transport)
                await engine.until(lambda: engine.open_connections == 1)
                tasks.cancel_scope.cancel()
            await engine.until(lambda: engine.open_connections == 0)


async def test_connections_that_the_engine_closed_are_closed_here_at_the_next_call() -> None:
    async with FakeEngine() as engine, EngineTransport(engine.endpoint, EngineLimits()) as transport:
        await burst(engine, transport)
        engine.close_connections()
        await engine.until(lambda: engine.open_connections == 0)
        descriptors = len(os.listdir("/proc/self/fd"))
        await get_through(transport)
        await anyio.lowlevel.checkpoint()
        assert len(os.listdir("/proc/self/fd")) <= descriptors - 5 + 2  # both ends of the new one


@pytest.mark.parametrize(("limits", "left"), [(EngineLimits(), 5), (EngineLimits(kept_s=0.0), 1)], ids=["soon", "late"])
async def test_connections_of_a_burst_are_kept_for_as_long_as_may_be(limits: EngineLimits, left: int) -> None:
    async with FakeEngine() as engine, EngineTransport(engine.endpoint, limits) as transport:
        await burst(engine, transport)
        await get_through(transport)
        await engine.until(lambda: engine.open_connections == left)


async def test_calls_one_after_the_other_use_the_connection_used_last() -> None:
    async with FakeEngine() as engine, EngineTransport(engine.endpoint, EngineLimits()) as transport:
        async with transport.stream("/events", silence_s=None):
            await get_through(transport)
            await get_through(transport)
            assert engine.open_connections == 2
        await get_through(transport)
        await engine.until(lambda: engine.open_connections == 1)


async def test_connection_that_is_out_when_the_transport_closes_is_closed_when_it_comes_back() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        async with EngineTransport(engine.endpoint, EngineLimits()) as transport:
            stream = transport.stream(f"/containers/{web.id}/stats", silence_s=None)
            pieces = await stream.__aenter__()
        engine.remove(web)
        assert [piece async for piece in pieces][-1].endswith(b"\n")
        await stream.__aexit__(None, None, None)
        await engine.until(lambda: engine.open_connections == 0)


async def test_a_kept_connection_that_ends_as_it_is_used_again_costs_no_call() -> None:
    answered = 0

    async def answer_once(stream: SocketStream) -> None:
        nonlocal answered
        async with stream:
            await stream.receive()
            answered += 1
            await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            with contextlib.suppress(anyio.EndOfStream):
                await stream.receive()  # the next request; the connection ends instead of an answer

    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(listener.serve, answer_once)
        there = endpoint("tcp", listener.extra(SocketAttribute.local_port))
        async with EngineTransport(there, EngineLimits()) as transport:
            for _ in range(3):
                assert (await transport.get("/info", max_bytes=1000))[1] == b"{}"
        tasks.cancel_scope.cancel()
    assert answered == 3
