"""Kernel files to counters: the recorded texts, tables of odd ones, and laws for any bytes.

Expectations of the recorded entries: see `rules` in tests/vectors/cgroup-files.json.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dockstats_core.calculator import NO_LIMIT_FROM
from dockstats_core.readings import PressureReading, Stall
from dockstats_core.sources.cgroup import parse
from dockstats_core.sources.cgroup.counters import Counters, Parse
from dockstats_core.sources.cgroup.kernel_files import PRESSURE_FILES, V1_FILES, V2_FILES
from dockstats_core.sources.cgroup.parse import NO_LIMIT
from tests.vectors import entries

LARGEST = 2**64 - 1

# What the recorded entries call the fields of a Reading.
NAMES = {
    "cpu_total_ns": "cpu_total_ns",
    "cpu_user_ns": "cpu_user_ns",
    "cpu_system_ns": "cpu_kernel_ns",
    "periods": "periods",
    "throttled_periods": "throttled_periods",
    "throttled_ns": "throttled_ns",
    "mem_usage": "mem_usage_bytes",
    "mem_limit": "mem_limit_bytes",
    "mem_anon": "mem_anon_bytes",
    "mem_file": "mem_file_bytes",
    "mem_kernel": "mem_kernel_bytes",
    "mem_swap": "mem_swap_bytes",
    "pids": "pids",
    "pids_limit": "pids_limit",
    "io_read_bytes": "block_read_bytes",
    "io_write_bytes": "block_write_bytes",
    "io_read_ops": "block_reads",
    "io_write_ops": "block_writes",
    "oom_kills": "oom_kills",
    "cpu_pressure": "cpu_pressure",
    "memory_pressure": "mem_pressure",
    "io_pressure": "io_pressure",
}


def parsed(parse_file: Parse, text: bytes) -> tuple[dict[str, Any], bool]:
    counters: Counters = {}
    makes_sense = parse_file(text, counters)
    return dict(counters), makes_sense


# --- The recorded entries -------------------------------------------------------------------------------------------


def text_of(entry: dict[str, Any], name: str) -> bytes | None:
    """A recorded file's text; None where it does not exist or the kernel refuses it."""
    text = entry["input"]["files"].get(name)
    if not isinstance(text, str):
        return None
    if times := entry["input"].get("repeat_head"):
        *head, fourth, third, second, last, rest = text.split("\n")
        text = "\n".join([*head * times, fourth, third, second, last, rest])
    return text.encode()


def without_no_limit(name: str, value: int | None) -> int | None:
    return None if name.endswith("limit") and value is not None and value >= NO_LIMIT_FROM else value


def recorded(pressure: PressureReading | None) -> dict[str, Any] | None:
    def line(stall: Stall | None) -> dict[str, Any] | None:
        if stall is None:
            return None
        return {
            "avg10": stall.avg10_pct,
            "avg60": stall.avg60_pct,
            "avg300": stall.avg300_pct,
            "total_us": stall.total_us,
        }

    return None if pressure is None else {"some": line(pressure.some), "full": line(pressure.full)}


@pytest.mark.parametrize("entry", entries("cgroup-files", "reading"))
def test_recorded_files_give_the_recorded_reading(entry: dict[str, Any]) -> None:
    is_v2 = entry["input"]["version"] == 2
    counters: Counters = {}
    problems = []
    for file in (*V2_FILES, *PRESSURE_FILES) if is_v2 else V1_FILES:
        text = text_of(entry, file.name)
        if text is None or (file.instead_of is not None and text_of(entry, file.instead_of) is not None):
            continue
        if not file.parse(text, counters):
            problems.append(file.name)

    found: dict[str, Any] = dict(counters)
    reading = {
        name: recorded(found.get(field)) if name.endswith("pressure") else without_no_limit(name, found.get(field))
        for name, field in NAMES.items()
    }
    reading["mem_inactive_file"] = found.get("mem_inactive_file_bytes" if is_v2 else "mem_total_inactive_file_bytes")
    assert reading == entry["expected"]["reading"]
    assert sorted(problems) == sorted(entry["expected"]["problems"])


@pytest.mark.parametrize("entry", entries("cgroup-files", "net_dev"))
def test_recorded_net_dev_gives_the_recorded_total(entry: dict[str, Any]) -> None:
    counters, makes_sense = parsed(parse.net_dev, entry["input"]["net_dev"].encode())
    total = entry["expected"]["total"]
    assert counters == ({} if total is None else {"net_rx_bytes": total["rx_bytes"], "net_tx_bytes": total["tx_bytes"]})
    assert makes_sense is (not entry["expected"]["problems"])


