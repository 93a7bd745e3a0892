"""Agents that are none: each speaks to whoever connects as it likes, again and again, until it is cut off.

Not here: what becomes of it (test_agents).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

import anyio
from anyio.abc import SocketAttribute, SocketStream
from wsproto.utilities import generate_accept_token

from dockstats_core.messages import agent
from dockstats_core.messages.agent import ContainerFacts, ContainerInventory, ContainerSample
from tests.builders import NOW, batch
from tests.core.connection.conversing import BINARY, CONTINUATION, PING, TEXT, frame
from tests.hostile.strangers import GONE

Attack: TypeAlias = Callable[[SocketStream, bytes], Awaitable[None]]
"""What is said on one connection: the second argument is the answer that accepts the WebSocket."""


class HostileAgent:
    """One, at `url`."""

    def __init__(self, url: str, attack: Attack) -> None:
        self.url = url
        self.connections = 0
        self._attack = attack

    async def serve(self, stream: SocketStream) -> None:
        """Whoever connected."""
        self.connections += 1
        async with stream:
            with suppress(*GONE):
                head = b""
                while b"\r\n\r\n" not in head:
                    head += await stream.receive()
                key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)
                assert key is not None
                await self._attack(stream, _acceptance(generate_accept_token(key[1])))


@asynccontextmanager
async def hostile_agent(attack: Attack) -> AsyncIterator[HostileAgent]:
    """One that does this, for as long as the block runs."""
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        port = listener.extra(SocketAttribute.local_port)
        hostile = HostileAgent(f"ws://127.0.0.1:{port}/ws", attack)
        tasks.start_soon(listener.serve, hostile.serve)
        yield hostile
        tasks.cancel_scope.cancel()


def _acceptance(token: bytes, *more: bytes) -> bytes:
    lines = [b"HTTP/1.1 101 Go on", b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Accept: " + token]
    return b"\r\n".join([*lines, *more, b"", b""])


def again_and_again(*frames: bytes, first: bytes = b"") -> Attack:
    """After a proper handshake these, as fast as they are taken."""

    async def attack(stream: SocketStream, acceptance: bytes) -> None:
        await stream.send(acceptance + first)
        for data in itertools.cycle(frames):
            await stream.send(data)

    return attack


def instead(data: bytes, *, again: bool = False) -> Attack:
    """This instead of a handshake."""

    async def attack(stream: SocketStream, _: bytes) -> None:
        await stream.send(data)
        while again:
            await stream.send(data)

    return attack


async def _batches_without_end(stream: SocketStream, acceptance: bytes) -> None:
    await stream.send(acceptance)
    for sequence in itertools.count(1):
        await stream.send(_said(batch(sequence, containers=_samples(sequence, 50))))


async def _other_containers_at_every_tick(stream: SocketStream, acceptance: bytes) -> None:
    await stream.send(acceptance)
    for tick in itertools.count():
        facts = [ContainerFacts(id=f"{tick:032x}{number:032x}", name="w" * 1000) for number in range(500)]
        await stream.send(_said(ContainerInventory(agent_id=f"host-{tick}", sent_at=NOW, containers=facts)))
        await stream.send(_said(batch(tick + 1, agent_id=f"host-{tick}", containers=_samples(tick, 500))))


def _samples(tick: int, count: int) -> list[ContainerSample]:
    return [
        ContainerSample(id=f"{tick:032x}{number:032x}", name="w", cpu_pct=1e308, oom_kills=tick)
        for number in range(count)
    ]


def _said(message: agent.AgentMessage) -> bytes:
    return frame(TEXT, agent.codec.encode(message))


def _batch_with(containers: bytes) -> bytes:
    """A batch as text, whose containers are anything at all."""
    fixed = b'{"type":"container_stats_batch","agent_id":"a","sent_at":"2026-01-01T00:00:00Z","sequence":1'
    return frame(TEXT, fixed + b',"agent_metrics":{},"containers":' + containers + b"}")


ATTACKS: Mapping[str, Attack] = {
    "batches": _batches_without_end,
    "inventories": _other_containers_at_every_tick,
    "pings": again_and_again(frame(PING) * 1000),
    "fragments": again_and_again(frame(CONTINUATION, fin=False) * 1000, first=frame(TEXT, fin=False)),
    "nonsense": again_and_again(frame(TEXT, b"{" * 100)),
    "binary": again_and_again(frame(BINARY, b"\xff" * 10_000)),
    "many": again_and_again(_batch_with(b"[" + b",".join([b'{"id":"a","name":"b"}'] * 100_000) + b"]")),
    "long": again_and_again(_batch_with(b'[{"id":"a","name":"' + b"w" * (10 << 20) + b'"}]')),
    "deep": again_and_again(_batch_with(b"[" * 1_000_000)),
    "numbers": again_and_again(_batch_with(b'[{"id":"a","name":"b","cpu_pct":1e400},{"mem_bytes":NaN}]')),
    "huge": again_and_again(b"\x81\x7f" + (1 << 40).to_bytes(8, "big") + b"x" * 1000),
    "compressed": again_and_again(frame(TEXT, b"\xec\xc1\x01\x01" * 100, rsv=4)),
    "masked": again_and_again(frame(TEXT, b"{}", mask=b"abcd")),
    "no text": again_and_again(frame(TEXT, b"\xff\xfe")),
    "headers": instead(b"HTTP/1.1 101 Go on\r\n" + b"X: y\r\n" * 100_000),
    "provisional": instead(b"HTTP/1.1 100 Continue\r\n\r\n", again=True),
    "another key": instead(_acceptance(generate_accept_token(b"somebody else's"))),
}
