"""Every reader ends with the newest of everything, and none of them can hold up the publisher or another reader."""

from __future__ import annotations

from collections.abc import Iterable

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.fanout.newest_wins import EVERY_HOST, KINDS, Fanout, Slot, Subscription

LIST = Slot("agent_list")
STATUS_A, STATUS_B = Slot("agent_status", "a"), Slot("agent_status", "b")
FACTS_A, FACTS_B = Slot("container_inventory", "a"), Slot("container_inventory", "b")
STATS_A, STATS_B = Slot("container_stats_batch", "a"), Slot("container_stats_batch", "b")


async def nothing_comes(subscription: Subscription[str]) -> bool:
    """Whether a read has to wait: it is given every chance to end first."""
    outcome: list[list[str]] = []

    async def read() -> None:
        outcome.append(await anext(subscription))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    return outcome == []


async def drained(subscription: Subscription[str]) -> list[list[str]]:
    """Every turn that is to be had without waiting."""
    turns: list[list[str]] = []
    while held_by(subscription):
        turns.append(await anext(subscription))
    return turns


def published(frames: Iterable[tuple[Slot, str]]) -> Fanout[str]:
    fanout: Fanout[str] = Fanout()
    for slot, frame in frames:
        fanout.publish(slot, frame)
    return fanout


# --- Newest ---------------------------------------------------------------------------------------------------------


async def test_frame_reaches_every_subscriber() -> None:
    fanout: Fanout[str] = Fanout()
    with fanout.subscribe() as one, fanout.subscribe() as other:
        fanout.publish(STATS_A, "1")
        assert await drained(one) == await drained(other) == [["1"]]


async def test_reader_that_waits_is_woken_by_the_frame() -> None:
    fanout: Fanout[str] = Fanout()
    got: list[list[str]] = []

    async def read(subscription: Subscription[str]) -> None:
        got.append(await anext(subscription))

    with fanout.subscribe() as subscription:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, subscription)
            await anyio.wait_all_tasks_blocked()
            fanout.publish(STATS_A, "1")
    assert got == [["1"]]


async def test_slow_reader_skips_to_the_newest_and_the_rest_is_counted() -> None:
    fanout: Fanout[str] = Fanout()
    with fanout.subscribe() as slow:
        for number in range(100):
            fanout.publish(STATS_A, f"batch {number}")
        fanout.publish(STATUS_A, "connected")
        assert await drained(slow) == [["connected", "batch 99"]]
        assert slow.skipped == 99


async def test_slow_reader_does_not_hold_up_a_quick_one() -> None:
    fanout: Fanout[str] = Fanout()
    with fanout.subscribe() as slow, fanout.subscribe() as quick:
        for number in range(5):
            fanout.publish(STATS_A, str(number))
            assert await drained(quick) == [[str(number)]]
        assert await drained(slow) == [["4"]]
    assert (quick.skipped, slow.skipped) == (0, 4)


async def test_frame_is_passed_on_by_reference_and_not_held_once_read() -> None:
    fanout: Fanout[bytes] = Fanout()
    frame = b"x" * 1000
    with fanout.subscribe() as one, fanout.subscribe() as other:
        fanout.publish(STATS_A, frame)
        assert (await anext(one))[0] is (await anext(other))[0] is frame


async def test_late_reader_gets_the_newest_of_everything_kind_by_kind() -> None:
    fanout = published(
        [
            (STATS_B, "stats b"),
            (FACTS_A, "facts a"),
            (STATUS_B, "old status b"),
            (STATS_A, "stats a"),
            (STATUS_A, "status a"),
            (FACTS_B, "facts b"),
            (LIST, "list"),
            (STATUS_B, "status b"),
        ]
    )
    with fanout.subscribe() as late:
        assert await drained(late) == [
            ["list"],
            ["status b"],
            ["status a"],
            ["facts a"],
            ["facts b"],
            ["stats b"],
            ["stats a"],
        ]
        assert late.skipped == 0


async def test_frame_published_while_a_late_reader_catches_up_takes_the_place_of_the_old_one() -> None:
    fanout = published([(STATUS_A, "old status"), (STATS_A, "old stats")])
    with fanout.subscribe() as late:
        fanout.publish(STATS_A, "new stats")
        assert await drained(late) == [["old status"], ["new stats"]]


# --- Order and fairness -----------------------------------------------------------------------------------------------


async def test_turn_of_a_host_has_its_kinds_in_the_order_a_reader_needs_them() -> None:
    fanout: Fanout[str] = Fanout()
    with fanout.subscribe() as subscription:
        for slot in (STATS_A, FACTS_A, STATUS_A):
            fanout.publish(slot, slot.kind)
        assert await drained(subscription) == [["agent_status", "container_inventory", "container_stats_batch"]]


