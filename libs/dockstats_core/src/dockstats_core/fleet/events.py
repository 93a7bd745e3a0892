"""From states to events: what happened to one host's containers between two inventories, or two counts of a batch.

Agents tell states only, so nothing that both inventories hide is known (a container that came and went between them),
and of everything else something must be certain:

- A run begins when `started_at` moves to an instant after the host was first heard of. So what ran before is never
  told as news: not by the list of an engine that answers at last, not by the first inventory after a lost connection.
  It is a `restart` where the run before was not seen to end, or the engine counted one; else a `start`.
- Times are the facts' own, by our clock, where they are plausible, else when it was noticed. After a gap nothing was
  noticed when it happened: what has no time of its own (health, pause, rename, gone) is not told then.
- Two signs of one thing are one event: a counter and a flag of the same kill; a start, and the count that comes late.

Not here: which inventories are compared, and how long events are kept (`journal`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from dockstats_core.fleet.history import CLOCK_OFF_S
from dockstats_core.messages.agent import ContainerFacts, ContainerSample
from dockstats_core.messages.stream import SHORT_ID_CHARS, ContainerEvent, EventKind

OOM_ONCE = timedelta(seconds=10)
"""Kills of one container within this time are one event: a program killed again and again must not fill the list."""

ONE_START = timedelta(seconds=1)
"""Start times this close are of one run: an engine's event tells another one than its inspection, by milliseconds."""

_OOM_ROOM = 64  # kills remembered before those that are long ago are forgotten

_ALIVE = frozenset({"running", "paused"})


class Seen(Struct, frozen=True, kw_only=True):
    """When an inventory came, and what its times are worth."""

    now: datetime
    known_since: datetime  # when the host was first heard of
    clock_behind: timedelta = timedelta(0)  # to be added to the agent's times
    is_gap: bool = False  # something may have happened unseen since the last inventory

    def plausible(self, at: datetime | None) -> datetime | None:
        """`at` by our clock, where that is after the host was first heard of and not to come."""
        if at is None:
            return None
        slack = timedelta(seconds=CLOCK_OFF_S)
        age = self.now - at - self.clock_behind  # a difference, as a stranger's year 1 has no hour before it
        return self.now - max(age, timedelta(0)) if -slack <= age <= self.now - self.known_since + slack else None

    def moved(self, at: datetime | None, known: datetime | None) -> datetime | None:
        """When that was which moved an instant from `known` to `at`; None where it did not move, or nobody can tell."""
        if at is None or at == known:
            return None
        return self.plausible(at) or (None if known is None or self.is_gap else self.now)


class _Run(Struct):
    """A container's last run, as it was told or was there from the first."""

    is_alive: bool
    restart_count: int | None  # when it began
    told_at: datetime | None = None  # its beginning


