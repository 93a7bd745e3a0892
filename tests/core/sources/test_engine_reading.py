"""The engine's stats bodies, of every engine and system, as readings."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dockstats_core import calculator
from dockstats_core.engine.models import StatsBody
from dockstats_core.engine.timestamps import to_unix_ns
from dockstats_core.readings import Reading
from dockstats_core.sources.engine_reading import online_cpus, previous_of, to_reading
from tests.builders import container
from tests.core.test_calculator import same
from tests.vectors import entries

ID = "a" * 64


def decoded(body: dict[str, Any]) -> StatsBody:
    return msgspec.json.decode(msgspec.json.encode(body), type=StatsBody)


def reading_of(**parts: Any) -> Reading:
    reading = to_reading(ID, decoded({"read": "2026-09-21T14:13:21.31999912Z", **parts}), 7)
    assert reading is not None
    return reading


@pytest.mark.parametrize("entry", entries("engine-stats-bodies"))
def test_recorded_body_gives_the_recorded_figures(entry: dict[str, Any]) -> None:
    given, expected = entry["input"], entry["expected"]
    body = decoded(given["body"])
    reading = to_reading(ID, body, 0)
    if expected["state"] == "empty":
        assert reading is None
        return
    assert reading is not None
    before = given["previous_body"]
    previous = to_reading(ID, decoded(before), 0) if before else previous_of(ID, body, 0)
    shown = calculator.calculate(container(), reading, previous, host_memory_bytes=given["engine"]["host_memory"])
    if given["engine"]["clock"] == "engine":
        cpu = calculator.engine_cpu(reading, previous)
        assert same(cpu.pct if cpu else None, expected["cpu_pct"])
    else:
        assert same(shown.cpu_pct, expected["cpu_pct"])
    assert same(shown.mem_pct, expected["mem_pct"])
    assert reading.cpu_total_ns == expected["cpu_total_ns"]
    assert calculator.pids_limit(reading.pids_limit) == expected["pids_limit"]
    for ours, theirs in {
        "mem_bytes": "mem_bytes",
        "mem_limit_bytes": "mem_limit_bytes",
        "net_rx_bytes": "rx_bytes",
        "net_tx_bytes": "tx_bytes",
        "net_io_bytes": "net_io_bytes",
        "block_read_bytes": "read_bytes",
        "block_write_bytes": "write_bytes",
        "pids": "pids",
    }.items():
        assert getattr(shown, ours) == expected[theirs], ours


@pytest.mark.parametrize("entry", entries("calculator", "network"))
def test_recorded_interfaces_are_summed(entry: dict[str, Any]) -> None:
    reading = reading_of(networks=entry["input"]["networks"])
    assert reading.net_rx_bytes == entry["expected"]["rx_bytes"]
    assert reading.net_tx_bytes == entry["expected"]["tx_bytes"]
    shown = calculator.calculate(container(), reading, None, host_memory_bytes=None)
    assert shown.net_io_bytes == entry["expected"]["net_io_bytes"]


@pytest.mark.parametrize("entry", entries("calculator", "blkio"))
def test_recorded_devices_are_summed(entry: dict[str, Any]) -> None:
    reading = reading_of(blkio_stats=entry["input"])
    assert reading.block_read_bytes == entry["expected"]["read_bytes"]
    assert reading.block_write_bytes == entry["expected"]["write_bytes"]


def test_memory_has_its_parts_on_both_cgroup_versions() -> None:
    v1 = reading_of(memory_stats={"usage": 9, "stats": {"total_rss": 5, "total_cache": 4}})
    v2 = reading_of(memory_stats={"usage": 9, "stats": {"anon": 5, "file": 3, "kernel_stack": 1, "slab": 2}})
    newest = reading_of(memory_stats={"usage": 9, "stats": {"anon": 5, "file": 3, "kernel": 4, "slab": 2}})
    assert (v1.mem_anon_bytes, v1.mem_file_bytes, v1.mem_kernel_bytes) == (5, 4, None)
    assert (v2.mem_anon_bytes, v2.mem_file_bytes, v2.mem_kernel_bytes) == (5, 3, 3)
    assert newest.mem_kernel_bytes == 4


def test_the_time_of_a_reading_keeps_its_nanoseconds() -> None:
    reading = reading_of()
    assert reading.read_ns == to_unix_ns("2026-09-21T14:13:21.31999912Z")
    assert reading.read_ns % 1000 == 120
    assert reading.taken_ns == 7


def test_a_body_with_nothing_in_it_is_a_reading_without_figures() -> None:
    reading = reading_of()
    assert reading.cpu_total_ns is reading.mem_usage_bytes is reading.net_rx_bytes is reading.pids is None
    assert (reading.block_read_bytes, reading.block_write_bytes) == (0, 0)


@pytest.mark.parametrize(
    ("online", "per_cpu", "count"), [(4, [1, 2], 4), (None, [1, 2], 2), (0, [1], 1), (None, None, None), (0, [], None)]
)
def test_number_of_cpus_is_told_by_old_engines_through_their_list(
    online: int | None, per_cpu: list[int] | None, count: int | None
) -> None:
    assert online_cpus(online, per_cpu) == count