@pytest.mark.parametrize("entry", entries("cgroup-files", "proc_stat"))
def test_recorded_proc_stat_gives_the_recorded_host_time(entry: dict[str, Any]) -> None:
    counters, makes_sense = parsed(parse.proc_stat, entry["input"]["proc_stat"].encode())
    expected = entry["expected"]
    assert counters.get("cpu_system_ns") == expected["system_cpu_ns"]
    assert counters.get("online_cpus") == expected["online_cpus"]
    assert makes_sense is (not expected["problems"])


# --- What the recorded entries do not say ---------------------------------------------------------------------------

V2_MEMORY_STAT = b"anon 1\nfile 2\nkernel 3\ninactive_file 4\npgfault 5\npgmajfault 6\n"
V1_MEMORY_STAT = (
    b"cache 9\npgfault 9\npgmajfault 9\ninactive_file 9\ntotal_cache 1\ntotal_rss 2\ntotal_swap 3\n"
    b"total_pgfault 4\ntotal_pgmajfault 5\ntotal_inactive_file 6\n"
)
STALL = b"avg10=1.50 avg60=0.25 avg300=100.00 total=77\n"
A_STALL = Stall(total_us=77, avg10_pct=1.5, avg60_pct=0.25, avg300_pct=100.0)
NET = b"Inter-|   Receive\n face |bytes\n"


def interface(name: str, received: object, sent: object) -> bytes:
    return f"{name:>6}: {received} 1 0 0 0 0 0 0 {sent} 1 0 0 0 0 0 0\n".encode()


@pytest.mark.parametrize(
    ("parse_file", "text", "counters"),
    [
        pytest.param(
            parse.memory_stat_v2,
            V2_MEMORY_STAT,
            {
                "mem_anon_bytes": 1,
                "mem_file_bytes": 2,
                "mem_kernel_bytes": 3,
                "mem_inactive_file_bytes": 4,
                "page_faults": 5,
                "major_page_faults": 6,
            },
            id="page faults on v2",
        ),
        pytest.param(
            parse.memory_stat_v1,
            V1_MEMORY_STAT,
            {
                "mem_file_bytes": 1,
                "mem_anon_bytes": 2,
                "mem_swap_bytes": 3,
                "page_faults": 4,
                "major_page_faults": 5,
                "mem_total_inactive_file_bytes": 6,
            },
            id="page faults on v1 are the total ones",
        ),
        pytest.param(
            parse.memory_events,
            b"low 0\nhigh 4\nmax 19\noom 2\noom_kill 3\noom_group_kill 9\n",
            {"mem_limit_hits": 19, "oom_kills": 3},
            id="limit hits on v2",
        ),
        pytest.param(parse.memory_failcnt, b"12\n", {"mem_limit_hits": 12}, id="limit hits on v1"),
        pytest.param(parse.memory_max, b"max\n", {"mem_limit_bytes": NO_LIMIT}, id="max is no limit"),
        pytest.param(parse.pids_max, b"max", {"pids_limit": NO_LIMIT}, id="max without a line end"),
        pytest.param(
            parse.io_stat,
            b"",
            {"block_read_bytes": 0, "block_write_bytes": 0, "block_reads": 0, "block_writes": 0},
            id="no I/O on v2 is an empty file",
        ),
        pytest.param(
            parse.io_stat,
            b"7:0 \n8:0 cost.usage=7\n",
            {"block_read_bytes": 0, "block_write_bytes": 0, "block_reads": 0, "block_writes": 0},
            id="devices that only have other keys",
        ),
        pytest.param(
            parse.io_stat,
            b"8:0 rbytes=1 wbytes=2 rios=3 wios=4\n8:16 rbytes=10 wbytes=20 rios=30 wios=40\n",
            {"block_read_bytes": 11, "block_write_bytes": 22, "block_reads": 33, "block_writes": 44},
            id="before discards were counted the last key ends the line",
        ),
        pytest.param(
            parse.io_stat,
            b"8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\x1a8:16 rbytes=10 wbytes=20 rios=30 wios=40 dbytes=0 "
            b"dios=0\n",
            {"block_read_bytes": 11, "block_write_bytes": 22, "block_reads": 33, "block_writes": 44},
            id="two devices on one line",
        ),
        pytest.param(
            parse.cpu_pressure,
            b"full " + STALL,
            {"cpu_pressure": PressureReading(some=None, full=A_STALL)},
            id="pressure without some",
        ),
        pytest.param(
            parse.net_dev,
            NET + interface("veth0", 7, 8) + interface("lo", 9, 9),
            {"net_rx_bytes": 7, "net_tx_bytes": 8},
            id="lo in the last line",
        ),
        pytest.param(
            parse.proc_stat,
            b"cpu  1 2 3 4 5 6 7\ncpu0 1 2 3 4 5 6 7\nintr 1 2 3",
            {"cpu_system_ns": 280_000_000, "online_cpus": 1},
            id="a host's stat that is cut in the long line",
        ),
    ],
)
def test_file_that_makes_sense_gives_its_counters(parse_file: Parse, text: bytes, counters: dict[str, Any]) -> None:
    assert parsed(parse_file, text) == (counters, True)


