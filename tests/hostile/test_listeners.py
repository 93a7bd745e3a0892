"""What clients of an agent's `/ws` say is bounded, counted and told once, whatever it is; the others hear on.

Not here: how a request becomes a WebSocket (test_requests), what clients hear (tests/agent).
"""

from __future__ import annotations

from contextlib import AsyncExitStack

import anyio
import pytest

from dockstats_core.program.clients import ClientFault, ClientLimits, Clients, ClientTally
from tests.agent.serving import RunningAgent, running_agent, said
from tests.hostile.strangers import UPGRADE, masked, stranger, websocket_stranger
from tests.running import until

TEXT, CONTINUATION, BEGUN_TEXT, CLOSE, PING, PONG, COMPRESSED_TEXT = 0x81, 0x00, 0x01, 0x88, 0x89, 0x8A, 0xC1
POLICY, BROKEN, NO_TEXT = 1008, 1002, 1007


def closed(heard: bytes) -> int:
    """The code of the close frame that an agent sent last, before it ended the connection."""
    at = heard.rfind(b"\x88")
    return int.from_bytes(heard[at + 2 : at + 4], "big")


async def hears_on(agent: RunningAgent) -> bool:
    """Whether another client is served."""
    async with agent.client() as other:
        for _ in range(5):
            await said(other)
    return True


@pytest.mark.parametrize(
    "flood",
    [masked(TEXT, b"{}"), masked(TEXT), masked(PING, b"?" * 100), masked(PONG), masked(CONTINUATION)],
    ids=["messages", "empty messages", "pings", "pongs", "empty fragments"],
)
async def test_a_client_that_floods_is_closed_with_1008_and_its_flood_costs_next_to_nothing(flood: bytes) -> None:
    clients = Clients(ClientLimits(), ClientTally())
    async with running_agent(clients=clients) as agent, websocket_stranger(agent.port) as one:
        if flood == masked(CONTINUATION):
            await one.say(masked(BEGUN_TEXT))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one.go_on_with, flood * 1000)
            heard = await one.hear_out()
            tasks.cancel_scope.cancel()
        assert clients.tally.counts["too_much"] == 1
        assert heard.count(b"\x8a\x64") <= ClientLimits().said_at_once_bytes // 100  # pongs
        await agent.until_clients(0)
        assert await hears_on(agent)


async def test_a_thousand_floods_are_one_line(caplog: pytest.LogCaptureFixture) -> None:
    clients = Clients(ClientLimits(), ClientTally())
    async with running_agent(clients=clients) as agent, AsyncExitStack() as here:
        for _ in range(10):
            one = await here.enter_async_context(websocket_stranger(agent.port))
            await one.say(masked(TEXT, b"{}") * 2000)
        await until(lambda: clients.tally.counts["too_much"] == 10)
    assert [record.getMessage() for record in caplog.records] == [
        "a client said more than is listened to, and was let go"
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (masked(COMPRESSED_TEXT, b"\xaa\x56\x4a\x04\x00"), BROKEN),
        (b"\x81\x02{}", BROKEN),
        (masked(0x83, b"?"), BROKEN),
        (masked(CONTINUATION, b"x"), BROKEN),
        (masked(TEXT, b"\xff\xfe"), NO_TEXT),
        (bytes([TEXT, 0x80 | 127]) + b"\xff" * 8 + b"\0\0\0\0", BROKEN),
    ],
    ids=["compressed", "not masked", "unknown opcode", "no beginning", "no UTF-8", "a length beyond all lengths"],
)
async def test_frames_that_are_none_are_closed_with_their_code_and_counted(data: bytes, code: int) -> None:
    clients = Clients(ClientLimits(), ClientTally())
    async with running_agent(clients=clients) as agent, websocket_stranger(agent.port) as one:
        await one.say(data)
        assert closed(await one.hear_out()) == code
        assert clients.tally.counts["malformed"] == 1
        await agent.until_clients(0)


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (UPGRADE.replace(b"127.0.0.1", b"\xff.example") + b"\r\n", "malformed"),
        (UPGRADE.replace(b"13\r\n", b"12\r\n") + b"\r\n", None),
        (UPGRADE + b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=999\r\n\r\n", None),
        (UPGRADE + b"Sec-WebSocket-Protocol: " + b"x," * 4000 + b"\r\n\r\n", None),
        (UPGRADE + b"Content-Length: 5\r\n\r\nhello", None),
        (UPGRADE + b"\r\n" + masked(TEXT, b"early") * 10, None),
    ],
    ids=["a host that is no name", "another version", "a lie about compression", "protocols", "a body", "early frames"],
)
async def test_a_strange_handshake_neither_harms_nor_stays(
    request_: bytes, fault: ClientFault | None, caplog: pytest.LogCaptureFixture
) -> None:
    clients = Clients(ClientLimits(request_s=1.0), ClientTally())
    async with running_agent(clients=clients) as agent:
        async with stranger(agent.port) as one:
            await one.say(request_)
            await one.hear(b"\r\n\r\n")
        if fault is not None:
            assert clients.tally.counts[fault] == 1
        await agent.until_clients(0)
        assert await hears_on(agent)
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_goodbye_is_no_fault() -> None:
    clients = Clients(ClientLimits(), ClientTally())
    async with running_agent(clients=clients) as agent, websocket_stranger(agent.port) as one:
        await one.say(masked(CLOSE, b"\x03\xe8"))
        assert closed(await one.hear_out()) == 1000
        assert sum(clients.tally.counts.values()) == 0
