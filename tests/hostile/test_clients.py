"""Clients attack an agent, and browsers a dashboard, in every way at once: those who only listen notice nothing, each
fault is counted, and the log has a line of each kind.

Not here: one attack at a time, with its bound (test_requests, test_listeners).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import anyio
import httpx
import pytest

from dockstats_core.fanout.sse import EventStreamParser
from dockstats_core.messages import agent, stream
from dockstats_core.messages.agent import ContainerStatsBatch
from dockstats_core.messages.stream import AgentBatch
from tests.hostile.strangers import Stranger, masked, stranger, websocket_stranger
from tests.running import program
from tests.websocket_client import WebSocketClient, websocket

HEARD = 30
GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
SIDE_BY_SIDE = 3  # of each attack

Attack = Callable[[Stranger], Awaitable[None]]
Connection = Callable[[int], AbstractAsyncContextManager[Stranger]]


def saying(data: bytes) -> Attack:
    """These, and what comes back is read."""

    async def attack(one: Stranger) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one.say, data)
            await one.hear_out()
            tasks.cancel_scope.cancel()

    return attack


REQUESTS: Sequence[Attack] = [
    saying(b"\x16\x03\x01\x02\x00\x01\x00\x01"),
    saying(GET + b"X: " + b"y" * 1_000_000),
    saying(GET + b"Content-Length: 1000000\r\n\r\n" + b"x" * 1_000_000),
    saying(GET * 1000),
    saying(GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nConnection: close\r\n\r\n"),
    saying(b"GET /healthz?" + b"a&" * 5000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"),
]
MESSAGES: Sequence[Attack] = [
    saying(masked(0x81, b"{}") * 100_000),
    saying(masked(0x89, b"?" * 100) * 1000),
    saying(masked(0xC1, b"\xaa")),
    saying(b"\x81\x02{}"),
]


@asynccontextmanager
async def under_attack(port: int, attacks: Sequence[Attack], messages: Sequence[Attack] = ()) -> AsyncIterator[None]:
    """While the block runs, all of them again and again, each on a connection of its own."""

    async def again_and_again(attack: Attack, connection: Connection) -> None:
        while True:
            with suppress(OSError, TimeoutError):  # on a busy machine an attack may come to nothing
                async with connection(port) as one:
                    await attack(one)

    async with anyio.create_task_group() as tasks:
        for _ in range(SIDE_BY_SIDE):
            for attack in attacks:
                tasks.start_soon(again_and_again, attack, stranger)
            for attack in messages:
                tasks.start_soon(again_and_again, attack, websocket_stranger)
        yield
        tasks.cancel_scope.cancel()


async def health(port: int) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        told: dict[str, Any] = (await client.get(f"http://127.0.0.1:{port}/healthz")).json()
        return told


def told_too_often(log: Sequence[str]) -> dict[str, int]:
    """Lines that say the same more than once."""
    sentences = Counter(" ".join(line.split(" ")[1:]).split(" client=")[0] for line in log)
    return {line: count for line, count in sentences.items() if count > 1}


@pytest.mark.time_limit(120)
async def test_while_clients_attack_an_agent_another_hears_every_batch() -> None:
    simulated = ("--source", "simulated", "--poll-interval", "100ms", "--listen", "127.0.0.1:0")
    async with program("dockstats-agent", *simulated) as running:
        port = await running.port()
        sequences: list[int] = []
        async with websocket(port) as honest, under_attack(port, REQUESTS, MESSAGES):
            assert isinstance(honest, WebSocketClient)
            with anyio.fail_after(60):
                while len(sequences) < HEARD:
                    text = await honest.receive()
                    assert isinstance(text, str)
                    message = agent.codec.decode(text)
                    if isinstance(message, ContainerStatsBatch):
                        sequences.append(message.sequence)
                        skipped = message.sampling.skipped_ticks
            let_go = (await health(port))["clients_let_go"]
        log = list(running.log)
    assert len(sequences) >= 0.75 * (sequences[-1] - sequences[0] + 1), sequences
    assert skipped <= HEARD
    assert let_go["too_much"] > SIDE_BY_SIDE
    assert let_go["malformed"] > SIDE_BY_SIDE
    assert told_too_often(log) == {}
    assert not [line for line in log if "Traceback" in line or "ERROR" in line]


@pytest.mark.time_limit(120)
async def test_while_browsers_attack_a_dashboard_another_gets_every_batch() -> None:
    async with program("dockstats-dashboard", "--demo", "--listen", "127.0.0.1:0") as running:
        port = await running.port()
        sequences: list[int] = []
        parser = EventStreamParser()
        async with (
            under_attack(port, REQUESTS),
            httpx.AsyncClient(trust_env=False, timeout=20) as client,
            client.stream("GET", f"http://127.0.0.1:{port}/stream/agents", params={"batches": "whole"}) as answer,
        ):
            first = None
            with anyio.fail_after(60):
                async for piece in answer.aiter_bytes():
                    messages = [stream.codec.decode(event.data) for event in parser.feed(piece)]
                    batches = [message for message in messages if isinstance(message, AgentBatch)]
                    first = first or next((one.agent_id for one in batches), None)
                    sequences += [one.payload.sequence for one in batches if one.agent_id == first]
                    if len(sequences) >= HEARD // 3:
                        break
            let_go = (await health(port))["clients_let_go"]
        log = list(running.log)
    assert len(sequences) >= 0.75 * (sequences[-1] - sequences[0] + 1), sequences
    assert let_go["too_much"] > SIDE_BY_SIDE
    assert let_go["malformed"] > SIDE_BY_SIDE
    assert told_too_often(log) == {}
    assert not [line for line in log if "Traceback" in line or "ERROR" in line]
