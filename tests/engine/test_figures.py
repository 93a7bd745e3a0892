"""Figures of 20 containers against the engine's own and against `docker stats`, over the same span of time.

One observation for all tests: our feed with the source it chooses, a second feed with one-shot calls, the engine's raw
frames, and `docker stats` as it prints. CPU is compared as the mean over the span, each of our figures beside the row
that was printed while it was the newest, because on a busy machine no load is steady from second to second. Memory and
totals are compared byte for byte with the frames around the moment of our reading, and as the text that `docker stats`
prints. DOCKSTATS_TEST_TABLE names a file that gets the table; `-s` shows it.
Not here: how soon a change shows (test_life).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import anyio
import pytest

from dockstats_core import ContainerSample, LocalFeed, Sampling
from tests.engine.containers import BURN, HOST, IDLE, Containers, containers, disk_below, docker
from tests.engine.docker_stats import Row, follow_docker_stats, printed_io, printed_memory
from tests.engine.engine_frames import Frame, around, engine_cpu_pct, follow_frames
from tests.engine.steadiness import uncertainty
from tests.engine.watching import Watch, watching

pytestmark = [pytest.mark.engine, pytest.mark.time_limit(180)]

SPAN_S = 6.0  # from when every figure is known
FIRST_ROWS_S = 2.0  # the first rows of `docker stats` compare with the container's start instead of a second ago
CPU_TOLERANCE_PCT = 2.0  # points of one core
# A reading's time is known to us as sent_at minus its age, which began when it arrived here; on an engine that answers
# one-shot calls it lies between two frames of the stream.
# Of a container that has not run, the cgroup source reads all but the CPU counter every two seconds, at a tick.
SLACK_S = 2.6
ROW_BEFORE_S = 0.1  # before our next reading: the last row that cannot show that one yet

HOLD = "(head -c {bytes} /dev/zero; sleep 600) | tail -c {bytes}"
TALK = "while :; do wget -q -O /dev/null http://{server}/file; sleep 0.2; done"
SERVE = "mkdir /www; head -c 200000 /dev/urandom >/www/file; exec httpd -f -h /www -p 80"
READ_BACK = "head -c 30000000 /dev/urandom >/tmp/file; cat /tmp/file >/dev/null; exec sleep 600"
WRITE = "while :; do dd if=/dev/zero of=/tmp/file bs=64k count=8 conv=fsync 2>/dev/null; sleep 0.3; done"


class Role(NamedTuple):
    """What a container does, with which options."""

    command: Sequence[str] = IDLE
    options: Sequence[str] = ()


def _sh(script: str) -> Sequence[str]:
    return ("sh", "-c", script)


ROLES: Mapping[str, Role] = {
    "burning": Role(BURN, ("--cpus", "0.4")),
    "burning-lightly": Role(BURN, ("--cpus", "0.1")),
    "burning-twice": Role(_sh("while :; do :; done & while :; do :; done"), ("--cpus", "0.2")),
    "cpu-limited": Role(BURN, ("--cpus", "0.3")),
    "memory-holding": Role(_sh(HOLD.format(bytes=60_000_000))),
    "memory-limited": Role(_sh(HOLD.format(bytes=20_000_000)), ("--memory", "64m")),
    "cache-holding": Role(_sh(READ_BACK)),
    "pids-limited": Role(_sh("sleep 600 & sleep 600 & sleep 600"), ("--pids-limit", "20")),
    "serving": Role(_sh(SERVE)),
    "writing": Role(_sh(WRITE)),
    "paused": Role(BURN, ("--cpus", "0.1")),
    "host-network": Role(IDLE, ("--network", "host")),
    "no-network": Role(IDLE, ("--network", "none")),
    **{f"idle-{number}": Role() for number in range(1, 6)},
}
# These two need another one's address or name, and are started after the others.
TALKING, SHARING = "talking", "sharing-network"
ALL = (*ROLES, TALKING, SHARING)

ONE_SHOT = ("burning", "memory-holding")
"""Few: an engine that makes each of these calls wait a second is asked only every few seconds."""
MOVING = {"serving", TALKING, "writing"}
MOVING_BYTES = 4 << 20  # how far their memory may have gone up and down between two frames
WITHOUT_NETWORK = {"host-network": "host_network", "no-network": "no_network", SHARING: "shared_network"}


class Figures(NamedTuple):
    """One reading of ours: when it was taken (Unix seconds), and what was made of it."""

    at_s: float
    sample: ContainerSample


class Observation(NamedTuple):
    """What everybody saw of each container in the same span."""

    ours: Mapping[str, Sequence[Figures]]
    one_shot: Mapping[str, Sequence[Figures]]
    frames: Mapping[str, Sequence[Frame]]
    rows: Mapping[str, Sequence[Row]]
    sampling: Sampling
    has_disk: bool
    network_of: str


# --- The observation ------------------------------------------------------------------------------------------------


async def _observe() -> Observation:
    disk = disk_below(Path(await docker("info", "--format", "{{.DockerRootDir}}")))
    async with containers() as made:
        frames: dict[str, list[Frame]] = {short: [] for short in ALL}
        rows: dict[str, list[Row]] = {made.name(short): [] for short in ALL}
        few = {"label": [made.label, "dockstats.test.few"]}
        async with (
            anyio.create_task_group() as tasks,
            watching(LocalFeed(HOST, filters=made.filters), made) as auto,
            watching(LocalFeed(HOST, filters=few, source="one-shot"), made) as one_shot,
        ):
            # The feeds find the containers as they come, and so have their first figures while others still start.
            for short, container_id in (await _start_all(made, disk)).items():
                tasks.start_soon(follow_frames, HOST, container_id, frames[short])
            tasks.start_soon(follow_docker_stats, HOST, rows)
            await auto.until(lambda shown: all(shown.cpu(short) is not None for short in ALL))
            await anyio.sleep(SPAN_S)
            auto.skip_to_now()
            last = await auto.until(lambda _: True)
            await one_shot.until(lambda shown: all(shown.cpu(short) is not None for short in ONE_SHOT))
            await anyio.sleep(1.1)  # one more frame behind every reading
            tasks.cancel_scope.cancel()
        sharing = last.facts(SHARING)
        return Observation(
            ours={short: _readings(auto, short) for short in ALL},
            one_shot={short: _readings(one_shot, short) for short in ONE_SHOT},
            frames=frames,
            rows={short: rows[made.name(short)] for short in ALL},
            sampling=last.batch.sampling,
            has_disk=disk is not None,
            network_of=(sharing.network_of or "").rpartition("-")[0] if sharing is not None else "",
        )


async def _start_all(made: Containers, disk: str | None) -> Mapping[str, str]:
    """Start every container and make them what their names say; gives their ids."""
    ids: dict[str, str] = {}
    at_a_time = anyio.CapacityLimiter(4)

    async def start(short: str, role: Role) -> None:
        few = ("--label", "dockstats.test.few") if short in ONE_SHOT else ()
        # The kernel may count a device's bytes only for those who have a limit on it; this one is never reached.
        counted = ("--device-write-bps", f"{disk}:100gb") if short == "writing" and disk else ()
        async with at_a_time:
            ids[short] = await made.run(short, role.command, *role.options, *few, *counted)

    async with anyio.create_task_group() as tasks:
        for short, role in ROLES.items():
            tasks.start_soon(start, short, role)
    address = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    server = await made.docker("inspect", "--format", address, made.name("serving"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(start, TALKING, Role(_sh(TALK.format(server=server))))
        tasks.start_soon(start, SHARING, Role(IDLE, ("--network", f"container:{made.name('serving')}")))
        tasks.start_soon(made.pause, "paused")
    return ids


def _readings(watch: Watch, short: str) -> Sequence[Figures]:
    """Each reading once, by its time: a batch between two readings repeats the last one."""
    found: list[Figures] = []
    for shown in watch.shown:
        sample = shown.sample(short)
        if sample is None or sample.age_secs is None:
            continue
        at_s = shown.batch.sent_at.timestamp() - sample.age_secs
        if not found or at_s - found[-1].at_s > 0.1:
            found.append(Figures(at_s, sample))
    return found


@pytest.fixture(scope="module")
def seen() -> Observation:
    observed = anyio.run(_observe)
    table = _table(observed)
    print(f"\n{table}")
    if path := os.environ.get("DOCKSTATS_TEST_TABLE"):
        Path(path).write_text(table)
    return observed


# --- The comparison -------------------------------------------------------------------------------------------------


def _mean_cpu(readings: Sequence[Figures]) -> tuple[float, float, float]:
    """Our mean CPU percent, and the span it is of: each figure counts for the time since the reading before."""
    assert len(readings) > 1
    total = sum((other.sample.cpu_pct or 0.0) * (other.at_s - one.at_s) for one, other in pairwise(readings))
    from_s, to_s = readings[0].at_s, readings[-1].at_s
    return total / (to_s - from_s), from_s, to_s


def _span(seen: Observation, short: str) -> Sequence[Figures]:
    """Our readings of the span in which everybody's figures count."""
    readings = seen.ours[short]
    from_s = max(readings[-1].at_s - SPAN_S, seen.rows[short][0].at_s + FIRST_ROWS_S)
    until_s = seen.frames[short][-1].at_s  # what comes after the engine's last frame has nothing to compare with
    counting = [reading for reading in readings if from_s <= reading.at_s <= until_s]
    assert len(counting) > 2, "too few to compare"
    return counting


