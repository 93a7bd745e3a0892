"""An engine, or what stands in for it, answers as none does: the call ends within its bounds, and says why.

Not here: faults of honest engines (tests/core/engine), a whole agent on such an engine (test_engine_of_an_agent).
"""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Awaitable, Callable

import anyio
import pytest

from dockstats_core.engine.api import EngineClient
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.engine.transport import EngineTransport
from dockstats_core.errors import (
    EngineApiError,
    EngineError,
    EngineNotReachableError,
    EngineTimeoutError,
    MalformedAnswerError,
)
from tests import faults
from tests.fake_engine import FakeEngine
from tests.fake_http import Exchange, Fault

BYTES = 1 << 20
QUICK = EngineLimits(call_s=1.5, silence_s=1.0)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b"[" + b" " * (64 << 20) + b"]")

Normal = Callable[[], Awaitable[None]]


def for_ever(beginning: bytes, again: bytes, *, every_s: float = 0.0) -> Fault:
    """Bytes instead of an answer, and then others again and again."""

    async def fault(exchange: Exchange, normal: Normal) -> None:
        await exchange.send(beginning)
        while True:
            await exchange.send(again)
            await anyio.sleep(every_s)

    return fault


def compressed(body: bytes) -> Fault:
    """A whole answer, compressed although nobody asked for that."""

    async def fault(exchange: Exchange, normal: Normal) -> None:
        await exchange.answer(200, body, **{"Content-Encoding": "gzip"})

    return fault


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), MalformedAnswerError),
        (for_ever(OK, b"X: y\r\n" * 1000), MalformedAnswerError),
        (for_ever(b"HTTP/1.1 200 " + b"O" * 100_000, b"O" * 100_000), MalformedAnswerError),
        (for_ever(CHUNKED, b"1;" + b"x" * 10_000), MalformedAnswerError),
        (for_ever(CHUNKED, b"1\r\n \r\n" * 1000), MalformedAnswerError),
        (for_ever(CHUNKED + b"0\r\n", b"X: y\r\n" * 1000), MalformedAnswerError),
        (for_ever(CHUNKED, b"1000\r\n" + b" " * 4096 + b"\r\n"), MalformedAnswerError),
        (faults.raw(OK + b"Content-Length: 99999999999999999999\r\n\r\n{}"), EngineNotReachableError),
        (faults.raw(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}"), MalformedAnswerError),
        (faults.raw(OK + b"Content-Length: -1\r\n\r\n{}"), MalformedAnswerError),
        (faults.raw(OK + b"Transfer-Encoding: gzip\r\n\r\n{}"), MalformedAnswerError),
        (compressed(BOMB), MalformedAnswerError),
        (for_ever(b"", b"H", every_s=0.05), EngineTimeoutError),
        (for_ever(OK, b"X", every_s=0.05), EngineTimeoutError),
        (for_ever(OK + b"Content-Length: 1000\r\n\r\n", b" ", every_s=0.05), EngineTimeoutError),
        (
            faults.raw_and_open(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n"),
            EngineError,
        ),
    ],
    ids=[
        "provisional answers",
        "headers",
        "a status line",
        "a chunk's extensions",
        "chunks of a byte",
        "trailers",
        "a body",
        "a length beyond all lengths",
        "two lengths",
        "a negative length",
        "an encoding",
        "a compression bomb",
        "a drip of nonsense",
        "a drip of headers",
        "a drip of body",
        "another protocol",
    ],
)
async def test_an_answer_that_is_none_ends_within_its_bounds_and_the_next_call_works(
    fault: Fault, kind: type[EngineError]
) -> None:
    limits = QUICK if kind is EngineTimeoutError else EngineLimits()
    async with FakeEngine() as engine, EngineClient(engine.endpoint, limits=limits) as client:
        await client.connect()
        engine.fault("/info", fault)
        tracemalloc.start()
        with anyio.fail_after(20), pytest.raises(kind):
            await client.info()
        _, most_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most_bytes < 16 << 20
        engine.heal()
        assert await client.ping() == "1.47"


@pytest.mark.parametrize(
    "fault",
    [
        for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
        for_ever(CHUNKED, b"1\r\n \r\n" * 1000),
        for_ever(CHUNKED, b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    ],
    ids=["provisional answers", "chunks of a byte", "a line without an end"],
)
async def test_an_event_stream_that_is_none_ends_although_it_may_be_quiet_for_ever(fault: Fault) -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint) as client:
        await client.connect()
        engine.fault("/events", fault)
        with anyio.fail_after(20), pytest.raises(MalformedAnswerError):
            await read_all(client)


async def read_all(client: EngineClient) -> None:
    async with client.events() as events:
        async for _ in events:
            pass


async def test_a_redirect_is_not_followed() -> None:
    async with FakeEngine() as engine, FakeEngine(tcp=True) as elsewhere:
        where = elsewhere.host.replace("tcp:", "http:")
        engine.fault(
            "/info", faults.raw(f"HTTP/1.1 302 Found\r\nLocation: {where}/info\r\nContent-Length: 0\r\n\r\n".encode())
        )
        async with EngineTransport(engine.endpoint, EngineLimits()) as transport:
            with pytest.raises(EngineApiError, match="302"):
                await transport.get("/info", max_bytes=BYTES)
        assert elsewhere.requests == []


async def test_an_error_without_measure_is_cut_to_a_sentence() -> None:
    async with FakeEngine() as engine, EngineTransport(engine.endpoint, EngineLimits()) as transport:
        engine.fault("/info", faults.status(500, "w" * (10 << 20)))
        with pytest.raises(EngineApiError) as caught:
            await transport.get("/info", max_bytes=BYTES)
    assert len(str(caught.value)) < 1000


async def test_events_that_flood_are_read_at_a_pace_and_the_engine_waits() -> None:
    body = b'{"Type":"container","Action":"top","Actor":{"ID":"' + b"a" * 64 + b'"}}\n'
    flood = for_ever(CHUNKED, f"{len(body) * 100:x}\r\n".encode() + body * 100 + b"\r\n")
    limits = EngineLimits(lines_per_s=100.0, lines_at_once=10)
    async with FakeEngine() as engine, EngineClient(engine.endpoint, limits=limits) as client:
        await client.connect()
        engine.fault("/events", flood)
        async with client.events() as events:
            began_s = anyio.current_time()
            for _ in range(60):
                await anext(events)
    assert anyio.current_time() - began_s >= 0.45  # fifty that had to be waited for, a hundred a second


async def test_what_an_engine_says_of_its_host_is_no_more_than_a_host_can_have() -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint) as client:
        await client.connect()
        for told in ({"NCPU": -5}, {"MemTotal": 1 << 70}, {"NCPU": 1 << 64}, {"MemTotal": -1}):
            engine.fault("/info", faults.answer(200, told), times=1)
            with pytest.raises(MalformedAnswerError):
                await client.info()
