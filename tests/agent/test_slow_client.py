"""A client behind a slow line: what it hears is the newest, not what was new when the line began to be slow.

Not here: a client that reads nothing for good (test_websocket), what the kernel takes ahead
(core/program/test_sockets), a real slow line (fleet).
"""

from __future__ import annotations

import socket

import anyio
import anyio.abc
from wsproto import ConnectionType, WSConnection
from wsproto.events import Request

from dockstats_core.messages.agent import ContainerStatsBatch, codec
from tests.agent.serving import running_agent, said
from tests.builders import batch
from tests.websocket_client import WebSocketClient

BATCHES = 600  # together several times what may be under way
UNDER_WAY_BYTES = 48_000  # 16 KiB that the agent's kernel takes ahead, and what the client's takes in unread


async def narrow_client(port: int) -> WebSocketClient:
    """A client whose kernel takes in next to nothing that it has not read."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # before it connects, or its window is wide already
    narrow.connect(("127.0.0.1", port))
    stream = await anyio.abc.SocketStream.from_socket(narrow)
    protocol = WSConnection(ConnectionType.CLIENT)
    await stream.send(protocol.send(Request(host=f"127.0.0.1:{port}", target="/ws")))
    client = WebSocketClient(stream, protocol)
    assert await client.accepted() is None
    return client


async def test_a_client_that_reads_slowly_skips_to_the_newest() -> None:
    async with running_agent() as agent:
        agent.stop_sampling()
        client = await narrow_client(agent.port)
        async with client.stream:
            await agent.until_clients(1)
            for sequence in range(1, BATCHES + 1):
                agent.broadcast.publish(batch(sequence))
                await anyio.wait_all_tasks_blocked()
            heard: list[ContainerStatsBatch] = []
            with anyio.fail_after(20):
                while not heard or heard[-1].sequence < BATCHES:
                    if isinstance(message := await said(client), ContainerStatsBatch) and message.agent_id == "heron":
                        heard.append(message)
    assert sum(len(codec.encode(message)) for message in heard) < UNDER_WAY_BYTES