@pytest.mark.parametrize(
    ("parse_file", "text", "counters"),
    [
        pytest.param(parse.memory_current, b"", {}, id="empty number"),
        pytest.param(parse.memory_current, b"max\n", {}, id="max where a number belongs"),
        pytest.param(parse.memory_current, b"5 \n", {}, id="a number and a blank"),
        pytest.param(parse.memory_current, b"1" * 5000, {}, id="more digits than int() takes"),
        pytest.param(parse.memory_max, b"maximum\n", {}, id="a limit in words"),
        pytest.param(parse.memory_events, b"hello\nworld\n", {}, id="no keys and values at all"),
        pytest.param(parse.memory_events, b"max 1\nmax many\n", {}, id="the last of two equal keys holds, bad or good"),
        pytest.param(parse.memory_events, b"max 1\noom_kill 12", {"mem_limit_hits": 1}, id="a value that may be cut"),
        pytest.param(parse.memory_events, b"max 1\noom_kill ", {"mem_limit_hits": 1}, id="a value that is cut off"),
        pytest.param(parse.memory_events, b"max 18446744073709551616\n", {}, id="2^64 in a line"),
        pytest.param(parse.cpu_stat_v1, b"nr_periods %b\n" % (b"9" * 5000), {}, id="a long number in a line"),
        pytest.param(parse.blkio_bytes, b"", {}, id="v1 always writes a total"),
        pytest.param(parse.blkio_bytes, b"Total many\n", {}, id="a total in words"),
        pytest.param(
            parse.blkio_bytes, b"8:0 Read\n8:0 Write 1\n", {"block_write_bytes": 1}, id="Read without a value"
        ),
        pytest.param(
            parse.blkio_bytes,
            b"8:0 Read 1\n8:0 Write 1\n8:16 Read one\n8:16 Write 2\n",
            {"block_write_bytes": 3},
            id="a sum of which one part is unknown",
        ),
        pytest.param(
            parse.io_stat,
            b"8:0 rbytes=18446744073709551615 wbytes=1\n8:16 rbytes=1 wbytes=1\n",
            {"block_write_bytes": 2},
            id="a sum past 2^64",
        ),
        pytest.param(parse.io_stat, b"8:0 rbytes=5 wbytes=1", {}, id="a device whose line is cut"),
        pytest.param(parse.io_stat, b"hello\n", {}, id="no device"),
        pytest.param(parse.io_pressure, b"", {}, id="empty pressure"),
        pytest.param(parse.io_pressure, b"some " + STALL[:-1], {}, id="a total that may be cut"),
        pytest.param(parse.io_pressure, b"some " + STALL.replace(b"77", b"18446744073709551616"), {}, id="2^64 us"),
        pytest.param(parse.io_pressure, b"some " + STALL.replace(b"1.50", b"nan"), {}, id="no number as average"),
        pytest.param(parse.net_dev, NET + interface("eth0", "x", 1), {}, id="a word for the bytes received"),
        pytest.param(parse.net_dev, NET + interface("eth0", 1, -1), {}, id="negative bytes"),
        pytest.param(parse.net_dev, NET + interface("eth0", 1, "9" * 5000), {}, id="a long number of bytes"),
        pytest.param(parse.net_dev, NET + interface("eth0", 1, 1)[:-1], {}, id="an interface without its line end"),
        pytest.param(
            parse.net_dev, NET + interface("eth0", LARGEST, 1) + interface("eth1", 1, 1), {}, id="received past 2^64"
        ),
        pytest.param(parse.proc_stat, b"cpu  99999999999999999999 2 3 4 5 6 7\ncpu0 1 2\n", {}, id="ticks past 2^64"),
        pytest.param(
            parse.proc_stat, b"cpu  1 2 3 4 5 6 7\ncpu0 1 2", {}, id="a host's stat cut before the end of cores"
        ),
        pytest.param(parse.proc_stat, b"cpu  1 2 3 4 5 6 x\ncpu0 1 2 3 4 5 6 7\n", {}, id="a word for ticks"),
        pytest.param(parse.proc_stat, b"cpu  1 0 0 0 0 0 0\n", {"cpu_system_ns": 10_000_000}, id="no core"),
    ],
)
def test_file_that_makes_no_sense_gives_only_what_is_sure(
    parse_file: Parse, text: bytes, counters: dict[str, Any]
) -> None:
    assert parsed(parse_file, text) == (counters, False)


