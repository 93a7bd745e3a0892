"""What is remembered between two ticks, and how old it may get: readings in, every container's sample out.

A sample is computed when a reading is news; between news, or when a container cannot be read, the last one is shown
with its true age, marked stale once its source's cadence no longer explains that age, and taken back (null, with the
reason) after `keep_s`. Rates never span a restart or a gap. Pure: time is an argument.
Not here: formulas (calculator), asking for readings (sources).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, structs

from dockstats_core import calculator
from dockstats_core.calculator import Details
from dockstats_core.containers import Container
from dockstats_core.messages.agent import ContainerSample, UnknownReason
from dockstats_core.readings import Reading
from dockstats_core.sources.protocol import Failure, Readings


class FigureLimits(Struct, frozen=True, kw_only=True):
    """How long a figure counts as live, and how long it is shown at all."""

    stale_after_intervals: float = 3.0  # ages up to this many intervals are ordinary jitter
    stale_at_least_s: float = 2.0  # and below this age nothing is called stale
    gap_after_intervals: float = 5.0  # a reading that comes later than this starts anew: its rates are unknown
    gap_at_least_s: float = 10.0
    keep_s: float = 60.0  # after this the last figure is taken back: it says nothing about now


class _Memory(Struct):
    """What is remembered of one container."""

    started_at: datetime | None
    reading: Reading | None = None
    details: Details | None = None  # of that reading
    sample: ContainerSample | None = None
    why_not: UnknownReason = "not_read_yet"


class Figures:
    """Every container's newest sample."""

    def __init__(self, limits: FigureLimits | None = None) -> None:
        self._limits = limits or FigureLimits()
        self._memories: dict[str, _Memory] = {}
        self.failures: int = 0
        """Containers that could not be read, or not wholly, in the last update."""
        self.refusal: str | None = None
        """What the engine said in place of a container's figures, of the first in the last update."""
        self.all_refused: bool = False
        """Whether it said so of every container: then it is no container's fault."""

    def update(
        self,
        containers: Sequence[Container],
        readings: Readings,
        *,
        now_ns: int,
        interval_s: float,
        host_memory_bytes: int | None,
        lost: UnknownReason | None = None,
    ) -> list[ContainerSample]:
        """One sample for each of `containers`, in their order.

        Args:
            containers: those that have counters; all others are forgotten.
            readings: what the source gave.
            now_ns: monotonic clock, the same as the readings' `taken_ns`.
            interval_s: the interval in effect.
            host_memory_bytes: the machine's memory, which bounds every limit; None when unknown.
            lost: why nothing can be read at all at the moment; everything is stale then.
        """
        for container_id in self._memories.keys() - {container.id for container in containers}:
            del self._memories[container_id]
        self.failures = sum(_failed(readings.get(container.id)) for container in containers)
        refusals = [
            outcome.detail
            for container in containers
            if isinstance(outcome := readings.get(container.id), Failure) and outcome.reason == "engine_error"
        ]
        self.refusal = refusals[0] if refusals else None
        self.all_refused = len(refusals) == len(containers)
        return [
            self._sample(
                container,
                readings.get(container.id),
                now_ns,
                interval_s,
                host_memory_bytes=host_memory_bytes,
                lost=lost,
            )
            for container in containers
        ]

    def _sample(
        self,
        container: Container,
        outcome: Reading | Failure | None,
        now_ns: int,
        interval_s: float,
        *,
        host_memory_bytes: int | None,
        lost: UnknownReason | None,
    ) -> ContainerSample:
        memory = self._memories.get(container.id)
        if memory is None or _restarted(memory.started_at, container.started_at):
            memory = self._memories[container.id] = _Memory(started_at=container.started_at)
        memory.started_at = container.started_at or memory.started_at
        if isinstance(outcome, Failure):
            memory.why_not = outcome.reason
        elif outcome is not None and outcome is not memory.reading:
            self._take(memory, container, outcome, interval_s, host_memory_bytes)
        return self._shown(memory, container, now_ns, interval_s, lost)

    def _take(
        self, memory: _Memory, container: Container, reading: Reading, interval_s: float, host_memory_bytes: int | None
    ) -> None:
        previous = memory.reading
        no_previous: UnknownReason = "first_sample"
        gap_s = max(self._limits.gap_at_least_s, self._limits.gap_after_intervals * interval_s)
        if previous is not None and reading.taken_ns - previous.taken_ns > gap_s * 1e9:
            previous, no_previous = None, "gap"
        if previous is not None and _stands_still(memory.sample, reading, previous):
            memory.reading = reading
            return
        if previous is None or memory.details is None or previous.details_ns != reading.details_ns:
            memory.details = calculator.details(reading, previous, no_previous=no_previous)
        memory.reading = reading
        memory.sample = calculator.calculate(
            container,
            reading,
            previous,
            host_memory_bytes=host_memory_bytes,
            with_details=memory.details,
            no_previous=no_previous,
        )
        memory.why_not = "gap"

    def _shown(
        self, memory: _Memory, container: Container, now_ns: int, interval_s: float, lost: UnknownReason | None
    ) -> ContainerSample:
        if memory.reading is None or memory.sample is None:
            return calculator.unreadable(container, lost or memory.why_not)
        age_s = max(0.0, (now_ns - memory.reading.taken_ns) / 1e9)
        if age_s > max(self._limits.keep_s, self._limits.stale_after_intervals * interval_s):
            return calculator.unreadable(container, lost or memory.why_not)
        ordinary_s = max(self._limits.stale_at_least_s, self._limits.stale_after_intervals * interval_s)
        return structs.replace(
            memory.sample, name=container.name, age_secs=age_s, stale=lost is not None or age_s > ordinary_s
        )


def _stands_still(sample: ContainerSample | None, reading: Reading, previous: Reading) -> bool:
    """Whether a reading only says that nothing has run since the one before: all its figures are the same."""
    return (
        sample is not None
        and sample.cpu_pct == 0
        and reading.rest_ns != 0
        and reading.rest_ns == previous.rest_ns
        and reading.cpu_total_ns == previous.cpu_total_ns
    )


def _failed(outcome: Reading | Failure | None) -> bool:
    return isinstance(outcome, Failure) or (outcome is not None and bool(outcome.problems))


def _restarted(before: datetime | None, now: datetime | None) -> bool:
    """Whether a start time moved by more than the difference between an event's stamp and the engine's own."""
    return before is not None and now is not None and abs((now - before).total_seconds()) > 1.0