async def test_host_that_never_stops_publishing_keeps_no_other_waiting() -> None:
    fanout: Fanout[str] = Fanout()
    with fanout.subscribe() as subscription:
        fanout.publish(STATS_A, "a0")
        fanout.publish(STATS_B, "b0")
        turns = []
        for number in range(1, 5):
            turns += await anext(subscription)
            for more in range(3):
                fanout.publish(STATS_A, f"a{number}.{more}")
            fanout.publish(STATS_B, f"b{number}")
    assert [frame[0] for frame in turns] == ["a", "b", "a", "b"]


async def test_hosts_are_served_in_the_order_in_which_something_of_theirs_came_up() -> None:
    fanout: Fanout[str] = Fanout()
    with fanout.subscribe() as subscription:
        for host in ("c", "a", "b"):
            fanout.publish(Slot("container_stats_batch", host), host)
        fanout.publish(Slot("agent_status", "b"), "b!")
        assert await drained(subscription) == [["c"], ["a"], ["b!", "b"]]


def test_kind_that_the_fan_out_does_not_know_is_a_mistake_of_the_publisher() -> None:
    fanout: Fanout[str] = Fanout(["batch"])
    with pytest.raises(KeyError):
        fanout.publish(Slot("agent_list"), "x")


# --- Narrowing ------------------------------------------------------------------------------------------------------


async def test_narrowed_reader_gets_its_hosts_and_what_concerns_all() -> None:
    fanout = published([(LIST, "list"), (STATUS_A, "old a"), (STATUS_B, "old b")])
    with fanout.subscribe({"b", "nobody"}) as narrowed:
        fanout.publish(STATS_A, "a")
        fanout.publish(STATS_B, "b")
        fanout.publish(LIST, "new list")
        assert await drained(narrowed) == [["new list"], ["old b"], ["b"]]


async def test_reader_narrowed_to_no_host_still_gets_what_concerns_all() -> None:
    fanout = published([(STATUS_A, "a")])
    with fanout.subscribe([]) as narrowed:
        assert await nothing_comes(narrowed)
        fanout.publish(LIST, "list")
        assert await drained(narrowed) == [["list"]]


async def test_what_an_earlier_turn_took_along_leaves_no_empty_turn_behind() -> None:
    fanout = published([(FACTS_A, "inventory")])
    with fanout.subscribe() as subscription:
        fanout.publish(STATUS_A, "status")
        assert await drained(subscription) == [["status", "inventory"]]
        assert await nothing_comes(subscription)


# --- Cancelling and closing -----------------------------------------------------------------------------------------


async def test_cancelled_read_takes_nothing() -> None:
    fanout = published([(STATS_A, "1")])
    with fanout.subscribe() as subscription:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await anext(subscription)
        assert scope.cancelled_caught
        assert await drained(subscription) == [["1"]]


async def test_frame_that_comes_as_the_waiting_read_is_cancelled_goes_to_it_or_to_the_next() -> None:
    fanout: Fanout[str] = Fanout()
    got: list[list[str]] = []

    async def read(subscription: Subscription[str]) -> None:
        got.append(await anext(subscription))

    with fanout.subscribe() as subscription:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, subscription)
            await anyio.wait_all_tasks_blocked()
            fanout.publish(STATS_A, "1")
            tasks.cancel_scope.cancel()
        assert got + await drained(subscription) == [["1"]]


async def test_read_cancelled_while_it_waits_leaves_the_next_frame_for_the_next_read() -> None:
    fanout: Fanout[str] = Fanout()
    with fanout.subscribe() as subscription:
        assert await nothing_comes(subscription)
        fanout.publish(STATS_A, "1")
        assert await drained(subscription) == [["1"]]


async def test_reader_that_is_nudged_has_one_empty_turn() -> None:
    fanout: Fanout[str] = Fanout()
    with fanout.subscribe() as subscription:
        subscription.nudge()
        assert await anext(subscription) == []
        assert await nothing_comes(subscription)


async def test_reader_that_waits_is_woken_by_a_nudge() -> None:
    fanout: Fanout[str] = Fanout()
    got: list[list[str]] = []

    async def read(subscription: Subscription[str]) -> None:
        got.append(await anext(subscription))

    with fanout.subscribe() as subscription:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, subscription)
            await anyio.wait_all_tasks_blocked()
            subscription.nudge()
    assert got == [[]]


async def test_frame_that_comes_with_a_nudge_makes_its_turn() -> None:
    fanout: Fanout[str] = Fanout()
    with fanout.subscribe() as subscription:
        subscription.nudge()
        fanout.publish(STATS_A, "1")
        assert await anext(subscription) == ["1"]
        assert await nothing_comes(subscription)


async def test_reader_that_always_finds_something_lets_others_run() -> None:
    fanout: Fanout[str] = Fanout()
    others_ran = False

    async def other() -> None:
        nonlocal others_ran
        others_ran = True

    with fanout.subscribe() as subscription:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(other)
            for _ in range(3):
                fanout.publish(STATS_A, "1")
                await anext(subscription)
            assert others_ran


