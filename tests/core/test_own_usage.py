"""What dockstats costs, measured on this very process and with a clock that is told."""

from __future__ import annotations

import time
from itertools import count

import psutil
import pytest

from dockstats_core.own_usage import SHORTEST_SPAN_S, OwnUsageMeter
from tests.descriptors import no_descriptor_left

SECOND = 10**9


class CpuTime:
    """CPU time of a process that works when it is told."""

    def __init__(self) -> None:
        self.ns = 5 * SECOND

    def __call__(self) -> int:
        return self.ns


def test_cpu_is_unknown_at_first_and_memory_is_not() -> None:
    usage = OwnUsageMeter().read(0)
    assert usage.cpu_pct is None
    assert usage.mem_bytes == pytest.approx(psutil.Process().memory_info().rss, rel=0.2)


def test_process_that_works_without_pause_uses_about_a_core() -> None:
    meter = OwnUsageMeter()
    meter.read(time.monotonic_ns())
    until_ns = time.process_time_ns() + round(SHORTEST_SPAN_S * 1.1e9)
    for _ in count():  # at least so much of CPU time, however busy the machine is
        if time.process_time_ns() >= until_ns:
            break
    usage = meter.read(time.monotonic_ns())
    assert usage.cpu_pct is not None
    assert 1.0 < usage.cpu_pct < 150.0


@pytest.mark.parametrize(("worked_s", "pct"), [(0.0, 0.0), (0.02, 2.0), (1.0, 100.0), (3.5, 350.0)])
def test_cpu_is_the_time_worked_over_the_time_passed(worked_s: float, pct: float) -> None:
    cpu = CpuTime()
    meter = OwnUsageMeter(cpu)
    meter.read(SECOND)
    cpu.ns += round(worked_s * SECOND)
    assert meter.read(2 * SECOND).cpu_pct == pytest.approx(pct)


def test_second_look_within_the_shortest_span_repeats_the_figure_and_loses_nothing() -> None:
    cpu = CpuTime()
    meter = OwnUsageMeter(cpu)
    meter.read(0)
    cpu.ns += SECOND // 2
    assert meter.read(round(SHORTEST_SPAN_S * SECOND) - 1).cpu_pct is None
    assert meter.read(SECOND).cpu_pct == pytest.approx(50.0)
    cpu.ns += SECOND
    assert meter.read(SECOND + 1).cpu_pct == pytest.approx(50.0)
    assert meter.read(2 * SECOND).cpu_pct == pytest.approx(100.0)


def test_counter_that_went_back_is_unknown_once() -> None:
    cpu = CpuTime()
    meter = OwnUsageMeter(cpu)
    meter.read(0)
    cpu.ns -= SECOND
    assert meter.read(SECOND).cpu_pct is None
    cpu.ns += SECOND // 10
    assert meter.read(2 * SECOND).cpu_pct == pytest.approx(10.0)


def test_memory_is_unknown_while_no_descriptor_is_left_to_read_it_with() -> None:
    meter = OwnUsageMeter()
    with no_descriptor_left():
        unknown = meter.read(0)
    assert unknown.mem_bytes is None
    assert meter.read(SECOND).mem_bytes is not None
