"""A made-up host: the same for the same seed, believable at any cadence, and nothing in it ever goes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockstats_core import calculator
from dockstats_core.containers import Container
from dockstats_core.readings import Reading
from dockstats_core.simulation.host import Simulation
from tests.builders import NOW

SECOND = 10**9
COUNTERS = [
    "cpu_total_ns",
    "cpu_system_ns",
    "periods",
    "throttled_periods",
    "throttled_ns",
    "cpu_user_ns",
    "cpu_kernel_ns",
    "mem_limit_hits",
    "oom_kills",
    "page_faults",
    "major_page_faults",
    "block_reads",
    "block_writes",
    "details_ns",
    "net_rx_bytes",
    "net_tx_bytes",
    "block_read_bytes",
    "block_write_bytes",
]
any_steps = st.lists(st.sampled_from([0, 1, 10**6, SECOND // 2, 10 * SECOND, 3 * 3600 * SECOND]), max_size=25)


def simulation(count: int = 40, *, seed: int = 1, began_at: datetime = NOW) -> Simulation:
    return Simulation(count, seed=seed, now_ns=0, began_at=began_at)


def small_host(*, began_at: datetime = NOW) -> Simulation:
    """The first that has too few cores for its containers."""
    hosts = (simulation(40, seed=seed, began_at=began_at) for seed in range(100))
    return next(host for host in hosts if host.is_small)


def run(host: Simulation, seconds: int, *, step_s: float = 1.0) -> Iterator[dict[str, Container]]:
    """Lets time pass; gives the records after each step."""
    for number in range(1, round(seconds / step_s) + 1):
        host.advance(round(number * step_s * SECOND))
        yield {container.id: container for container in host.containers}


def lives(host: Simulation) -> dict[tuple[str, datetime | None], Reading]:
    """The readings by container and start: counters may only go back with a new start."""
    started = {container.id: container.started_at for container in host.containers}
    readings = host.advance(-1)
    return {(container_id, started[container_id]): reading for container_id, reading in readings.items()}


# --- The cast -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 3, 11, 40, 300])
def test_host_has_as_many_containers_as_asked_for_each_under_its_own_id_and_name(count: int) -> None:
    host = simulation(count)
    assert len(host.containers) == sum(host.by_state().values()) == count
    assert len({container.id for container in host.containers}) == count
    assert len({container.name for container in host.containers}) == count


def test_host_with_room_has_running_paused_and_stopped_containers_from_the_start() -> None:
    host = simulation(20)
    assert host.by_state().keys() >= {"running", "paused", "exited"}
    counted = {container.id for container in host.counted}
    assert counted == {container.id for container in host.containers if container.state != "exited"}
    assert host.advance(0).keys() == counted


def test_shared_network_is_told_by_the_owners_id_and_name() -> None:
    (sharing,) = [container for container in simulation(20).containers if container.network_of]
    (owner,) = [container for container in simulation(20).containers if container.name == sharing.network_of]
    assert sharing.network_mode == f"container:{owner.id}"


def test_host_has_more_cores_and_memory_for_more_containers() -> None:
    little, much = simulation(1), simulation(200)
    assert (little.cores, little.mem_total_bytes) == (4, 8 * 2**30)
    assert much.cores > little.cores
    assert much.mem_total_bytes > little.mem_total_bytes


def test_some_hosts_have_half_the_cores_that_they_need() -> None:
    cores = {host.is_small: host.cores for host in (simulation(40, seed=seed) for seed in range(20))}
    assert cores == {False: 16, True: 8}


# --- The same again -------------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(st.integers(0, 2**32), any_steps)
def test_same_seed_and_steps_give_the_same_host_to_the_last_byte(seed: int, steps: list[int]) -> None:
    one, other = simulation(15, seed=seed), simulation(15, seed=seed)
    now_ns = 0
    for step in steps:
        now_ns += step
        assert one.advance(now_ns) == other.advance(now_ns)
    assert one.containers == other.containers
    assert (one.version, one.host_figures()) == (other.version, other.host_figures())


def test_other_seeds_give_other_hosts() -> None:
    hosts = [simulation(40, seed=seed) for seed in range(5)]
    assert len({container.id for host in hosts for container in host.containers}) == 5 * 40
    assert len({tuple(container.name for container in host.containers) for host in hosts}) > 1


# --- Time -----------------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.integers(0, 5), any_steps)
def test_whatever_the_steps_counters_never_go_back_and_nothing_passes_what_is_there(
    seed: int, steps: list[int]
) -> None:
    host = simulation(20, seed=seed)
    before, now_ns, version = lives(host), 0, host.version
    for step in steps:
        records = list(host.containers)
        now_ns += step
        readings = host.advance(now_ns)
        after = lives(host)
        assert (host.version > version) == (list(host.containers) != records)
        version = host.version
        used_ns = 0
        for life, reading in after.items():
            assert (reading.read_ns, reading.taken_ns) == (now_ns, now_ns)
            if life in before:
                for name in COUNTERS:
                    old, new = getattr(before[life], name), getattr(reading, name)
                    assert (old is None) == (new is None)
                    assert old is None or new >= old, name
                used_ns += (reading.cpu_total_ns or 0) - (before[life].cpu_total_ns or 0)
            assert 0 < (reading.mem_usage_bytes or 0) <= (reading.mem_limit_bytes or 0) <= host.mem_total_bytes
            assert (reading.throttled_periods or 0) <= (reading.periods or 0)
        assert used_ns <= step * host.cores + len(after)
        assert set(readings) == {container.id for container in host.counted if container.state != "restarting"}
        figures = host.host_figures()
        assert figures.cores == host.cores
        assert figures.cpu_pct is None or 0 <= figures.cpu_pct <= 100 * host.cores
        assert 0 < (figures.mem_used_bytes or 0) <= (figures.mem_total_bytes or 0)
        before = after


def test_time_that_stands_still_or_goes_back_changes_nothing() -> None:
    host = simulation()
    readings = host.advance(10 * SECOND)
    figures = host.host_figures()
    assert host.advance(10 * SECOND) == host.advance(SECOND) == readings
    assert host.host_figures() == figures


def test_every_limited_container_keeps_to_its_cpu_limit() -> None:
    host = simulation(60)
    before = lives(host)
    for _ in run(host, 120):
        after = lives(host)
        limits = {container.id: container.cpu_limit_cores for container in host.containers}
        for life in after.keys() & before.keys():
            limit = limits[life[0]]
            used_ns = (after[life].cpu_total_ns or 0) - (before[life].cpu_total_ns or 0)
            assert limit is None or used_ns <= limit * SECOND + 1
        before = after


def test_hosts_cpu_is_its_containers_and_a_little_more() -> None:
    host = simulation()
    assert host.host_figures().cpu_pct is None, "not known before the first step"
    before = lives(host)
    host.advance(SECOND)
    after = lives(host)
    used = sum(
        (after[life].cpu_total_ns or 0) - (before[life].cpu_total_ns or 0) for life in after.keys() & before.keys()
    )
    assert host.host_figures().cpu_pct == pytest.approx(100 * used / SECOND + 2 * host.cores)


def test_host_asked_for_more_than_it_has_gives_all_it_has_and_no_more() -> None:
    host = small_host(began_at=datetime(2026, 11, 24, 15, tzinfo=UTC))
    before, most = lives(host), 0
    for _ in run(host, 120):
        after = lives(host)
        used_ns = sum(
            (after[life].cpu_total_ns or 0) - (before[life].cpu_total_ns or 0) for life in after.keys() & before.keys()
        )
        most, before = max(most, used_ns), after
    assert most == pytest.approx(host.cores * 0.98 * SECOND), "the engine and the kernel have the rest"


@pytest.mark.parametrize("hour", [3, 15])
def test_small_host_is_short_of_cores_at_times_and_everyone_on_it_waits_then(hour: int) -> None:
    host = small_host(began_at=datetime(2026, 11, 24, hour, tzinfo=UTC))
    figures = [host.host_figures() for _ in run(host, 300)]
    short = [host for host in figures if (host.cpu_pct or 0) > 99 * (host.cores or 0)]
    assert 0.02 < len(short) / len(figures) < 0.6
    pressures = [pressed.cpu_pressure for pressed in short if pressed.cpu_pressure is not None]
    assert sum(pressure.some_pct or 0 for pressure in pressures) / len(short) > 30
    assert {pressure.full_pct for pressure in pressures} == {0}, "somebody runs"


def test_pressure_of_the_host_is_unknown_at_first_and_shares_of_the_time_from_then_on() -> None:
    host = simulation()
    first = host.host_figures()
    assert first.cpu_pressure is first.mem_pressure is first.io_pressure is None
    for _ in run(host, 120):
        figures = host.host_figures()
        for pressure in (figures.cpu_pressure, figures.mem_pressure, figures.io_pressure):
            assert pressure is not None
            assert 0 <= (pressure.full_pct or 0) <= (pressure.some_pct or 0) <= 100
            assert 0 <= (pressure.full_avg10_pct or 0) <= (pressure.some_avg10_pct or 0) <= 100


def test_host_waits_as_long_as_the_container_of_it_that_waits_longest() -> None:
    host = simulation()
    before = lives(host)
    for _ in run(host, 30):
        after = lives(host)
        pressure = host.host_figures().io_pressure
        assert pressure is not None
        for life in after.keys() & before.keys():
            spent_ns = after[life].details_ns - before[life].details_ns
            assert spent_ns in (0, SECOND)
            if spent_ns:
                waited_us = _io_us(after[life]) - _io_us(before[life])
                assert (pressure.some_pct or 0) >= 100 * waited_us / 1e6 - 0.01
        before = after


def _io_us(reading: Reading) -> int:
    assert reading.io_pressure is not None
    assert reading.io_pressure.some is not None
    return reading.io_pressure.some.total_us


def test_night_is_quieter_than_the_afternoon() -> None:
    loads = []
    for hour in (3, 15):
        host = simulation(60, began_at=datetime(2026, 11, 24, hour, tzinfo=UTC))
        cpu = [host.host_figures().cpu_pct or 0.0 for _ in run(host, 120)]
        loads.append(sum(cpu) / len(cpu))
    night, afternoon = loads
    assert night < 0.7 * afternoon


@pytest.mark.parametrize("step_s", [0.25, 2.0, 10.0])
def test_cadence_of_looking_does_not_make_a_host_busier(step_s: float) -> None:
    def mean_cores(step_s: float) -> float:
        host = simulation(40)
        cpu = [host.host_figures().cpu_pct or 0.0 for _ in run(host, 600, step_s=step_s)]
        return sum(cpu) / len(cpu) / 100

    assert mean_cores(step_s) == pytest.approx(mean_cores(1.0), rel=0.15)


def test_nothing_dies_in_the_first_seconds_of_looking() -> None:
    for seed in range(10):
        host = simulation(20, seed=seed)
        states = [host.by_state() for _ in run(host, 3)]
        assert all("restarting" not in state for state in states)


def test_within_minutes_everything_happens_that_can_happen_to_a_container() -> None:
    host = simulation(20)
    seen: set[str] = set()
    ids: set[str] = set()
    for records in run(host, 600):
        for container in records.values():
            seen |= {word for word in (container.state, container.health) if word is not None}
            if container.oom_killed:
                seen.add("oom_killed")
        ids |= records.keys()
        assert len(records) == 20
    assert seen == {"running", "paused", "exited", "restarting", "starting", "healthy", "unhealthy", "oom_killed"}
    assert len(ids) > 20, "jobs come as new containers"


def test_every_figure_of_a_busy_minute_is_known_or_has_its_true_reason() -> None:
    host = simulation(20)
    before = dict(host.advance(0))
    reasons: set[tuple[str, str]] = set()
    for records in run(host, 60):
        after = dict(host.advance(-1))
        for container_id in after.keys() & before.keys():
            shown = calculator.calculate(
                records[container_id],
                after[container_id],
                before[container_id],
                host_memory_bytes=host.mem_total_bytes,
            )
            reasons |= set(shown.unknown.items())
        before = after
    assert {reason for _, reason in reasons} <= {
        "counter_reset",
        "first_sample",  # pressure, as it is told once a second
        "host_network",
        "shared_network",
        "no_network",
    }
    networks = {figure for figure, reason in reasons if reason.endswith("network")}
    assert networks == {"network", "network_rates"}
    assert {figure for figure, reason in reasons if reason == "first_sample"} <= {"pressure"}