# --- Laws -----------------------------------------------------------------------------------------------------------

KEYED = {
    "cpu.stat": parse.cpu_stat_v2,
    "memory.stat": parse.memory_stat_v2,
    "memory.events": parse.memory_events,
    "io.stat": parse.io_stat,
    "cpu.pressure": parse.cpu_pressure,
    "cpuacct.stat": parse.cpuacct_stat,
    "cpu.stat (v1)": parse.cpu_stat_v1,
    "memory.stat (v1)": parse.memory_stat_v1,
    "memory.oom_control": parse.memory_oom_control,
    "blkio.throttle.io_serviced": parse.blkio_operations,
    "net/dev": parse.net_dev,
    "stat": parse.proc_stat,
}
FILES = {file.name: file.parse for file in (*V1_FILES, *V2_FILES, *PRESSURE_FILES)} | KEYED
CONVERTED = {"cpu_total_ns", "cpu_user_ns", "cpu_kernel_ns", "throttled_ns", "cpu_system_ns"}  # from µs or ticks

PIECES = (
    b"\n  |0|7|max|18446744073709551616|-1|+5|1_0|1.5|\0|=|:|8:0 | Read | Write |rbytes=|wios=|Total 0\n|anon |\nfile |"
    b"usage_usec |\nnr_periods |\ntotal_rss |\noom_kill |user |some |full |avg10=1.00 |avg60=1.00 |avg300=1.00 |"
    b"total=1\n|Inter-\n face\n|eth0: |lo: | 1 1 1 1 1 1 1 1 1 1\n|cpu  |cpu 1 2 3 4 5 6 7\n|\ncpu0 |\nintr "
)
texts = st.binary(max_size=300) | st.lists(st.sampled_from(PIECES.split(b"|")), max_size=60).map(b"".join)


@given(name=st.sampled_from(sorted(FILES)), text=texts)
@example(name="stat", text=b"cpu " + b" 18446744073709551615" * 7 + b"\ncpu0 1\n")
def test_any_bytes_give_counters_of_64_bits_and_no_exception(name: str, text: bytes) -> None:
    counters, makes_sense = parsed(FILES[name], text)
    assert isinstance(makes_sense, bool)
    for field, value in counters.items():
        if isinstance(value, PressureReading):
            totals = [stall.total_us for stall in (value.some, value.full) if stall is not None]
            assert totals
            assert all(0 <= total <= LARGEST for total in totals)
        else:
            assert type(value) is int
            assert 0 <= value <= (LARGEST * 7 * 10**7 if field in CONVERTED else LARGEST)


counters_64 = st.integers(0, LARGEST)


@given(value=counters_64)
def test_number_written_by_the_kernel_comes_back(value: int) -> None:
    assert parsed(parse.memory_current, b"%d\n" % value) == ({"mem_usage_bytes": value}, True)


def written(values: dict[bytes, int]) -> bytes:
    return b"".join(b"%b %d\n" % pair for pair in values.items())


MEMORY_KEYS = [b"anon", b"file", b"kernel", b"inactive_file", b"pgfault", b"pgmajfault", b"inactive_anon", b"file_thp"]
MEMORY_FIELDS = {
    b"anon": "mem_anon_bytes",
    b"file": "mem_file_bytes",
    b"kernel": "mem_kernel_bytes",
    b"inactive_file": "mem_inactive_file_bytes",
    b"pgfault": "page_faults",
    b"pgmajfault": "major_page_faults",
}


@given(pairs=st.dictionaries(st.sampled_from(MEMORY_KEYS), counters_64, min_size=1), data=st.data())
def test_keyed_file_comes_back_in_any_order(pairs: dict[bytes, int], data: st.DataObject) -> None:
    values = dict(data.draw(st.permutations(list(pairs.items()))))
    expected = {MEMORY_FIELDS[key]: value for key, value in values.items() if key in MEMORY_FIELDS}
    assert parsed(parse.memory_stat_v2, written(values)) == (expected, True)


