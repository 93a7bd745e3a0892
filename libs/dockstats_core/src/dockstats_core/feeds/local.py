"""This machine's engine, or a simulated one, as a feed.

Keeps one engine session at a time: connect, watch the inventory, choose a source, sample. When the engine is lost, or
cannot be used as it is configured, the batches go on and say so, and the next session is tried with back-off until it
works.
Not here: what a session's parts do (engine, inventory, sources, sampler).
"""

from __future__ import annotations

import logging
import os
import platform
import random
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from types import TracebackType
from typing import Self

import anyio
from msgspec import structs

from dockstats_core.backoff import Backoff
from dockstats_core.connection.actions import ConnectionChanged
from dockstats_core.containers import bounded
from dockstats_core.endpoints.engine import EngineEndpoint, resolve_endpoint
from dockstats_core.engine.api import EngineClient
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.engine.models import EngineIdentity, EngineInfo
from dockstats_core.engine.pulse import PulseLimits, keep_pulse
from dockstats_core.errors import (
    ConfigurationError,
    DockstatsError,
    EngineApiError,
    EngineError,
    EnginePermissionError,
    MalformedAnswerError,
)
from dockstats_core.feeds.events import FeedEvent, NewestEvents
from dockstats_core.host_figures import HostMeter
from dockstats_core.inventory.roster import Roster
from dockstats_core.inventory.watcher import InventoryWatcher
from dockstats_core.messages.agent import AgentStatus, ContainerStatsBatch, EngineState, Figure, HostFigures, Sampling
from dockstats_core.own_usage import OwnUsageMeter
from dockstats_core.program.settings import AgentSettings
from dockstats_core.program.values import (
    MAX_POLL_INTERVAL_NS,
    MAX_WORKERS,
    MIN_POLL_INTERVAL_NS,
    SourceChoice,
    checked_label_keys,
)
from dockstats_core.sampler.sampler import Identity, Sampler
from dockstats_core.sources.cgroup.host_pressure import HostPressureMeter
from dockstats_core.sources.cgroup.source import CgroupSource
from dockstats_core.sources.choosing import choose
from dockstats_core.sources.protocol import Source

_log = logging.getLogger(__name__)

VERSION = version("dockstats-core")
STATUS_EVERY_S = 30.0
RETRY_WITHIN_S = 5.0  # an engine that comes back is seen within this; asking one socket that seldom costs nothing
PROBE_AGAIN_S = 1.0  # after running containers told nothing about the source, as while they start
TELL_TROUBLE_EVERY_S = 30.0  # at most: an engine's sentences may be different ones at every tick
CALLS_BESIDE = 32  # calls at a time for the inventory and the pulse, which never wait for those of the source
PROVED_AFTER_S = 10.0  # a session that lasted this long was a good one: the next loss starts with a short wait
FEATURES = ("inventory", "unknown_reasons", "host", "own_usage")
"""What this agent's messages hold beside the fixed fields."""

# An engine whose memory differs from this machine's by more than this share runs in a machine of its own (a virtual
# one, as on a desktop), and so this machine's load is not its host's.
_SAME_MACHINE_TOLERANCE = 0.1


