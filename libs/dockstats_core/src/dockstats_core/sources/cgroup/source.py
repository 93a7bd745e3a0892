"""Readings from the kernel's own counters, the engine asleep: one pass over every container's files a tick.

A figure through the engine costs about 6 ms of CPU; reading the same counters where the engine reads them costs some
40 µs of system calls. It needs the host's cgroup tree and, for the network, the host's processes in sight; what is not
in sight is missing by itself, and `limitations` says how to mount it. A pass gives the event loop its turns; when a
single container took it for too long, as with a kernel that is slow to answer, the next pass goes to a thread.
Not here: files (container_files), whether this source is the right one (choosing).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

import anyio
from anyio import lowlevel
from msgspec import Struct

from dockstats_core.containers import Container
from dockstats_core.messages.agent import Figure, SourceName
from dockstats_core.readings import Reading
from dockstats_core.sources.cgroup.container_files import ContainerFiles
from dockstats_core.sources.cgroup.files import Descriptors, allowed_descriptors
from dockstats_core.sources.cgroup.finding import Finder, NotFound
from dockstats_core.sources.protocol import Failure, Readings

_log = logging.getLogger(__name__)

SHORTEST_INTERVAL_S = 0.05

# Which field of a Reading tells that a group of figures can be had.
_TELLING: Mapping[Figure, str] = {
    "cpu": "cpu_total_ns",
    "memory": "mem_usage_bytes",
    "network": "net_rx_bytes",
    "network_rates": "net_rx_bytes",
    "block_io": "block_read_bytes",
    "block_io_rates": "block_read_bytes",
    "pids": "pids",
    "throttling": "periods",
    "pressure": "cpu_pressure",
    "memory_events": "page_faults",
}

MOUNT_CGROUPS = "-v /sys/fs/cgroup:/sys/fs/cgroup:ro"
"""How the host's cgroup tree gets into a container."""

_NO_PROCESSES = (
    "no network figures: the host's processes are not in sight; in a container, add --pid host, or "
    "-v /proc:/host/proc:ro and --proc-root /host/proc"
)
_NO_PRESSURE = (
    "no pressure figures: this kernel keeps none for containers; it needs a cgroup v2 tree and CONFIG_PSI, on some "
    "distributions psi=1 on the kernel's command line"
)
_NO_CONTROLLER: Mapping[Figure, str] = {
    "memory": "memory",
    "pids": "pids",
    "block_io": "io (blkio)",
}


class CgroupLimits(Struct, frozen=True, kw_only=True):
    """When a pass is too long for the event loop, and how often it may look for what is not there."""

    turn_s: float = 0.002  # how long a pass goes on before the event loop has its turn
    on_loop_s: float = 0.005  # the longest that one container may take there; finding a new one takes 0.4 ms (measured)
    leave_alone: bool = True  # containers that have not run: only that is looked at, for up to two seconds
    find_again_s: float = 1.0  # how soon a container that was not found, or has ended, is looked for again
    find_again_at_most_s: float = 30.0  # that time doubles up to this: looking in vain costs more than reading


class _Watch(Struct):
    """One container that is read: what it was found by, and its files, or why there are none."""

    found_by: tuple[object, ...]
    files: ContainerFiles | None = None
    lacks_process: bool = False  # its network could be counted if its process were in sight
    why_not: str = ""
    misses: int = 0  # how many times in a row it was looked for in vain
    again_ns: int = 0  # when to look for it again, if there are no files


