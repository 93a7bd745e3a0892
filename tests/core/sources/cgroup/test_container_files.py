"""One container's files: every figure right, what is hostile counted, limits and late files seen in time."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import asdict as fields_of

from dockstats_core.containers import Container
from dockstats_core.readings import Reading
from dockstats_core.sources.cgroup.container_files import (
    DETAILS_NS,
    LOOK_AGAIN_NS,
    NOT_UNDERSTOOD,
    ContainerFiles,
)
from dockstats_core.sources.cgroup.counters import Counters
from dockstats_core.sources.cgroup.files import Descriptors
from dockstats_core.sources.cgroup.finding import Finder, Found
from dockstats_core.sources.cgroup.kernel_files import NET_DEV, PRESSURE_FILES, V1_FILES, V2_FILES
from tests.builders import container
from tests.cgroup_trees import MIB, NO_LIMIT, PRESSURES, V1_NO_LIMIT, Counts, Machine, Mode, net_dev
from tests.descriptors import open_files

MODES: tuple[Mode, ...] = ("v1", "v2", "hybrid")
MOST = 2**64 - 1


class Watched:
    """The files of one container of a machine; by default each reading is so late that everything is read anew."""

    def __init__(self, machine: Machine, one: Container, *, with_network: bool = True, descriptors: int = 100) -> None:
        self.machine = machine
        self.container = one
        self.budget = Descriptors(descriptors)
        self.complaints: list[tuple[str, str]] = []
        self.now_ns = 10**9
        found = Finder(str(machine.proc), str(machine.cgroup)).find(one)
        assert isinstance(found, Found)
        self.files = ContainerFiles(
            one.id,
            found,
            with_network=with_network,
            budget=self.budget,
            complain=lambda path, wrong: self.complaints.append((path, wrong)),
        )

    def read_or_none(self, after_ns: int = LOOK_AGAIN_NS) -> Reading | None:
        self.now_ns += after_ns
        return self.files.read(lambda: self.now_ns)

    def read(self, after_ns: int = LOOK_AGAIN_NS) -> Reading:
        reading = self.read_or_none(after_ns)
        assert reading is not None
        return reading

    def figures(self, after_ns: int = LOOK_AGAIN_NS) -> dict[str, Any]:
        """All that the reading has, but its stamps and its id."""
        return figures(self.read(after_ns))


def figures(reading: Reading) -> dict[str, Any]:
    return {
        name: getattr(reading, name)
        for name, value in fields_of(reading).items()
        if name not in {"container_id", "read_ns", "taken_ns", "details_ns", "rest_ns"} and value not in (None, ())
    }


def watching(tmp_path: Path, mode: Mode, counts: Counts | None = None, **arguments: Any) -> Watched:
    machine = Machine(tmp_path, mode)
    return Watched(machine, machine.run(container(1, pid=101), counts), **arguments)


# Right figures. ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("descriptors", [0, 5, 100])
def test_every_figure_is_the_kernels_at_each_reading(tmp_path: Path, mode: Mode, descriptors: int) -> None:
    counts = Counts()
    watched = watching(tmp_path, mode, counts, descriptors=descriptors)
    assert watched.figures() == counts.reading(mode)
    later = Counts(cpu_us=2_000_000, mem=60 * MIB, swap=0, read=9000, received=5000, stalled_us=300_000)
    watched.machine.count(watched.container, later)
    assert watched.figures() == later.reading(mode)
    assert watched.files.counted == later.reading(mode).keys()
    assert watched.complaints == []


@pytest.mark.parametrize("mode", MODES)
def test_largest_counter_and_no_limit_are_read_as_they_are(tmp_path: Path, mode: Mode) -> None:
    watched = watching(tmp_path, mode, Counts(mem=MOST, mem_limit=None, pids_limit=None))
    reading = watched.read()
    assert reading.mem_usage_bytes == MOST
    assert reading.mem_limit_bytes == (NO_LIMIT if mode == "v2" else V1_NO_LIMIT)
    assert reading.pids_limit == NO_LIMIT


def test_v1_kernel_without_sums_over_the_cgroups_below_tells_the_containers_own(tmp_path: Path) -> None:
    watched = watching(tmp_path, "v1")
    for name in ("io_service_bytes", "io_serviced"):
        watched.machine.file(watched.container, f"blkio.throttle.{name}_recursive").unlink()
        watched.machine.write(watched.container, f"blkio.throttle.{name}", "8:0 Read 5\n8:0 Write 6\nTotal 11\n")
    reading = watched.read()
    assert (reading.block_read_bytes, reading.block_write_bytes) == (5, 6)
    assert (reading.block_reads, reading.block_writes) == (5, 6)


def test_v1_container_without_a_directory_of_one_controller_lacks_its_figures_only(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v1")
    one = machine.run(container(1, pid=101))
    shutil.rmtree(machine.directory(one, "pids"))
    truth = Counts().reading("v1")
    assert Watched(machine, one).figures() == {name: truth[name] for name in truth.keys() - {"pids", "pids_limit"}}


@pytest.mark.parametrize("mode", MODES)
def test_stamp_is_taken_right_after_the_cpu_file(tmp_path: Path, mode: Mode) -> None:
    """Each look at the clock changes both files: the CPU time is of before the stamp, the memory of after it."""
    watched = watching(tmp_path, mode)
    now = 0

    def clock() -> int:
        nonlocal now
        now += 1
        watched.machine.count(watched.container, Counts(cpu_us=now, mem=now))
        return now

    for _ in range(3):
        reading = watched.files.read(clock)
        assert reading is not None
        assert reading.read_ns == reading.taken_ns == now
        assert reading.cpu_total_ns == (now - 1) * 1000
        assert reading.mem_usage_bytes == now


# Network. ------------------------------------------------------------------------------------------------------------


def test_network_that_is_not_its_own_is_never_opened(tmp_path: Path) -> None:
    watched = watching(tmp_path, "v2", with_network=False)
    watched.machine.forbid(watched.container, "net/dev")  # opening it would be a problem
    reading = watched.read()
    assert (reading.net_rx_bytes, reading.net_tx_bytes, reading.problems) == (None, None, ())


def test_network_with_lo_alone_is_unknown_and_not_0(tmp_path: Path) -> None:
    watched = watching(tmp_path, "v2")
    watched.machine.write(watched.container, "net/dev", net_dev(lo=(5, 5)))
    reading = watched.read()
    assert (reading.net_rx_bytes, reading.net_tx_bytes, reading.problems) == (None, None, ())
    assert "net_rx_bytes" not in watched.files.counted


def test_network_without_its_process_in_sight_is_unknown(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2")
    machine.run(container(1))
    watched = Watched(machine, container(1, pid=101))
    assert watched.figures() == {
        name: value for name, value in Counts().reading("v2").items() if not name.startswith("net_")
    }


# What changes seldom, what comes late, what goes. --------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_limits_are_read_again_in_time_and_not_before(tmp_path: Path, mode: Mode) -> None:
    watched = watching(tmp_path, mode, Counts(mem_limit=MIB, pids_limit=10))
    watched.read()
    changed = Counts(mem_limit=2 * MIB, pids_limit=20)
    watched.machine.count(watched.container, changed)
    reading = watched.read(LOOK_AGAIN_NS - 1)
    assert (reading.mem_limit_bytes, reading.pids_limit) == (MIB, 10)
    watched.machine.count(watched.container, dataclasses.replace(changed, cpu_us=1_600_000))  # it runs
    reading = watched.read(1)
    assert (reading.mem_limit_bytes, reading.pids_limit) == (2 * MIB, 20)


OF_ALL = {"cpu_user_ns", "cpu_kernel_ns", "mem_limit_hits", "oom_kills", "block_reads", "block_writes"}
DETAILS = {
    "v1": OF_ALL | {"mem_kernel_bytes"},
    "v2": OF_ALL | {"mem_swap_bytes", *PRESSURES},
    "hybrid": OF_ALL | {"mem_kernel_bytes", *PRESSURES},
}
LIMITS = {"mem_limit_bytes", "pids_limit"}


@pytest.mark.parametrize("mode", MODES)
def test_details_are_read_once_a_second_and_repeated_with_their_own_time(tmp_path: Path, mode: Mode) -> None:
    watched = watching(tmp_path, mode)
    before = watched.read()
    assert before.details_ns == before.read_ns
    old = Counts().reading(mode)
    new = Counts(**{name: value * 2 for name, value in asdict(Counts()).items()})
    watched.machine.count(watched.container, new)
    between = watched.read(DETAILS_NS - 1)
    assert between.details_ns == before.details_ns
    repeated = DETAILS[mode] | LIMITS
    expected = {name: old[name] if name in repeated else value for name, value in new.reading(mode).items()}
    for name, value in figures(between).items():
        assert value == expected[name], name
    later = watched.read(1)
    assert later.details_ns == later.read_ns == between.read_ns + 1
    expected = {name: old[name] if name in LIMITS else value for name, value in new.reading(mode).items()}
    assert figures(later) == expected


def test_containers_have_their_details_and_limits_at_times_of_their_own(tmp_path: Path) -> None:
    """A hundred containers that were found at the same moment; no tick of 50 ms reads the details of many."""
    machine = Machine(tmp_path, "v2")
    ids = [f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" + "0" * 48 for number in range(1, 101)]
    all_watched = [Watched(machine, machine.run(Container(id=one, name="web", state="running"))) for one in ids]
    for one in all_watched:
        one.read()
    for round_ in range(1, 5 * 20):
        fresh = sum((reading := one.read(50_000_000)).details_ns == reading.read_ns for one in all_watched)
        assert fresh <= 12, round_


def test_v1_container_without_a_quota_has_it_looked_at_as_seldom_as_its_limits(tmp_path: Path) -> None:
    watched = watching(tmp_path, "v1", Counts(periods=0, throttled_periods=0, throttled_us=0))
    assert watched.read().periods == 0
    watched.machine.count(watched.container, Counts(periods=5))
    assert watched.read(LOOK_AGAIN_NS - 1).periods == 0
    watched.machine.count(watched.container, Counts(periods=5, cpu_us=1_600_000))
    assert watched.read(1).periods == 5
    watched.machine.count(watched.container, Counts(periods=6, cpu_us=1_700_000))
    assert watched.read(1).periods == 6


def test_limits_take_no_descriptor(tmp_path: Path) -> None:
    watched = watching(tmp_path, "v2")
    watched.read()
    names = {Path(name).name for name in open_files(tmp_path)}
    assert names == {name for _, name, _ in Counts().files("v2")} - {"memory.max", "pids.max"} | {"dev"}
    assert watched.budget.open == len(names)


def test_files_that_come_later_are_found_in_time(tmp_path: Path) -> None:
    """As when a controller is enabled for containers that run already."""
    watched = watching(tmp_path, "v2")
    late = {"io.stat", "memory.current", "memory.max"}
    for name in late:
        watched.machine.file(watched.container, name).unlink()
    reading = watched.read()
    assert (reading.block_read_bytes, reading.mem_usage_bytes, reading.mem_limit_bytes) == (None, None, None)
    assert "mem_usage_bytes" not in watched.files.counted
    watched.machine.count(watched.container, Counts())
    assert watched.figures() == Counts().reading("v2")
    assert "mem_usage_bytes" in watched.files.counted


@pytest.mark.parametrize(
    "name", [name for _, name, _ in Counts().files("v2") if name not in {"memory.max", "pids.max"}]
)
def test_file_that_vanishes_between_two_readings_takes_only_its_figures_along(tmp_path: Path, name: str) -> None:
    watched = watching(tmp_path, "v2", descriptors=0)
    assert watched.figures() == Counts().reading("v2")
    watched.machine.file(watched.container, name).unlink()
    left = watched.figures(2 * DETAILS_NS)
    gone = Counts().reading("v2").keys() - left.keys()
    assert left == {field: value for field, value in Counts().reading("v2").items() if field not in gone}
    assert gone
    watched.machine.count(watched.container, Counts())
    assert watched.figures(2 * DETAILS_NS) == Counts().reading("v2")


@pytest.mark.parametrize("mode", MODES)
def test_container_whose_directories_are_gone_has_ended(tmp_path: Path, mode: Mode) -> None:
    watched = watching(tmp_path, mode, descriptors=0)
    watched.read()
    watched.machine.end(Container(id=watched.container.id, name="web"))  # its process is still to be seen
    assert watched.read_or_none(1) is None
    assert watched.read_or_none() is None


def test_container_whose_kernel_files_end_while_they_are_open_has_ended_and_keeps_none_of_them(tmp_path: Path) -> None:
    """Files that a real kernel takes away, in place of those of a cgroup."""
    machine = Machine(tmp_path, "v2")
    one = machine.run(container(1))
    with subprocess.Popen(["sleep", "60"]) as process:
        for _, name, _ in Counts().files("v2"):
            machine.file(one, name).unlink()
            machine.file(one, name).symlink_to(f"/proc/{process.pid}/stat")
        watched = Watched(machine, one)
        assert len(watched.read().problems) == 12  # they are there, and say something else
        assert watched.budget.open == 10
        process.kill()
        process.wait()
        assert watched.read_or_none(1) is None
        watched.files.close()  # what is read at each tick closes by itself, the rest waits to be told
        assert watched.budget.open == 0


def test_container_with_empty_directories_has_not_begun(tmp_path: Path) -> None:
    watched = watching(tmp_path, "v2")
    for _, name, _ in Counts().files("v2"):
        watched.machine.file(watched.container, name).unlink()
    assert watched.read_or_none() is None


def test_closing_closes_everything(tmp_path: Path) -> None:
    watched = watching(tmp_path, "hybrid")
    watched.read()
    assert watched.budget.open > 10
    watched.files.close()
    assert (open_files(tmp_path), watched.budget.open) == ([], 0)
    assert watched.figures() == Counts().reading("hybrid")
    watched.files.close()


# Hostile files. ------------------------------------------------------------------------------------------------------

HOSTILE = {
    "garbage": b"\xff\xfe garbage\n",
    "negative": b"-1\n",
    "2^64": b"18446744073709551616\n",
    "digits without end": b"9" * 5000 + b"\n",
    "NUL": b"12\x0034\n",
}
EMPTY_IS_RIGHT = {"io.stat"}  # a container without I/O


def names_of(mode: Mode) -> list[str]:
    return [name for controller, name, _ in Counts().files(mode) if mode != "hybrid" or controller == "unified"]


CASES = [(mode, name) for mode in MODES for name in [*names_of(mode), "net/dev"] if "throttle" not in name] + [
    ("v1", "blkio.throttle.io_service_bytes_recursive"),
    ("v1", "blkio.throttle.io_serviced_recursive"),
]


def only_its_figures_are_missing(watched: Watched, name: str) -> None:
    """The file's own figures are None, all others are right, and the failure is counted and told."""
    mode = watched.machine.mode
    truth = Counts().reading(mode)
    for _ in range(2):  # at the first reading as at any
        reading = watched.read()
        got = figures(reading)
        assert got.pop("problems") == (name,)
        lost = truth.keys() - got.keys()
        assert got == {field: value for field, value in truth.items() if field not in lost}
        assert lost
        assert len(lost) <= 6  # the fields of one file
    assert {path for path, _ in watched.complaints} == {str(watched.machine.file(watched.container, name))}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(("mode", "name"), CASES)
