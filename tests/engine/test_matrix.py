"""Figures are true on every kernel and engine: {20.10 on v1, 26.1 on v2, Podman on v2} x {cgroup, one-shot, stream}.

This machine's engine, and both engines of a guest with a kernel of its own (tests/engine/guest), are observed by
`python -m tests.engine.matrix`; the kernel's own counters, read past our code at the same time, are the judge of every
cell. Where an engine, or its client, tells something else, the exception stands in EXCEPTIONS with its reason, is held
to be still so, and shows below the table. DOCKSTATS_TEST_MATRIX names a file that gets the table; `-s` shows it.
Not here: other loads and containers on this machine's engine (test_figures), an overloaded machine (test_contention).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import dropwhile, pairwise
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import msgspec
import pytest

from tests.engine.containers import HOST
from tests.engine.guest_visit import visit
from tests.engine.kernel_reader import Counters, cpu_bounds_pct, cpu_mean_pct
from tests.engine.matrix import ALL, BURNING, FIGURES_AT_LEAST, SOURCES, WRITTEN, Figures, Observation, SourceName
from tests.engine.side_by_side import (
    BLOCKS,
    CPU,
    KERNEL_ONLY,
    MEMORY,
    MEMORY_PARTS,
    NETWORK,
    PIDS,
    PRESSURE,
    THROTTLED,
    Level,
    Mean,
    Span,
    around,
    span_of,
    table,
)
from tests.engine.steadiness import uncertainty

# Whichever test is first waits for what all of them look at.
pytestmark = pytest.mark.time_limit(600)

Engine: TypeAlias = Literal["machine", "docker", "podman"]
ENGINES: Sequence[Engine] = ("machine", "docker", "podman")
"""This machine's engine, and the guest's two."""

CPU_TOLERANCE_PCT = 2.0  # points of one core
GUEST_TICK_S = 0.01  # the guest's kernel counts CPU in whole ticks
# How much older than its reading a figure may be. An engine read it before its answer arrived here, by up to its own
# tick and longer on a slow machine; the cgroup source leaves a container alone for 2 s whose CPU counter stands still.
SLACK_S: Mapping[SourceName, float] = {"cgroup": 2.6, "one-shot": 2.6, "stream": 2.6}
BURST_S = 0.03  # what a container with `--cpus 0.3` may use at once, of each 0.1 s
SHARE_TOLERANCE_PCT = 5.0  # of periods or time: the kernel is asked for those every 0.4 s only
# How exactly a reading's time is known to us: `sent_at` minus its age, and in the guest the call between may be slow.
STAMP_S: Mapping[Engine, float] = {"machine": 0.003, "docker": 0.02, "podman": 0.02}

WITHOUT_NETWORK: Mapping[str, str] = {"host-network": "host_network", WRITTEN: "no_network"}

GROUPS: Mapping[str, Sequence[Level]] = {
    "memory": MEMORY,
    "memory parts": MEMORY_PARTS,
    "network": NETWORK,
    "blocks": BLOCKS,
    "processes": [PIDS],
    "kernel only": KERNEL_ONLY,
}


# --- Where somebody tells something else than the kernel ------------------------------------------------------------


Kind: TypeAlias = Literal["Docker on v1", "Docker on v2", "Podman on v2"]
KINDS: Sequence[Kind] = ("Docker on v1", "Docker on v2", "Podman on v2")


class Exemption(NamedTuple):
    """Cells of the sources that ask the engine which are not the kernel's value, what they are instead, and why."""

    kinds: Sequence[Kind]
    figures: Sequence[str]
    instead: Callable[[int | None, Counters], bool]
    why: str


def _null(value: int | None, _: Counters) -> bool:
    return value is None


EXEMPTIONS: Sequence[Exemption] = (
    Exemption(KINDS, [one.name for one in KERNEL_ONLY], _null, "no engine's API tells these"),
    Exemption(
        ["Docker on v1"],
        ["kernel"],
        _null,
        "the kernel's memory stands in a file of its own, which the engine does not pass on",
    ),
    Exemption(
        ["Docker on v2"],
        ["kernel"],
        lambda value, kernel: value is not None and value <= (kernel.kernel or 0),
        "the engine passes on the kernel's stacks and slabs, and leaves out its page tables and per-CPU data",
    ),
    Exemption(
        ["Podman on v2"],
        ["memory", "with cache"],
        lambda value, kernel: value == kernel.anon,
        "the engine tells as memory only what memory.stat calls anon: page cache and kernel memory are left out",
    ),
    Exemption(
        ["Podman on v2"],
        ["cache"],
        lambda value, _: not value,
        "what the engine tells has no page cache in it that could be left out",
    ),
    Exemption(
        ["Podman on v2"], [one.name for one in MEMORY_PARTS], _null, "the engine's answer has no parts of the memory"
    ),
)
OTHERS: Sequence[str] = (
    "Podman on v2, one-shot and stream: throttled %, throttled time %: the engine's answer has only zeros for these.",
    "Podman on v2, docker stats: CPU %: the command divides by the host's CPU time, which Podman counts otherwise.",
    "host's: the container has the host's network, and nobody counts its share; none: it has no network.",
)


