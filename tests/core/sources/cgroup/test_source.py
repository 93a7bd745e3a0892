"""The cgroup source: true figures of whatever lives, nothing left open of what does not, and what it cannot tell."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import anyio
import pytest
from anyio.lowlevel import checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from dockstats_core.containers import Container
from dockstats_core.messages.agent import ContainerStatsBatch, EngineState, Figure, HostFigures, OwnUsage, codec
from dockstats_core.readings import Reading
from dockstats_core.sampler.sampler import Identity, Sampler
from dockstats_core.sources.cgroup.container_files import LOOK_AGAIN_NS
from dockstats_core.sources.cgroup.source import CgroupLimits, CgroupSource
from dockstats_core.sources.protocol import Failure, Readings
from tests.builders import NOW, container
from tests.cgroup_trees import Counts, Machine, Mode, net_dev
from tests.descriptors import no_descriptor_left, open_descriptors, open_files

MODES: tuple[Mode, ...] = ("v1", "v2", "hybrid")
S = 10**9


class Clock:
    """A monotonic clock that a test moves; it knows which threads looked at it."""

    def __init__(self) -> None:
        self.now_ns = 100 * S
        self.threads: set[int] = set()
        self.at_look: Callable[[], None] = lambda: None

    def __call__(self) -> int:
        self.threads.add(threading.get_ident())
        self.at_look()
        return self.now_ns


class Asked:
    """A source that reads one machine, asked again and again."""

    def __init__(self, machine: Machine, **arguments: Any) -> None:
        self.machine = machine
        self.clock = Clock()
        self.source = CgroupSource(
            proc_root=str(machine.proc),
            cgroup_root=str(machine.cgroup),
            **{"descriptors": 1000, "clock_ns": self.clock, **arguments},
        )

    async def read(self, *containers: Container) -> Readings:
        return await self.source.read(containers, within_s=1.0)

    async def reading(self, one: Container) -> Reading:
        outcome = (await self.read(one))[one.id]
        assert isinstance(outcome, Reading)
        return outcome

    async def failure(self, one: Container) -> Failure:
        outcome = (await self.read(one))[one.id]
        assert isinstance(outcome, Failure)
        return outcome


def asking(tmp_path: Path, mode: Mode = "v2", **arguments: Any) -> Asked:
    return Asked(Machine(tmp_path, mode), **arguments)


def some(machine: Machine, number: int, **facts: Any) -> list[Container]:
    return [machine.run(container(one, pid=100 + one, **facts)) for one in range(1, number + 1)]


# Figures. ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("descriptors", [0, 20, 1000])
async def test_each_containers_counters_are_its_own_at_each_round(tmp_path: Path, mode: Mode, descriptors: int) -> None:
    asked = asking(tmp_path, mode, descriptors=descriptors)
    containers = some(asked.machine, 3)
    async with asked.source:
        for round_ in range(1, 4):
            for number, one in enumerate(containers):
                asked.machine.count(one, Counts(cpu_us=round_ * 1000 + number, received=round_ + number))
            asked.clock.now_ns += S
            readings = await asked.read(*containers)
            for number, one in enumerate(containers):
                reading = readings[one.id]
                assert isinstance(reading, Reading)
                assert reading.container_id == one.id
                assert reading.read_ns == reading.taken_ns == asked.clock.now_ns
                assert reading.cpu_total_ns == (round_ * 1000 + number) * 1000
                assert reading.net_rx_bytes == round_ + number
                assert reading.problems == ()


def test_source_is_called_cgroup_and_may_be_asked_20_times_a_second(tmp_path: Path) -> None:
    source = asking(tmp_path).source
    assert (source.name, source.interval_s) == ("cgroup", 0.05)


@pytest.mark.parametrize(
    ("mode", "says"), [("v1", "cgroup v1"), ("v2", "cgroup v2"), ("hybrid", "cgroup v1, pressure from v2")]
)
def test_mode_says_what_is_mounted(tmp_path: Path, mode: Mode, says: str) -> None:
    asked = asking(tmp_path, mode)
    assert asked.source.mode == says
    asked.machine.unmount()
    assert CgroupSource(proc_root=str(asked.machine.proc), cgroup_root=str(tmp_path)).mode == "no cgroup"


@pytest.mark.parametrize("mode", ["host", "none", "container:abc"])
async def test_network_that_is_not_the_containers_own_is_unknown_and_never_opened(tmp_path: Path, mode: str) -> None:
    asked = asking(tmp_path)
    one = asked.machine.run(container(1, pid=101, network_mode=mode))
    asked.machine.forbid(one, "net/dev")  # opening it would be a problem
    async with asked.source:
        reading = await asked.reading(one)
        assert (reading.net_rx_bytes, reading.problems) == (None, ())
        assert not any("no network" in sentence for sentence in asked.source.limitations)


@pytest.mark.parametrize("mode", ["bridge", "default", "shop_default", None])
async def test_network_of_the_containers_own_is_counted(tmp_path: Path, mode: str | None) -> None:
    asked = asking(tmp_path)
    async with asked.source:
        one = asked.machine.run(container(1, pid=101, network_mode=mode))
        assert (await asked.reading(one)).net_rx_bytes == Counts().received


async def test_limits_that_a_person_changes_are_seen_in_time(tmp_path: Path) -> None:
    asked = asking(tmp_path)
    [one] = some(asked.machine, 1)
    async with asked.source:
        await asked.reading(one)
        asked.machine.count(one, Counts(mem_limit=4096))
        asked.clock.now_ns += LOOK_AGAIN_NS
        assert (await asked.reading(one)).mem_limit_bytes == 4096


# The lives of containers. --------------------------------------------------------------------------------------------


async def test_container_made_anew_under_the_same_name_is_another_one(tmp_path: Path) -> None:
    asked = asking(tmp_path)
    async with asked.source:
        old = asked.machine.run(container(1, name="web", pid=101), Counts(cpu_us=9_000_000))
        await asked.reading(old)
        asked.machine.end(old)
        new = asked.machine.run(container(2, name="web", pid=102), Counts(cpu_us=5, received=7))
        reading = await asked.reading(new)
        assert (reading.container_id, reading.cpu_total_ns, reading.net_rx_bytes) == (new.id, 5000, 7)
        assert not any(old.id in name or name.startswith("proc/101") for name in open_files(tmp_path))


@pytest.mark.parametrize("descriptors", [0, 1000])
async def test_restarted_container_has_the_counters_and_the_network_of_its_new_life_only(
    tmp_path: Path, descriptors: int
) -> None:
    asked = asking(tmp_path, descriptors=descriptors)
    async with asked.source:
        old = asked.machine.run(container(1, pid=101, started_at=NOW), Counts(cpu_us=9_000_000, received=5000))
        await asked.reading(old)
        asked.machine.end(old)
        new = container(1, pid=202, started_at=NOW + timedelta(minutes=1))
        asked.machine.run(new, Counts(cpu_us=5, received=7, sent=8))
        reading = await asked.reading(new)
        assert (reading.cpu_total_ns, reading.net_rx_bytes, reading.net_tx_bytes) == (5000, 7, 8)
        assert not any("101" in name for name in open_files(tmp_path / "proc"))


async def test_container_that_ended_is_left_out_until_the_engine_tells_of_its_new_life(tmp_path: Path) -> None:
    """Under the old pid the new life's directories are not looked into: they would be taken for the old one's."""
    asked = asking(tmp_path, descriptors=0)
    old = asked.machine.run(container(1, pid=101, started_at=NOW))
    async with asked.source:
        await asked.reading(old)
        features, limitations = asked.source.features, asked.source.limitations
        asked.machine.end(old)
        assert await asked.read(old) == {}
        new = asked.machine.run(container(1, pid=102, started_at=NOW + timedelta(seconds=9)), Counts(cpu_us=5))
        assert await asked.read(old) == {}
        assert (asked.source.features, asked.source.limitations) == (features, limitations)
        assert (await asked.reading(new)).cpu_total_ns == 5000


async def test_container_that_ended_and_of_which_no_news_comes_is_looked_for_again(tmp_path: Path) -> None:
    asked = asking(tmp_path, descriptors=0, limits=CgroupLimits(find_again_s=1.0))
    [one] = some(asked.machine, 1)
    async with asked.source:
        await asked.reading(one)
        asked.machine.end(one)
        assert await asked.read(one) == {}
        asked.clock.now_ns += S
        assert "nor is its first process in sight" in (await asked.failure(one)).detail
        asked.machine.run(one)
        asked.clock.now_ns += S
        await asked.reading(one)


async def test_pid_that_now_is_somebody_elses_gives_no_figures_of_theirs(tmp_path: Path) -> None:
    asked = asking(tmp_path)
    machine = asked.machine
    one = machine.run(container(1), Counts(cpu_us=5))
    machine.run(container(2, pid=101), Counts(cpu_us=9_000_000, received=77))
    async with asked.source:
        reading = await asked.reading(container(1, pid=101))
        assert (reading.container_id, reading.cpu_total_ns, reading.net_rx_bytes) == (one.id, 5000, None)


async def test_container_that_restarts_is_left_out_without_a_word(tmp_path: Path) -> None:
    asked = asking(tmp_path)
    async with asked.source:
        assert await asked.read(container(1, state="restarting")) == {}
        assert asked.source.limitations == ()


async def test_container_that_is_not_found_says_why_and_the_others_have_figures(tmp_path: Path) -> None:
    asked = asking(tmp_path)
    [one] = some(asked.machine, 1)
    async with asked.source:
        readings = await asked.read(container(9, pid=109), one)
        assert isinstance(readings[one.id], Reading)
        assert readings[container(9).id] == Failure(
            reason="source_cannot_tell",
            detail="its cgroup is not below the mounted tree, nor is its first process in sight",
        )
        [sentence] = asked.source.limitations
        assert sentence == (
            "no figures of some containers: its cgroup is not below the mounted tree, nor is its first process in "
            "sight; in a container, add -v /sys/fs/cgroup:/sys/fs/cgroup:ro"
        )
        await asked.read(one)
        assert asked.source.limitations == ()


async def test_container_that_is_not_found_is_looked_for_again_ever_more_seldom(tmp_path: Path) -> None:
    asked = asking(tmp_path, limits=CgroupLimits(find_again_s=1.0, find_again_at_most_s=4.0))
    one = container(1, pid=101)
    async with asked.source:
        for wait_s in (1, 2, 4, 4):
            await asked.failure(one)
            asked.machine.run(one)
            asked.clock.now_ns += wait_s * S - 1
            await asked.failure(one)
            asked.machine.end(one)
            asked.clock.now_ns += 1
        asked.machine.run(one)
        await asked.reading(one)


async def test_news_of_a_container_that_is_not_found_have_it_looked_for_at_once(tmp_path: Path) -> None:
    asked = asking(tmp_path)
    async with asked.source:
        await asked.failure(container(1))
        await asked.reading(asked.machine.run(container(1, pid=101)))


async def test_mounts_that_cannot_be_read_are_each_containers_failure(tmp_path: Path) -> None:
    asked = asking(tmp_path)
    [one] = some(asked.machine, 1)
    mountinfo = asked.machine.proc / "self" / "mountinfo"
    mountinfo.unlink()
    mountinfo.symlink_to(mountinfo)
    async with asked.source:
        failure = await asked.failure(one)
        assert failure.detail == f"cannot read {mountinfo}: Too many levels of symbolic links"


# Descriptors. --------------------------------------------------------------------------------------------------------


async def test_files_stay_open_from_round_to_round_until_the_source_is_left(tmp_path: Path) -> None:
    asked = asking(tmp_path, "hybrid")
    containers = some(asked.machine, 3)
    async with asked.source:
        await asked.read(*containers)
        before = open_files(tmp_path)
        assert len(before) == 3 * 15
        await asked.read(*containers)
        assert open_files(tmp_path) == before
    assert open_files(tmp_path) == []


async def test_containers_that_are_no_longer_asked_for_are_closed_at_once(tmp_path: Path) -> None:
    asked = asking(tmp_path)
    one, two, three = some(asked.machine, 3)
    async with asked.source:
        await asked.read(one, two, three)
        await asked.read(one, two)
        assert not any(three.id in name or "/103/" in name for name in open_files(tmp_path))
        asked.source.retain({one.id})
        assert not any(two.id in name for name in open_files(tmp_path))
        assert any(one.id in name for name in open_files(tmp_path))
        asked.source.retain({one.id, "of a container that was never read"})
        assert any(one.id in name for name in open_files(tmp_path))
        await asked.read()
        assert open_files(tmp_path) == []


async def test_fifty_rounds_of_containers_that_come_and_go_leave_no_more_open(tmp_path: Path) -> None:
    asked = asking(tmp_path, "hybrid")
    before = open_descriptors()
    async with asked.source:
        for number in range(50):
            one, two = (asked.machine.run(container(2 * number + i, pid=1000 + 2 * number + i)) for i in (1, 2))
            await asked.read(one, two)
            asked.machine.end(one)
            await asked.read(one, two) if number % 2 else asked.source.retain({two.id})
            asked.machine.end(two)
        await asked.read()
        assert open_descriptors() <= before + 2
    assert open_descriptors() <= before + 2


async def test_beyond_the_budget_figures_are_the_same_and_the_limitation_says_what_helps(tmp_path: Path) -> None:
    asked = asking(tmp_path, descriptors=15)
    containers = some(asked.machine, 3)
    async with asked.source:
        for _ in range(2):
            readings = await asked.read(*containers)
            assert all(
                isinstance(reading, Reading) and reading.net_rx_bytes == 1000 and not reading.problems
                for reading in readings.values()
            )
            assert len(open_files(tmp_path)) == 15
        assert asked.source.limitations == (
            "files are opened anew for each reading beyond 15 descriptors: raise the limit of open files (ulimit -n)",
        )


# What it can tell, and what it cannot. -------------------------------------------------------------------------------

EVERYTHING: frozenset[Figure] = frozenset(get_args(Figure))


@pytest.mark.parametrize("mode", ["v2", "hybrid"])
async def test_where_everything_is_in_sight_every_group_of_figures_is_told_and_no_limitation(
    tmp_path: Path, mode: Mode
) -> None:
    asked = asking(tmp_path, mode)
    async with asked.source:
        assert asked.source.features == frozenset()
        await asked.read(*some(asked.machine, 1))
        assert asked.source.features == EVERYTHING
        assert asked.source.limitations == ()


@pytest.mark.parametrize(
    ("missing", "figures", "says"),
    [
        ("*.pressure", {"pressure"}, "no pressure figures: this kernel keeps none for containers; .* psi=1"),
        ("memory.*", {"memory", "memory_events"}, "no memory figures: the kernel's memory controller is not enabled"),
        ("pids.*", {"pids"}, "no pids figures: the kernel's pids controller is not enabled for these containers"),
        (
            "io.stat",
            {"block_io", "block_io_rates"},
            r"no block io figures: the kernel's io \(blkio\) controller is not",
        ),
    ],
)
async def test_what_the_kernel_does_not_count_is_no_feature_but_a_limitation_until_it_does(
    tmp_path: Path, missing: str, figures: set[Figure], says: str
) -> None:
    asked = asking(tmp_path)
    [one] = some(asked.machine, 1)
    for file in asked.machine.directory(one, "unified").glob(missing):
        file.unlink()
    pressure = asked.machine.directory(one, "unified") / "memory.pressure"
    pressure.write_text("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n")  # the memory controller does not make it
    async with asked.source:
        await asked.reading(one)
        assert asked.source.features == EVERYTHING - figures
        [sentence] = asked.source.limitations
        assert re.match(says, sentence)
        asked.machine.count(one, Counts())
        asked.clock.now_ns += LOOK_AGAIN_NS
        await asked.reading(one)
        assert asked.source.features == EVERYTHING
        assert asked.source.limitations == ()


async def test_v1_machine_has_no_pressure_and_says_so(tmp_path: Path) -> None:
    asked = asking(tmp_path, "v1")
    async with asked.source:
        await asked.read(*some(asked.machine, 1))
        assert asked.source.features == EVERYTHING - {"pressure"}
        [sentence] = asked.source.limitations
        assert sentence.startswith("no pressure figures: this kernel keeps none for containers; it needs a cgroup v2")


async def test_processes_that_are_not_in_sight_cost_the_network_and_the_limitation_says_how_to_mount_them(
    tmp_path: Path,
) -> None:
    asked = asking(tmp_path)
    asked.machine.run(container(1))
    async with asked.source:
        reading = await asked.reading(container(1, pid=101))
        assert (reading.net_rx_bytes, reading.net_tx_bytes) == (None, None)
        assert asked.source.features == EVERYTHING - {"network", "network_rates"}
        [sentence] = asked.source.limitations
        assert sentence == (
            "no network figures: the host's processes are not in sight; in a container, add --pid host, or "
            "-v /proc:/host/proc:ro and --proc-root /host/proc"
        )


async def test_process_that_the_engine_has_not_told_yet_is_no_limitation(tmp_path: Path) -> None:
    asked = asking(tmp_path)
    one = asked.machine.run(container(1))
    async with asked.source:
        assert (await asked.reading(one)).net_rx_bytes is None
        assert asked.source.limitations == ()


async def test_what_it_can_tell_stays_while_there_is_no_container_to_judge_by(tmp_path: Path) -> None:
    asked = asking(tmp_path, "v1")
    async with asked.source:
        await asked.read(*some(asked.machine, 1))
        features, limitations = asked.source.features, asked.source.limitations
        assert features
        assert limitations
        await asked.read()
        assert (asked.source.features, asked.source.limitations) == (features, limitations)


async def test_one_file_that_is_wrong_in_many_containers_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked = asking(tmp_path)
    containers = some(asked.machine, 3)
    for one in containers:
        asked.machine.write(one, "pids.current", "many\n")
    asked.machine.write(containers[0], "memory.current", "much\n")
    async with asked.source:
        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                await asked.read(*containers)
    first = asked.machine.file(containers[0], "pids.current")
    assert len(caplog.messages) == 2
    assert f"cannot make sense of {first}: its text has a form that is not known" in caplog.messages


async def test_container_looked_for_while_others_took_all_descriptors_is_found_when_there_are_some(
    tmp_path: Path,
) -> None:
    asked = asking(tmp_path)
    [one] = some(asked.machine, 1)
    async with asked.source:
        with no_descriptor_left():
            assert re.search("mountinfo: Too many open files", (await asked.failure(one)).detail)
        assert asked.source.mode == "cgroup v2"  # looks for the mounts
        asked.clock.now_ns += S
        with no_descriptor_left():
            assert re.search("101/cgroup: Too many open files", (await asked.failure(one)).detail)
        asked.clock.now_ns += 2 * S
        assert (await asked.reading(one)).net_rx_bytes == Counts().received


async def test_files_opened_while_others_took_all_descriptors_are_failures_of_that_reading_only(tmp_path: Path) -> None:
    asked = asking(tmp_path)
    [one] = some(asked.machine, 1)
    async with asked.source:
        late = asked.machine.file(one, "io.stat")
        late.unlink()
        await asked.reading(one)
        asked.machine.count(one, Counts())
        asked.clock.now_ns += LOOK_AGAIN_NS
        with no_descriptor_left():
            reading = await asked.reading(one)
            assert set(reading.problems) == {"io.stat", "memory.max", "pids.max"}
            assert reading.cpu_total_ns == Counts().cpu_us * 1000
        asked.clock.now_ns += LOOK_AGAIN_NS
        reading = await asked.reading(one)
        assert (reading.problems, reading.block_read_bytes) == ((), Counts().read)
        assert "raise the limit of open files" in asked.source.limitations[-1]


def stampless(outcome: Reading | Failure) -> Reading:
    assert isinstance(outcome, Reading)
    return structs.replace(outcome, read_ns=0, taken_ns=0, rest_ns=0, details_ns=0)


# Threads. ------------------------------------------------------------------------------------------------------------

ALWAYS_IN_A_THREAD = CgroupLimits(on_loop_s=-1.0)


async def test_short_pass_stays_on_the_event_loop_and_a_long_one_leaves_it_with_the_same_figures(
    tmp_path: Path,
) -> None:
    asked = asking(tmp_path, limits=CgroupLimits(on_loop_s=0.005))
    containers = some(asked.machine, 4)
    here = {threading.get_ident()}
    async with asked.source:
        on_loop = await asked.read(*containers)
        assert asked.clock.threads == here

        def take_long() -> None:
            asked.clock.now_ns += 10_000_000

        asked.clock.at_look = take_long
        await asked.read(*containers)  # still on the loop, since the one before was short; but this one took long
        assert asked.clock.threads == here
        asked.clock.threads = set()
        asked.clock.at_look = lambda: None
        asked.clock.now_ns = 200 * S
        in_thread = await asked.read(*containers)
        assert len(asked.clock.threads) == 1
        assert asked.clock.threads.isdisjoint(here)
        assert [stampless(one) for one in in_thread.values()] == [stampless(one) for one in on_loop.values()]
        asked.clock.threads = set()
        await asked.read(*containers)  # the one before was short again
        assert asked.clock.threads == here


async def test_pass_over_many_containers_gives_the_event_loop_its_turns(tmp_path: Path) -> None:
    asked = asking(tmp_path, limits=CgroupLimits(turn_s=0.002, on_loop_s=1.0))
    containers = some(asked.machine, 12)

    def take_a_millisecond() -> None:
        asked.clock.now_ns += 1_000_000

    asked.clock.at_look = take_a_millisecond
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await anyio.lowlevel.checkpoint()
            turns += 1

    async with asked.source, anyio.create_task_group() as tasks:
        tasks.start_soon(count)
        readings = await asked.read(*containers)
        tasks.cancel_scope.cancel()
    assert len(readings) == 12
    assert turns >= 6
    assert asked.clock.threads == {threading.get_ident()}


class Held:
    """Holds a pass in its thread, at a look at the clock after it has opened files."""

    def __init__(self, asked: Asked, tmp_path: Path) -> None:
        self._directory = tmp_path
        self._held = threading.Event()
        self._released = threading.Event()
        asked.clock.at_look = self._look

    def _look(self) -> None:
        if open_files(self._directory) and not self._released.is_set():
            self._held.set()
            assert self._released.wait(10)

    async def until_held(self) -> None:
        with anyio.fail_after(20):
            assert await anyio.to_thread.run_sync(self._held.wait, 10)

    def release(self) -> None:
        self._released.set()


async def test_cancelling_in_the_middle_of_a_pass_leaves_nothing_open(tmp_path: Path) -> None:
    asked = asking(tmp_path, limits=ALWAYS_IN_A_THREAD)
    containers = some(asked.machine, 3)
    held = Held(asked, tmp_path)
    async with asked.source, anyio.create_task_group() as tasks:
        tasks.start_soon(asked.read, *containers)
        await held.until_held()
        tasks.cancel_scope.cancel()
        held.release()
    assert open_files(tmp_path) == []


async def test_leaving_in_the_middle_of_anothers_pass_waits_for_it_and_leaves_nothing_open(tmp_path: Path) -> None:
    asked = asking(tmp_path, limits=ALWAYS_IN_A_THREAD)
    containers = some(asked.machine, 3)
    held = Held(asked, tmp_path)
    left = anyio.Event()

    async def leave() -> None:
        await asked.source.__aexit__(None, None, None)
        left.set()

    async with anyio.create_task_group() as tasks:
        await asked.source.__aenter__()
        tasks.start_soon(asked.read, *containers)
        await held.until_held()
        tasks.start_soon(leave)
        tasks.start_soon(asked.read, *containers)  # comes after
        for _ in range(10):
            await checkpoint()
        assert not left.is_set()
        assert open_files(tmp_path)
        held.release()
        await left.wait()
        assert open_files(tmp_path) == []
    assert open_files(tmp_path) == []
    assert await asked.read(*containers) == {}
    assert open_files(tmp_path) == []


async def test_leaving_while_cancelled_still_closes_everything(tmp_path: Path) -> None:
    asked = asking(tmp_path)
    containers = some(asked.machine, 3)
    with anyio.CancelScope() as scope:
        async with asked.source:
            await asked.read(*containers)
            assert open_files(tmp_path)
            scope.cancel()
            await checkpoint()
    assert open_files(tmp_path) == []


async def test_other_tasks_may_ask_what_it_can_tell_in_the_middle_of_a_pass(tmp_path: Path) -> None:
    asked = asking(tmp_path, limits=ALWAYS_IN_A_THREAD)
    containers = some(asked.machine, 3)
    held = Held(asked, tmp_path)
    async with asked.source, anyio.create_task_group() as tasks:
        tasks.start_soon(asked.read, *containers)
        await held.until_held()
        assert (asked.source.features, asked.source.limitations) == (frozenset(), ())
        held.release()
    assert asked.source.features == EVERYTHING


# Through the sampler. ------------------------------------------------------------------------------------------------


class Listed:
    """An inventory that does not change."""

    version = 1

    def __init__(self, *containers: Container) -> None:
        self.containers = self.counted = containers

    def by_state(self) -> dict[str, int]:
        return {"running": len(self.containers)}

    def told(self) -> None: ...


async def batch_of(asked: Asked, *containers: Container) -> ContainerStatsBatch:
    """The first batch with readings."""
    sampler = Sampler(
        Identity(agent_id="heron", agent_label="Heron"),
        poll_interval_s=0.05,
        engine=EngineState(endpoint="unix:///var/run/docker.sock"),
        host=lambda: HostFigures(basis="host", mem_total_bytes=2**33),
        own_usage=OwnUsage,
        clock_ns=lambda: round(anyio.current_time() * S),
        wall_clock=lambda: datetime.now(UTC),
    )
    async with asked.source:
        sampler.engine_found(EngineState(reachable=True), Listed(*containers))
        sampler.use(asked.source, "it was asked for")
        async with aclosing(sampler.messages()) as messages:  # type: ignore[type-var]
            async for message in messages:
                if isinstance(message, ContainerStatsBatch) and message.sampling.duration_secs is not None:
                    return message
    raise AssertionError("the sampler ended")


def now_ns() -> int:
    return round(anyio.current_time() * S)


TEXTS = st.one_of(
    st.binary(max_size=100),
    st.integers(-(2**65), 2**65).map(lambda number: b"%d\n" % number),
    st.integers(0, 2**65).map(lambda number: net_dev(eth0=(number, number)).encode()),
    st.integers(0, 2**65).map(lambda number: b"usage_usec %d\nmax %d\nanon %d\n" % (number, number, number)),
)


@settings(max_examples=20)
@given(data=st.data())
def test_whatever_the_bytes_the_sampler_gives_a_batch_that_can_be_sent_and_counts_the_failures(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    machine = Machine(tmp_path_factory.mktemp("machine"), "v2")
    good, bad = machine.run(container(1, pid=101)), machine.run(container(2, pid=102))
    names = [*(name for _, name, _ in Counts().files("v2")), "net/dev"]
    for name in data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True), label="names"):
        machine.write(bad, name, data.draw(TEXTS, label=name))
    asked = Asked(machine, clock_ns=now_ns)

    async def run() -> tuple[ContainerStatsBatch, Readings]:
        batch = await batch_of(asked, good, bad)
        return batch, await Asked(machine).read(good, bad)

    batch, readings = anyio.run(run)
    assert codec.decode(codec.encode(batch)) == batch
    reading = readings[bad.id]
    assert isinstance(reading, Reading)
    assert batch.sampling.failures == int(bool(reading.problems))
    assert batch.containers[0].mem_usage_bytes == Counts().mem


async def test_container_that_is_not_found_is_one_failure_and_has_its_reason(tmp_path: Path) -> None:
    asked = asking(tmp_path, clock_ns=now_ns)
    [one] = some(asked.machine, 1)
    batch = await batch_of(asked, one, container(9))
    assert batch.sampling.failures == 1
    assert batch.sampling.limitations == asked.source.limitations
    assert [sample.unknown.get("memory") for sample in batch.containers] == [None, "source_cannot_tell"]