def test_text_that_is_not_understood_costs_its_own_figures_and_is_counted(
    tmp_path: Path, mode: Mode, name: str, text: bytes
) -> None:
    watched = watching(tmp_path, mode)
    watched.machine.write(watched.container, name, text)
    only_its_figures_are_missing(watched, name)
    assert {wrong for _, wrong in watched.complaints} == {NOT_UNDERSTOOD}


@pytest.mark.parametrize(("mode", "name"), [case for case in CASES if case[1] not in EMPTY_IS_RIGHT])
def test_empty_file_costs_its_own_figures_and_is_counted(tmp_path: Path, mode: Mode, name: str) -> None:
    watched = watching(tmp_path, mode)
    watched.machine.write(watched.container, name, b"")
    only_its_figures_are_missing(watched, name)


def test_empty_io_stat_is_a_container_without_io(tmp_path: Path) -> None:
    watched = watching(tmp_path, "v2")
    watched.machine.write(watched.container, "io.stat", b"")
    assert watched.figures() == Counts(read=0, written=0, reads=0, writes=0).reading("v2")


@pytest.mark.parametrize("descriptors", [0, 100])
@pytest.mark.parametrize(("mode", "name"), CASES)
def test_file_that_may_not_be_read_costs_its_own_figures_and_is_counted(
    tmp_path: Path, mode: Mode, name: str, descriptors: int
) -> None:
    watched = watching(tmp_path, mode, descriptors=descriptors)
    watched.machine.forbid(watched.container, name)
    only_its_figures_are_missing(watched, name)
    assert {wrong for _, wrong in watched.complaints} == {"Too many levels of symbolic links"}


