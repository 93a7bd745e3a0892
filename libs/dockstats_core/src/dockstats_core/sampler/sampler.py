"""One tick after another: ask the source, compute the samples, put the batch together.

An async iterator of what an agent says about its containers: an inventory before the first batch in which a change
shows, then the batch. Between ticks a change of the inventory (a container started, stopped, was renamed) makes a
batch of its own from the readings at hand, so that it shows at once whatever the interval. While there is no engine
the batches go on, with the reason in them and the last figures marked stale.
Not here: connecting to an engine, choosing a source (feeds), formulas (calculator).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

import anyio
from msgspec import Struct, structs

from dockstats_core import calculator
from dockstats_core.containers import Container
from dockstats_core.messages.agent import (
    ContainerFacts,
    ContainerInventory,
    ContainerStatsBatch,
    EngineState,
    HostFigures,
    OwnUsage,
    Sampling,
    UnknownReason,
)
from dockstats_core.sampler.figures import Figures
from dockstats_core.sampler.ticks import Ticks
from dockstats_core.sources.protocol import Readings, Source

Clock = Callable[[], int]
"""Nanoseconds of a monotonic clock."""

_MAX_SENTENCE = 1024  # what a message's text may hold; a longer one would make the whole batch unreadable

# Changes that come in a burst (`docker compose up` of fifty containers) share a batch.
_BETWEEN_CHANGES_S = 0.05


class Inventory(Protocol):
    """What the sampler needs to know of the containers that exist."""

    @property
    def containers(self) -> Sequence[Container]:
        """Every container that may be shown."""
        ...

    @property
    def counted(self) -> Sequence[Container]:
        """Those of them that have counters."""
        ...

    @property
    def version(self) -> int:
        """Grows with every visible change."""
        ...

    def by_state(self) -> Mapping[str, int]:
        """How many containers are in each state."""
        ...

    def told(self) -> None:
        """`containers` were told as they are now; those of them that are gone need not be told again."""
        ...


class Identity(Struct, frozen=True, kw_only=True):
    """Who the batches come from."""

    agent_id: str
    agent_label: str


class Sampler:
    """Makes the batches of one host. Its owner tells it what changes; it never looks for itself."""

    def __init__(
        self,
        identity: Identity,
        *,
        poll_interval_s: float,
        engine: EngineState,
        host: Callable[[], HostFigures],
        own_usage: Callable[[], OwnUsage],
        clock_ns: Clock = time.monotonic_ns,
        wall_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._identity = identity
        self._poll_interval_s = poll_interval_s
        self._engine = engine
        self._host = host
        self._own_usage = own_usage
        self._clock_ns = clock_ns
        self._wall_clock = wall_clock
        self._figures = Figures()
        self._inventory: Inventory | None = None
        self._source: Source | None = None
        self._source_reason = ""
        self._ask_at_once = False
        self._readings: Readings = {}
        self._lost: UnknownReason | None = None
        self._sent_version: int | None = None
        self._sequence = 0
        self._duration_s: float | None = None
        self._changed = anyio.Event()

    # What its owner tells it. --------------------------------------------------------------------------------------

    def engine_found(self, engine: EngineState, inventory: Inventory) -> None:
        """The engine answers, and this is what runs on it."""
        self._engine = engine
        self._inventory = inventory
        self._sent_version = None
        self._lost = None
        self.wake()

    def engine_trouble(self, sentence: str | None) -> None:
        """The engine answers, but not everything it should; None when that is over."""
        self._engine = structs.replace(self._engine, error=None if sentence is None else sentence[:_MAX_SENTENCE])

    def engine_lost(self, sentence: str) -> None:
        """The engine does not answer: figures are stale from here on. `sentence` says what is wrong and the way out."""
        if self._engine.reachable or self._engine.since is None:
            self._engine = structs.replace(self._engine, reachable=False, since=self._wall_clock())
        self._lost = "engine_unreachable"
        self.engine_trouble(sentence)
        self.use_none()

    def use(self, source: Source, reason: str) -> None:
        """Readings come from `source` from here on, chosen for `reason`; it is asked at once."""
        self._source = source
        self._source_reason = reason[:_MAX_SENTENCE]
        self._readings = {}
        self._ask_at_once = True
        self.wake()

    def use_none(self) -> None:
        """The source is about to close: it is not asked again, and no other one is there yet."""
        self._source = None
        self._source_reason = ""
        self._readings = {}
        self._duration_s = None
        self.wake()

    def wake(self) -> None:
        """Something other than a figure changed: make a batch without waiting for the tick."""
        self._changed.set()

    # What it does. --------------------------------------------------------------------------------------------------

    @property
    def interval_s(self) -> float:
        """The interval in effect, in seconds: the one asked for, or the source's own where that is longer."""
        if self._source is None:
            return self._poll_interval_s
        return max(self._poll_interval_s, self._source.interval_s)

    async def messages(self) -> AsyncIterator[ContainerInventory | ContainerStatsBatch]:
        """Inventories and batches for ever. A reader that is slow skips ticks; nothing queues up."""
        ticks = Ticks(self._now_s())
        while True:
            is_tick = await self._tick_or_change(ticks)
            if is_tick:
                await self._read()
                ticks.done(self._now_s(), self.interval_s)
            elif self._source is not None and self._inventory is not None:
                self._source.retain({container.id for container in self._inventory.counted})
            inventory = self._inventory_if_changed()
            if inventory is not None:
                yield inventory
            yield self._batch(ticks.skipped)

    async def _tick_or_change(self, ticks: Ticks) -> bool:
        """Wait for whichever comes first; True for a tick."""
        while not ticks.is_due(self._now_s()):
            with anyio.move_on_after(ticks.due_s - self._now_s()):
                await self._changed.wait()
                await anyio.sleep(_BETWEEN_CHANGES_S)
                break
        self._changed = anyio.Event()
        if self._ask_at_once:
            self._ask_at_once = False
            ticks.begin_anew(self._now_s())
        return ticks.is_due(self._now_s())

    async def _read(self) -> None:
        if self._source is None or self._inventory is None:
            return
        source, started_s = self._source, self._now_s()
        readings = await source.read(self._inventory.counted, within_s=self.interval_s * 0.8)
        if source is self._source:  # else the engine was lost meanwhile
            self._readings = readings
            self._duration_s = self._now_s() - started_s

    def _inventory_if_changed(self) -> ContainerInventory | None:
        if self._inventory is None or self._inventory.version == self._sent_version:
            return None
        self._sent_version = self._inventory.version
        inventory = ContainerInventory(
            agent_id=self._identity.agent_id,
            agent_label=self._identity.agent_label,
            sent_at=self._wall_clock(),
            containers=[_facts(container) for container in self._inventory.containers],
        )
        self._inventory.told()
        if self._inventory.version != self._sent_version:
            self.wake()
        return inventory

    def _batch(self, skipped_ticks: int) -> ContainerStatsBatch:
        host = self._host()
        now_ns, sent_at = self._clock_ns(), self._wall_clock()  # together: ages are told as of sent_at
        inventory = self._inventory
        samples = self._figures.update(
            inventory.counted if inventory is not None else (),
            self._readings,
            now_ns=now_ns,
            interval_s=self.interval_s,
            host_memory_bytes=host.mem_total_bytes,
            lost=self._lost,
        )
        metrics = calculator.totals([sample for sample in samples if not sample.stale])
        if host.basis == "containers":
            host = structs.replace(host, cpu_pct=metrics.cpu_pct, mem_used_bytes=metrics.mem_bytes)
        self._sequence += 1
        return ContainerStatsBatch(
            agent_id=self._identity.agent_id,
            agent_label=self._identity.agent_label,
            sent_at=sent_at,
            sequence=self._sequence,
            containers=samples,
            agent_metrics=metrics,
            host=host,
            engine=self._engine_now(),
            sampling=self._sampling(skipped_ticks),
            own_usage=self._own_usage(),
            containers_by_state=dict(inventory.by_state()) if inventory is not None else {},
        )

    def _engine_now(self) -> EngineState:
        """The engine's state, with what it says in place of all figures."""
        if self._figures.refusal is None or not self._figures.all_refused:
            return self._engine
        told = f"no figures come: {self._figures.refusal}"
        both = told if self._engine.error is None else f"{self._engine.error}; {told}"
        return structs.replace(self._engine, error=both[:_MAX_SENTENCE])

    def _sampling(self, skipped_ticks: int) -> Sampling:
        limitations = [] if self._source is None else [*self._source.limitations]
        if self._figures.refusal is not None and not self._figures.all_refused:
            limitations.append(f"figures of some containers are missing: {self._figures.refusal}"[:_MAX_SENTENCE])
        return Sampling(
            source=None if self._source is None else self._source.name,
            reason=self._source_reason,
            interval_secs=self.interval_s,
            duration_secs=self._duration_s,
            skipped_ticks=skipped_ticks,
            failures=self._figures.failures,
            limitations=tuple(limitations),
        )

    def _now_s(self) -> float:
        return self._clock_ns() / 1e9


def _facts(container: Container) -> ContainerFacts:
    """The part of a container's record that leaves the host."""
    return ContainerFacts(
        id=container.id,
        name=container.name,
        image=container.image,
        state=container.state,
        health=container.health,
        compose_project=container.compose_project,
        compose_service=container.compose_service,
        started_at=container.started_at,
        finished_at=container.finished_at,
        restart_count=container.restart_count,
        exit_code=container.exit_code,
        oom_killed=container.oom_killed,
        cpu_limit_cores=container.cpu_limit_cores,
        mem_limit_bytes=container.mem_limit_bytes,
        pids_limit=container.pids_limit,
        network_mode=container.network_mode,
        network_of=container.network_of,
        labels=dict(container.labels),
    )