@given(times=st.tuples(*[counters_64] * 3), periods=st.tuples(counters_64, counters_64))
def test_times_of_the_cpu_come_back_in_nanoseconds(times: tuple[int, int, int], periods: tuple[int, int]) -> None:
    text = written(
        {
            b"usage_usec": times[0],
            b"user_usec": times[1],
            b"nr_periods": periods[0],
            b"nr_throttled": periods[1],
            b"throttled_usec": times[2],
        }
    )
    expected = {
        "cpu_total_ns": times[0] * 1000,
        "cpu_user_ns": times[1] * 1000,
        "periods": periods[0],
        "throttled_periods": periods[1],
        "throttled_ns": times[2] * 1000,
    }
    assert parsed(parse.cpu_stat_v2, text) == (expected, True)


devices = st.lists(st.tuples(*[st.integers(0, 2**60)] * 4), min_size=1, max_size=8)


@given(devices=devices)
def test_io_of_all_devices_is_summed_alike_on_both_versions(devices: list[tuple[int, int, int, int]]) -> None:
    read, written_, reads, writes = (sum(column) for column in zip(*devices, strict=True))
    v2 = b"".join(
        b"8:%d rbytes=%d wbytes=%d rios=%d wios=%d dbytes=0 dios=0\n" % (i, *d) for i, d in enumerate(devices)
    )
    v1_bytes = b"".join(b"8:%d Read %d\n8:%d Write %d\n" % (i, d[0], i, d[1]) for i, d in enumerate(devices))
    v1_counts = b"".join(b"8:%d Read %d\n8:%d Write %d\n" % (i, d[2], i, d[3]) for i, d in enumerate(devices))
    in_bytes = {"block_read_bytes": read, "block_write_bytes": written_}
    counted = {"block_reads": reads, "block_writes": writes}
    assert parsed(parse.io_stat, v2) == (in_bytes | counted, True)
    assert parsed(parse.blkio_bytes, v1_bytes + b"Total %d\n" % (read + written_)) == (in_bytes, True)
    assert parsed(parse.blkio_operations, v1_counts + b"Total %d\n" % (reads + writes)) == (counted, True)


stalls = st.builds(
    Stall,
    total_us=counters_64,
    avg10_pct=st.integers(0, 10000).map(lambda hundredths: hundredths / 100),
    avg60_pct=st.integers(0, 10000).map(lambda hundredths: hundredths / 100),
    avg300_pct=st.integers(0, 10000).map(lambda hundredths: hundredths / 100),
)


def stall_line(kind: bytes, stall: Stall | None) -> bytes:
    if stall is None:
        return b""
    averages = (stall.avg10_pct, stall.avg60_pct, stall.avg300_pct)
    return kind + b" avg10=%.2f avg60=%.2f avg300=%.2f" % averages + b" total=%d\n" % stall.total_us


@given(some=stalls, full=st.none() | stalls)
def test_pressure_written_by_the_kernel_comes_back(some: Stall, full: Stall | None) -> None:
    text = stall_line(b"some", some) + stall_line(b"full", full)
    assert parsed(parse.io_pressure, text) == ({"io_pressure": PressureReading(some=some, full=full)}, True)


@given(pairs=st.lists(st.tuples(*[st.integers(0, 2**60)] * 2), min_size=1, max_size=8))
def test_bytes_of_all_interfaces_are_summed(pairs: list[tuple[int, int]]) -> None:
    lines = b"".join(interface(f"eth{number}", *pair) for number, pair in enumerate(pairs))
    received, sent = (sum(column) for column in zip(*pairs, strict=True))
    assert parsed(parse.net_dev, NET + lines) == ({"net_rx_bytes": received, "net_tx_bytes": sent}, True)


WHOLE = {
    "cpu.stat": b"usage_usec 48\nuser_usec 30\nsystem_usec 18\nnr_periods 64\nnr_throttled 31\nthrottled_usec 275\n",
    "memory.stat": V2_MEMORY_STAT,
    "memory.stat (v1)": V1_MEMORY_STAT,
    "memory.events": b"low 0\nhigh 4\nmax 19\noom 2\noom_kill 3\n",
    "cpuacct.stat": b"user 5012\nsystem 733\n",
    "cpu.pressure": b"some " + STALL + b"full " + STALL,
}


@given(name=st.sampled_from(sorted(WHOLE)), data=st.data())
def test_file_cut_anywhere_gives_no_wrong_counter_without_saying_so(name: str, data: st.DataObject) -> None:
    text = WHOLE[name]
    whole, makes_sense = parsed(KEYED[name], text)
    assert makes_sense
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    counters, makes_sense = parsed(KEYED[name], cut)
    if name != "cpu.pressure":  # one value that is made of two lines
        assert counters.items() <= whole.items()
    assert cut.endswith(b"\n") or not makes_sense