def test_directory_in_a_files_place_costs_its_own_figures_and_is_counted(tmp_path: Path) -> None:
    watched = watching(tmp_path, "v2")
    watched.machine.file(watched.container, "memory.stat").unlink()
    watched.machine.file(watched.container, "memory.stat").mkdir()
    only_its_figures_are_missing(watched, "memory.stat")
    assert {wrong for _, wrong in watched.complaints} == {"Is a directory"}


def test_limit_that_is_not_understood_is_counted_at_each_reading_and_no_more_once_it_is(tmp_path: Path) -> None:
    watched = watching(tmp_path, "v2")
    watched.machine.write(watched.container, "memory.max", "a lot\n")
    for _ in range(3):
        reading = watched.read(1)
        assert (reading.problems, reading.mem_limit_bytes) == (("memory.max",), None)
    watched.machine.write(watched.container, "memory.max", "4096\n")
    reading = watched.read()
    assert (reading.problems, reading.mem_limit_bytes) == ((), 4096)


TEXTS = st.one_of(
    st.none(),  # no such file
    st.binary(max_size=200),
    st.integers(-(2**65), 2**65).map(lambda number: b"%d\n" % number),
    st.sampled_from([text.encode() for mode in MODES for _, _, text in Counts().files(mode)]),
    st.sampled_from(
        [b"max\n", net_dev(eth0=(1, 2)).encode(), net_dev(lo=(1, 2), eth0=(MOST, 1), eth1=(1, 1)).encode()]
    ),
)


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=50)
@given(data=st.data())
def test_whatever_the_bytes_a_reading_is_what_they_say_or_the_failure_is_counted(
    tmp_path_factory: pytest.TempPathFactory, mode: Mode, data: st.DataObject
) -> None:
    machine = Machine(tmp_path_factory.mktemp("machine"), mode)
    one = machine.run(container(1, pid=101))
    tables = {"v1": V1_FILES, "v2": (*V2_FILES, *PRESSURE_FILES), "hybrid": (*V1_FILES, *PRESSURE_FILES)}
    by_place = {(file.controller, file.name): file for file in (*tables[mode], NET_DEV)}
    expected: Counters = {}
    problems: set[str] = set()
    present: set[str] = set()
    tells_life = False  # whether a file is there that is read at each tick
    for (controller, name), file in by_place.items():
        path = machine.file(one, name) if controller is None else machine.directory(one, controller) / name
        text = data.draw(TEXTS, label=name)
        if text is None:
            path.unlink()
            continue
        path.write_bytes(text)
        if file.instead_of in present:
            continue
        present.add(name)
        told: Counters = {}
        if not file.parse(text, told):
            problems.add(name)
        expected.update(told)
        is_still = file.still_at_zero is not None and told.get(file.still_at_zero) == 0
        tells_life = tells_life or (controller is not None and file.pace == "tick" and not is_still)
    watched = Watched(machine, one)
    for _ in range(2):
        reading = watched.read_or_none()
        assert (reading is not None) == tells_life
        if reading is not None:
            got = figures(reading)
            assert set(got.pop("problems", ())) == problems
            assert got == expected
            assert all(0 <= value <= MOST for value in got.values() if isinstance(value, int))
    watched.files.close()


