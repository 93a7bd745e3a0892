"""`/ws`: the agent's messages, the newest of each kind, to every client that reads.

What a client says is read, because its pongs come the same way, and ignored. Pings, their time-out and the size limit
of a client's messages are the server's (`server`). Not here: what is sent (broadcast).
"""

from __future__ import annotations

import contextlib

import anyio
from litestar import WebSocket, websocket
from litestar.datastructures.state import State
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect

from dockstats_agent.broadcast import Broadcast

GOING_AWAY = 1001
TRY_AGAIN_LATER = 1013
MAX_CLIENTS = 256
"""Clients beyond this are sent away: an agent serves dashboards and scripts, not the public."""


@websocket("/ws")
async def stream_messages(socket: WebSocket[None, None, State], broadcast: NamedDependency[Broadcast]) -> None:
    """Serve one client until it leaves, falls silent, or the agent shuts down."""
    await socket.accept()
    if broadcast.client_count >= MAX_CLIENTS:
        await socket.close(TRY_AGAIN_LATER, f"this agent serves at most {MAX_CLIENTS} clients")
        return
    async with anyio.create_task_group() as both_ways:
        both_ways.start_soon(_ignore_what_it_says, socket, both_ways.cancel_scope)
        with contextlib.suppress(WebSocketDisconnect, OSError):  # the latter from the server, once it let it go
            await _send(socket, broadcast)
        both_ways.cancel_scope.cancel()


async def _send(socket: WebSocket[None, None, State], broadcast: Broadcast) -> None:
    with broadcast.subscribe() as turns:
        async for frames in turns:
            for frame in frames:
                await socket.send_text(frame)
    await socket.close(GOING_AWAY, "the agent shuts down")


async def _ignore_what_it_says(socket: WebSocket[None, None, State], both_ways: anyio.CancelScope) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    both_ways.cancel()