class LocalFeed:
    """Samples the containers of one engine for as long as it is open. See `feeds.events.Feed`.

        async with LocalFeed() as feed:
            async for batch in feed.batches():
                print([(container.name, container.cpu_pct) for container in batch.containers])

    Args:
        docker_endpoint: `unix://…`, `http://…` or `tcp://…`; by default DOCKER_HOST, then the active Docker context.
        poll_interval_s: seconds between two batches, from 0.05; the source may need longer.
        source: `auto`, `cgroup`, `one-shot`, `stream`, or `simulated`, which needs no engine.
        proc_root, cgroup_root: for `cgroup`, where the host's /proc and cgroup file systems are mounted; by default
            /proc, and wherever a cgroup file system is.
        filters: Docker's own (`label`, `name`), each with its values; containers outside them are never sampled.
        labels: keys of the containers' labels that are told; without them none are, but compose's project and service.
        max_workers: calls for figures at a time, where the source makes calls (one-shot).
        host_label: how the host is called in messages; by default its name.
        agent_id: the host's id in messages; by default its name.
        simulated_containers, simulation_seed: how many, and which, with `source="simulated"`.
        environ: where the DOCKER_… variables stand; by default the process's environment.
        pulse: how soon an engine that hangs is found; by default within 15 s.

    Raises:
        ConfigurationError: an unusable endpoint, interval, number of workers, source or label.
    """

    def __init__(
        self,
        docker_endpoint: str | None = None,
        *,
        poll_interval_s: float = 0.5,
        source: SourceChoice = "auto",
        proc_root: str = "/proc",
        cgroup_root: str = "",
        filters: Mapping[str, Sequence[str]] | None = None,
        labels: Collection[str] = (),
        max_workers: int = 16,
        host_label: str | None = None,
        agent_id: str | None = None,
        simulated_containers: int = 40,
        simulation_seed: int = 0,
        environ: Mapping[str, str] | None = None,
        pulse: PulseLimits | None = None,
    ) -> None:
        environ = os.environ if environ is None else environ
        _check_bounds("poll_interval_s", poll_interval_s, MIN_POLL_INTERVAL_NS / 1e9, MAX_POLL_INTERVAL_NS / 1e9)
        _check_bounds("max_workers", max_workers, 1, MAX_WORKERS)
        self._endpoint = None if source == "simulated" else resolve_endpoint(docker_endpoint, environ)
        if source == "cgroup" and self._endpoint is not None and not self._endpoint.is_local:
            raise ConfigurationError(
                f"--source cgroup reads this machine's kernel, and {self._endpoint.text} is elsewhere: run an agent "
                "there, or use auto, one-shot or stream"
            )
        self._api_version = environ.get("DOCKER_API_VERSION") or None
        self._source_choice: SourceChoice = source
        self._proc_root, self._cgroup_root = proc_root, cgroup_root
        self._filters = {name: list(values) for name, values in (filters or {}).items()}
        self._labels = checked_label_keys(labels)
        self._max_workers = max_workers
        self._pulse = pulse
        self._simulated_containers, self._simulation_seed = simulated_containers, simulation_seed
        host_name = platform.node() or "localhost"
        self._identity = Identity(agent_id=agent_id or host_name, agent_label=host_label or host_name)
        self._started_s = time.monotonic()
        self._host: Callable[[], HostFigures] = HostFigures
        self._host_meter = HostMeter()
        self._pressure_meter = HostPressureMeter(proc_root)
        self._own_usage_meter = OwnUsageMeter()
        self._source: Source | None = None
        self._poll_interval_s = self._told_slower_s = poll_interval_s
        self._told_trouble: str | None = None
        self._tell_trouble_at_s = 0.0
        self._events = NewestEvents()
        self._was_left = False
        self._sampler = Sampler(
            self._identity,
            poll_interval_s=poll_interval_s,
            engine=EngineState(endpoint="simulated" if self._endpoint is None else self._endpoint.text),
            host=lambda: self._host(),
            own_usage=lambda: self._own_usage_meter.read(time.monotonic_ns()),
        )

    @classmethod
    def of(cls, settings: AgentSettings) -> Self:
        """The feed that an agent's settings ask for."""
        return cls(
            settings.docker_endpoint,
            poll_interval_s=settings.poll_interval_s,
            source=settings.source,
            proc_root=settings.proc_root,
            cgroup_root=settings.cgroup_root,
            filters=settings.filters,
            labels=settings.labels,
            max_workers=settings.max_workers,
            host_label=settings.host_label,
            simulated_containers=settings.simulated_containers,
            environ={**os.environ, **settings.docker_environment},
        )

    def status(self) -> AgentStatus:
        """Who samples here, now."""
        return AgentStatus(
            agent_id=self._identity.agent_id,
            agent_label=self._identity.agent_label,
            sent_at=datetime.now(UTC),
            uptime_secs=time.monotonic() - self._started_s,
            version=VERSION,
            features=[*FEATURES, *_features_of(self._source)],
        )

    def events(self) -> AsyncIterator[FeedEvent]:
        """Everything, until the feed is left; a slow reader skips to the newest of each kind."""
        return self._events.events()

    def batches(self) -> AsyncIterator[ContainerStatsBatch]:
        """One batch a tick, and one at once for each change of the inventory."""
        return self._events.batches()

    async def __aenter__(self) -> Self:
        if self._was_left:
            self._events = NewestEvents()
            self._source = None
            self._sampler.use_none()
        tasks = self._tasks = await anyio.create_task_group().__aenter__()
        self._events.publish(ConnectionChanged(status="connected"))
        tasks.start_soon(self._tell_status)
        tasks.start_soon(self._keep_sampling)
        if self._endpoint is None:
            tasks.start_soon(self._simulate)
        else:
            tasks.start_soon(self._keep_session, self._endpoint)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._was_left = True
        self._events.close()
        self._tasks.cancel_scope.cancel()
        if isinstance(value, Exception):  # what the block raised comes out as it is, not in a group
            await self._tasks.__aexit__(None, None, None)
            return False
        return await self._tasks.__aexit__(kind, value, trace)

    # What goes out. -------------------------------------------------------------------------------------------------

    async def _tell_status(self) -> None:
        while True:
            self._events.publish(self.status())
            await anyio.sleep(STATUS_EVERY_S)

    async def _keep_sampling(self) -> None:
        features: frozenset[Figure] | None = None
        async for message in self._sampler.messages():
            self._events.publish(message)
            if isinstance(message, ContainerStatsBatch):
                self._tell_if_slower(message.sampling)
                self._tell_trouble(message.engine)
                given = None if self._source is None else self._source.features
                if given != features:
                    features = given
                    self._events.publish(self.status())

    def _tell_if_slower(self, sampling: Sampling) -> None:
        """One line when the source in use cannot follow the interval that was asked for, and again when it doubles."""
        interval_s = sampling.interval_secs or 0.0
        if sampling.source is not None and interval_s > self._told_slower_s:
            _log.warning(
                "source %s gives figures every %.3g s, not every %.3g s as asked",
                sampling.source,
                interval_s,
                self._poll_interval_s,
            )
            self._told_slower_s = 2 * interval_s

    def _tell_trouble(self, engine: EngineState) -> None:
        """One line when the engine answers, but not everything it should, and later when that is something else."""
        if not engine.reachable or engine.error in {None, self._told_trouble}:
            return
        now_s = time.monotonic()
        if now_s >= self._tell_trouble_at_s:
            _log.warning("engine at %s: %s", engine.endpoint, engine.error)
            self._told_trouble, self._tell_trouble_at_s = engine.error, now_s + TELL_TROUBLE_EVERY_S

    # Where it comes from. -------------------------------------------------------------------------------------------

    async def _simulate(self) -> None:
        from dockstats_core.sources.simulated import SimulatedSource  # nobody else needs a made-up host in memory

        async with SimulatedSource(self._simulated_containers, seed=self._simulation_seed) as source:
            self._host = source.host_figures
            engine = EngineState(endpoint="simulated", reachable=True, product="simulated", since=datetime.now(UTC))
            self._sampler.engine_found(engine, source.inventory)
            self._sampler.use(source, "every figure is made up")
            self._source = source
            await anyio.sleep_forever()

    async def _keep_session(self, endpoint: EngineEndpoint) -> None:
        """One session after another, for ever."""
        backoff = Backoff(random.random, longest_s=RETRY_WITHIN_S)
        told = None
        while True:
            began_s = time.monotonic()
            sentence = await self._session(endpoint)
            lasted = time.monotonic() - began_s > PROVED_AFTER_S
            if lasted:
                backoff.reset()
            if lasted or sentence != told:  # once, not at every attempt
                _log.warning("no engine: %s", sentence)
                told = sentence
            self._sampler.engine_lost(sentence)
            await anyio.sleep(backoff.next_delay_s())

    async def _session(self, endpoint: EngineEndpoint) -> str:
        """Sample one engine until it is lost; gives the sentence that says why."""
        sentence = "the engine's session ended"
        try:
            limits = EngineLimits(calls=2 * self._max_workers + CALLS_BESIDE)
            async with EngineClient(endpoint, limits=limits, api_version=self._api_version) as engine:
                identity = await engine.connect()
                info, limitations = await _info_of(engine)
                roster = Roster(labels=self._labels)
                watcher = InventoryWatcher(engine, roster, filters=self._filters)
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(keep_pulse, engine, self._pulse)
                    tasks.start_soon(watcher.run)
                    await watcher.ready()
                    self._host = self._host_of(endpoint, info)
                    self._sampler.engine_found(_state_of(endpoint, identity), roster)
                    _log.info("engine found at %s: %s %s", endpoint.text, identity.product, identity.version)
                    tasks.start_soon(self._pass_on_changes, watcher, roster, (*engine.limitations, *limitations))
                    tasks.start_soon(self._use_a_source, engine, watcher, roster)
        except* (EngineError, ConfigurationError) as group:
            sentence = str(_first(group))
        return sentence

    async def _pass_on_changes(self, watcher: InventoryWatcher, roster: Roster, limitations: Sequence[str]) -> None:
        """Tell the sampler of every change, and what does not work: the limitations for good, and the watcher's."""
        while True:
            version = roster.version
            self._sampler.engine_trouble("; ".join(filter(None, (*limitations, watcher.trouble))) or None)
            self._sampler.wake()
            await watcher.wait_for_change(version)

    async def _use_a_source(self, engine: EngineClient, watcher: InventoryWatcher, roster: Roster) -> None:
        """Choose a source as soon as a running container allows it, and keep it open."""
        cgroup = None
        if engine.endpoint.is_local:
            cgroup = CgroupSource(proc_root=self._proc_root, cgroup_root=self._cgroup_root)
        while True:
            version = roster.version
            choice = await choose(
                engine, self._source_choice, roster.counted, max_workers=self._max_workers, cgroup=cgroup
            )
            if choice is not None:
                break
            with anyio.move_on_after(PROBE_AGAIN_S if roster.counted else None):
                await watcher.wait_for_change(version)
        async with choice.source as source:
            _log.info("source %s: %s", source.name, choice.reason)
            self._sampler.use(source, choice.reason)
            self._source = source
            try:
                await anyio.sleep_forever()
            finally:  # before it closes: a closed source cannot be asked
                self._source = None
                self._sampler.use_none()

    def _host_of(self, endpoint: EngineEndpoint, info: EngineInfo) -> Callable[[], HostFigures]:
        """This machine's own figures where the engine runs right on it, else what the engine tells of its host."""
        here = self._host_meter.read(time.monotonic_ns())
        if endpoint.is_local and _about_equal(here.mem_total_bytes, info.mem_total_bytes):
            return self._this_machine
        remote = HostFigures(basis="containers", cores=info.cpus, mem_total_bytes=info.mem_total_bytes)
        return lambda: remote

    def _this_machine(self) -> HostFigures:
        now_ns = time.monotonic_ns()
        pressure = self._pressure_meter.read(now_ns)
        return structs.replace(
            self._host_meter.read(now_ns),
            cpu_pressure=pressure.cpu,
            mem_pressure=pressure.memory,
            io_pressure=pressure.io,
        )


def _features_of(source: Source | None) -> list[str]:
    """The source, and the groups of figures it gives here."""
    return [] if source is None else [source.name, *sorted(f"figures.{figure}" for figure in source.features)]


def _check_bounds(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ConfigurationError(f"{name}={value!r} is not usable: it should be from {least:g} to {most:g}")


def _state_of(endpoint: EngineEndpoint, identity: EngineIdentity) -> EngineState:
    return EngineState(
        endpoint=endpoint.text,
        reachable=True,
        since=datetime.now(UTC),
        product=identity.product,
        version=bounded(identity.version),
        api_version=identity.api_version,
    )


def _about_equal(here: int | None, there: int | None) -> bool:
    return here is not None and there is not None and abs(here - there) <= _SAME_MACHINE_TOLERANCE * here


async def _info_of(engine: EngineClient) -> tuple[EngineInfo, Sequence[str]]:
    """What the engine tells of its host; empty, with the sentence that says why, where that is refused."""
    try:
        return await engine.info(), ()
    except (EngineApiError, EnginePermissionError, MalformedAnswerError) as error:
        return EngineInfo(), (f"the host's cores and memory are unknown: {error}",)


def _first(group: BaseExceptionGroup[DockstatsError]) -> DockstatsError:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
