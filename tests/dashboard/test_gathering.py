"""Every feed into one fleet, and from there to every browser; one agent's trouble is its own."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from types import TracebackType
from typing import Self

import anyio
import pytest

from dockstats_core.backoff import FIRST_S
from dockstats_core.connection.actions import ConnectionChanged
from dockstats_core.fanout.shared_gzip import Frame
from dockstats_core.fanout.sse import EventStreamParser
from dockstats_core.feeds.events import FeedEvent
from dockstats_core.fleet.agents import Fleet
from dockstats_core.messages import stream
from dockstats_core.messages.agent import AgentStatus, ContainerFacts, ContainerInventory, ContainerStatsBatch
from dockstats_core.messages.stream import (
    AgentBatch,
    AgentColumns,
    AgentConnection,
    AgentEntry,
    AgentEvents,
    AgentList,
    StreamMessage,
)
from dockstats_core.messages.unusable import Unusable
from dockstats_dashboard.gathering import CHANGES_AT_ONCE, NOT_FOLLOWED, Gathering
from tests.builders import NOW, batch, container_id
from tests.running import until


class ScriptedFeed:
    """A feed that says what the test sends into it."""

    def __init__(self) -> None:
        self._send, self._receive = anyio.create_memory_object_stream[FeedEvent](100)
        self.is_open = False

    def say(self, *events: FeedEvent) -> None:
        for event in events:
            self._send.send_nowait(event)

    def end(self) -> None:
        self._send.close()

    async def events(self) -> AsyncIterator[FeedEvent]:
        async for event in self._receive:
            yield event

    async def batches(self) -> AsyncIterator[ContainerStatsBatch]:
        async for event in self.events():
            if isinstance(event, ContainerStatsBatch):
                yield event

    async def __aenter__(self) -> Self:
        self.is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_open = False
        self._send.close()
        self._receive.close()


def entry(agent_id: str) -> AgentEntry:
    return AgentEntry(id=agent_id, label=agent_id.title(), url=f"ws://{agent_id}/ws")


def decoded(frame: Frame) -> StreamMessage:
    [event] = EventStreamParser().feed(frame.plain)
    return stream.codec.decode(event.data)


@asynccontextmanager
async def gathered(*agents: str, unknown: tuple[str, ...] = ()) -> AsyncIterator[tuple[Gathering, list[ScriptedFeed]]]:
    """A gathering of scripted feeds; those of `unknown` belong to nobody the fleet knows."""
    feeds = {agent: ScriptedFeed() for agent in (*agents, *unknown)}
    gathering = Gathering(Fleet([entry(agent) for agent in agents], now=NOW), feeds, wall_clock=lambda: NOW)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(gathering.run)
            yield gathering, list(feeds.values())
            tasks.cancel_scope.cancel()
    assert not any(feed.is_open for feed in feeds.values())


async def heard(gathering: Gathering, count: int, *, hosts: list[str] | None = None) -> list[StreamMessage]:
    with gathering.fanout.subscribe(hosts) as turns:
        messages: list[StreamMessage] = []
        while len(messages) < count:
            messages += [decoded(forms.whole) for forms in await anext(turns)]
    return messages


async def test_what_every_agent_says_reaches_the_browsers_under_its_configured_name() -> None:
    async with gathered("atlas", "borea") as (gathering, [atlas, borea]):
        atlas.say(batch(1, agent_id="host-a"))
        borea.say(batch(7, agent_id="host-b"))
        told = await heard(gathering, 2)
    batches = [message for message in told if isinstance(message, AgentBatch)]
    assert {(one.agent_id, one.label, one.payload.sequence) for one in batches} == {
        ("atlas", "Atlas", 1),
        ("borea", "Borea", 7),
    }
    assert {one.received_at for one in batches} == {NOW}


async def test_a_lost_connection_is_told_with_its_reason_and_the_time_of_the_next_attempt() -> None:
    async with gathered("atlas") as (gathering, [atlas]):
        atlas.say(ConnectionChanged(status="error", reason="atlas refused the connection", retry_in_s=2.5))
        [told] = await heard(gathering, 1)
    assert isinstance(told, AgentConnection)
    assert (told.status, told.reason) == ("error", "atlas refused the connection")
    assert told.retry_at == NOW + timedelta(seconds=2.5)


async def test_the_agent_list_is_of_this_moment_and_whole() -> None:
    async with gathered("atlas", "borea") as (gathering, _):
        listed = decoded(gathering.agent_list())
    assert isinstance(listed, AgentList)
    assert listed.ts == NOW
    assert [one.id for one in listed.agents] == ["atlas", "borea"]


async def test_a_batch_has_two_forms_and_everything_else_one() -> None:
    async with gathered("atlas") as (gathering, [atlas]):
        atlas.say(ConnectionChanged(status="connected"), batch(5))
        with gathering.fanout.subscribe() as turns:
            status, figures = [*await anext(turns), *await anext(turns)][-2:]
    assert status.columns is status.whole
    whole, columns = decoded(figures.whole), decoded(figures.columns)
    assert isinstance(whole, AgentBatch)
    assert isinstance(columns, AgentColumns)
    assert (whole.payload.sequence, columns.sequence) == (5, 5)
    assert (whole.agent_id, whole.received_at) == (columns.agent_id, columns.received_at)


class CountingFleet(Fleet):
    """One that tells how many batches were made into columns."""

    made = 0

    def columns(self, batch: AgentBatch) -> AgentColumns:
        self.made += 1
        return super().columns(batch)


async def test_a_form_that_nobody_reads_is_not_even_made_and_one_that_many_read_is_made_once() -> None:
    fleet, atlas = CountingFleet([entry("atlas")], now=NOW), ScriptedFeed()
    gathering = Gathering(fleet, {"atlas": atlas}, wall_clock=lambda: NOW)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(gathering.run)
            with gathering.fanout.subscribe() as turns:
                atlas.say(batch(1), batch(2), batch(3))
                sequence = 0
                while sequence != 3:
                    newest = (await anext(turns))[-1]
                    message = decoded(newest.whole)
                    sequence = message.payload.sequence if isinstance(message, AgentBatch) else 0
            tasks.cancel_scope.cancel()
    assert newest.whole.plain is newest.whole.plain
    assert fleet.made == 0
    assert newest.columns.gzipped is newest.columns.gzipped
    assert fleet.made == 1


async def test_what_happened_reaches_the_browsers_and_those_that_join_later() -> None:
    async with gathered("atlas") as (gathering, [atlas]):
        for state in ("running", "paused"):
            facts = ContainerFacts(id=container_id(1), name="web-1", state=state)
            atlas.say(ContainerInventory(agent_id="host-a", sent_at=NOW, containers=[facts]))
        first = await heard(gathering, 2)
        late = await heard(gathering, 2)
    for told in (first, late):
        [events] = [message for message in told if isinstance(message, AgentEvents)]
        assert [event.kind for event in events.events] == ["pause"]


async def test_a_fault_of_ours_with_an_agents_messages_is_logged_once_and_costs_nobody_else_anything(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with gathered("atlas", unknown=("ghost",)) as (gathering, [atlas, ghost]):
        ghost.say(batch(1), batch(2))
        await until(lambda: bool(caplog.records))
        ghost.say(batch(3))
        atlas.say(batch(1))
        [told] = await heard(gathering, 1)
    assert isinstance(told, AgentBatch)
    assert [record.getMessage() for record in caplog.records] == ["agent ghost: a message of it could not be used"]
    assert all(record.exc_info for record in caplog.records)


async def test_what_an_agent_sends_that_cannot_be_used_is_counted_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with gathered("atlas", "borea") as (gathering, [atlas, borea]):
        for count in range(1, 100):
            atlas.say(Unusable(malformed=count, unknown_types=count))
        borea.say(Unusable(unknown_types=7))
        await until(lambda: [one.unusable.unknown_types for one in gathering.fleet.summaries()] == [99, 7])
    assert gathering.fleet.summaries()[0].unusable.malformed == 99
    assert [record.getMessage() for record in caplog.records] == [
        "agent atlas: it sends messages that are none of the protocol's"
    ]


async def test_an_agent_that_comes_and_goes_all_the_time_does_not_fill_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        async with gathered("atlas") as (gathering, [atlas]):
            for number in range(40):
                atlas.say(ConnectionChanged(status="error", reason=f"another reason {number}", retry_in_s=1))
            atlas.say(batch())
            await until(lambda: gathering.fleet.summaries()[0].batch_received_at is not None)  # said last
    assert len(caplog.records) == CHANGES_AT_ONCE


async def test_an_agent_that_stays_away_is_logged_once_for_each_reason(caplog: pytest.LogCaptureFixture) -> None:
    def lost(reason: str) -> list[FeedEvent]:
        return [ConnectionChanged(status="connecting"), ConnectionChanged(status="error", reason=reason, retry_in_s=1)]

    with caplog.at_level(logging.INFO):
        async with gathered("atlas") as (gathering, [atlas]):
            atlas.say(*lost("refused"), *lost("refused"), *lost("unknown name"))
            atlas.say(ConnectionChanged(status="connected"), *lost("refused"), batch())
            await until(lambda: gathering.fleet.summaries()[0].batch_received_at is not None)  # said last
    assert [record.getMessage() for record in caplog.records] == [
        "agent atlas: error, refused",
        "agent atlas: error, unknown name",
        "agent atlas: connected",
        "agent atlas: error, refused",
    ]


async def test_a_feed_that_ends_leaves_the_others() -> None:
    async with gathered("atlas", "borea") as (gathering, [atlas, borea]):
        atlas.end()
        borea.say(AgentStatus(agent_id="b", agent_label="B", sent_at=NOW, uptime_secs=1.0, version="9", features=["x"]))
        [told] = await heard(gathering, 1)
    assert isinstance(told, AgentConnection)
    assert (told.agent_id, told.agent_version) == ("borea", "9")


async def test_closing_ends_every_stream() -> None:
    async with gathered("atlas") as (gathering, _):
        with gathering.fanout.subscribe() as turns:
            gathering.close()
            assert [frames async for frames in turns] == []


class BrokenFeed(ScriptedFeed):
    """A feed with a fault of ours in it, which shows so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._left = times

    async def events(self) -> AsyncIterator[FeedEvent]:
        async for event in super().events():
            if self._left:
                self._left -= 1
                raise LookupError("a fault of ours")
            yield event

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_open = False  # and may be entered again

    def discard(self) -> None:
        """Nobody enters it any more."""
        self._send.close()
        self._receive.close()