def _both_cpus(seen: Observation, short: str) -> tuple[Sequence[float], Sequence[float]]:
    """Our figures, and beside each what `docker stats` printed while it was the newest."""
    ours, printed = [], []
    for reading, following in pairwise(_span(seen, short)):
        rows = [row for row in seen.rows[short] if row.at_s < following.at_s - ROW_BEFORE_S]
        assert reading.sample.cpu_pct is not None
        ours.append(reading.sample.cpu_pct)
        printed.append(rows[-1].cpu_pct)
    return ours, printed


def _is_between(value: int | None, counters: Iterable[int | None], *, allowance: int = 0) -> bool:
    """Whether a figure is one of the frames', or lies between two of them."""
    known = [counter for counter in counters if counter is not None]
    return value is not None and min(known) - allowance <= value <= max(known) + allowance


def _has_memory_of(frames: Sequence[Frame], reading: Figures, allowance: int) -> bool:
    near, sample = around(frames, reading.at_s, SLACK_S), reading.sample
    return (
        _is_between(sample.mem_bytes, (frame.used for frame in near), allowance=allowance)
        and _is_between(sample.mem_usage_bytes, (frame.usage for frame in near), allowance=allowance)
        and sample.mem_limit_bytes == near[0].limit
    )


def _newest(seen: Observation, short: str) -> ContainerSample:
    return seen.ours[short][-1].sample


