"""Counters to figures, held against recorded entries and the laws that every figure obeys."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from dockstats_core import calculator
from dockstats_core.messages.agent import MAX_COUNT, AgentMetrics, ContainerSample, Pressure, codec
from dockstats_core.readings import PressureReading, Reading, Stall
from dockstats_core.sources.engine_reading import online_cpus
from tests import builders
from tests.builders import container, reading
from tests.vectors import entries

HOST_MEMORY = 8 * 2**30


def same(value: float | None, expected: float | None) -> bool:
    """Equal to within 1e-12 relative, as the entries ask for."""
    if value is None or expected is None:
        return value is expected
    return math.isclose(value, expected, rel_tol=1e-12)


def counters(entry: dict[str, Any] | None) -> Reading | None:
    if entry is None:
        return None
    return Reading(
        container_id="",
        read_ns=entry["read_ns"],
        taken_ns=0,
        cpu_total_ns=entry["total_ns"],
        cpu_system_ns=entry["system_ns"],
        online_cpus=online_cpus(entry["online_cpus"], entry["percpu_ns"]),
    )


def sample(current: Reading, previous: Reading | None = None, **facts: Any) -> ContainerSample:
    return calculator.calculate(container(**facts), current, previous, host_memory_bytes=HOST_MEMORY)


# --- Recorded entries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", entries("calculator", "cpu"))
def test_recorded_counters_give_the_recorded_cpu(entry: dict[str, Any]) -> None:
    current, previous = counters(entry["input"]["current"]), counters(entry["input"]["previous"])
    assert current is not None
    if entry["input"]["clock"] == "wall":
        assert same(sample(current, previous).cpu_pct, entry["expected"]["cpu_pct"])
        return
    cpu = calculator.engine_cpu(current, previous)
    assert same(cpu.pct if cpu else None, entry["expected"]["cpu_pct"])
    assert (cpu.basis if cpu else None) == entry["expected"]["basis"]


@pytest.mark.parametrize("entry", entries("calculator", "cpu_windows"))
def test_recorded_counters_of_windows_give_the_recorded_cpu(entry: dict[str, Any]) -> None:
    given_ = entry["input"]
    pct = calculator.cpu_pct(
        given_["total_100ns"] * 100, given_["previous_total_100ns"] * 100, given_["read_ns"] - given_["preread_ns"]
    )
    assert same(pct, entry["expected"]["cpu_pct"])


@pytest.mark.parametrize("entry", entries("calculator", "memory"))
def test_recorded_memory_gives_the_recorded_use_and_limit(entry: dict[str, Any]) -> None:
    given_, stats = entry["input"], entry["input"]["stats"]
    current = reading(
        mem_usage_bytes=given_["usage"],
        mem_limit_bytes=given_["limit"],
        mem_total_inactive_file_bytes=stats.get("total_inactive_file"),
        mem_inactive_file_bytes=stats.get("inactive_file"),
    )
    shown = calculator.calculate(container(), current, None, host_memory_bytes=given_["host_memory"])
    assert shown.mem_bytes == entry["expected"]["mem_bytes"]
    assert shown.mem_limit_bytes == entry["expected"]["mem_limit_bytes"]
    assert same(shown.mem_pct, entry["expected"]["mem_pct"])


@pytest.mark.parametrize("entry", entries("calculator", "rate"))
def test_recorded_counters_give_the_recorded_rate(entry: dict[str, Any]) -> None:
    def at(point: dict[str, int] | None) -> Reading | None:
        if point is None:
            return None
        return Reading(container_id="", read_ns=point["at_ns"], taken_ns=0, net_rx_bytes=point["value"], net_tx_bytes=0)

    current = at(entry["input"]["current"])
    assert current is not None
    shown = sample(current, at(entry["input"]["previous"]))
    assert same(shown.net_rx_bytes_per_sec, entry["expected"]["per_sec"])


@pytest.mark.parametrize("entry", entries("calculator", "throttle"))
def test_recorded_periods_give_the_recorded_shares(entry: dict[str, Any]) -> None:
    before, now = entry["input"]["previous"], entry["input"]["current"]
    shown = sample(reading(at_s=entry["input"]["elapsed_ns"] / 1e9, **now), reading(**before))
    assert same(shown.throttled_pct, entry["expected"]["throttled_periods_pct"])
    assert same(shown.throttled_time_pct, entry["expected"]["throttled_time_pct"])


@pytest.mark.parametrize("entry", entries("calculator", "pids"))
def test_recorded_pids_have_the_recorded_limit(entry: dict[str, Any]) -> None:
    assert sample(reading(pids=entry["input"]["current"])).pids == entry["expected"]["pids"]
    assert calculator.pids_limit(entry["input"]["limit"]) == entry["expected"]["pids_limit"]


# --- Reasons ------------------------------------------------------------------------------------------------------


def test_a_first_sample_has_totals_and_no_rates_and_says_why() -> None:
    shown = sample(
        reading(
            net_rx_bytes=10,
            net_tx_bytes=5,
            block_read_bytes=1,
            block_write_bytes=2,
            pids=3,
            mem_usage_bytes=9,
            periods=5,
            throttled_periods=1,
        )
    )
    assert (shown.net_io_bytes, shown.block_write_bytes, shown.pids) == (15, 2, 3)
    assert shown.unknown == {
        "cpu": "first_sample",
        "throttling": "first_sample",
        "network_rates": "first_sample",
        "block_io_rates": "first_sample",
        "pressure": "source_cannot_tell",
        "memory_events": "source_cannot_tell",
    }


def test_a_gap_is_told_as_one() -> None:
    shown = calculator.calculate(container(), reading(cpu_ns=1), None, host_memory_bytes=None, no_previous="gap")
    assert shown.unknown["cpu"] == "gap"


def test_a_clock_that_stood_still_gives_no_rate() -> None:
    assert sample(reading(cpu_ns=5), reading(cpu_ns=4)).unknown["cpu"] == "gap"


def test_a_counter_that_went_back_is_a_reset_for_its_own_figures_only() -> None:
    before = reading(cpu_ns=10**9, net_rx_bytes=100, net_tx_bytes=100, block_read_bytes=9, block_write_bytes=9)
    now = reading(at_s=1, cpu_ns=2 * 10**9, net_rx_bytes=5, net_tx_bytes=200, block_read_bytes=10, block_write_bytes=9)
    shown = sample(now, before)
    assert shown.cpu_pct == 100.0
    assert shown.unknown["network_rates"] == "counter_reset"
    assert shown.net_tx_bytes_per_sec is None
    assert shown.block_read_bytes_per_sec == 1.0
    assert shown.net_rx_bytes == 5


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("host", "host_network"),
        ("container:" + "a" * 64, "shared_network"),
        ("none", "no_network"),
        ("bridge", "source_cannot_tell"),
        (None, "source_cannot_tell"),
    ],
)
def test_a_network_that_is_not_its_own_has_no_figure_and_a_reason(mode: str | None, reason: str) -> None:
    bytes_ = {} if reason == "source_cannot_tell" else {"net_rx_bytes": 7, "net_tx_bytes": 7}
    shown = sample(reading(**bytes_), network_mode=mode)
    assert shown.net_io_bytes is None
    assert shown.unknown["network"] == shown.unknown["network_rates"] == reason


def test_container_without_a_quota_has_no_throttling_and_no_reason() -> None:
    shown = sample(reading(periods=0, throttled_periods=0, throttled_ns=0))
    assert shown.throttled_pct is None
    assert "throttling" not in shown.unknown


def test_throttled_time_may_be_missing_beside_the_periods() -> None:
    shown = sample(reading(at_s=1, periods=20, throttled_periods=10), reading(periods=10, throttled_periods=5))
    assert (shown.throttled_pct, shown.throttled_time_pct) == (50.0, None)


def test_cpu_is_told_as_a_share_of_the_containers_own_limit_where_it_has_one() -> None:
    before, now = reading(cpu_ns=0), reading(at_s=1, cpu_ns=5 * 10**8)
    assert sample(now, before, cpu_limit_cores=0.5).cpu_limit_pct == 100.0
    assert sample(now, before).cpu_limit_pct is None
    assert sample(now, before, cpu_limit_cores=0.0).cpu_limit_pct is None


def test_what_cannot_be_read_is_null_throughout_with_one_reason() -> None:
    shown = calculator.unreadable(container(), "time_out")
    assert set(shown.unknown) == set(calculator.FIGURES)
    assert set(shown.unknown.values()) == {"time_out"}
    assert shown.cpu_pct is shown.mem_bytes is shown.net_io_bytes is shown.pids is None


def test_totals_leave_out_what_is_not_known() -> None:
    known = ContainerSample(id="a", name="a", cpu_pct=12.5, mem_bytes=100)
    half = ContainerSample(id="b", name="b", mem_bytes=50)
    assert calculator.totals([known, half, known]).cpu_pct == 25.0
    assert calculator.totals([known, half]).mem_bytes == 150
    assert calculator.totals([half]).cpu_pct is None
    busy = ContainerSample(id="c", name="c", cpu_pct=12.5)
    assert calculator.totals([known, busy]) == AgentMetrics(cpu_pct=25.0, mem_bytes=100)
    assert calculator.totals([]).mem_bytes is None


def test_a_total_that_no_message_holds_is_unknown() -> None:
    absurd = ContainerSample(id="a", name="a", cpu_pct=1.0, mem_bytes=MAX_COUNT)
    assert calculator.totals([absurd]).mem_bytes == MAX_COUNT
    assert calculator.totals([absurd, absurd]) == AgentMetrics(cpu_pct=2.0, mem_bytes=None)


def test_limit_that_is_unknown_or_negative_is_none() -> None:
    assert calculator.limit_in_effect(None, 100) is None
    assert calculator.limit_in_effect(-1, 100) is None
    assert calculator.pids_limit(-1) is None


def test_memory_whose_cache_is_not_told_has_no_cache_instead_of_none_of_it() -> None:
    shown = sample(reading(mem_usage_bytes=1000))
    assert (shown.mem_bytes, shown.mem_usage_bytes, shown.mem_cache_bytes) == (1000, 1000, None)


def test_container_with_a_limit_whose_periods_are_never_counted_says_that_its_throttling_is_not_told() -> None:
    counters = {"periods": 0, "throttled_periods": 0, "throttled_ns": 0}
    assert sample(reading(**counters), cpu_limit_cores=0.3).unknown["throttling"] == "source_cannot_tell"
    assert "throttling" not in sample(reading(**counters)).unknown


# --- What only the kernel knows -----------------------------------------------------------------------------------


def waited(some_us: int, full_us: int | None) -> PressureReading:
    return PressureReading(
        some=Stall(some_us, 1.5, 1.0, 0.5), full=None if full_us is None else Stall(full_us, 0.5, 0.25, 0.125)
    )


def test_pressure_is_the_share_of_the_interval_beside_the_kernels_average() -> None:
    before = reading(cpu_pressure=waited(1_000_000, 0), io_pressure=waited(0, 0))
    now = reading(at_s=0.5, cpu_pressure=waited(1_250_000, None), io_pressure=waited(500_000, 50_000))
    shown = sample(now, before)
    assert shown.cpu_pressure == Pressure(some_pct=50.0, some_avg10_pct=1.5)
    assert shown.io_pressure == Pressure(some_pct=100.0, full_pct=10.0, some_avg10_pct=1.5, full_avg10_pct=0.5)
    assert shown.mem_pressure is None
    assert "pressure" not in shown.unknown


def test_pressure_of_a_first_sample_and_after_a_reset_has_no_share() -> None:
    first = sample(reading(mem_pressure=waited(9, 9)))
    assert first.mem_pressure == Pressure(some_avg10_pct=1.5, full_avg10_pct=0.5)
    assert first.unknown["pressure"] == "first_sample"
    reset = sample(reading(at_s=1, mem_pressure=waited(1, 1)), reading(mem_pressure=waited(9, 9)))
    assert reset.mem_pressure == first.mem_pressure


def test_details_that_are_repeated_keep_the_rates_of_their_own_two_readings() -> None:
    first = reading(block_reads=0, cpu_pressure=waited(0, 0))
    at_1_s = reading(at_s=1, block_reads=100, cpu_pressure=waited(250_000, 0))
    at_1_1_s = structs.replace(reading(at_s=1.1, block_reads=100, cpu_pressure=waited(250_000, 0)), details_ns=10**9)
    shown = calculator.calculate(
        container(), at_1_1_s, at_1_s, host_memory_bytes=None, with_details=calculator.details(at_1_s, first)
    )
    assert shown.block_reads_per_sec == 100.0
    assert shown.cpu_pressure is not None
    assert shown.cpu_pressure.some_pct == 25.0


def test_faults_and_operations_are_rates_and_events_of_memory_are_totals() -> None:
    before = reading(page_faults=100, major_page_faults=0, block_reads=5, block_writes=5, oom_kills=1)
    now = reading(
        at_s=2, page_faults=300, major_page_faults=1, block_reads=5, block_writes=25, oom_kills=2, mem_limit_hits=7
    )
    shown = sample(now, before)
    assert (shown.page_faults_per_sec, shown.major_page_faults_per_sec) == (100.0, 0.5)
    assert (shown.block_reads_per_sec, shown.block_writes_per_sec) == (0.0, 10.0)
    assert (shown.oom_kills, shown.mem_limit_hits) == (2, 7)
    assert "memory_events" not in shown.unknown


def test_cpu_splits_into_user_and_kernel() -> None:
    shown = sample(
        reading(at_s=1, cpu_ns=10**9, cpu_user_ns=7 * 10**8, cpu_kernel_ns=3 * 10**8),
        reading(cpu_user_ns=0, cpu_kernel_ns=0),
    )
    assert (shown.cpu_pct, shown.cpu_user_pct, shown.cpu_kernel_pct) == pytest.approx((100, 70, 30))


# --- Laws ---------------------------------------------------------------------------------------------------------

PRESSURES = ("cpu_pressure", "mem_pressure", "io_pressure")
COUNTERS = [
    name
    for name in Reading.__struct_fields__
    if name not in {"container_id", "read_ns", "taken_ns", "details_ns", "rest_ns", "problems", *PRESSURES}
]
anything = st.one_of(st.none(), st.integers(-(2**63), 2**64), st.integers(0, 2**40))
stalls = st.one_of(st.none(), st.builds(Stall, st.integers(0, 2**64), *[st.floats(0, 100)] * 3))
pressures = st.one_of(st.none(), st.builds(PressureReading, stalls, stalls))
readings = st.builds(
    lambda read_ns, details_ns, values: Reading(
        container_id="a" * 64, read_ns=read_ns, taken_ns=0, details_ns=details_ns, **values
    ),
    st.integers(0, 2**63),
    st.integers(0, 2**63),
    st.fixed_dictionaries({**dict.fromkeys(COUNTERS, anything), **dict.fromkeys(PRESSURES, pressures)}),
)
FLOATS = [name for name in ContainerSample.__struct_fields__ if name.endswith(("_pct", "_per_sec", "_bytes"))]


@given(readings, st.one_of(st.none(), readings), st.one_of(st.none(), st.integers(-5, 2**50)))
def test_whatever_an_engine_says_no_figure_is_negative_infinite_or_missing_without_reason(
    current: Reading, previous: Reading | None, host_memory: int | None
) -> None:
    shown = calculator.calculate(container(cpu_limit_cores=0.5), current, previous, host_memory_bytes=host_memory)
    for name in FLOATS:
        value = getattr(shown, name)
        assert value is None or (value >= 0 and math.isfinite(value)), name
    assert (shown.cpu_pct is None) == ("cpu" in shown.unknown)
    assert (shown.net_io_bytes is None) == ("network" in shown.unknown)
    assert (shown.pids is None) == ("pids" in shown.unknown)
    batch = builders.batch(containers=[shown])
    assert codec.decode(codec.encode(batch)) == batch, "one absurd counter must not make a batch unreadable"
    calculator.engine_cpu(current, previous)


@given(st.integers(0, 2**64), st.integers(0, 2**64), st.integers(1, 10**12))
def test_a_rate_is_known_exactly_when_the_counter_did_not_go_back(before: int, now: int, elapsed_ns: int) -> None:
    assert (calculator.per_sec(now, before, elapsed_ns) is None) == (now < before)
    assert (calculator.cpu_pct(now, before, elapsed_ns) is None) == (now < before)


@given(st.integers(0, 2**40), st.integers(0, 2**40), st.integers(1, 10**10), st.integers(1, 1000))
def test_twice_the_work_is_twice_the_percent(start: int, used: int, elapsed_ns: int, times: int) -> None:
    once = calculator.cpu_pct(start + used, start, elapsed_ns)
    more = calculator.cpu_pct(start + used * times, start, elapsed_ns)
    assert once is not None
    assert more == pytest.approx(once * times)


@given(st.integers(0, 2**60), anything, anything)
def test_memory_in_use_is_never_more_than_usage_and_never_negative(
    usage: int, total: int | None, inactive: int | None
) -> None:
    assert 0 <= calculator.mem_used_bytes(usage, total, inactive) <= usage


def test_engines_formula_without_one_of_both_counters_gives_nothing() -> None:
    known = reading(at_s=1, cpu_ns=10)
    assert calculator.engine_cpu(known, structs.replace(reading(), cpu_total_ns=None)) is None
