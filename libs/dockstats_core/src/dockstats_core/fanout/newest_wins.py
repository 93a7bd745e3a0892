"""Hands the newest frame of each kind and host to every subscriber, and never waits for a slow one.

Frames come from one publisher (the dashboard's fleet, the agent's sampler) and go to readers that may be slow, late or
gone (`/stream/agents`, `/ws`). Each place a frame can stand is a slot: one kind of one host. Every frame is the whole
truth of its slot, so a newer one replaces an older one that was not read yet. That gives what a queue cannot:

- publishing is a plain call, O(subscribers), whatever the readers do;
- a subscription holds at most one frame a slot, by reference, and always the newest: a thousand idle readers hold the
  same frames, so a reader costs no more than what it is writing at the moment;
- the state that holds now always arrives. (A queue that drops its oldest would lose a state change.)

A reader is served by turns. Hosts queue in the order in which something of theirs came up; a host's turn hands over all
that is pending of it, in the order of the kinds. So an inventory comes before the batch that follows it, and no host,
however often it publishes, keeps another one waiting. Only what was there before the reader came is served kind by
kind, over all hosts: the agent list, the statuses, then the rest.

Not here: what a frame is (it is passed on unseen), time-outs and heartbeats (the reader's).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, NamedTuple, Self, TypeVar

import anyio
from anyio.lowlevel import checkpoint

if TYPE_CHECKING:
    import asyncio

FrameT = TypeVar("FrameT")

KINDS = ("agent_list", "agent_status", "container_inventory", "container_events", "container_stats_batch")
"""The kinds of both protocols, named as the `type` of their messages, in the order in which a reader needs them.

What a batch may be said in instead (`container_stats_columns`) is another form of the same frame, not a kind."""

EVERY_HOST = ""
"""The host of a slot that concerns all of them, such as the agent list's; no narrowing hides it."""


class Slot(NamedTuple):
    """One place for a frame: a kind, and the id of the host it concerns."""

    kind: str
    host: str = EVERY_HOST


