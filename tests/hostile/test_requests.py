"""Whoever asks either program in a way that no browser does is bounded, counted and told once; others are answered.

Not here: WebSockets (test_listeners), who may ask at all (tests of the gate).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import anyio
import httpx
import pytest

from dockstats_core.program.clients import ClientLimits, Clients, ClientTally
from dockstats_core.program.gate import MAX_PARAMETERS
from tests.agent.serving import running_agent
from tests.dashboard.serving import running_dashboard, simulated_feeds
from tests.hostile.strangers import stranger
from tests.running import until

QUICK = ClientLimits(request_s=1.0)  # less, and an honest client on a busy machine is let go, too
GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


class Attacked:
    """A program in this process: its port, its counts, and an honest client of it."""

    def __init__(self, port: int, tally: ClientTally, honest: httpx.AsyncClient) -> None:
        self.port = port
        self.tally = tally
        self._honest = honest

    async def answers(self) -> bool:
        """Whether others are answered."""
        let_go: object = (await self._honest.get("/healthz")).json()["clients_let_go"]
        return let_go == self.tally.counts


@asynccontextmanager
async def _agent(limits: ClientLimits) -> AsyncIterator[Attacked]:
    clients = Clients(limits, ClientTally())
    async with running_agent(clients=clients) as agent:
        await agent.until_sampled()
        yield Attacked(agent.port, clients.tally, agent.http)


@asynccontextmanager
async def _dashboard(limits: ClientLimits) -> AsyncIterator[Attacked]:
    clients = Clients(limits, ClientTally())
    async with running_dashboard(clients=clients) as dashboard:
        yield Attacked(dashboard.port, clients.tally, dashboard.client)


Attack = Callable[[ClientLimits], AbstractAsyncContextManager[Attacked]]
both = pytest.mark.parametrize("program", [_agent, _dashboard], ids=["agent", "dashboard"])


@both
async def test_a_client_that_connects_and_says_nothing_is_let_go(program: Attack) -> None:
    async with program(QUICK) as attacked, stranger(attacked.port) as one:
        assert await one.hear_out() == b""
        assert attacked.tally.counts["silent"] == 1
        assert await attacked.answers()


@both
@pytest.mark.parametrize("begun", [b"G", GET + b"Content-Length: 100\r\n\r\n{"], ids=["a head", "a body"])
async def test_a_request_that_never_ends_is_let_go_and_told(
    program: Attack, begun: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with program(QUICK) as attacked, AsyncExitStack() as here:
        slow = [await here.enter_async_context(stranger(attacked.port)) for _ in range(5)]
        for one in slow:
            await one.say(begun)
        for one in slow:
            await one.hear_out()
        assert attacked.tally.counts["slow"] == 5
        assert await attacked.answers()
    assert [record.getMessage() for record in caplog.records] == ["a client took too long to ask, and was let go"]


@both
async def test_headers_that_drip_have_the_time_of_one_request_in_all(program: Attack) -> None:
    async with program(QUICK) as attacked, stranger(attacked.port) as one, anyio.create_task_group() as tasks:
        await one.say(GET)
        tasks.start_soon(one.drip, b"X: y\r\n")
        await one.hear_out()
        tasks.cancel_scope.cancel()
        assert attacked.tally.counts["slow"] == 1


@both
async def test_one_that_asks_again_and_again_is_never_slow(program: Attack) -> None:
    async with program(QUICK) as attacked, stranger(attacked.port) as one:
        for place in range(1, 6):
            await one.say(GET[:20])
            await one.say(GET[20:] + b"\r\n")
            while one.heard.count(b'"ok":true') < place:
                await one.hear_more()
        assert attacked.tally.counts["slow"] == 0


@both
@pytest.mark.parametrize(
    "said",
    [
        GET + b"X: " + b"y" * (1 << 20),
        GET + b"X: y\r\n" * 100_000,
        b"GET /" + b"a" * (1 << 20),
        GET + b"\r\n" + GET * 10_000,
    ],
    ids=["a long header", "many headers", "a long address", "thousands of requests in one"],
)
async def test_a_head_without_measure_is_let_go_after_16_kib(program: Attack, said: bytes) -> None:
    async with program(ClientLimits()) as attacked, stranger(attacked.port) as one, anyio.create_task_group() as tasks:
        tasks.start_soon(one.say, said)
        await one.hear_out()
        tasks.cancel_scope.cancel()
        counts = attacked.tally.counts
        assert counts["too_much"] + counts["malformed"] == 1
        assert await attacked.answers()


@both
async def test_some_requests_in_one_are_answered_in_their_order(program: Attack) -> None:
    async with program(ClientLimits()) as attacked, stranger(attacked.port) as one:
        await one.say((GET + b"\r\n") * 20 + GET + b"Connection: close\r\n\r\n")
        heard = await one.hear_out()
        assert heard.count(b"HTTP/1.1 200") == 21
        assert sum(attacked.tally.counts.values()) == 0


@both
@pytest.mark.parametrize("path", [b"/healthz", b"/stream/agents"])
async def test_a_body_that_nobody_asked_for_is_let_go_after_64_kib(program: Attack, path: bytes) -> None:
    head = b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with program(ClientLimits()) as attacked, stranger(attacked.port) as one, anyio.create_task_group() as tasks:
        await one.say(head)
        tasks.start_soon(one.go_on_with, b"400\r\n" + b"x" * 1024 + b"\r\n")
        await one.hear_out()
        tasks.cancel_scope.cancel()
        assert attacked.tally.counts["too_much"] == 1
        assert await attacked.answers()


@both
@pytest.mark.parametrize("said", [b"\x16\x03\x01\x02\x00\x01\x00\x01", b"{}\r\n\r\n"], ids=["TLS", "JSON"])
async def test_what_is_no_http_is_answered_so_and_counted(program: Attack, said: bytes) -> None:
    async with program(ClientLimits()) as attacked, stranger(attacked.port) as one:
        await one.say(said)
        assert (await one.hear_out()).startswith(b"HTTP/1.1 400 ")
        assert attacked.tally.counts["malformed"] == 1


@both
async def test_ten_thousand_parameters_are_refused_before_they_are_taken_apart(program: Attack) -> None:
    async with program(ClientLimits()) as attacked, stranger(attacked.port) as one:
        await one.say(b"GET /healthz?" + b"a&" * 5000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        heard = await one.hear_out()
        assert heard.startswith(b"HTTP/1.1 400 ")
        assert f"more than {MAX_PARAMETERS} parameters".encode() in heard


@both
async def test_clients_beyond_those_there_may_be_are_turned_away_until_others_leave(program: Attack) -> None:
    async with program(ClientLimits(connections=4)) as attacked, AsyncExitStack() as here:
        assert await attacked.answers()  # which is the first connection, kept open
        staying = [await here.enter_async_context(stranger(attacked.port)) for _ in range(3)]
        for one in staying:
            await one.say(GET)
        async with stranger(attacked.port) as one_more:
            assert await one_more.hear_out() == b""
        assert attacked.tally.counts["too_many"] == 1
        assert await attacked.answers()
        await staying.pop().stream.aclose()
        await until(lambda: attacked.tally.counts["too_many"] == 1)
        async with stranger(attacked.port) as next_one:
            await next_one.say(GET + b"\r\n")
            assert b" 200 " in await next_one.hear(b"clients_let_go")


async def test_a_browser_that_takes_nothing_of_its_stream_is_let_go_and_told(caplog: pytest.LogCaptureFixture) -> None:
    clients = Clients(ClientLimits(unread_s=0.2), ClientTally())
    feeds = simulated_feeds(containers=150)
    async with running_dashboard(feeds, clients=clients) as dashboard, stranger(dashboard.port) as one:
        await one.say(b"GET /stream/agents HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await dashboard.until_browsers(1)
        await until(lambda: clients.tally.counts["not_reading"] == 1, within_s=40)
        await dashboard.until_browsers(0)
    assert [record.getMessage() for record in caplog.records] == ["a client did not read its answer, and was let go"]
