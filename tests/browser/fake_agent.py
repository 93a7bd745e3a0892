"""An agent that says what it is told, over the real protocol: the outermost edge, for what no real engine would say.

Not here: the agent itself (apps/agent).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio
import anyio.abc
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Ping, Request, TextMessage

from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentMessage


@asynccontextmanager
async def fake_agent(messages: Sequence[AgentMessage]) -> AsyncIterator[str]:
    """The `ws://` URL of an agent that says `messages` to whoever connects, and then only answers pings."""
    frames = [agent.codec.encode(message).decode() for message in messages]

    async def serve(stream: anyio.abc.SocketStream) -> None:
        protocol = WSConnection(ConnectionType.SERVER)
        async with stream:
            async for chunk in stream:
                protocol.receive_data(chunk)
                for event in protocol.events():
                    if isinstance(event, Request):
                        await stream.send(protocol.send(AcceptConnection()))
                        for frame in frames:
                            await stream.send(protocol.send(TextMessage(data=frame)))
                    elif isinstance(event, Ping):
                        await stream.send(protocol.send(event.response()))

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        yield f"ws://127.0.0.1:{port}/ws"
        tasks.cancel_scope.cancel()
