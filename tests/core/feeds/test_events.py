from __future__ import annotations

from typing import get_args

import anyio
import pytest

from dockstats_core.connection.actions import ConnectionChanged
from dockstats_core.feeds.events import KINDS, FeedEvent, NewestEvents
from dockstats_core.messages.agent import AgentStatus, ContainerInventory, ContainerStatsBatch
from tests.builders import NOW, batch

CONNECTED = ConnectionChanged(status="connected")
STATUS = AgentStatus(agent_id="heron", agent_label="Heron", sent_at=NOW, uptime_secs=1.0, version="1")
INVENTORY = ContainerInventory(agent_id="heron", agent_label="Heron", sent_at=NOW, containers=[])


async def first(events: NewestEvents, count: int) -> list[FeedEvent]:
    """The first events that a new reader gets."""
    seen: list[FeedEvent] = []
    with anyio.fail_after(20):
        async for event in events.events():
            seen.append(event)
            if len(seen) == count:
                break
    return seen


def test_every_kind_of_event_has_its_place() -> None:
    tags = {struct.__struct_config__.tag for struct in get_args(FeedEvent)}
    assert tags == set(KINDS)


async def test_a_late_reader_first_gets_the_newest_of_each_kind_in_the_order_it_needs_them() -> None:
    events = NewestEvents()
    for event in (batch(1), INVENTORY, STATUS, CONNECTED, batch(2)):
        events.publish(event)
    assert await first(events, 4) == [CONNECTED, STATUS, INVENTORY, batch(2)]


async def test_a_slow_reader_skips_to_the_newest_and_never_misses_the_status() -> None:
    events = NewestEvents()
    events.publish(batch(1))
    reader = events.events()
    assert await anext(reader) == batch(1)
    events.publish(ConnectionChanged(status="error", reason="gone"))
    for number in range(2, 50):
        events.publish(batch(number))
    events.publish(CONNECTED)
    assert [await anext(reader), await anext(reader)] == [CONNECTED, batch(49)]
    events.close()
    with pytest.raises(StopAsyncIteration):
        await anext(reader)


async def test_readers_do_not_share_what_they_read() -> None:
    events = NewestEvents()
    events.publish(CONNECTED)
    assert await first(events, 1) == await first(events, 1) == [CONNECTED]


async def test_batches_are_only_the_batches() -> None:
    events = NewestEvents()
    seen: list[ContainerStatsBatch] = []

    async def read() -> None:
        async for one in events.batches():
            seen.append(one)
            events.publish(batch(2)) if len(seen) == 1 else events.close()

    for event in (CONNECTED, STATUS, INVENTORY, batch(1)):
        events.publish(event)
    with anyio.fail_after(20):
        await read()
    assert seen == [batch(1), batch(2)]


async def test_close_ends_every_reader_also_those_that_come_later() -> None:
    events = NewestEvents()
    ended: list[str] = []

    async def read(name: str) -> None:
        async for _ in events.events():
            pass
        ended.append(name)

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, "early")
            await anyio.lowlevel.checkpoint()
            events.close()
            tasks.start_soon(read, "late")
    assert sorted(ended) == ["early", "late"]
    events.publish(CONNECTED)  # without effect
    assert [event async for event in events.events()] == []
