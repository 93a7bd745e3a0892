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
    "net_rx_bytes",
    "net_tx_bytes",
    "block_read_bytes",
    "block_write_bytes",
]
any_steps = st.lists(st.sampled_from([0, 1, 10**6, SECOND // 2, 10 * SECOND, 3 * 3600 * SECOND]), max_size=25)


def simulation(count: int = 40, *, seed: int = 1, began_at: datetime = NOW) -> Simulation:
    return Simulation(count, seed=seed, now_ns=0, began_at=began_at)


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


def test_host_is_large_enough_for_its_containers() -> None:
    small, large = simulation(1), simulation(200)
    assert (small.cores, small.mem_total_bytes) == (4, 8 * 2**30)
    assert large.cores > small.cores
    assert large.mem_total_bytes > small.mem_total_bytes


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
    host = simulation(13, seed=1, began_at=datetime(2026, 11, 24, 15, tzinfo=UTC))  # they all burst once in ten minutes
    before, most = lives(host), 0
    for _ in run(host, 600):
        after = lives(host)
        used_ns = sum(
            (after[life].cpu_total_ns or 0) - (before[life].cpu_total_ns or 0) for life in after.keys() & before.keys()
        )
        most, before = max(most, used_ns), after
    assert most == pytest.approx(host.cores * 0.98 * SECOND), "the engine and the kernel have the rest"


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
        cpu = [host.host_figures().cpu_pct or 0.0 for _ in run(host, 200, step_s=step_s)]
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
        "host_network",
        "shared_network",
        "no_network",
        "source_cannot_tell",  # throttling, where there is no quota
    }
    assert ("cpu", "source_cannot_tell") not in reasons
    assert ("memory", "source_cannot_tell") not in reasons