@pytest.mark.parametrize("short", ALL)
def test_cpu_is_within_2_points_of_a_core_of_what_docker_stats_prints(seen: Observation, short: str) -> None:
    ours, printed = _both_cpus(seen, short)
    assert abs(fmean(ours) - fmean(printed)) <= CPU_TOLERANCE_PCT + uncertainty(ours)


@pytest.mark.parametrize("short", ALL)
def test_memory_is_the_engines_to_the_byte_and_what_docker_stats_prints(seen: Observation, short: str) -> None:
    allowance = MOVING_BYTES if short in MOVING else 0
    for reading in _span(seen, short):
        assert _has_memory_of(seen.frames[short], reading, allowance), reading
    if short not in MOVING:
        ours = {printed_memory(one.sample.mem_bytes, one.sample.mem_limit_bytes) for one in seen.ours[short]}
        assert ours & {row.memory for row in seen.rows[short]}


@pytest.mark.parametrize("short", [short for short in ALL if short not in WITHOUT_NETWORK])
def test_network_totals_are_the_engines_and_what_docker_stats_prints(seen: Observation, short: str) -> None:
    for reading in _span(seen, short):
        near, sample = around(seen.frames[short], reading.at_s, SLACK_S), reading.sample
        assert _is_between(sample.net_rx_bytes, (frame.received for frame in near)), reading
        assert _is_between(sample.net_tx_bytes, (frame.sent for frame in near)), reading
        assert sample.net_io_bytes == (sample.net_rx_bytes or 0) + (sample.net_tx_bytes or 0)
        assert sample.net_rx_bytes_per_sec is not None
    if short not in MOVING:
        ours = {printed_io(one.sample.net_rx_bytes, one.sample.net_tx_bytes) for one in seen.ours[short]}
        assert ours & {row.network for row in seen.rows[short]}


@pytest.mark.parametrize("short", ALL)
def test_block_io_and_processes_are_the_engines_and_what_docker_stats_prints(seen: Observation, short: str) -> None:
    for reading in _span(seen, short):
        near, sample = around(seen.frames[short], reading.at_s, SLACK_S), reading.sample
        assert _is_between(sample.block_read_bytes, (frame.read for frame in near)), reading
        assert _is_between(sample.block_write_bytes, (frame.written for frame in near)), reading
        assert _is_between(sample.pids, (frame.pids for frame in near), allowance=short in MOVING), reading
    if short not in MOVING:
        ours = {printed_io(one.sample.block_read_bytes, one.sample.block_write_bytes) for one in seen.ours[short]}
        assert ours & {row.block for row in seen.rows[short]}
        assert {str(one.sample.pids) for one in seen.ours[short]} & {row.pids for row in seen.rows[short]}