async def test_two_readers_of_one_subscription_are_refused() -> None:
    fanout: Fanout[str] = Fanout()

    async def read(subscription: Subscription[str]) -> None:
        await anext(subscription)

    with fanout.subscribe() as subscription:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, subscription)
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(anyio.BusyResourceError):
                await anext(subscription)
            tasks.cancel_scope.cancel()


async def test_closing_ends_waiting_and_later_iterations_without_what_was_pending() -> None:
    fanout: Fanout[str] = Fanout()
    ended = anyio.Event()

    async def read(subscription: Subscription[str]) -> None:
        assert [frames async for frames in subscription] == []
        ended.set()

    with fanout.subscribe() as waiting, fanout.subscribe() as behind:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, waiting)
            await anyio.wait_all_tasks_blocked()
            fanout.publish(STATS_A, "too late")
            fanout.close()
        assert ended.is_set()
        assert [frames async for frames in behind] == []


async def test_closed_fan_out_takes_nothing_more_and_ends_whoever_joins() -> None:
    fanout = published([(STATS_A, "1")])
    fanout.close()
    fanout.publish(STATS_A, "2")
    fanout.close()
    with fanout.subscribe() as late:
        assert [frames async for frames in late] == []


async def test_subscription_ends_with_its_block_and_is_counted_while_it_lasts() -> None:
    fanout: Fanout[str] = Fanout()
    with fanout.subscribe() as one:
        with fanout.subscribe():
            assert fanout.subscriber_count == 2
        assert fanout.subscriber_count == 1
    assert fanout.subscriber_count == 0
    fanout.publish(STATS_A, "1")
    assert [frames async for frames in one] == []


# --- Laws -----------------------------------------------------------------------------------------------------------

SLOTS = [LIST, *(Slot(kind, host) for kind in KINDS[1:] for host in "abc")]
NARROWINGS: list[frozenset[str] | None] = [None, frozenset("ab"), frozenset()]

steps = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.sampled_from(SLOTS)),
        st.tuples(st.sampled_from(["read", "join", "leave"]), st.integers(0, len(NARROWINGS) - 1)),
    ),
    max_size=60,
)


class Reader:
    """One subscription, the hosts it is for, and what it knows of each slot."""

    def __init__(self, fanout: Fanout[tuple[Slot, int]], hosts: frozenset[str] | None) -> None:
        self.hosts = hosts
        self.knows: dict[Slot, int] = {}
        self._block = fanout.subscribe(hosts)
        self.subscription = self._block.__enter__()

    def leave(self) -> None:
        self._block.__exit__(None, None, None)

    def take(self, frames: list[tuple[Slot, int]]) -> None:
        """One turn: it is of one host, in the order of the kinds, and never older than what was known."""
        ranks = [KINDS.index(slot.kind) for slot, _ in frames]
        assert len({slot.host for slot, _ in frames}) == 1
        assert ranks == sorted(set(ranks))
        for slot, number in frames:
            assert number > self.knows.get(slot, 0)
            self.knows[slot] = number

    def is_for(self, slot: Slot) -> bool:
        return self.hosts is None or slot.host in {*self.hosts, EVERY_HOST}


@given(steps)
async def test_every_reader_ends_with_the_newest_of_every_slot_and_never_holds_more_than_one_each(
    story: list[tuple[str, Slot | int]],
) -> None:
    fanout: Fanout[tuple[Slot, int]] = Fanout()
    newest: dict[Slot, int] = {}
    readers: dict[int, Reader] = {}
    for number, (what, which) in enumerate(story, start=1):
        if isinstance(which, Slot):
            newest[which] = number
            fanout.publish(which, (which, number))
        elif what == "join" and which not in readers:
            readers[which] = Reader(fanout, NARROWINGS[which])
        elif what == "leave" and which in readers:
            readers.pop(which).leave()
        elif what == "read" and which in readers and held_by(readers[which].subscription):
            readers[which].take(await anext(readers[which].subscription))
        for reader in readers.values():
            assert held_by(reader.subscription) <= sum(reader.is_for(slot) for slot in newest)
            assert waiting_turns(reader.subscription) <= len(SLOTS) + len("abc") + 1
    for reader in readers.values():
        while held_by(reader.subscription):
            reader.take(await anext(reader.subscription))
        known = {slot: number for slot, number in reader.knows.items() if slot in newest}
        assert known == {slot: number for slot, number in newest.items() if reader.is_for(slot)}


def held_by(subscription: Subscription[tuple[Slot, int]] | Subscription[str]) -> int:
    """How many frames it holds."""
    return sum(map(len, subscription._pending.values()))


def waiting_turns(subscription: Subscription[tuple[Slot, int]] | Subscription[str]) -> int:
    """How many turns are queued for it."""
    return len(subscription._turns)
