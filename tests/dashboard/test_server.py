"""uvicorn as the dashboard runs it: it answers before it says so, and ends whatever its browsers do."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest
from anyio.abc import SocketStream

from dockstats_core.fanout.sse import EventStreamParser
from dockstats_core.fleet.agents import Fleet
from dockstats_core.messages import stream
from dockstats_core.messages.stream import AgentBatch, AgentEntry
from dockstats_core.program.credentials import Credentials
from dockstats_core.program.sockets import bound_address, open_sockets
from dockstats_dashboard.app import build
from dockstats_dashboard.gathering import Gathering
from dockstats_dashboard.server import Server
from tests.builders import NOW
from tests.dashboard.serving import ACCESS, simulated_feeds
from tests.running import ANY_PORT, keep_buffers_small, until


async def test_it_answers_once_it_says_that_it_has_started() -> None:
    sockets = open_sockets(ANY_PORT)
    url = f"http://127.0.0.1:{bound_address(ANY_PORT, sockets).port}/healthz"
    started = anyio.Event()
    gathering = Gathering(Fleet([], now=NOW), {})
    server = Server(build(gathering, ACCESS, Credentials(None)), started=started.set)
    async with anyio.create_task_group() as tasks, httpx.AsyncClient(trust_env=False) as client:
        tasks.start_soon(server.serve, sockets)
        await started.wait()
        assert (await client.get(url)).status_code == 200
        server.stop()
    assert all(one.fileno() == -1 for one in sockets)


async def test_it_wakes_up_once_a_second_and_stops_at_once() -> None:
    sockets = open_sockets(ANY_PORT)
    started = anyio.Event()

    class Counting(Server):
        ticks = 0

        async def on_tick(self, counter: int) -> bool:
            self.ticks += 1
            return await super().on_tick(counter)

    server = Counting(build(Gathering(Fleet([], now=NOW), {}), ACCESS, Credentials(None)), started=started.set)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, sockets)
        await started.wait()
        begun_s = anyio.current_time()
        await until(lambda: server.ticks >= 2)
        assert anyio.current_time() - begun_s > 0.9
        stopped_s = anyio.current_time()
        server.stop()
    assert anyio.current_time() - stopped_s < 0.5


class Stuck:
    """A dashboard of one busy host, and a browser that opened its stream and reads no more."""

    def __init__(self, server: Server, gathering: Gathering, browser: SocketStream) -> None:
        self.server = server
        self.gathering = gathering
        self.browser = browser
        self._since = (0, 0)  # how many bytes wait, and the batch at which it became so

    def is_stuck(self) -> bool:
        """Whether nothing of what waits went out for four batches."""
        if self.waiting_bytes != self._since[0]:
            self._since = (self.waiting_bytes, self.sequence)
        return self.waiting_bytes > 0 and self.sequence >= self._since[1] + 4

    @property
    def waiting_bytes(self) -> int:
        """What the server holds for the browser."""
        return sum(one.transport.get_write_buffer_size() for one in self.server.server_state.connections)

    @property
    def sequence(self) -> int:
        """Of the newest batch."""
        return max(
            (one.payload.sequence for one in self.gathering.fleet.snapshot(NOW) if isinstance(one, AgentBatch)),
            default=0,
        )


@asynccontextmanager
async def stuck() -> AsyncIterator[Stuck]:
    feeds = simulated_feeds(("atlas",), containers=200)
    gathering = Gathering(Fleet([AgentEntry(id="atlas", label="", url="")], now=NOW), feeds)
    sockets = open_sockets(ANY_PORT)
    keep_buffers_small(*sockets)
    started = anyio.Event()
    server = Server(build(gathering, ACCESS, Credentials(None)), started=started.set)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(gathering.run)
        async with anyio.create_task_group() as serving:
            serving.start_soon(server.serve, sockets)
            await started.wait()
            async with await anyio.connect_tcp("127.0.0.1", bound_address(ANY_PORT, sockets).port) as browser:
                await browser.send(b"GET /stream/agents HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")  # 1.0: no chunks
                here = Stuck(server, gathering, browser)
                await until(here.is_stuck, within_s=20)
                yield here
                gathering.close()
                server.stop()
        tasks.cancel_scope.cancel()


async def test_a_browser_that_does_not_read_loses_batches_and_costs_no_more_for_each_of_them() -> None:
    async with stuck() as here:
        waiting_bytes, lost_from = here.waiting_bytes, here.sequence
        await until(lambda: here.sequence >= lost_from + 10, within_s=30)
        assert here.waiting_bytes <= waiting_bytes  # the kernel may take some more
        newest = here.sequence
        parser, seen = EventStreamParser(), [0]
        with anyio.fail_after(20):
            _, _, text = (await here.browser.receive()).partition(b"\r\n\r\n")
            while seen[-1] < newest:
                for event in parser.feed(text):
                    message = stream.codec.decode(event.data)
                    if isinstance(message, AgentBatch):
                        seen.append(message.payload.sequence)
                text = await here.browser.receive()
    assert seen == sorted(set(seen))
    assert not {lost_from + 3, lost_from + 5} & set(seen)


async def test_a_browser_that_does_not_read_is_cut_off_at_shutdown_without_a_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with stuck() as here:
        with caplog.at_level(logging.WARNING):
            here.gathering.close()
            here.server.stop()
            await until(lambda: not here.server.server_state.connections and not here.server.server_state.tasks)
    assert caplog.records == []
