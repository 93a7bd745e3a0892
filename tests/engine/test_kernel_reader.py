"""The judge itself: what it makes of a log of reads is never narrower than the truth.

Not here: real counters (test_matrix, test_contention).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.kernel_reader import CpuCounter, cpu_bounds_pct, cpu_mean_pct, own_part

SPEED_NS = st.integers(0, 2_000_000_000)  # CPU time in one second: up to two cores


def read_of(counter_ns: list[int], second: int) -> CpuCounter:
    """A read that began and ended 0.1 s around a whole second."""
    return CpuCounter(second - 0.1, second + 0.1, sum(counter_ns[:second]))


@given(st.lists(SPEED_NS, min_size=6, max_size=12), st.data())
def test_bounds_hold_what_was_used_between_any_two_moments(used_ns: list[int], data: st.DataObject) -> None:
    log = [read_of(used_ns, second) for second in range(len(used_ns) + 1)]
    from_s = data.draw(st.integers(1, len(used_ns) - 4))
    to_s = data.draw(st.integers(from_s + 1, len(used_ns) - 2))
    truth = sum(used_ns[from_s:to_s]) / (to_s - from_s) / 1e7
    least, most = cpu_bounds_pct(log, from_s + 0.0, to_s + 0.0, stamp_s=0.2)
    assert least <= truth <= most


def test_bounds_are_exact_where_the_counter_stood_still_around_both_moments() -> None:
    log = [CpuCounter(at_s, at_s, ns) for at_s, ns in ((0.0, 0), (1.0, 0), (2.0, 300_000_000), (3.0, 300_000_000))]
    assert cpu_bounds_pct(log, 0.5, 2.5, stamp_s=0.0) == (15.0, 15.0)


def test_bounds_of_a_coarse_clock_are_a_tick_wider() -> None:
    log = [CpuCounter(at_s, at_s, ns) for at_s, ns in ((0.0, 0), (1.0, 0), (2.0, 300_000_000), (3.0, 300_000_000))]
    assert cpu_bounds_pct(log, 0.5, 1.5, stamp_s=0.0, tick_s=0.01) == (0.0, 31.0)


def test_moment_outside_the_log_is_refused() -> None:
    with pytest.raises(LookupError, match="nothing was read"):
        cpu_bounds_pct([CpuCounter(0.0, 0.0, 0), CpuCounter(1.0, 1.0, 1)], 0.5, 1.5, stamp_s=0.0)


def test_mean_is_as_if_the_counter_had_grown_evenly_between_two_reads() -> None:
    log = [CpuCounter(0.0, 0.0, 0), CpuCounter(1.0, 1.0, 500_000_000), CpuCounter(2.0, 2.0, 600_000_000)]
    assert cpu_mean_pct(log, 0.5, 1.5) == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/docker/abc", "docker/abc"),
        ("/system.slice/docker-abc.scope", "system.slice/docker-abc.scope"),
        ("/libpod_parent/libpod-abc/container", "libpod_parent/libpod-abc"),
        ("/docker/abc/init.scope", "docker/abc"),
    ],
)
def test_cgroup_is_the_component_that_carries_the_id(path: str, part: str) -> None:
    assert own_part(path, "abc") == Path(part)


def test_process_outside_its_containers_cgroup_is_refused() -> None:
    with pytest.raises(LookupError, match=r"/user\.slice is no cgroup of abc"):
        own_part("/user.slice", "abc")