class CgroupSource:
    """Reads every container's kernel files. See `sources.protocol.Source`.

    Args:
        proc_root: where the host's /proc is.
        cgroup_root: where to look for the host's cgroup file systems; empty for wherever one is mounted.
        descriptors: how many may stay open; by default most of what the process may have.
        limits: when a pass leaves the event loop.
        clock_ns: monotonic clock, in ns; readings are stamped with it.
    """

    def __init__(
        self,
        *,
        proc_root: str = "/proc",
        cgroup_root: str = "",
        descriptors: int | None = None,
        limits: CgroupLimits | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._finder = Finder(proc_root, cgroup_root)
        self._budget = Descriptors(allowed_descriptors() if descriptors is None else descriptors)
        self._limits = limits or CgroupLimits()
        self._clock_ns = clock_ns
        self._watches: dict[str, _Watch] = {}
        self._slowest_s = 0.0  # what the slowest container took in the last pass
        self._one_at_a_time = anyio.CapacityLimiter(1)
        self._told: set[str] = set()
        self._closed = False
        self._changed = False
        self._features: frozenset[Figure] = frozenset()
        self._limitations: tuple[str, ...] = ()

    @property
    def name(self) -> SourceName:
        """`cgroup`."""
        return "cgroup"

    @property
    def interval_s(self) -> float:
        """The kernel's counters are always of now."""
        return SHORTEST_INTERVAL_S

    @property
    def mode(self) -> str:
        """What is mounted here, in words."""
        return {"v1": "cgroup v1", "v2": "cgroup v2", "hybrid": "cgroup v1, pressure from v2", None: "no cgroup"}[
            self._finder.mode
        ]

    @property
    def features(self) -> frozenset[Figure]:
        """The groups of figures that any container has."""
        return self._features

    @property
    def limitations(self) -> Sequence[str]:
        """What no container has because of what is mounted here, or of the kernel."""
        return self._limitations

    def retain(self, container_ids: Collection[str]) -> None:
        """Close the files of all others; not while a `read` is under way."""
        for container_id in self._watches.keys() - set(container_ids):
            self._forget(container_id)
        self._look_at_changes()

    async def read(self, containers: Sequence[Container], *, within_s: float) -> Readings:  # noqa: ARG002 (never waits)
        """Every container's counters as they are now."""
        if self._slowest_s > self._limits.on_loop_s:
            return await anyio.to_thread.run_sync(self._in_one_go, containers, limiter=self._one_at_a_time)
        await lowlevel.checkpoint()
        return await self._by_turns(containers)

    async def _by_turns(self, containers: Sequence[Container]) -> Readings:
        readings: dict[str, Reading | Failure] = {}
        turn_ns = int(self._limits.turn_s * 1e9)
        until_ns = self._clock_ns() + turn_ns
        for now_ns in self._pass(containers, readings):
            if now_ns >= until_ns:
                await lowlevel.checkpoint()
                until_ns = self._clock_ns() + turn_ns
        return readings

    def _in_one_go(self, containers: Sequence[Container]) -> Readings:
        readings: dict[str, Reading | Failure] = {}
        if not self._closed:  # while it waited for its thread
            for _ in self._pass(containers, readings):
                pass
        return readings

    def _pass(self, containers: Sequence[Container], readings: dict[str, Reading | Failure]) -> Iterator[int]:
        """Read all containers, one a step; each step gives the time."""
        self.retain({container.id for container in containers})
        slowest_ns, before_ns = 0, self._clock_ns()
        for container in containers:
            outcome = self._outcome(container)
            if outcome is not None:
                readings[container.id] = outcome
            now_ns = self._clock_ns()
            slowest_ns = max(slowest_ns, now_ns - before_ns)
            yield now_ns
            before_ns = now_ns
        self._slowest_s = slowest_ns / 1e9
        self._look_at_changes()

    def _outcome(self, container: Container) -> Reading | Failure | None:
        watch = self._watches.get(container.id)
        if (
            watch is None
            or watch.found_by != _found_by(container)
            or (watch.files is None and self._clock_ns() >= watch.again_ns)
        ):
            watch = self._find(container)
        if watch.files is None:
            return Failure(reason="source_cannot_tell", detail=watch.why_not) if watch.why_not else None
        counted = watch.files.counted
        reading = watch.files.read(self._clock_ns)
        if reading is None:
            self._ended(container)
        elif watch.files.counted is not counted:
            self._changed = True
        return reading

    def _find(self, container: Container) -> _Watch:
        """Look for a container, and keep what was found, or why nothing was."""
        found_by, before = _found_by(container), self._watches.get(container.id)
        self._forget(container.id)
        try:
            found = self._finder.find(container)
        except OSError as error:
            found = NotFound(reason=f"cannot read {error.filename}: {error.strerror}")
        if isinstance(found, NotFound):
            misses = before.misses + 1 if before is not None and before.found_by == found_by else 1
            watch = _Watch(
                found_by=found_by,
                why_not="" if found.ended else found.reason,
                misses=misses,
                again_ns=self._again_ns(misses),
            )
        else:
            own = _has_own_network(container)
            watch = _Watch(
                found_by=found_by,
                files=ContainerFiles(
                    container.id,
                    found,
                    with_network=own,
                    leave_alone=self._limits.leave_alone,
                    budget=self._budget,
                    complain=self._complain,
                ),
                lacks_process=own and found.process_dir is None and container.pid is not None,
            )
        self._watches[container.id] = watch
        self._changed = True
        return watch

    def _ended(self, container: Container) -> None:
        """Say nothing of it for a while: the engine is about to, and tells where it is if it was started anew."""
        self._forget(container.id)
        self._watches[container.id] = _Watch(found_by=_found_by(container), again_ns=self._again_ns(1))

    def _again_ns(self, misses: int) -> int:
        wait_s = min(self._limits.find_again_s * 2 ** min(misses - 1, 16), self._limits.find_again_at_most_s)
        return self._clock_ns() + int(wait_s * 1e9)

    def _forget(self, container_id: str) -> None:
        watch = self._watches.pop(container_id, None)
        if watch is not None:
            self._changed = True
            if watch.files is not None:
                watch.files.close()

    def _complain(self, path: str, wrong: str) -> None:
        """Once a file name and reason, not once a container and tick."""
        told = f"{path.rpartition('/')[2]}: {wrong}"
        if told not in self._told:
            self._told.add(told)
            _log.warning("cannot make sense of %s: %s", path, wrong)

    def _look_at_changes(self) -> None:
        """Features and limitations follow from what the containers of now have; looked at when those changed.

        Done where the watches change, which may be a thread: other tasks ask at any time. While there is no container
        to judge by, what was true stays.
        """
        if not self._changed:
            return
        self._changed = False
        counted: set[str] = set()
        for watch in self._watches.values():
            if watch.files is not None:
                counted |= watch.files.counted
        if not counted and not any(watch.why_not for watch in self._watches.values()):
            return
        self._features = frozenset(figure for figure, field in _TELLING.items() if field in counted)
        self._limitations = tuple(self._told_limitations(counted))

    def _told_limitations(self, counted: Collection[str]) -> Sequence[str]:
        watches = self._watches.values()
        unseen = next((watch.why_not for watch in watches if watch.why_not), None)
        sentences = []
        if unseen is not None:
            sentences.append(f"no figures of some containers: {unseen}; in a container, add {MOUNT_CGROUPS}")
        if not counted:
            return sentences
        if any(watch.lacks_process for watch in watches):
            sentences.append(_NO_PROCESSES)
        if "cpu_pressure" not in counted:
            sentences.append(_NO_PRESSURE)
        sentences += [
            f"no {figure.replace('_', ' ')} figures: the kernel's {controller} controller is not enabled for these "
            "containers"
            for figure, controller in _NO_CONTROLLER.items()
            if _TELLING[figure] not in counted
        ]
        if self._budget.refused:
            sentences.append(
                f"files are opened anew for each reading beyond {self._budget.most} descriptors: raise the limit of "
                "open files (ulimit -n)"
            )
        return sentences

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        with anyio.CancelScope(shield=True):  # a pass in a thread goes on to its end whoever is cancelled
            async with self._one_at_a_time:
                self._closed = True
                self.retain(())
        return None


def _found_by(container: Container) -> tuple[object, ...]:
    """What the place of a container's files depends on; when any of it changes it is looked for anew."""
    return container.pid, container.started_at, container.network_mode


def _has_own_network(container: Container) -> bool:
    mode = container.network_mode or ""
    return mode not in {"host", "none"} and not mode.startswith("container:")