def test_containers_are_what_their_names_say(seen: Observation) -> None:
    """Else the comparison would be one of zeroes."""
    assert (_newest(seen, "memory-holding").mem_bytes or 0) > 60_000_000
    cache = _newest(seen, "cache-holding")
    assert (cache.mem_bytes or 0) < 10_000_000 < 20_000_000 < (cache.mem_cache_bytes or 0)
    assert _newest(seen, "memory-limited").mem_limit_bytes == 64 << 20
    assert (_newest(seen, "memory-limited").mem_pct or 0) > 25
    assert (_newest(seen, "pids-limited").pids or 0) >= 3
    assert (_newest(seen, TALKING).net_rx_bytes or 0) > 1_000_000
    assert (_newest(seen, TALKING).net_rx_bytes_per_sec or 0) > 10_000
    assert (_newest(seen, "serving").net_tx_bytes or 0) > 1_000_000
    assert _mean_cpu(_span(seen, "burning"))[0] > 0.5, "far below its limit only where others leave it nothing"
    if seen.has_disk:
        assert (_newest(seen, "writing").block_write_bytes or 0) > 1_000_000


def test_container_with_a_cpu_limit_tells_its_share_of_it_and_how_long_it_was_held_back(seen: Observation) -> None:
    sample = _newest(seen, "cpu-limited")
    assert sample.cpu_pct is not None
    assert sample.cpu_limit_pct == pytest.approx(sample.cpu_pct / 0.3)
    assert sample.throttled_pct is not None, "which may be 0 where others leave the container less than its limit"
    assert sample.throttled_time_pct is not None
    assert _newest(seen, "idle-1").cpu_limit_pct is None
    assert _newest(seen, "idle-1").throttled_pct is None


def test_paused_container_keeps_its_memory_and_uses_no_cpu(seen: Observation) -> None:
    sample = _newest(seen, "paused")
    assert sample.cpu_pct == 0
    assert (sample.mem_bytes or 0) > 0
    assert not sample.stale


@pytest.mark.parametrize(("short", "reason"), WITHOUT_NETWORK.items())
def test_container_without_a_network_of_its_own_says_why_its_traffic_is_unknown(
    seen: Observation, short: str, reason: str
) -> None:
    sample = _newest(seen, short)
    assert (sample.net_io_bytes, sample.net_rx_bytes, sample.net_tx_bytes_per_sec) == (None, None, None)
    assert sample.unknown == {"network": reason, "network_rates": reason}


def test_container_on_anothers_network_says_whose(seen: Observation) -> None:
    assert seen.network_of == "serving"


def test_auto_tells_the_source_it_chose_and_why(seen: Observation) -> None:
    assert seen.sampling.source in {"cgroup", "stream", "one-shot"}
    assert seen.sampling.reason
    assert seen.sampling.failures == 0


@pytest.mark.parametrize("short", ONE_SHOT)
def test_one_shot_calls_give_the_same_figures_whatever_the_engine_makes_of_them(seen: Observation, short: str) -> None:
    frames = seen.frames[short]
    readings = [one for one in seen.one_shot[short] if frames[0].at_s <= one.at_s - SLACK_S]
    ours, from_s, to_s = _mean_cpu(readings)
    unsteady = uncertainty(one.sample.cpu_pct for one in readings)
    assert abs(ours - engine_cpu_pct(frames, from_s, to_s)) <= CPU_TOLERANCE_PCT + unsteady
    assert all(_has_memory_of(frames, reading, 0) for reading in readings)


# --- The table ------------------------------------------------------------------------------------------------------

HEADINGS = (
    *("container", "CPU % ours", "docker", "memory ours", "docker", "net ours", "docker"),
    *("block ours", "docker", "pids ours", "docker"),
)


def _table(seen: Observation) -> str:
    """Ours beside what `docker stats` printed: CPU as the mean over the span, all else at its end."""
    rows = [HEADINGS, *(_row(seen, short) for short in ALL)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    head = f"Source {seen.sampling.source}: {seen.sampling.reason}."
    return "\n".join([head, "", *lines, ""])


def _row(seen: Observation, short: str) -> Sequence[str]:
    ours, printed = _both_cpus(seen, short)
    sample, row = _newest(seen, short), seen.rows[short][-1]
    network = sample.unknown.get("network") or printed_io(sample.net_rx_bytes, sample.net_tx_bytes)
    return (
        *(short, f"{fmean(ours):.2f}", f"{fmean(printed):.2f}"),
        *(printed_memory(sample.mem_bytes, sample.mem_limit_bytes), row.memory, network, row.network),
        *(printed_io(sample.block_read_bytes, sample.block_write_bytes), row.block, str(sample.pids), row.pids),
    )