class Subscription(Generic[FrameT]):
    """One reader's view of a fan-out: `async for frames in subscription` gives a list of frames a turn.

    A turn is never empty, but for one that was asked for by `nudge`. The iteration ends when the fan-out or the
    subscription is closed. A read that is cancelled has taken nothing. Made by `Fanout.subscribe`; `offer` is the
    fan-out's side of it.

    Attributes:
        skipped: frames that a newer one replaced before this reader took them.
    """

    def __init__(self, hosts: frozenset[str] | None, last_rank: int) -> None:
        self.skipped: int = 0
        self._hosts = hosts
        self._last_rank = last_rank
        self._pending: dict[str, dict[int, FrameT]] = {}  # host -> rank of the kind -> frame
        # A turn takes what is pending of a host up to a rank. Whatever is pending has a turn queued that takes it.
        self._turns: deque[tuple[str, int]] = deque()
        self._has_full_turn: set[str] = set()
        # A bare future of the loop: `anyio.Event`, which makes one too and two objects more, was a fifth of what a
        # thousand streams cost (measured).
        self._wake: asyncio.Future[None] | None = None
        self._nudged = False
        self._closed = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[FrameT]:
        if self._wake is not None:
            raise anyio.BusyResourceError("reading from")
        # The only places to be cancelled at are here and the wait, and both come before taking. Who is quicker than the
        # publisher waits, and need not let others run besides: a thousand readers would pay for it at each frame.
        if self._turns or self._nudged or self._closed:
            await checkpoint()
        while not self._closed:
            frames = self._take()
            if frames or self._nudged:
                self._nudged = False
                return frames
            self._wake = _future()
            try:
                await self._wake
            finally:
                self._wake = None
        raise StopAsyncIteration

    def nudge(self) -> None:
        """Give the reader a turn, empty if nothing else comes: it has something to do besides, as a heartbeat."""
        self._nudged = True
        self._wake_reader()

    def close(self) -> None:
        """Ends the iteration at once; what was pending is not delivered."""
        self._closed = True
        self._hosts = frozenset()
        self._pending.clear()
        self._wake_reader()

    def offer(self, rank: int, host: str, frame: FrameT, *, up_to_rank: int | None = None) -> None:
        """Puts `frame` in its place, for the host's next turn; with `up_to_rank`, queues a turn up to that rank."""
        if self._hosts is not None and host not in self._hosts:
            return
        pending = self._pending.get(host)
        if pending is None:
            pending = self._pending[host] = {}
        elif rank in pending:
            self.skipped += 1
            pending[rank] = frame
            return
        pending[rank] = frame
        if host not in self._has_full_turn:
            self._queue_turn(host, self._last_rank if up_to_rank is None else up_to_rank)
            self._wake_reader()

    def _wake_reader(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _queue_turn(self, host: str, up_to_rank: int) -> None:
        self._turns.append((host, up_to_rank))
        if up_to_rank == self._last_rank:
            self._has_full_turn.add(host)

    def _take(self) -> list[FrameT]:
        """The frames of the next turn that has any, in the order of their kinds; empty when nothing is pending."""
        while self._turns:
            host, up_to_rank = self._turns.popleft()
            if up_to_rank == self._last_rank:
                self._has_full_turn.discard(host)
            pending = self._pending.get(host, {})
            frames = [pending.pop(rank) for rank in sorted(pending) if rank <= up_to_rank]
            if not pending:
                self._pending.pop(host, None)
            if frames:
                return frames
        return []


class Fanout(Generic[FrameT]):
    """Keeps the newest frame of each slot, for those who are here and those who join later.

    `kinds` are the kinds that may be published, in their delivery order. All methods belong to one event loop. As many
    slots are held as were published, so the publisher bounds them by the hosts it knows.
    """

    def __init__(self, kinds: Sequence[str] = KINDS) -> None:
        self._ranks = {kind: rank for rank, kind in enumerate(kinds)}
        self._newest: dict[Slot, FrameT] = {}
        self._subscriptions: set[Subscription[FrameT]] = set()
        self._closed = False

    @property
    def subscriber_count(self) -> int:
        """How many subscriptions are open."""
        return len(self._subscriptions)

    def publish(self, slot: Slot, frame: FrameT) -> None:
        """Makes `frame` the newest of `slot`, for every subscriber; without effect once closed.

        Raises:
            KeyError: the kind is none of this fan-out's.
        """
        rank = self._ranks[slot.kind]
        if self._closed:
            return
        self._newest[slot] = frame
        for subscription in self._subscriptions:
            subscription.offer(rank, slot.host, frame)

    @contextmanager
    def subscribe(self, hosts: Collection[str] | None = None) -> Iterator[Subscription[FrameT]]:
        """A subscription to all hosts, or only to `hosts`, for as long as the block runs.

        It begins with the newest of every slot there is, in the order of the kinds, hosts in the order they were first
        published. On a closed fan-out it has ended already.
        """
        narrowed = None if hosts is None else frozenset(hosts) | {EVERY_HOST}
        subscription: Subscription[FrameT] = Subscription(narrowed, len(self._ranks) - 1)
        first = sorted((self._ranks[slot.kind], place, slot.host) for place, slot in enumerate(self._newest))
        frames = tuple(self._newest.values())
        for rank, place, host in first:
            subscription.offer(rank, host, frames[place], up_to_rank=rank)
        self._subscriptions.add(subscription)
        if self._closed:
            subscription.close()
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
            subscription.close()

    def close(self) -> None:
        """Ends every subscription at once, those opened later included; what was pending is not delivered."""
        self._closed = True
        self._newest.clear()
        for subscription in self._subscriptions:
            subscription.close()


def _future() -> asyncio.Future[None]:
    import asyncio  # here: a health check, which only passes by above, must not load it

    return asyncio.get_running_loop().create_future()
