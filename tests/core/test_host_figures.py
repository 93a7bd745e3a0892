"""The machine's own figures: measured on this machine, and on a /proc that is written by hand."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import pytest

from dockstats_core.host_figures import SHORTEST_SPAN_S, HostMeter
from tests.descriptors import no_descriptor_left

SECOND = 10**9


# --- This machine ---------------------------------------------------------------------------------------------------


def test_first_reading_knows_cores_and_memory_but_no_cpu() -> None:
    figures = HostMeter().read(0)
    assert (figures.basis, figures.cpu_pct) == ("host", None)
    assert figures.cores == psutil.cpu_count()
    assert figures.mem_total_bytes == psutil.virtual_memory().total
    assert 0 < (figures.mem_used_bytes or 0) < (figures.mem_total_bytes or 0)
    assert figures.load_1m is not None
    assert figures.load_1m >= 0


def test_machine_on_which_this_process_works_is_seen_to_work() -> None:
    meter = HostMeter()
    began_ns = time.monotonic_ns()
    meter.read(began_ns)
    until_ns = time.process_time_ns() + round(SHORTEST_SPAN_S * 1.2e9)
    while time.process_time_ns() < until_ns or time.monotonic_ns() - began_ns < SHORTEST_SPAN_S * SECOND:
        pass
    figures = meter.read(time.monotonic_ns())
    assert figures.cpu_pct is not None
    assert 1.0 < figures.cpu_pct <= 100.0 * (figures.cores or 0)


def test_second_look_within_the_shortest_span_is_the_first_one() -> None:
    meter = HostMeter()
    figures = meter.read(SECOND)
    assert meter.read(SECOND + round(SHORTEST_SPAN_S * SECOND) - 1) is figures
    assert meter.read(SECOND + round(SHORTEST_SPAN_S * SECOND)) is not figures


def test_machine_that_cannot_be_read_for_want_of_a_descriptor_keeps_its_size_and_is_read_again() -> None:
    meter = HostMeter()
    known = meter.read(0)
    with no_descriptor_left():
        unknown = meter.read(SECOND)
    again, later = meter.read(2 * SECOND), meter.read(3 * SECOND)
    assert (unknown.basis, unknown.cores, unknown.mem_total_bytes) == ("host", known.cores, known.mem_total_bytes)
    assert (unknown.cpu_pct, unknown.mem_used_bytes, unknown.load_1m) == (None, None, None)
    assert again.cpu_pct is None, "no share of a time that began before the gap"
    assert again.mem_used_bytes is not None
    assert later.load_1m is not None


# --- A machine made of files ----------------------------------------------------------------------------------------

TICKS = 100  # a second of CPU time in /proc/stat


class Machine:
    """/proc/stat and /proc/meminfo of a machine: CPU time in seconds, memory in KiB."""

    def __init__(self, proc: Path) -> None:
        self._proc = proc
        self.spent = dict.fromkeys(
            ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice"], 1000.0
        )
        self.memory = {"MemTotal": 1000, "MemFree": 100, "MemAvailable": 700}
        self.memory |= dict.fromkeys(["Buffers", "Cached", "Shmem", "Active", "Inactive"], 50)  # psutil warns without
        self.write()

    def spend(self, **seconds: float) -> None:
        for name, more in seconds.items():
            self.spent[name] += more
        self.write()

    def write(self) -> None:
        ticks = " ".join(str(round(seconds * TICKS)) for seconds in self.spent.values())
        (self._proc / "stat").write_text(f"cpu  {ticks}\ncpu0 {ticks}\n")
        (self._proc / "meminfo").write_text("".join(f"{name}: {kib} kB\n" for name, kib in self.memory.items()))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    if sys.platform != "linux":
        pytest.skip("/proc is Linux's")
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))  # psutil's own setting for a /proc elsewhere
    return Machine(tmp_path)


def cpu_share(machine: Machine, **seconds: float) -> float | None:
    """CPU in use between two readings in which the machine spent `seconds`, as a share of all its cores."""
    meter = HostMeter()
    meter.read(0)
    machine.spend(**seconds)
    figures = meter.read(SECOND)
    assert figures.cores is not None
    return None if figures.cpu_pct is None else figures.cpu_pct / figures.cores / 100


def test_memory_in_use_is_what_could_not_be_given_to_a_new_program(machine: Machine) -> None:
    figures = HostMeter().read(0)
    assert (figures.mem_used_bytes, figures.mem_total_bytes) == (300 * 1024, 1000 * 1024)


@pytest.mark.parametrize(
    ("spent", "share"),
    [
        ({"user": 1.0, "idle": 3.0}, 0.25),
        ({"user": 1.0, "nice": 1.0, "system": 1.0, "irq": 0.5, "softirq": 0.5, "idle": 4.0}, 0.5),
        ({"idle": 4.0}, 0.0),
        ({"user": 4.0}, 1.0),
        pytest.param({"iowait": 4.0}, 0.0, id="waiting for a disk is no work"),
        pytest.param({"user": 1.0, "steal": 2.0, "idle": 1.0}, 0.25, id="nor is what other machines got"),
        pytest.param({"user": 2.0, "guest": 2.0, "idle": 2.0}, 0.5, id="a guest's time counts once"),
        pytest.param({"nice": 2.0, "guest_nice": 2.0, "idle": 2.0}, 0.5, id="a nice guest's too"),
    ],
)
def test_cpu_is_the_share_of_time_that_was_work(machine: Machine, spent: dict[str, float], share: float) -> None:
    assert cpu_share(machine, **spent) == pytest.approx(share)


@pytest.mark.parametrize(
    "spent",
    [
        pytest.param({}, id="stood still"),
        pytest.param({"user": -5.0, "idle": 2.0}, id="work went back"),
        pytest.param({"user": -500.0, "idle": -500.0}, id="all went back"),
    ],
)
def test_cpu_is_unknown_where_the_counters_stood_still_or_went_back(machine: Machine, spent: dict[str, float]) -> None:
    assert cpu_share(machine, **spent) is None


def test_idle_time_that_went_back_makes_no_more_than_all_cores(machine: Machine) -> None:
    """The kernel does not promise that iowait only grows."""
    assert cpu_share(machine, user=2.0, idle=-1.0) == 1.0


def test_counters_that_went_back_are_forgotten_with_the_next_reading(machine: Machine) -> None:
    meter = HostMeter()
    meter.read(0)
    machine.spend(user=-500.0)
    assert meter.read(SECOND).cpu_pct is None
    machine.spend(user=1.0, idle=1.0)
    figures = meter.read(2 * SECOND)
    assert figures.cpu_pct == pytest.approx(50.0 * (figures.cores or 0))
