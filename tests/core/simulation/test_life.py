"""One made-up container: its counters, its memory, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.containers import Container, is_container_id
from dockstats_core.readings import PressureReading, Reading
from dockstats_core.simulation.life import Life, Step
from dockstats_core.simulation.roles import GIB, KIB, MIB, Role
from tests.builders import NOW

HOST_BYTES = 8 * GIB


class Living:
    """A life on a host of its own; `share` is what it gets of the CPU it wants."""

    def __init__(self, *, seed: int = 1, **role: Any) -> None:
        self.role = Role(**{"project": "shop", "service": "api", "image": "shop:1"} | role)
        self.life = Life(self.role, 1, Random(seed), NOW, HOST_BYTES)
        self.now_s = 0.0

    @property
    def record(self) -> Container:
        return self.life.record

    def reading(self) -> Reading:
        return self.life.reading(round(self.now_s * 1e9), 4, 0)

    def step(self, length_s: float = 1.0, *, share: float = 1.0) -> bool:
        """One step; True when its record changed."""
        self.now_s += length_s
        kept = 4.0 / (length_s + 4.0)
        step = Step(length_s=length_s, end_s=self.now_s, day=1.0, noise_kept=kept, noise_new=0.5)
        self.life.want(step)
        return self.life.live(step, share)

    def until(self, happened: Callable[[Container], bool], *, within_s: int) -> None:
        for _ in range(within_s):
            if happened(self.record):
                return
            self.step()
        pytest.fail(f"did not happen within {within_s} s: {self.record}")


def used_cores(living: Living, *, seconds: int = 60, share: float = 1.0) -> float:
    """CPU it used on average."""
    before = living.reading().cpu_total_ns or 0
    for _ in range(seconds):
        living.step(share=share)
    return ((living.reading().cpu_total_ns or 0) - before) / seconds / 1e9


# --- What it is -----------------------------------------------------------------------------------------------------


def test_record_is_what_compose_would_have_made_of_the_role() -> None:
    record = Living(cpu_limit_cores=0.5, mem_limit_bytes=64 * MIB, pids_limit=50, health_check=True).record
    assert is_container_id(record.id)
    assert (record.name, record.image, record.state, record.health) == ("shop-api-1", "shop:1", "running", "healthy")
    assert (record.compose_project, record.compose_service) == ("shop", "api")
    assert (record.cpu_limit_cores, record.mem_limit_bytes, record.pids_limit) == (0.5, 64 * MIB, 50)
    assert record.network_mode == "shop_default"
    assert record.started_at is not None
    assert record.started_at < NOW


def test_service_without_a_project_is_a_plain_container_on_the_bridge() -> None:
    record = Living(project=None).record
    assert (record.name, record.compose_project, record.compose_service) == ("api", None, None)
    assert record.network_mode == "bridge"


def test_container_has_been_there_for_a_while_when_the_simulation_begins() -> None:
    reading = Living(cores=0.5, file_bytes=100 * MIB).reading()
    assert (reading.cpu_total_ns or 0) > 600 * 0.5 * 1e9
    assert (reading.net_rx_bytes or 0) > 0
    assert reading.mem_file_bytes == 100 * MIB


def test_same_chance_gives_the_same_life_and_another_gives_another() -> None:
    lives = [Living(seed=seed, bursts_per_min=5.0, burst_cores=0.5) for seed in (1, 1, 2)]
    for living in lives:
        used_cores(living)
    one, same, other = (living.reading() for living in lives)
    assert one == same
    assert one.container_id != other.container_id
    assert one.cpu_total_ns != other.cpu_total_ns


# --- What it uses ---------------------------------------------------------------------------------------------------


def test_cpu_is_about_what_the_role_says() -> None:
    assert used_cores(Living(cores=0.4), seconds=600) == pytest.approx(0.4, rel=0.3)


def test_container_gets_the_share_of_a_busy_host_that_is_left_for_it() -> None:
    assert used_cores(Living(cores=0.4), share=0.5) == pytest.approx(used_cores(Living(cores=0.4)) / 2)


def test_leak_does_not_die_as_soon_as_somebody_looks() -> None:
    living = Living(memory="leak", grows_bytes_per_s=MIB, anon_bytes=180 * MIB, mem_limit_bytes=512 * MIB, cores=0.4)
    for _ in range(60):
        living.step()
    assert living.record.state == "running"


def test_bursts_are_seen_and_pass() -> None:
    living = Living(cores=0.1, burst_cores=2.0, bursts_per_min=3.0, burst_s=3.0)
    used = [used_cores(living, seconds=1) for _ in range(120)]
    assert max(used) > 1.0
    assert min(used) < 0.3


def test_limited_container_never_uses_more_than_its_limit_and_is_throttled() -> None:
    living = Living(cores=2.0, cpu_limit_cores=0.5)
    used = [used_cores(living, seconds=1) for _ in range(60)]
    reading = living.reading()
    assert max(used) == pytest.approx(0.5)
    assert (reading.periods or 0) >= (reading.throttled_periods or 0) > 500
    assert (reading.throttled_ns or 0) > 60 * 1e9


def test_container_far_below_its_limit_is_hardly_throttled() -> None:
    living = Living(cores=0.1, cpu_limit_cores=2.0)
    used_cores(living)
    reading = living.reading()
    assert (reading.periods or 0) > 0
    assert reading.throttled_periods == 0


def test_container_without_a_quota_has_no_periods_which_is_known() -> None:
    living = Living(cores=2.0)
    used_cores(living, seconds=10)
    reading = living.reading()
    assert reading.periods == reading.throttled_periods == reading.throttled_ns == 0


def test_cpu_is_split_between_the_program_and_the_kernel() -> None:
    living = Living(cores=0.4)
    used_cores(living)
    reading = living.reading()
    assert (reading.cpu_user_ns or 0) > (reading.cpu_kernel_ns or 0) > 0
    assert (reading.cpu_user_ns or 0) + (reading.cpu_kernel_ns or 0) == pytest.approx(reading.cpu_total_ns, rel=0.01)


# --- What it waits for ----------------------------------------------------------------------------------------------


def waited(living: Living, *, seconds: int = 30, share: float = 1.0) -> dict[str, float]:
    """Share of the time in which some task waited, by resource."""
    begin = living.reading()
    for _ in range(seconds):
        living.step(share=share)
    end = living.reading()
    return {
        name: (some_us(end, name) - some_us(begin, name)) / (seconds * 1e6)
        for name in ("cpu_pressure", "mem_pressure", "io_pressure")
    }


def some_us(reading: Reading, name: str) -> int:
    pressure: PressureReading | None = getattr(reading, name)
    assert pressure is not None
    assert pressure.some is not None
    assert pressure.full is not None
    assert pressure.full.total_us <= pressure.some.total_us
    return pressure.some.total_us


def test_container_with_all_it_wants_hardly_waits() -> None:
    shares = waited(Living(cores=0.4))
    assert 0 < shares["cpu_pressure"] < 0.01
    assert shares["mem_pressure"] == shares["io_pressure"] == 0


def test_throttled_container_waits_for_a_cpu() -> None:
    assert 0.5 < waited(Living(cores=2.0, cpu_limit_cores=0.5))["cpu_pressure"] < 0.96


def test_busy_container_on_a_short_host_waits_for_a_cpu_as_long_as_its_share_is_short() -> None:
    assert waited(Living(cores=2.0), share=0.6)["cpu_pressure"] == pytest.approx(0.4, abs=0.02)


def test_idle_container_on_a_short_host_has_little_to_wait_with() -> None:
    assert 0 < waited(Living(cores=0.01), share=0.6)["cpu_pressure"] < 0.02


def test_container_waits_for_its_disk_by_how_much_it_moves() -> None:
    little, much = (waited(Living(cores=0.4, read_bytes_per_s=rate))["io_pressure"] for rate in (4 * MIB, 60 * MIB))
    assert 0 < little < 0.15
    assert 0.35 < much < 0.65


def test_container_near_its_limit_waits_for_memory_and_reads_pages_again() -> None:
    living = Living(anon_bytes=250 * MIB, mem_limit_bytes=256 * MIB)
    before = living.reading()
    shares = waited(living)
    after = living.reading()
    assert shares["mem_pressure"] > 0.2
    assert shares["io_pressure"] > 0.1
    for name in ("mem_limit_hits", "page_faults", "major_page_faults", "block_read_bytes", "block_reads"):
        assert getattr(after, name) > getattr(before, name)
    assert (after.mem_swap_bytes or 0) > 0


def test_details_are_repeated_for_a_second_and_anew_after_a_start() -> None:
    living = Living(cores=0.4, fate="crashes")
    told = []
    for _ in range(8):
        living.step(0.25)
        told.append(living.reading().details_ns)
    assert told == sorted(told)
    assert 2 <= len(set(told)) <= 3
    living.until(lambda record: record.state == "restarting", within_s=100)
    living.until(lambda record: record.state == "running", within_s=30)
    anew = living.reading()
    assert anew.details_ns == anew.read_ns
    assert some_us(anew, "cpu_pressure") == anew.cpu_user_ns == anew.block_writes == 0


def test_paused_container_waits_for_nothing() -> None:
    living = Living(fate="paused", cores=2.0, cpu_limit_cores=0.5)
    assert set(waited(living).values()) == {0.0}
    assert living.life.cpu_wait == living.life.mem_wait == living.life.io_wait == 0


def test_traffic_and_disk_follow_the_cpu_that_was_given() -> None:
    def in_a_minute(share: float) -> list[int]:
        living = Living(cores=0.4, read_bytes_per_s=KIB)
        before = living.reading()
        used_cores(living, share=share)
        names = ("net_rx_bytes", "net_tx_bytes", "block_read_bytes", "block_write_bytes")
        return [getattr(living.reading(), name) - getattr(before, name) for name in names]

    assert in_a_minute(1.0) == pytest.approx([10 * amount for amount in in_a_minute(0.1)], rel=0.01)


@pytest.mark.parametrize("network", ["host", "none", "container:vpn"])
def test_container_without_a_network_of_its_own_has_no_traffic_to_tell(network: str) -> None:
    living = Living(network=network)
    used_cores(living)
    assert living.reading().net_rx_bytes is living.reading().net_tx_bytes is None


@given(st.lists(st.sampled_from([0.0, 0.05, 1.0, 30.0, 7200.0]), max_size=20), st.sampled_from(["steady", "saw-tooth"]))
def test_memory_adds_up_and_stays_within_its_limit_whatever_the_steps(lengths: list[float], shape: str) -> None:
    living = Living(
        memory=shape,
        grows_bytes_per_s=0.0 if shape == "steady" else MIB,
        anon_bytes=100 * MIB,
        file_bytes=900 * MIB,
        mem_limit_bytes=256 * MIB,
    )
    for length_s in lengths:
        living.step(length_s)
        reading = living.reading()
        parts = (reading.mem_anon_bytes, reading.mem_file_bytes, reading.mem_kernel_bytes)
        assert all(part is not None and part >= 0 for part in parts)
        assert reading.mem_usage_bytes == sum(part or 0 for part in parts) == living.life.mem_bytes
        assert reading.mem_usage_bytes <= 256 * MIB
        assert 0 <= (reading.mem_inactive_file_bytes or 0) <= (reading.mem_file_bytes or 0)
        assert reading.mem_limit_bytes == 256 * MIB


def test_saw_tooth_rises_and_falls() -> None:
    living = Living(memory="saw-tooth", grows_bytes_per_s=3 * MIB, anon_bytes=100 * MIB, cores=0.4)
    anon = []
    for _ in range(120):
        living.step()
        anon.append(living.reading().mem_anon_bytes or 0)
    falls = [before - after for before, after in pairwise(anon) if after < before - 30 * MIB]
    assert 1 <= len(falls) < 20


def test_unlimited_container_is_bounded_by_the_host() -> None:
    living = Living(anon_bytes=20 * GIB)
    living.step()
    assert living.reading().mem_limit_bytes == HOST_BYTES
    assert living.life.mem_bytes <= HOST_BYTES


# --- What becomes of it ---------------------------------------------------------------------------------------------


def test_container_that_only_runs_never_changes() -> None:
    living = Living()
    assert not any(living.step() for _ in range(300))


def test_leak_is_killed_at_its_limit_and_started_again_from_nothing() -> None:
    living = Living(
        memory="leak",
        grows_bytes_per_s=4 * MIB,
        anon_bytes=50 * MIB,
        mem_limit_bytes=128 * MIB,
        cores=0.5,
        health_check=True,
    )
    first = living.record
    living.until(lambda record: record.state == "restarting", within_s=200)
    dead = living.record
    assert (dead.exit_code, dead.oom_killed, dead.health) == (137, True, None)
    assert not living.life.has_counters
    assert living.life.mem_bytes == living.life.usual_cores == 0
    living.until(lambda record: record.state == "running", within_s=10)
    again = living.record
    assert (again.id, again.name, again.restart_count) == (first.id, first.name, (first.restart_count or 0) + 1)
    assert (again.health, again.exit_code, again.oom_killed) == ("starting", None, False)
    assert again.started_at == NOW + timedelta(seconds=living.now_s)
    reading = living.reading()
    assert (reading.cpu_total_ns, reading.net_rx_bytes, reading.block_write_bytes) == (0, 0, 0)
    living.until(lambda record: record.health == "healthy", within_s=10)


def test_kernel_kills_a_leaking_worker_and_the_container_goes_on() -> None:
    living = Living(
        memory="worker-leak", grows_bytes_per_s=4 * MIB, anon_bytes=50 * MIB, mem_limit_bytes=128 * MIB, cores=0.5
    )
    started_at = living.record.started_at
    for _ in range(200):
        assert not living.step(), "nothing that its record would tell"
    assert (living.record.state, living.record.started_at) == ("running", started_at)
    assert (living.reading().oom_kills or 0) >= 2
    assert (living.reading().mem_limit_hits or 0) >= (living.reading().oom_kills or 0)


def test_burst_counts_for_the_part_of_a_step_that_it_lasts() -> None:
    means = [
        used_cores_in_steps(Living(cores=0.1, burst_cores=3.0, bursts_per_min=1.0, burst_s=4.0), length_s)
        for length_s in (1.0, 8.0)
    ]
    assert means[0] == pytest.approx(means[1], rel=0.3)


def used_cores_in_steps(living: Living, length_s: float) -> float:
    before = living.reading().cpu_total_ns or 0
    for _ in range(round(8000 / length_s)):
        living.step(length_s)
    return ((living.reading().cpu_total_ns or 0) - before) / 8000e9


def test_crashing_container_starts_over_and_over() -> None:
    living = Living(fate="crashes")
    count = living.record.restart_count or 0
    for round_ in range(1, 4):
        living.until(lambda record: record.state == "restarting", within_s=100)
        assert living.record.exit_code == 1
        living.until(lambda record: record.state == "running", within_s=30)
        assert living.record.restart_count == count + round_


def test_job_ends_and_the_next_one_is_another_container() -> None:
    living = Living(fate="jobs")
    seen = {living.record.id}
    for round_ in range(2, 5):
        living.until(lambda record: record.state == "exited", within_s=200)
        assert living.record.exit_code in {0, 1}
        assert living.record.finished_at == NOW + timedelta(seconds=living.now_s)
        assert not living.record.is_counted
        living.until(lambda record: record.state == "running", within_s=60)
        assert living.record.name == f"shop-api-{round_}"
        assert [living.record.finished_at] == [None]
        assert living.record.restart_count == 0
        seen.add(living.record.id)
    assert len(seen) == 4


def test_ailing_container_is_unhealthy_and_healthy_by_turns_without_a_restart() -> None:
    living = Living(fate="ails", health_check=True)
    started_at = living.record.started_at
    for health in ("healthy", "unhealthy", "healthy"):
        living.until(lambda record, health=health: record.health == health, within_s=300)  # type: ignore[misc]
    assert (living.record.started_at, living.record.state) == (started_at, "running")


def test_paused_container_keeps_its_memory_and_its_counters_stand_still() -> None:
    living = Living(fate="paused", cores=0.5)
    before = living.reading()
    assert not living.step(3600.0)
    after = living.reading()
    assert living.record.state == "paused"
    assert (after.cpu_total_ns, after.mem_anon_bytes) == (before.cpu_total_ns, before.mem_anon_bytes)
    assert (before.mem_anon_bytes or 0) > 0


def test_stopped_container_is_over_since_before_the_beginning() -> None:
    living = Living(fate="stopped")
    assert not any(living.step(3600.0) for _ in range(10))
    record = living.record
    assert (record.state, record.exit_code) == ("exited", 0)
    assert record.started_at is not None
    assert record.finished_at is not None
    assert record.started_at < record.finished_at < NOW
    assert living.life.mem_bytes == 0
