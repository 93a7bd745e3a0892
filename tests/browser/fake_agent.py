"""An agent that says what it is told, over the real protocol: the outermost edge, for what no real engine would say.

Not here: the agent itself (apps/agent), what a host's messages look like (hosts).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import anyio
import anyio.abc
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Event, Ping, Request, TextMessage

from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentMessage


class _Listener:
    """One dashboard that is connected. What is said to it is said in turn, whoever says it."""

    def __init__(self, stream: anyio.abc.SocketStream) -> None:
        self.protocol = WSConnection(ConnectionType.SERVER)
        self.stream = stream
        self._turn = anyio.Lock()

    async def send(self, *events: Event) -> None:
        async with self._turn:
            for event in events:
                await self.stream.send(self.protocol.send(event))


class FakeAgent:
    """One that runs at `url`. Whoever connects hears the newest message of each kind, as from a real agent."""

    def __init__(self, url: str, messages: Sequence[AgentMessage]) -> None:
        self.url = url
        self._newest: dict[type[AgentMessage], AgentMessage] = {type(message): message for message in messages}
        self._listening: set[_Listener] = set()

    def __str__(self) -> str:
        return self.url

    async def say(self, *messages: AgentMessage) -> None:
        """To those that are connected, and from now on to whoever connects."""
        self._newest |= {type(message): message for message in messages}
        for listener in list(self._listening):
            await listener.send(*map(_said, messages))

    async def serve(self, stream: anyio.abc.SocketStream) -> None:
        """One dashboard."""
        listener = _Listener(stream)
        async with stream:
            try:
                async for chunk in stream:
                    listener.protocol.receive_data(chunk)
                    for event in listener.protocol.events():
                        if isinstance(event, Request):
                            self._listening.add(listener)
                            await listener.send(AcceptConnection(), *map(_said, self._newest.values()))
                        elif isinstance(event, Ping):
                            await listener.send(event.response())
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                pass  # the dashboard is gone
            finally:
                self._listening.discard(listener)


def _said(message: AgentMessage) -> TextMessage:
    return TextMessage(data=agent.codec.encode(message).decode())


@asynccontextmanager
async def fake_agent(messages: Sequence[AgentMessage]) -> AsyncIterator[FakeAgent]:
    """An agent that says `messages` to whoever connects, answers pings, and says more when told to."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    fake = FakeAgent(f"ws://127.0.0.1:{port}/ws", messages)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, fake.serve)
        yield fake
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def ticking(
    agent: FakeAgent, message_of: Callable[[int], AgentMessage], *, every_s: float = 0.5
) -> AsyncIterator[None]:
    """While the block runs, the agent says `message_of(2)`, `message_of(3)`, ... at a real agent's pace."""

    async def tick() -> None:
        sequence = 2
        while True:
            await agent.say(message_of(sequence))
            sequence += 1
            await anyio.sleep(every_s)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tick)
        yield
        tasks.cancel_scope.cancel()
