"""Which source an engine's containers are read with, chosen by what the engine does and not by its version number.

`auto` asks the engine twice in a row for one container's figures: an engine that answers both one-shot calls at once
is read by one-shot calls, any other by its streams. Once would not do: an engine that makes a call wait for its own 1 s
tick answers the first one after any part of that second, but the second one only after the whole of it. The reason is
told, so that a person can see it and overrule it.
Not here: the sources themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from msgspec import Struct

from dockstats_core.containers import Container
from dockstats_core.engine.api import EngineClient
from dockstats_core.errors import ConfigurationError, ContainerNotFoundError, EngineError, EngineTimeoutError
from dockstats_core.program.values import SourceChoice
from dockstats_core.sources.one_shot import OneShotSource
from dockstats_core.sources.stream import StreamSource

# An engine that answers at once needs 20 ms on an idle machine and rarely 200 on a loaded one; one that waits for its
# own tick needs 1 to 2 s.
AT_ONCE_S = 0.4
PROBE_TIME_OUT_S = 3.0


class Choice(Struct, frozen=True, kw_only=True):
    """A source that is not entered yet, and why this one."""

    source: OneShotSource | StreamSource
    reason: str


async def choose(
    engine: EngineClient,
    asked_for: SourceChoice,
    containers: Sequence[Container],
    *,
    max_workers: int,
    clock_ns: Callable[[], int] = time.monotonic_ns,
) -> Choice | None:
    """The source for this engine; None when only a running container could tell, and there is none.

    Raises:
        ConfigurationError: a source that cannot read an engine's containers.
        EngineError: the engine did not answer the probe at all.
    """
    if asked_for == "one-shot":
        return Choice(source=OneShotSource(engine, max_workers=max_workers), reason="one-shot was asked for")
    if asked_for == "stream":
        return Choice(source=StreamSource(engine), reason="stream was asked for")
    if asked_for != "auto":
        raise ConfigurationError(
            f"--source {asked_for} cannot read a Docker engine in this version; use auto, one-shot or stream"
        )
    for container in containers:
        slowest_s = 0.0
        try:
            for _ in range(2):
                started_ns = clock_ns()
                await engine.stats_once(container.id, one_shot=True, timeout_s=PROBE_TIME_OUT_S)
                slowest_s = max(slowest_s, (clock_ns() - started_ns) / 1e9)
        except ContainerNotFoundError:
            continue
        except EngineTimeoutError:
            return _stream(engine, f"a one-shot call had no answer within {PROBE_TIME_OUT_S:g} s")
        except EngineError as error:
            if not error.answered:
                raise
            return _stream(engine, f"the engine refused a one-shot call: {error}")
        if slowest_s <= AT_ONCE_S:
            reason = f"the engine answers one-shot calls at once ({slowest_s * 1000:.0f} ms)"
            return Choice(source=OneShotSource(engine, max_workers=max_workers), reason=reason)
        return _stream(engine, f"a one-shot call took {slowest_s:.1f} s: this engine makes it wait for its own tick")
    return None


def _stream(engine: EngineClient, reason: str) -> Choice:
    return Choice(source=StreamSource(engine), reason=reason)