def _kind(engine: Engine) -> str:
    seen = _observed(engine)
    return f"{seen.engine.split()[0]} on {seen.cgroup}"


def _exemption(engine: Engine, source: SourceName, figure: Level) -> Exemption | None:
    if source == "cgroup":
        return None
    for one in EXEMPTIONS:
        if _kind(engine) in one.kinds and figure.name in one.figures:
            return one
    return None


# --- What is observed -----------------------------------------------------------------------------------------------


@cache
def _observed(engine: Engine) -> Observation:
    if engine == "machine":
        return _of_machine()
    guest = visit()
    assert engine in guest.observed, guest.output
    return guest.observed[engine]


def _of_machine() -> Observation:
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory, "seen.json")
        command = [sys.executable, "-m", "tests.engine.matrix", "--docker-host", HOST, "--out", str(out)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return msgspec.json.decode(out.read_bytes(), type=Observation)


@pytest.fixture(scope="module", autouse=True)
def _table() -> Iterator[None]:
    """After the last test: the table of all that was observed."""
    yield
    observed = {engine: _observed(engine) for engine in ENGINES if engine in SEEN}
    if not observed:
        return
    notes = [f"{', '.join(one.kinds)}, one-shot and stream: {', '.join(one.figures)}: {one.why}." for one in EXEMPTIONS]
    text = table({seen.engine: seen for seen in observed.values()}, [*notes, *OTHERS])
    print(f"\n{text}")
    if path := os.environ.get("DOCKSTATS_TEST_MATRIX"):
        Path(path).write_text(text)


SEEN: set[Engine] = set()


@pytest.fixture(
    scope="module",  # so that what fails is not observed again for every test
    params=[
        pytest.param(engine, marks=pytest.mark.engine if engine == "machine" else pytest.mark.guest)
        for engine in ENGINES
    ],
)
def engine(request: pytest.FixtureRequest) -> Engine:
    chosen: Engine = request.param
    _observed(chosen)
    SEEN.add(chosen)
    return chosen


def _readings(engine: Engine, short: str, source: SourceName) -> Sequence[Figures]:
    """From the last one on before which the CPU figures begin: what came earlier is of a container not known yet."""
    readings = _observed(engine).containers[short].sources[source]
    known = [number for number, reading in enumerate(readings) if reading.sample.cpu_pct is not None]
    assert len(known) >= FIGURES_AT_LEAST, "too few to compare"
    return readings[max(0, known[0] - 1) :]


def _kernel_at(engine: Engine, short: str, source: SourceName, at_s: float) -> Sequence[Counters]:
    return around(_observed(engine).containers[short].kernel.rest, at_s, SLACK_S[source])


def _is_the_kernels(engine: Engine, short: str, source: SourceName, figure: Level, reading: Figures) -> bool:
    """Whether a figure is one that the kernel had around the moment of the reading, or lies between two of them."""
    value, near = figure.ours(reading.sample), _kernel_at(engine, short, source, reading.at_s)
    exemption = _exemption(engine, source, figure)
    if exemption is not None:
        return any(exemption.instead(value, read) for read in near)
    known = [told for read in near if (told := figure.kernel(read)) is not None]
    return value is not None and min(known) <= value <= max(known)


def _shifts_s(source: SourceName) -> Sequence[float]:
    """How much earlier than a reading its figure may be from."""
    slack_s = SLACK_S[source]
    return (0.0, slack_s / 3, slack_s / 1.5, slack_s)


def _is_near_the_kernels(engine: Engine, short: str, source: SourceName, figure: Mean, span: Span) -> bool:
    """Whether a mean is the kernel's of the same span, or of one that began and ended as much earlier as may be."""
    log = _observed(engine).containers[short].kernel
    known = [figure.kernel(log, span.from_s - shift_s, span.to_s - shift_s) for shift_s in _shifts_s(source)]
    told = [value for value in known if value is not None]
    assert span.mean is not None
    return min(told) - SHARE_TOLERANCE_PCT <= span.mean <= max(told) + SHARE_TOLERANCE_PCT


# --- What must be equal ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("short", ALL)
def test_mean_cpu_of_a_steady_load_is_the_kernels(engine: Engine, source: SourceName, short: str) -> None:
    readings = _readings(engine, short, source)
    span = span_of(readings, CPU.ours)
    assert span.mean is not None
    log = _observed(engine).containers[short].kernel.cpu
    is_late = engine != "machine" and source != "cgroup"  # a guest's engine takes long to answer, now and then
    shifts_s = _shifts_s(source) if is_late else (0.0,)
    known = [cpu_mean_pct(log, span.from_s - one, span.to_s - other) for one in shifts_s for other in shifts_s]
    tolerance = CPU_TOLERANCE_PCT
    if engine != "machine":  # a tick, and one burst more or less: a busy guest's own reader has gaps, too
        allowed = (GUEST_TICK_S / span.interval_s + BURST_S / (span.to_s - span.from_s)) * 100
        tolerance = min(tolerance, allowed + uncertainty(CPU.ours(reading.sample) for reading in readings))
    assert min(known) - tolerance <= span.mean <= max(known) + tolerance, (
        f"{span.mean:.2f} and {min(known):.2f} to {max(known):.2f} over {span.to_s - span.from_s:.1f} s"
    )


@pytest.mark.parametrize("short", BURNING)
def test_each_cpu_figure_of_the_cgroup_source_is_the_counters_own_growth(engine: Engine, short: str) -> None:
    """The counter read before and after each of our readings bounds what our figure may be, to the tick."""
    log = _observed(engine).containers[short].kernel.cpu
    tick_s = 0.0 if engine == "machine" else GUEST_TICK_S
    until_s = log[-1].from_s - STAMP_S[engine]  # what comes after the kernel's last counter has no upper bound
    readings = [reading for reading in _readings(engine, short, "cgroup") if reading.at_s <= until_s]
    assert len(readings) > 2, "too few to compare"
    for one, other in pairwise(readings):
        assert other.sample.cpu_pct is not None
        least, most = cpu_bounds_pct(log, one.at_s, other.at_s, stamp_s=STAMP_S[engine], tick_s=tick_s)
        assert least <= other.sample.cpu_pct <= most


def _is_not_inspected(reading: Figures) -> bool:
    """Until then nobody knows its process, whose network it has; a busy guest takes more than a reading for it."""
    return reading.sample.unknown.get("network") == "source_cannot_tell"


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("short", ALL)
def test_bytes_and_counts_are_the_kernels(engine: Engine, source: SourceName, short: str, group: str) -> None:
    """Memory by the formula usage - inactive_file, and what else has no fractions: equal, to the byte."""
    until_s = _observed(engine).containers[short].kernel.rest[-1].at_s  # what came later, the kernel was not asked for
    readings = [reading for reading in _readings(engine, short, source)[1:] if reading.at_s <= until_s]
    assert readings, "none while the kernel was looked at"
    if group == "network" and short not in WITHOUT_NETWORK:
        readings = list(dropwhile(_is_not_inspected, readings))
        assert readings, "its process was not found all the time"
    for reading in readings:
        for figure in GROUPS[group]:
            if figure in NETWORK and short in WITHOUT_NETWORK:
                assert figure.ours(reading.sample) is None
                assert reading.sample.unknown["network"] == WITHOUT_NETWORK[short]
            else:
                assert _is_the_kernels(engine, short, source, figure, reading), f"{figure.name}: {reading}"


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("short", BURNING)
def test_share_of_periods_in_which_a_container_was_held_back_is_the_kernels(
    engine: Engine, source: SourceName, short: str
) -> None:
    for figure in THROTTLED:
        span = span_of(_readings(engine, short, source), figure.ours)
        if _kind(engine) == "Podman on v2" and source != "cgroup":
            assert span.mean is None, "Podman's answer has no throttling in it"
        else:
            assert _is_near_the_kernels(engine, short, source, figure, span)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("short", ALL)
def test_pressure_is_the_kernels_and_null_where_nobody_tells_it(engine: Engine, source: SourceName, short: str) -> None:
    for figure in PRESSURE:
        readings = _readings(engine, short, source)
        span = span_of(readings, figure.ours)
        has_it = figure.kernel(_observed(engine).containers[short].kernel, span.from_s, span.to_s) is not None
        if not has_it or source != "cgroup":  # the guest's kernel is built without it
            assert span.mean is None
            assert readings[-1].sample.unknown["pressure"] == "source_cannot_tell"
        else:
            assert _is_near_the_kernels(engine, short, source, figure, span)


def test_containers_are_what_their_names_say(engine: Engine) -> None:
    """Else the comparison would be one of zeroes."""
    newest = {short: _readings(engine, short, "cgroup")[-1].sample for short in ALL}
    assert (newest["burning"].cpu_pct or 0) > 0.5, "far below its limit only where others leave it nothing"
    assert (newest["holding"].mem_bytes or 0) > 60_000_000
    assert (newest["holding"].pids or 0) >= 3
    assert newest["holding"].mem_limit_bytes == 128 << 20
    assert (newest["fetched"].net_rx_bytes or 0) > 1_000_000
    assert (newest["served"].net_tx_bytes or 0) > 1_000_000
    assert (newest[WRITTEN].mem_cache_bytes or 0) > 7_000_000
    if _observed(engine).counts_blocks:
        assert (newest[WRITTEN].block_write_bytes or 0) >= 8 << 20


def test_every_source_was_the_one_asked_for_and_none_failed(engine: Engine) -> None:
    sampling = _observed(engine).sampling
    assert {source: one.source for source, one in sampling.items()} == {source: source for source in SOURCES}
    assert all(one.failures == 0 for one in sampling.values())
