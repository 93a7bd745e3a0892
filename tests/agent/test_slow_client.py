"""A client behind a slow line: what it hears is the newest, not what was new when the line began to be slow.

Not here: a client that reads nothing for good (test_websocket), what the kernel takes ahead
(core/program/test_sockets), a real slow line (fleet).
"""

from __future__ import annotations

import socket
from contextlib import suppress

import anyio
import anyio.abc
import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import Request

from dockstats_agent.server import ServerLimits
from dockstats_core.messages.agent import ContainerStatsBatch, codec
from dockstats_core.program.clients import ClientLimits, Clients, ClientTally
from tests.agent.serving import running_agent, said, simulated_feed
from tests.builders import batch
from tests.hostile.strangers import masked
from tests.running import until
from tests.websocket_client import WebSocketClient

TEXT = 0x81
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


async def test_a_client_that_still_reads_is_not_silent_however_late_its_answer_to_a_ping() -> None:
    limits = ServerLimits(ping_interval_s=0.05, ping_time_out_s=1.5)
    async with running_agent(simulated_feed(containers=200), limits=limits) as agent:
        client = await narrow_client(agent.port)
        client.answers_pings = False  # as if they were still under way
        async with client.stream:
            begun_s = anyio.current_time()
            while anyio.current_time() < begun_s + 3 * limits.ping_time_out_s:
                assert await client.stream.receive(2048)
                await anyio.sleep(0.01)  # a line of 200 KB/s, and there is more to say than that
            assert agent.broadcast.client_count == 1
            with anyio.fail_after(20):  # and from here on it reads nothing more
                await agent.until_clients(0)


async def test_a_client_that_was_let_go_and_reads_to_the_end_after_all_leaves_nothing_to_cut_off(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clients = Clients(ClientLimits(), ClientTally())
    async with running_agent(simulated_feed(containers=200), clients=clients) as agent:
        client = await narrow_client(agent.port)
        async with client.stream:
            await agent.until_clients(1)
            await agent.until_sampled(more=3)  # each of which is more than may be under way
            await client.stream.send(masked(TEXT) * 2000)
            await until(lambda: clients.tally.counts["too_much"] == 1)
            with anyio.fail_after(20), suppress(anyio.EndOfStream, anyio.BrokenResourceError):
                while True:
                    await client.stream.receive()
        await agent.until_clients(0)
        await anyio.sleep(clients.limits.goodbye_s)  # what was to happen after this time, was set to before
    assert [record.levelname for record in caplog.records] == ["WARNING"]


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
