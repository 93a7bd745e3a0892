"""`AgentFeed` against a real agent in this process, and against peers that behave as told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import groupby

import anyio
import pytest
from wsproto.events import CloseConnection, TextMessage

from dockstats_core.connection.limits import ConnectionLimits
from dockstats_core.errors import ConfigurationError
from dockstats_core.feeds.agent import AgentFeed
from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentStatus, ContainerInventory, ContainerStatsBatch
from tests.agent.serving import running_agent
from tests.builders import batch
from tests.core.connection.conversing import endpoint
from tests.core.connection.peer import Heard, PeerEnd, peer


@asynccontextmanager
async def following(feed: AgentFeed, heard: Heard | None = None) -> AsyncIterator[Heard]:
    """Everything that a fast reader of the feed gets."""
    heard = heard or Heard()

    async def read() -> None:
        async for event in feed.events():
            heard(event)

    async with feed, anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        yield heard
        tasks.cancel_scope.cancel()


def url_of(port: int) -> str:
    return f"ws://127.0.0.1:{port}/ws"


# A real agent. -------------------------------------------------------------------------------------------------------


async def test_of_a_real_agent_come_connection_status_inventory_and_batches() -> None:
    async with running_agent() as real:
        await real.until_sampled()
        async with following(AgentFeed(url_of(real.port))) as heard:
            await heard.until(lambda: sum(isinstance(one, ContainerStatsBatch) for one in heard.all) >= 3)
    assert list(heard.statuses) == ["connecting", "connected"]
    kinds = [type(message) for message in heard.messages]
    assert kinds[0] is AgentStatus
    assert kinds.index(ContainerInventory) < kinds.index(ContainerStatsBatch)
    assert {message.agent_label for message in heard.messages} == {"Heron"}


async def test_batches_of_a_real_agent_follow_each_other() -> None:
    sequences = []
    async with running_agent() as real, AgentFeed(url_of(real.port)) as feed:
        with anyio.fail_after(20):
            async for one in feed.batches():
                sequences.append(one.sequence)
                if len(sequences) == 3:
                    break
    assert sequences == sorted(set(sequences))


async def test_an_agent_that_shuts_down_is_told_and_tried_again() -> None:
    async with running_agent() as real, following(AgentFeed(url_of(real.port))) as heard:
        await heard.change("connected")
        real.broadcast.close()
        change = await heard.change("closed")
        assert change.reason == f"{url_of(real.port)}: the agent shuts down"
        await heard.change("connecting", nth=2)


async def test_leaving_the_feed_lets_the_agent_s_client_go() -> None:
    async with running_agent() as real:
        async with following(AgentFeed(url_of(real.port))) as heard:
            await heard.change("connected")
            await real.until_clients(1)
        await real.until_clients(0)


async def test_an_agent_at_another_path_is_an_error_with_the_way_out() -> None:
    async with running_agent() as real, following(AgentFeed(f"ws://127.0.0.1:{real.port}/nowhere")) as heard:
        reason = (await heard.change("error")).reason
    assert reason is not None
    assert "refused the connection (403)" in reason or "agents serve /ws" in reason


# A peer that behaves as told. ----------------------------------------------------------------------------------------


async def test_statuses_follow_the_connection_through_its_failures() -> None:
    ends = iter(["goodbye", "no WebSocket", "break off", "stay"])
    heard = Heard()

    async def behave(end: PeerEnd) -> None:
        how = next(ends)
        if how == "no WebSocket":
            await end.stream.send(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            return
        await end.accept()
        if how == "goodbye":
            await heard.change("connected")
            await end.say(CloseConnection(code=1000))
            await end.heard_goodbye()
        elif how == "break off":
            await heard.change("connected", nth=2)
        else:
            await end.until_gone()

    async with peer(behave) as there, following(AgentFeed(there.url()), heard):
        await heard.change("connected", nth=3)
    # A goodbye is told twice: as it comes, and with the time of the next attempt.
    assert [status for status, _ in groupby(heard.statuses)] == [
        *("connecting", "connected", "closed"),
        *("connecting", "error"),
        *("connecting", "connected", "error"),
        *("connecting", "connected"),
    ]


async def test_a_slow_reader_skips_to_the_newest_batch() -> None:
    async def behave(end: PeerEnd) -> None:
        await end.accept()
        for number in range(1, 201):
            await end.say(TextMessage(data=agent.codec.encode(batch(number)).decode()))
        await end.until_gone()

    async with peer(behave) as there:
        feed = AgentFeed(there.url())
        async with following(feed) as fast:
            slow = feed.batches()
            with anyio.fail_after(20):
                early = await anext(slow)
                await fast.until(lambda: batch(200) in fast.all)
                late = await anext(slow)
    assert early.sequence < 200
    assert late == batch(200)


async def test_a_reader_that_comes_late_gets_what_holds_now() -> None:
    async def behave(end: PeerEnd) -> None:
        await end.accept()
        await end.say(TextMessage(data=agent.codec.encode(batch(1)).decode()))
        await end.until_gone()

    async with peer(behave) as there:
        feed = AgentFeed(there.url())
        async with following(feed) as early:
            await early.until(lambda: early.messages)
            late = Heard()
            with anyio.fail_after(20):
                async for event in feed.events():
                    late(event)
                    if late.messages:
                        break
    assert list(late.statuses) == ["connected"]
    assert late.messages == [batch(1)]


async def test_leaving_the_feed_ends_every_reader_and_says_goodbye() -> None:
    codes: list[int] = []

    async def behave(end: PeerEnd) -> None:
        await end.accept()
        codes.append(await end.heard_goodbye())

    ended = anyio.Event()

    async with peer(behave) as there, anyio.create_task_group() as tasks:
        feed = AgentFeed(there.url())
        heard = Heard()

        async def read() -> None:
            async for event in feed.events():
                heard(event)
            ended.set()

        async with feed:
            tasks.start_soon(read)
            await heard.change("connected")
        with anyio.fail_after(20):
            await ended.wait()
            while there.now:  # noqa: ASYNC110 - the peer's own end
                await anyio.sleep(0.01)
    assert codes == [1000]


async def test_its_limits_are_the_connection_s() -> None:
    async def behave(end: PeerEnd) -> None:
        await end.until_gone()

    limits = ConnectionLimits(handshake_s=0.1)
    async with peer(behave) as there, following(AgentFeed(there.url(), limits=limits)) as heard:
        assert (await heard.change("error")).reason == f"{there.url()}: no answer to the handshake within 0.1 s"


async def test_an_endpoint_of_the_configuration_is_as_good_as_a_url() -> None:
    async def behave(end: PeerEnd) -> None:
        await end.accept()
        await end.until_gone()

    async with peer(behave) as there, following(AgentFeed(endpoint(f"db|Data base|{there.url()}"))) as heard:
        await heard.change("connected")


# How the block ends. -------------------------------------------------------------------------------------------------


async def test_what_the_block_raises_comes_out_as_it_is() -> None:
    with pytest.raises(LookupError, match="mine"):
        async with AgentFeed("ws://127.0.0.1:1/ws"):
            raise LookupError("mine")


async def test_a_block_that_is_cancelled_ends() -> None:
    with anyio.move_on_after(0.05) as patience:
        async with AgentFeed("ws://127.0.0.1:1/ws"):
            await anyio.sleep_forever()
    assert patience.cancelled_caught


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "follows one agent"),
        ("ws://heron/ws;ws://ibis/ws", "follows one agent"),
        ("http://heron/ws", "should start with ws:// or wss://"),
        ("heron:8080", "should start with ws:// or wss://"),
    ],
)
def test_what_is_not_one_url_is_refused_with_what_would_be_right(text: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        AgentFeed(text)


async def test_a_feed_that_was_left_may_be_entered_again() -> None:
    async with running_agent() as real:
        feed = AgentFeed(url_of(real.port))
        for _ in range(2):
            async with following(feed) as heard:
                await heard.until(lambda: any(isinstance(one, ContainerStatsBatch) for one in heard.all))
            await real.until_clients(0)
