"""The machine's own pressure: shares of the time between two readings, nothing where the kernel keeps none."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockstats_core.messages.agent import Pressure
from dockstats_core.sources.cgroup.host_pressure import SHORTEST_SPAN_S, HostPressureMeter, HostPressures

S = 10**9


def write(proc: Path, name: str, some_us: int, full_us: int | None = None) -> None:
    """`/proc/pressure/<name>`."""
    (proc / "pressure").mkdir(exist_ok=True)
    text = f"some avg10=1.50 avg60=0.00 avg300=0.00 total={some_us}\n"
    if full_us is not None:
        text += f"full avg10=0.50 avg60=0.00 avg300=0.00 total={full_us}\n"
    (proc / "pressure" / name).write_text(text)


def pressure(some_pct: float | None, full_pct: float | None = None) -> Pressure:
    return Pressure(some_pct=some_pct, full_pct=full_pct, some_avg10_pct=1.5, full_avg10_pct=0.5)


def test_shares_are_of_the_time_between_two_readings(tmp_path: Path) -> None:
    meter = HostPressureMeter(str(tmp_path))
    for name, start in (("cpu", 0), ("memory", 1000), ("io", 2000)):
        write(tmp_path, name, start, start)
    first = meter.read(S)
    assert first == HostPressures(cpu=pressure(None), memory=pressure(None), io=pressure(None))
    write(tmp_path, "cpu", 1_000_000, 500_000)
    write(tmp_path, "memory", 1000 + 200_000, 1000)
    assert meter.read(3 * S) == HostPressures(
        cpu=pressure(50.0, 25.0), memory=pressure(10.0, 0.0), io=pressure(0.0, 0.0)
    )


def test_readings_that_follow_too_closely_repeat_the_last_figures(tmp_path: Path) -> None:
    meter = HostPressureMeter(str(tmp_path))
    write(tmp_path, "cpu", 0, 0)
    meter.read(0)
    span_ns = round(SHORTEST_SPAN_S * S)
    write(tmp_path, "cpu", round(400_000 * SHORTEST_SPAN_S), 0)
    second = meter.read(span_ns)
    assert second.cpu == pressure(40.0, 0.0)
    write(tmp_path, "cpu", round(800_000 * SHORTEST_SPAN_S), 0)
    assert meter.read(2 * span_ns - 1) == second
    assert meter.read(2 * span_ns).cpu == pressure(40.0, 0.0)


def test_kernel_before_5_13_has_no_full_pressure_of_cpu(tmp_path: Path) -> None:
    meter = HostPressureMeter(str(tmp_path))
    write(tmp_path, "cpu", 0)
    meter.read(0)
    write(tmp_path, "cpu", 100_000)
    cpu = meter.read(S).cpu
    assert cpu == Pressure(some_pct=10.0, full_pct=None, some_avg10_pct=1.5, full_avg10_pct=None)


def test_kernel_without_pressure_has_no_figures(tmp_path: Path) -> None:
    meter = HostPressureMeter(str(tmp_path))
    assert meter.read(0) == meter.read(S) == HostPressures()


@pytest.mark.parametrize("hostile", ["garbage", "empty", "directory", "loop"])
def test_file_that_cannot_be_read_or_understood_costs_its_own_figure_and_starts_anew(
    tmp_path: Path, hostile: str
) -> None:
    meter = HostPressureMeter(str(tmp_path))
    write(tmp_path, "cpu", 0, 0)
    write(tmp_path, "io", 0, 0)
    meter.read(0)
    file = tmp_path / "pressure" / "cpu"
    file.unlink()
    match hostile:
        case "directory":
            file.mkdir()
        case "loop":
            file.symlink_to(file)
        case _:
            file.write_text("some avg10=-1\n" if hostile == "garbage" else "")
    assert meter.read(S) == HostPressures(io=pressure(0.0, 0.0))
    if hostile == "directory":
        file.rmdir()
    else:
        file.unlink()
    write(tmp_path, "cpu", 500_000, 0)
    assert meter.read(2 * S).cpu == pressure(None)
    write(tmp_path, "cpu", 600_000, 0)
    assert meter.read(3 * S).cpu == pressure(10.0, 0.0)
