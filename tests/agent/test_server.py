"""uvicorn as the agent runs it: it answers before it says so, and ends whatever its clients do."""

from __future__ import annotations

import logging

import anyio
import httpx
import pytest
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol

from dockstats_agent.app import build
from dockstats_agent.broadcast import Broadcast
from dockstats_agent.server import Server, ServerLimits
from dockstats_core.program.credentials import Credentials
from dockstats_core.program.sockets import bound_address, open_sockets
from tests.agent.serving import ACCESS, simulated_feed
from tests.running import ANY_PORT, keep_buffers_small, until
from tests.websocket_client import WebSocketClient, websocket


def server_of(broadcast: Broadcast, started: anyio.Event) -> Server:
    limits = ServerLimits(shutdown_grace_s=0.1)
    return Server(build(broadcast, ACCESS, Credentials(None)), started=started.set, limits=limits)


async def test_it_answers_once_it_says_that_it_has_started() -> None:
    sockets = open_sockets(ANY_PORT)
    url = f"http://127.0.0.1:{bound_address(ANY_PORT, sockets).port}/healthz"
    started = anyio.Event()
    server = server_of(Broadcast(simulated_feed()), started)
    async with anyio.create_task_group() as tasks, httpx.AsyncClient(trust_env=False) as client:
        tasks.start_soon(server.serve, sockets)
        await started.wait()
        assert (await client.get(url)).status_code == 200
        server.stop()
    assert all(one.fileno() == -1 for one in sockets)


async def test_a_client_that_does_not_read_is_cut_off_at_shutdown_without_a_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    feed = simulated_feed(containers=200)
    broadcast = Broadcast(feed)
    sockets = open_sockets(ANY_PORT)
    keep_buffers_small(*sockets)
    started = anyio.Event()
    server = server_of(broadcast, started)

    def is_stuck() -> bool:
        return any(isinstance(one, WSProtocol) and not one.writable.is_set() for one in server.server_state.connections)

    async with feed, anyio.create_task_group() as tasks:
        tasks.start_soon(broadcast.run)
        async with anyio.create_task_group() as serving:
            serving.start_soon(server.serve, sockets)
            await started.wait()
            async with websocket(bound_address(ANY_PORT, sockets).port) as client:
                assert isinstance(client, WebSocketClient)
                await until(is_stuck, within_s=30)
                with caplog.at_level(logging.WARNING):
                    broadcast.close()
                    server.stop()
                    await until(lambda: not server.server_state.connections and not server.server_state.tasks)
        tasks.cancel_scope.cancel()
    assert caplog.records == []
