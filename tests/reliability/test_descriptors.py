"""No descriptor is left, for both programs: they go on with what they have, say so once, and recover.

Not here: files of the kernel (tests/core/sources/cgroup), single calls without a descriptor (tests/core).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import anyio
import anyio.abc
import httpx

from dockstats_core.messages import agent
from dockstats_core.messages.agent import ContainerStatsBatch
from dockstats_core.messages.stream import AgentBatch, AgentConnection, StreamMessage
from tests.browser.fake_agent import fake_agent, ticking
from tests.builders import batch
from tests.dashboard.serving import messages_of
from tests.fake_engine import FakeEngine
from tests.reliability.processes import no_descriptor_left
from tests.running import Program, program
from tests.websocket_client import WebSocketClient, websocket

LISTEN = ("--listen", "127.0.0.1:0")
SAID = "new connections have to wait: this process has all"
CROWD = 5
SHORT_FOR_S = 1.5  # the server tries again after a second, and would tell of it each time


async def batch_of(client: WebSocketClient) -> ContainerStatsBatch:
    """The next batch that an agent sends."""
    with anyio.fail_after(20):
        while True:
            message = await client.receive()
            assert isinstance(message, str), message
            decoded = agent.codec.decode(message)
            if isinstance(decoded, ContainerStatsBatch):
                return decoded


def memory_is_known(said: ContainerStatsBatch) -> bool:
    """Whether the agent could read what it needs itself, for which it opens a file."""
    return said.own_usage is not None and said.own_usage.mem_bytes is not None


async def heard(stream: AsyncIterator[StreamMessage], condition: Callable[[StreamMessage], bool]) -> None:
    """Read on until a message is as it should be."""
    with anyio.fail_after(20):
        async for message in stream:
            if condition(message):
                return
    raise AssertionError("the stream ended")


def about_gone(message: StreamMessage, why: str) -> bool:
    """Whether it is about the agent that cannot be reached, for this reason."""
    return isinstance(message, AgentConnection) and message.agent_id == "gone" and why in (message.reason or "")


async def answered(port: int) -> None:
    """Wait until a new connection is served."""
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        assert (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200


async def crowd(port: int) -> list[anyio.abc.SocketStream]:
    """Clients that connect and wait; the kernel takes them, whatever the program does."""
    return [await anyio.connect_tcp("127.0.0.1", port) for _ in range(CROWD)]


def told(running: Program) -> list[str]:
    """What the program said of the shortage, tracebacks included."""
    return [line for line in running.log if SAID in line or "Traceback" in line]


async def test_agent_without_a_descriptor_keeps_its_client_and_its_engine_and_says_so_once() -> None:
    async with FakeEngine(tick_s=0.1) as engine:
        engine.run("web", cores=0.5)
        arguments = ("--docker-endpoint", engine.host, "--poll-interval", "100ms", *LISTEN)
        async with program("dockstats-agent", *arguments) as running:
            port = await running.port()
            async with websocket(port) as client:
                assert isinstance(client, WebSocketClient)
                while not (await batch_of(client)).containers:
                    pass
                with no_descriptor_left(running):
                    waiting = await crowd(port)
                    await running.line_with(SAID)
                    with anyio.move_on_after(SHORT_FOR_S):
                        while True:
                            during = await batch_of(client)
                    assert len(told(running)) == 1
                await answered(port)
                while not memory_is_known(await batch_of(client)):
                    pass
            for one in waiting:
                await one.aclose()
            assert await running.stop() == 0
    assert during.engine.reachable
    assert [one.name for one in during.containers if not one.stale] == ["web"]
    assert not memory_is_known(during), "what cannot be read is unknown"
    assert len(told(running)) == 1


async def test_dashboard_without_a_descriptor_keeps_its_browsers_and_agents_and_says_so_once() -> None:
    async with (
        fake_agent([batch()]) as there,
        ticking(there, batch, every_s=0.1),
        program("dockstats-dashboard", "--agents", f"there||{there};gone||ws://127.0.0.1:1/ws", *LISTEN) as running,
    ):
        port = await running.port()
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as browser,
            browser.stream("GET", "/stream/agents") as answer,
        ):
            stream = messages_of(answer)
            await heard(stream, lambda said: isinstance(said, AgentBatch))
            with no_descriptor_left(running):
                waiting = await crowd(port)
                await running.line_with(SAID)
                began_s = anyio.current_time()
                await heard(stream, lambda said: about_gone(said, "this process may open no more files"))
                while anyio.current_time() < began_s + SHORT_FOR_S:
                    await heard(stream, lambda said: isinstance(said, AgentBatch))
                assert len(told(running)) == 1
            await answered(port)
            await heard(stream, lambda said: about_gone(said, "connection refused"))
            await heard(stream, lambda said: isinstance(said, AgentBatch))
        for one in waiting:
            await one.aclose()
        assert await running.stop() == 0
    assert len(told(running)) == 1
