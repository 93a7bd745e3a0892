"""Which source an engine's containers are read with, chosen by what this machine and the engine do, not by versions.

`auto` takes the kernel's own counters where the engine is on this machine and those of a container can be read: nothing
is as cheap, or as fresh. Else it asks the engine twice in a row for one container's figures: an engine that answers
both one-shot calls at once is read by one-shot calls, any other by its streams. Once would not do: an engine that makes
a call wait for its own 1 s tick answers the first one after any part of that second, but the second one only after the
whole of it. A few containers are tried side by side and the first answer decides, so that one that hangs cannot; an
empty answer (the container just restarts) comes at once from every engine and decides nothing. The reason is told, so
that a person can see it and overrule it.
Not here: the sources themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import anyio
from msgspec import Struct

from dockstats_core.containers import Container
from dockstats_core.engine.api import EngineClient
from dockstats_core.errors import (
    ConfigurationError,
    ContainerNotFoundError,
    EngineError,
    EngineNotReachableError,
)
from dockstats_core.program.values import SourceChoice
from dockstats_core.readings import Reading
from dockstats_core.sources.cgroup.source import MOUNT_CGROUPS, CgroupSource
from dockstats_core.sources.engine_reading import to_reading
from dockstats_core.sources.one_shot import OneShotSource
from dockstats_core.sources.protocol import Failure
from dockstats_core.sources.stream import StreamSource


class ProbeLimits(Struct, frozen=True, kw_only=True):
    """What asking an engine may take, and what its answer means."""

    # An engine that answers at once needs 20 ms on an idle machine and rarely 200 on a loaded one; one that waits for
    # its own tick needs 1 to 2 s.
    at_once_s: float = 0.4
    call_time_out_s: float = 3.0
    containers: int = 3  # asked about side by side


class Choice(Struct, frozen=True, kw_only=True):
    """A source that is not entered yet, and why this one."""

    source: CgroupSource | OneShotSource | StreamSource
    reason: str


async def choose(
    engine: EngineClient,
    asked_for: SourceChoice,
    containers: Sequence[Container],
    *,
    max_workers: int,
    cgroup: CgroupSource | None = None,
    limits: ProbeLimits | None = None,
    clock_ns: Callable[[], int] = time.monotonic_ns,
) -> Choice | None:
    """The source for this engine; None when only a running container could tell, and there is none.

    Args:
        engine: whose containers are to be read.
        asked_for: what a person wants.
        containers: those that have counters now.
        max_workers: calls for figures at a time, where the source makes calls.
        cgroup: reads the kernel's counters of this machine; None where the engine is on another one.
        limits: what trying may take.
        clock_ns: monotonic clock, in ns.

    Raises:
        ConfigurationError: a source that cannot read this engine's containers.
    """
    if asked_for == "one-shot":
        return Choice(source=OneShotSource(engine, max_workers=max_workers), reason="one-shot was asked for")
    if asked_for == "stream":
        return Choice(source=StreamSource(engine), reason="stream was asked for")
    if asked_for == "cgroup" and cgroup is not None:
        return Choice(source=cgroup, reason=f"cgroup was asked for ({cgroup.mode})")
    if asked_for != "auto":
        raise ConfigurationError(
            f"--source {asked_for} cannot read the containers of {engine.endpoint.text}; use auto, one-shot or stream"
        )
    limits = limits or ProbeLimits()
    instead_of = ""
    if cgroup is not None and containers:
        readings = await cgroup.read(_likely(containers, limits), within_s=limits.call_time_out_s)
        if any(isinstance(one, Reading) and one.cpu_total_ns is not None for one in readings.values()):
            return Choice(source=cgroup, reason=f"the kernel's own counters can be read ({cgroup.mode})")
        cgroup.retain(())
        if not readings:
            return None
        unseen = [one.detail for one in readings.values() if isinstance(one, Failure)]
        why = f"{unseen[0]}; in a container, add {MOUNT_CGROUPS}" if unseen else "there is no CPU time among them"
        instead_of = f"; the kernel's own counters cannot be read: {why}"
    slowest_s = await _slowest_of_two_calls_s(engine, containers, limits, clock_ns)
    if slowest_s is None:
        return None
    if isinstance(slowest_s, EngineError):
        return Choice(source=StreamSource(engine), reason=f"a one-shot call failed: {slowest_s}{instead_of}")
    if slowest_s <= limits.at_once_s:
        reason = f"the engine answers one-shot calls at once ({slowest_s * 1000:.0f} ms){instead_of}"
        return Choice(source=OneShotSource(engine, max_workers=max_workers), reason=reason)
    reason = f"a one-shot call took {slowest_s:.1f} s: this engine makes it wait for its own tick{instead_of}"
    return Choice(source=StreamSource(engine), reason=reason)


def _likely(containers: Sequence[Container], limits: ProbeLimits) -> Sequence[Container]:
    """Those to try, the running ones first: a host's first few by name may all be restarting for ever."""
    return sorted(containers, key=lambda container: container.state != "running")[: limits.containers]


async def _slowest_of_two_calls_s(
    engine: EngineClient, containers: Sequence[Container], limits: ProbeLimits, clock_ns: Callable[[], int]
) -> float | EngineError | None:
    """Seconds, of the container that is through with both calls first; else why none is; None when none was read."""
    decided: list[float] = []
    failed: list[EngineError] = []

    async def ask(container: Container, *, again: bool = True) -> None:
        slowest_s = 0.0
        try:
            for _ in range(2):
                began_ns = clock_ns()
                body = await engine.stats_once(container.id, one_shot=True, timeout_s=limits.call_time_out_s)
                if to_reading(container.id, body, began_ns) is None:
                    return
                slowest_s = max(slowest_s, (clock_ns() - began_ns) / 1e9)
        except ContainerNotFoundError:
            return
        except EngineNotReachableError as error:  # a connection that broke tells nothing of such calls
            if again:
                await ask(container, again=False)
            else:
                failed.append(error)
            return
        except EngineError as error:
            failed.append(error)
            return
        decided.append(slowest_s)
        tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        for container in _likely(containers, limits):
            tasks.start_soon(ask, container)
    return decided[0] if decided else failed[0] if failed else None
