"""Keeps a roster true: one list, then the engine's events, with a slow reconciling list behind them.

The event stream is opened before the list, so that nothing between the two is lost; an event shows at once, and a list
that was out meanwhile tells nothing about its container. An inspection during which its container changed is thrown
away and made again. A stream that was lost is opened anew, and then everything is listed and inspected anew. Where a
proxy refuses the stream, lists and inspections alone keep the roster, a little later.
Not here: what an answer means for the records (roster).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Literal, TypeAlias

import anyio
from anyio.abc import TaskGroup
from msgspec import Struct

from dockstats_core.backoff import Backoff
from dockstats_core.engine.api import EngineClient, Filters
from dockstats_core.engine.events import EngineEvent
from dockstats_core.errors import (
    ContainerNotFoundError,
    EngineApiError,
    EngineError,
    EngineNotReachableError,
    EnginePermissionError,
    MalformedAnswerError,
)
from dockstats_core.inventory.roster import Roster
from dockstats_core.messages.agent import MAX_CONTAINERS

_log = logging.getLogger(__name__)

_Part: TypeAlias = Literal["events", "list", "bound", "inspections"]

# An event stream that is answered like this will be so again: something in front of the engine does not let it through.
_REFUSALS = (EngineApiError, EnginePermissionError, MalformedAnswerError)


class WatcherLimits(Struct, frozen=True, kw_only=True):
    """How often the engine is asked, and how much at a time."""

    reconcile_s: float = 30.0  # between lists while the event stream is there
    without_events_s: float = 5.0  # between lists while it is not
    again_after_s: float = 5.0  # after a list that failed
    between_lists_s: float = 0.1  # at least, however often something asks for one
    events_open_s: float = 2.0  # how long the first list waits for the event stream
    reopen_s: float = 0.2  # before an event stream that ended is opened again; doubled while it ends early
    ask_again_s: float = 30.0  # before an event stream that was refused is asked for again
    inspections: int = 8  # at a time


class InventoryWatcher:
    """Watches one engine's containers into `roster`, those that fit `filters`. `run` does it."""

    def __init__(
        self,
        engine: EngineClient,
        roster: Roster,
        *,
        filters: Filters | None = None,
        limits: WatcherLimits | None = None,
    ) -> None:
        self._engine = engine
        self._roster = roster
        self._filters = filters or {}
        self._limits = limits or WatcherLimits()
        self._troubles: dict[_Part, str] = {}
        self._told_version = roster.version
        self._ready = anyio.Event()
        self._changed = anyio.Event()
        self._list_now = anyio.Event()
        self._events_tried = anyio.Event()
        self._hears = False  # whether the event stream is open
        self._everything_anew = False  # events may have been missed: the next list inspects all
        self._heard_meanwhile: set[str] = set()  # containers with news since the list that is out was asked for
        self._inspecting: set[str] = set()
        self._changed_meanwhile: set[str] = set()  # of those
        self._not_inspected: dict[str, str] = {}  # and why
        self._inspections = anyio.CapacityLimiter(self._limits.inspections)

    @property
    def trouble(self) -> str | None:
        """What does not work although the engine answers, as a sentence."""
        return "; ".join(self._troubles.values()) or None

    async def ready(self) -> None:
        """Wait for the first list."""
        await self._ready.wait()

    async def wait_for_change(self, since_version: int) -> None:
        """Wait until the roster's version is another one, or the trouble is."""
        if self._roster.version == since_version:
            await self._changed.wait()

    async def run(self) -> None:
        """Watch until cancelled.

        Raises:
            EngineError: the engine is lost.
        """
        lost: EngineError | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_listening, tasks)
            lost = await self._keep_listing(tasks)
            tasks.cancel_scope.cancel()
        if lost is not None:
            raise lost

    # Events. ---------------------------------------------------------------------------------------------------------

    async def _keep_listening(self, tasks: TaskGroup) -> None:
        """Keep the event stream open."""
        pauses = Backoff(lambda: 1.0, first_s=self._limits.reopen_s, longest_s=self._limits.without_events_s)
        while True:
            began_s, refused = anyio.current_time(), False
            try:
                await self._listen(tasks)
            except _REFUSALS as error:
                refused = True
                self._tell_trouble("events", f"changes show late, because the event stream is refused: {error}")
            except EngineError as error:
                _log.info("event stream lost: %s", error)
            self._hears = False
            self._events_tried.set()
            self._list_now.set()  # which also finds out whether the engine is still there
            if anyio.current_time() - began_s > self._limits.without_events_s:
                pauses.reset()
            await anyio.sleep(self._limits.ask_again_s if refused else pauses.next_delay_s())

    async def _listen(self, tasks: TaskGroup) -> None:
        """Apply events until the stream ends."""
        # Filters of a list are not those of events, so all events of containers come.
        async with self._engine.events() as events:
            self._hears = self._everything_anew = True
            self._tell_trouble("events", None)
            self._events_tried.set()
            self._list_now.set()
            async for event in events:
                self._hear(event, tasks)

    def _hear(self, event: EngineEvent, tasks: TaskGroup) -> None:
        to_inspect = self._roster.apply_event(event)
        is_gone = event.action == "destroy"
        if (to_inspect or is_gone) and len(self._heard_meanwhile) < MAX_CONTAINERS:
            self._heard_meanwhile.add(event.id)
        # Only the engine can tell whether a container fits the filters: one that is new, or has a new name.
        if self._filters and to_inspect and (event.action == "rename" or not self._roster.knows(event.id)):
            self._list_now.set()
        else:
            self._inspect(to_inspect, tasks)
        if is_gone and event.id in self._inspecting:
            self._changed_meanwhile.add(event.id)
        self._tell_change()

    # Lists. ----------------------------------------------------------------------------------------------------------

    async def _keep_listing(self, tasks: TaskGroup) -> EngineError:
        """List now and then; gives the error that says that the engine is lost."""
        with anyio.move_on_after(self._limits.events_open_s):
            await self._events_tried.wait()
        while True:
            self._list_now = anyio.Event()
            pause_s = self._limits.again_after_s
            try:
                await self._list(tasks)
            except EngineNotReachableError as error:
                return error
            except EngineError as error:
                if not self._ready.is_set():
                    return error
                self._tell_trouble("list", f"the list of containers is out of date: {error}")
            else:
                pause_s = self._limits.reconcile_s if self._hears else self._limits.without_events_s
            await anyio.sleep(self._limits.between_lists_s)
            with anyio.move_on_after(pause_s):
                await self._list_now.wait()

    async def _list(self, tasks: TaskGroup) -> None:
        self._heard_meanwhile.clear()
        summaries = await self._engine.list_containers(filters=self._filters)
        changed = self._roster.apply_list(summaries, except_for=self._heard_meanwhile)
        for unknown in [one for one in self._not_inspected if not self._roster.knows(one)]:
            del self._not_inspected[unknown]
        self._inspect({*changed, *self._not_inspected, *self._perhaps_changed()}, tasks)
        self._tell_trouble("list", None)
        too_many = f"{self._roster.left_out} containers are not shown: there are more than {MAX_CONTAINERS}"
        self._tell_trouble("bound", too_many if self._roster.left_out else None)
        self._tell_inspections()
        self._ready.set()
        self._tell_change()

    def _perhaps_changed(self) -> list[str]:
        """Containers that may have changed without a trace in the list: restarts, health and limits do."""
        if self._everything_anew:
            self._everything_anew = False
            return [container.id for container in self._roster.containers]
        return [] if self._hears else [container.id for container in self._roster.counted]

    # Inspections. ----------------------------------------------------------------------------------------------------

    def _inspect(self, container_ids: Iterable[str], tasks: TaskGroup) -> None:
        for container_id in container_ids:
            if container_id in self._inspecting:
                self._changed_meanwhile.add(container_id)
            elif len(self._inspecting) >= MAX_CONTAINERS:
                self._list_now.set()  # by when there may be fewer
            else:
                self._inspecting.add(container_id)
                tasks.start_soon(self._inspect_one, container_id)

    async def _inspect_one(self, container_id: str) -> None:
        was_known = self._roster.knows(container_id)
        try:
            while True:
                self._changed_meanwhile.discard(container_id)
                async with self._inspections:
                    details = await self._engine.inspect_container(container_id)
                if container_id not in self._changed_meanwhile:
                    break
        except ContainerNotFoundError:
            self._not_inspected.pop(container_id, None)
            self._roster.remove(container_id)
        except EngineError as error:
            _log.debug("cannot inspect %s, will be tried again: %s", container_id[:12], error)
            self._not_inspected[container_id] = str(error)
            if not was_known:
                self._list_now.set()  # a list tells at least its name and state
        else:
            self._not_inspected.pop(container_id, None)
            if self._roster.knows(container_id) or not was_known:  # else a list took it out meanwhile
                self._roster.apply_inspection(details)
        finally:
            self._inspecting.discard(container_id)
            self._changed_meanwhile.discard(container_id)
        self._tell_inspections()
        self._tell_change()

    def _tell_inspections(self) -> None:
        why = next(iter(self._not_inspected.values()), None)
        self._tell_trouble("inspections", None if why is None else f"facts of some containers are missing: {why}")

    # Who waits. ------------------------------------------------------------------------------------------------------

    def _tell_trouble(self, part: _Part, sentence: str | None) -> None:
        if sentence == self._troubles.get(part):
            return
        if sentence is None:
            del self._troubles[part]
        else:
            self._troubles[part] = sentence
        self._wake()

    def _tell_change(self) -> None:
        if self._told_version != self._roster.version:
            self._told_version = self._roster.version
            self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