# Standing still. -----------------------------------------------------------------------------------------------------

TENTH = 100_000_000
CPU_FILE = {"v1": "cpuacct.usage", "v2": "cpu.stat", "hybrid": "cpuacct.usage"}
MEMORY_FILE = {"v1": "memory.usage_in_bytes", "v2": "memory.current", "hybrid": "memory.usage_in_bytes"}


def standing_still(tmp_path: Path, mode: Mode, **arguments: Any) -> tuple[Watched, Reading]:
    """A container that has been read twice with the same CPU time, and its second reading."""
    watched = watching(tmp_path, mode, **arguments)
    watched.read()
    return watched, watched.read(TENTH)


@pytest.mark.parametrize("mode", MODES)
def test_container_that_has_not_run_is_only_asked_whether_it_has_for_up_to_two_seconds(
    tmp_path: Path, mode: Mode
) -> None:
    watched, still = standing_still(tmp_path, mode)
    watched.machine.write(watched.container, MEMORY_FILE[mode], "4096\n")
    repeated = watched.read(TENTH)
    assert repeated == structs.replace(still, read_ns=watched.now_ns, taken_ns=watched.now_ns)
    anew = watched.read(20 * TENTH)
    assert (anew.mem_usage_bytes, anew.rest_ns) == (4096, watched.now_ns)


@pytest.mark.parametrize("mode", MODES)
def test_container_that_has_run_is_read_at_once(tmp_path: Path, mode: Mode) -> None:
    watched, still = standing_still(tmp_path, mode)
    watched.machine.write(watched.container, MEMORY_FILE[mode], "4096\n")
    text = watched.machine.directory(watched.container, "cpuacct" if mode != "v2" else "unified") / CPU_FILE[mode]
    text.write_text(re.sub(r"\d+\n", "999999999999\n", text.read_text(), count=1))
    running = watched.read(TENTH)
    assert running.mem_usage_bytes == 4096
    assert running.cpu_total_ns is not None
    assert running.cpu_total_ns > (still.cpu_total_ns or 0)


@pytest.mark.parametrize("mode", MODES)
def test_container_that_ends_while_it_stands_still_is_known_at_the_next_reading(tmp_path: Path, mode: Mode) -> None:
    watched, _ = standing_still(tmp_path, mode, descriptors=0)  # a removed file that is open can be read on, here
    watched.machine.end(watched.container)
    assert watched.read_or_none(TENTH) is None