async def test_a_feed_that_breaks_is_told_on_its_card_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    broken, borea = BrokenFeed(1), ScriptedFeed()
    fleet = Fleet([entry("atlas"), entry("borea")], now=NOW)
    gathering = Gathering(fleet, {"atlas": broken, "borea": borea}, wall_clock=lambda: NOW, randomness=lambda: 1.0)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(gathering.run)
            broken.say(batch(1))
            [told] = await heard(gathering, 1)
            assert not broken.is_open
            borea.say(batch(7))
            [_, later] = await heard(gathering, 2)
            tasks.cancel_scope.cancel()
    broken.discard()
    assert isinstance(told, AgentConnection)
    assert (told.agent_id, told.status, told.reason) == ("atlas", "error", NOT_FOLLOWED)
    assert told.retry_at == NOW + timedelta(seconds=FIRST_S)
    assert isinstance(later, AgentBatch)
    assert later.agent_id == "borea"
    [record] = caplog.records
    assert record.exc_info


async def test_a_feed_that_breaks_is_begun_anew_by_itself_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    broken = BrokenFeed(3)
    fleet = Fleet([entry("atlas")], now=NOW)
    gathering = Gathering(fleet, {"atlas": broken}, wall_clock=lambda: NOW, randomness=lambda: 0.0)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(gathering.run)
            broken.say(*(batch(sequence) for sequence in range(1, 5)))
            await until(lambda: bool(fleet.summaries()[0].batch_received_at))
            tasks.cancel_scope.cancel()
    broken.discard()
    assert len(caplog.records) == 1
