"""Keeps a roster true: one list, then the engine's events, with a slow reconciling list behind them.

The event stream is opened before the list, and what comes while a list is out is applied after it, so that nothing
between the two is lost and no older list undoes a newer event. An inspection during which its container changed is
thrown away and made again. Where a proxy refuses the event stream, lists alone keep the roster, a little later.
Not here: what an answer means for the records (roster).
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import anyio
from anyio.abc import TaskGroup
from msgspec import Struct

from dockstats_core.engine.api import EngineClient, Filters
from dockstats_core.engine.events import EngineEvent
from dockstats_core.errors import (
    ContainerNotFoundError,
    EngineApiError,
    EngineError,
    EngineNotReachableError,
    EnginePermissionError,
)
from dockstats_core.inventory.roster import Roster

log = logging.getLogger(__name__)


class WatcherLimits(Struct, frozen=True, kw_only=True):
    """How often the engine is asked, and how much at a time."""

    reconcile_s: float = 30.0  # between lists while the event stream is there
    without_events_s: float = 5.0  # between lists where it is refused
    again_after_s: float = 5.0  # after a list that failed
    events_open_s: float = 2.0  # how long the first list waits for the event stream
    reopen_s: float = 0.2  # before an event stream that ended is opened again
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
        self.trouble: str | None = None
        """What does not work although the engine answers, as a sentence."""
        self._engine = engine
        self._roster = roster
        self._filters = filters or {}
        self._limits = limits or WatcherLimits()
        self._ready = anyio.Event()
        self._changed = anyio.Event()
        self._list_now = anyio.Event()
        self._held_back: list[EngineEvent] | None = None  # events that came while a list is out
        self._inspecting: set[str] = set()
        self._changed_meanwhile: set[str] = set()
        self._not_inspected: set[str] = set()
        self._inspections = anyio.CapacityLimiter(self._limits.inspections)

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
        while True:
            async with anyio.create_task_group() as tasks:
                opened = anyio.Event()
                tasks.start_soon(self._listen, tasks, opened)
                failure = await self._keep_listing(opened, tasks)
                tasks.cancel_scope.cancel()
            if failure is not None:
                raise failure
            await anyio.sleep(self._limits.reopen_s)

    # Events. ---------------------------------------------------------------------------------------------------------

    async def _listen(self, tasks: TaskGroup, opened: anyio.Event) -> None:
        """Apply events until the stream ends; then the tasks around it end too, and all begin anew."""
        try:
            # Filters of a list are not those of events, so all events of containers come.
            async with self._engine.events() as events:
                opened.set()
                await self._apply(events, tasks)
        except (EngineApiError, EnginePermissionError) as error:
            self._tell_trouble(f"changes show late, because the event stream is refused: {error}")
            self._has_events = False
            opened.set()
            return
        except EngineError as error:
            log.info("event stream lost: %s", error)
        tasks.cancel_scope.cancel()

    async def _apply(self, events: AsyncIterator[EngineEvent], tasks: TaskGroup) -> None:
        async for event in events:
            if self._held_back is not None:
                self._held_back.append(event)
            else:
                self._apply_event(event, tasks)

    def _apply_event(self, event: EngineEvent, tasks: TaskGroup) -> None:
        version = self._roster.version
        to_inspect = self._roster.apply_event(event)
        # Only the engine can tell whether a container fits the filters: one that is new, or has a new name.
        if self._filters and to_inspect and (event.action == "rename" or not self._roster.knows(event.id)):
            self._list_now.set()
        else:
            self._inspect(to_inspect, tasks)
        self._tell_change(version)

    # Lists. ----------------------------------------------------------------------------------------------------------

    async def _keep_listing(self, opened: anyio.Event, tasks: TaskGroup) -> EngineError | None:
        """List now and then; gives the error that says that the engine is lost."""
        self._has_events = True
        with anyio.move_on_after(self._limits.events_open_s):
            await opened.wait()
        while True:
            self._list_now = anyio.Event()
            pause_s = self._limits.reconcile_s if self._has_events else self._limits.without_events_s
            try:
                await self._list(tasks)
            except EngineNotReachableError as error:
                return error
            except EngineError as error:
                if not self._ready.is_set():
                    return error
                self._tell_trouble(f"the list of containers is out of date: {error}")
                pause_s = self._limits.again_after_s
            with anyio.move_on_after(pause_s):
                await self._list_now.wait()

    async def _list(self, tasks: TaskGroup) -> None:
        self._held_back = []
        try:
            summaries = await self._engine.list_containers(filters=self._filters)
            version = self._roster.version
            to_inspect = self._roster.apply_list(summaries)
        finally:
            held_back, self._held_back = self._held_back, None
        self._not_inspected &= {summary.id for summary in summaries}
        self._inspect([*to_inspect, *(self._not_inspected - set(to_inspect))], tasks)
        for event in held_back:
            self._apply_event(event, tasks)
        if self._has_events:
            self._tell_trouble(None)
        self._ready.set()
        self._tell_change(version)

    # Inspections. ----------------------------------------------------------------------------------------------------

    def _inspect(self, container_ids: list[str], tasks: TaskGroup) -> None:
        for container_id in container_ids:
            if container_id in self._inspecting:
                self._changed_meanwhile.add(container_id)
            else:
                self._inspecting.add(container_id)
                tasks.start_soon(self._inspect_one, container_id)

    async def _inspect_one(self, container_id: str) -> None:
        self._not_inspected.add(container_id)
        try:
            while True:
                self._changed_meanwhile.discard(container_id)
                async with self._inspections:
                    details = await self._engine.inspect_container(container_id)
                if container_id not in self._changed_meanwhile:
                    break
        except ContainerNotFoundError:
            self._not_inspected.discard(container_id)
            self._remove(container_id)
            return
        except EngineError as error:
            log.info("cannot inspect %s, will be tried again: %s", container_id[:12], error)
            return
        finally:
            self._inspecting.discard(container_id)
        self._not_inspected.discard(container_id)
        version = self._roster.version
        self._roster.apply_inspection(details)
        self._tell_change(version)

    def _remove(self, container_id: str) -> None:
        version = self._roster.version
        self._roster.remove(container_id)
        self._tell_change(version)

    # Who waits. ------------------------------------------------------------------------------------------------------

    def _tell_trouble(self, sentence: str | None) -> None:
        if sentence != self.trouble:
            self.trouble = sentence
            self._wake()

    def _tell_change(self, version: int) -> None:
        if version != self._roster.version:
            self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