class EventFinder:
    """Knows of one host's containers what was told of them."""

    def __init__(self, containers: Iterable[ContainerFacts] = ()) -> None:
        """`containers` were there before anybody looked."""
        self._runs = {one.id: _Run(one.state in _ALIVE, one.restart_count) for one in containers}
        self._oom_kills: dict[str, int] = {}
        self._oom_at: dict[str, datetime] = {}  # the last one of each container that was told
        self._oom_room = _OOM_ROOM

    def lost(self) -> None:
        """Counters went on unseen."""
        self._oom_kills.clear()

    def changed(self, before: ContainerFacts | None, after: ContainerFacts, seen: Seen) -> Iterator[ContainerEvent]:
        """What happened to a container that is known, or new (`before` is None)."""
        run = self._runs.get(after.id)
        if run is None:
            run = self._runs[after.id] = _Run(is_alive=False, restart_count=after.restart_count)
        yield from self._began(run, before, after, seen)
        yield from self._oom_flagged(before, after, seen)
        yield from _ended(run, before, after, seen)
        if before is None or seen.is_gap:
            return
        if before.name not in {after.name, after.id[:SHORT_ID_CHARS]}:  # the latter stands for a name not known yet
            yield _event("rename", after, seen.now, old_name=before.name)
        if (before.state, after.state) == ("running", "paused"):
            yield _event("pause", after, seen.now)
        if (before.state, after.state) == ("paused", "running") and before.started_at == after.started_at:
            yield _event("unpause", after, seen.now)
        if before.health is not None and after.health not in {None, before.health}:
            yield _event("health", after, seen.now, health=after.health)

    def went(self, before: ContainerFacts, seen: Seen) -> Iterator[ContainerEvent]:
        """What happened to a container that is not there any more."""
        run = self._runs.pop(before.id, None)
        if seen.is_gap:
            return
        if run is not None and run.is_alive:  # removed before an inventory could tell how it ended
            yield _event("die", before, seen.now)
        yield _event("gone", before, seen.now)

    def counted(self, samples: Iterable[ContainerSample], at: datetime) -> Iterator[ContainerEvent]:
        """Kills for want of memory that the counters of a batch tell."""
        last, self._oom_kills = self._oom_kills, {}
        for sample in samples:
            known = last.get(sample.id)
            count = known if sample.oom_kills is None else sample.oom_kills
            if count is None:
                continue
            self._oom_kills[sample.id] = count
            if known is not None and count > known:
                yield from self._killed(sample, at)

    def _began(
        self, run: _Run, before: ContainerFacts | None, after: ContainerFacts, seen: Seen
    ) -> Iterator[ContainerEvent]:
        known = None if before is None else before.started_at
        began_at = seen.moved(after.started_at, known)
        counted = run.restart_count is not None and (after.restart_count or 0) > run.restart_count
        if run.restart_count is None:
            run.restart_count = after.restart_count
        if began_at is not None and not (
            run.is_alive and run.told_at is not None and abs(began_at - run.told_at) < ONE_START
        ):
            yield _event("restart" if counted or (run.is_alive and known is not None) else "start", after, began_at)
            run.is_alive, run.restart_count, run.told_at = True, after.restart_count, began_at
        elif after.state in _ALIVE:
            if counted:  # the count came after the start, and makes it a restart; or is all that tells of one
                run.restart_count = after.restart_count
                if run.told_at is not None or not seen.is_gap:
                    yield _event("restart", after, run.told_at or seen.now)
            # With the start time of a run that ended it is the next run, whose time is yet to come.
            run.is_alive = run.is_alive or known is None or known != after.started_at

    def _oom_flagged(
        self, before: ContainerFacts | None, after: ContainerFacts, seen: Seen
    ) -> Iterator[ContainerEvent]:
        if after.oom_killed is not True or (before is not None and before.oom_killed is True):
            return
        at = None if after.state in _ALIVE else seen.plausible(after.finished_at)
        if at is None and not seen.is_gap:
            is_news = before is not None and before.oom_killed is False
            # Nothing was known of it: it began and was killed between two looks, and its end is yet to be told.
            began = after.state in _ALIVE and seen.plausible(after.started_at) is not None
            if is_news or began:
                at = seen.now
        if at is not None:
            yield from self._killed(after, at)

    def _killed(self, container: ContainerFacts | ContainerSample, at: datetime) -> Iterator[ContainerEvent]:
        last = self._oom_at.get(container.id)
        if last is None or abs(at - last) >= OOM_ONCE:
            if len(self._oom_at) >= self._oom_room:  # not at every kill: ten thousand may be told of at once
                self._oom_at = {one: told for one, told in self._oom_at.items() if at - told < OOM_ONCE}
                self._oom_room = max(_OOM_ROOM, 2 * len(self._oom_at))
            self._oom_at[container.id] = at
            yield _event("oom", container, at)


def _ended(run: _Run, before: ContainerFacts | None, after: ContainerFacts, seen: Seen) -> Iterator[ContainerEvent]:
    if after.state in _ALIVE or after.state is None or not run.is_alive:
        return
    run.is_alive = False
    ended_at = seen.moved(after.finished_at, None if before is None else before.finished_at)
    if ended_at is None and not seen.is_gap:
        ended_at = seen.now
    if ended_at is not None:
        yield _event("die", after, ended_at, exit_code=after.exit_code)


def _event(
    kind: EventKind,
    container: ContainerFacts | ContainerSample,
    at: datetime,
    *,
    exit_code: int | None = None,
    health: str | None = None,
    old_name: str | None = None,
) -> ContainerEvent:
    return ContainerEvent(
        at=at,
        kind=kind,
        id=container.id[:SHORT_ID_CHARS],
        name=container.name,
        exit_code=exit_code,
        health=health,
        old_name=old_name,
    )
