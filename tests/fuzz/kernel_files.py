"""Any bytes as one of the kernel's files: counters of a container, mounts, the cgroups of a process.

The first byte chooses the file. The law: no exception, whatever the bytes; a number that is given is the number that
a plain reading of the same text finds, and none is given where the text has none; a directory is below a mount, has
the container's id in it, and leads nowhere else.
Not here: reading files, which of them are there (the cgroup source's own tests).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from dockstats_core.readings import PressureReading
from dockstats_core.sources.cgroup import parse
from dockstats_core.sources.cgroup.counters import Counters, Parse
from dockstats_core.sources.cgroup.kernel_files import PRESSURE_FILES, V1_FILES, V2_FILES
from dockstats_core.sources.cgroup.layout import candidates, locate, mounts
from tests.fuzz.pieces import as_given
from tests.fuzz.target import Target
from tests.vectors import entries

Plain: TypeAlias = Callable[[bytes], Mapping[str, int | None]]
"""What a text tells, read simply and slowly, by field; None: it is there and is no number."""

LARGEST = 2**64 - 1
_ID = "0c76ad1e7a7b09ff1da923cc25b496157cdc7d2a5080471b362ab0b878557e91"
_TICK_NS = 10_000_000


def _number(digits: bytes) -> int | None:
    """As the kernel writes one: digits throughout, 64 bits."""
    if not re.fullmatch(rb"[0-9]{1,20}", digits):
        return None
    return int(digits) if int(digits) <= LARGEST else None


def _keyed(**units: tuple[str, int]) -> Plain:
    def read(text: bytes) -> dict[str, int | None]:
        found: dict[str, int | None] = {}
        for line in text.split(b"\n")[:-1]:
            key, blank, digits = line.partition(b" ")
            if blank and key.decode("latin-1") in units:
                name, unit = units[key.decode("latin-1")]
                number = _number(digits)
                found[name] = None if number is None else number * unit
        return found

    return read


def _single(name: str) -> Plain:
    def read(text: bytes) -> dict[str, int | None]:
        digits = text.removesuffix(b"\n")
        is_limit = name in {"mem_limit_bytes", "pids_limit"}
        return {name: parse.NO_LIMIT if is_limit and digits == b"max" else _number(digits)}

    return read


def _summed(**keys: str) -> Plain:
    """A value for each device; a blank stands before each key."""

    def read(text: bytes) -> dict[str, int | None]:
        whole = text[: text.rfind(b"\n") + 1].replace(b"\n", b" ")
        found: dict[str, int | None] = {}
        for name, key in keys.items():
            values = [_number(part.split(b" ")[0]) for part in whole.split(f" {key}".encode())[1:]]
            total = sum(value for value in values if value is not None)
            found[name] = None if None in values or total > LARGEST else total
        return found

    return read


def _interfaces(text: bytes) -> dict[str, int | None]:
    received = sent = 0
    for line in text.split(b"\n")[2:-1]:
        name, _, rest = line.partition(b":")
        columns = rest.split()
        if name.strip() != b"lo" and len(columns) > 9:
            received += _number(columns[0]) or 0
            sent += _number(columns[8]) or 0
    return {"net_rx_bytes": received, "net_tx_bytes": sent}


def _host_cpu(text: bytes) -> dict[str, int | None]:
    ticks = [int(word) for word in text.split(b"\n")[0].split()[1:8] if word.isdigit()]
    return {"cpu_system_ns": sum(ticks) * _TICK_NS, "online_cpus": text.count(b"\ncpu")}


_MEMORY_V1 = _keyed(
    total_rss=("mem_anon_bytes", 1), total_cache=("mem_file_bytes", 1), total_swap=("mem_swap_bytes", 1),
    total_inactive_file=("mem_total_inactive_file_bytes", 1), total_pgfault=("page_faults", 1),
    total_pgmajfault=("major_page_faults", 1),
)  # fmt: skip
_MEMORY_V2 = _keyed(
    anon=("mem_anon_bytes", 1), file=("mem_file_bytes", 1), kernel=("mem_kernel_bytes", 1),
    inactive_file=("mem_inactive_file_bytes", 1), pgfault=("page_faults", 1), pgmajfault=("major_page_faults", 1),
)  # fmt: skip
_CPU_V2 = _keyed(
    usage_usec=("cpu_total_ns", 1000), user_usec=("cpu_user_ns", 1000), system_usec=("cpu_kernel_ns", 1000),
    nr_periods=("periods", 1), nr_throttled=("throttled_periods", 1), throttled_usec=("throttled_ns", 1000),
)  # fmt: skip
_PLAIN: Mapping[Parse, Plain] = {
    parse.cpu_stat_v2: _CPU_V2,
    parse.memory_stat_v2: _MEMORY_V2,
    parse.memory_stat_v1: _MEMORY_V1,
    parse.memory_events: _keyed(max=("mem_limit_hits", 1), oom_kill=("oom_kills", 1)),
    parse.memory_oom_control: _keyed(oom_kill=("oom_kills", 1)),
    parse.cpuacct_stat: _keyed(user=("cpu_user_ns", _TICK_NS), system=("cpu_kernel_ns", _TICK_NS)),
    parse.cpu_stat_v1: _keyed(
        nr_periods=("periods", 1), nr_throttled=("throttled_periods", 1), throttled_time=("throttled_ns", 1)
    ),
    parse.memory_current: _single("mem_usage_bytes"),
    parse.memory_max: _single("mem_limit_bytes"),
    parse.memory_swap_current: _single("mem_swap_bytes"),
    parse.memory_failcnt: _single("mem_limit_hits"),
    parse.memory_kmem: _single("mem_kernel_bytes"),
    parse.cpuacct_usage: _single("cpu_total_ns"),
    parse.pids_current: _single("pids"),
    parse.pids_max: _single("pids_limit"),
    parse.io_stat: _summed(
        block_read_bytes="rbytes=", block_write_bytes="wbytes=", block_reads="rios=", block_writes="wios="
    ),
    parse.blkio_bytes: _summed(block_read_bytes="Read ", block_write_bytes="Write "),
    parse.blkio_operations: _summed(block_reads="Read ", block_writes="Write "),
    parse.net_dev: _interfaces,
    parse.proc_stat: _host_cpu,
}
_FILES: Mapping[str, Parse] = {
    **{f"v1/{file.name}": file.parse for file in V1_FILES},
    **{f"v2/{file.name}": file.parse for file in (*V2_FILES, *PRESSURE_FILES)},
    "net/dev": parse.net_dev,
    "stat": parse.proc_stat,
}
_ORDER = sorted(_FILES)


def fuzz(data: bytes) -> None:
    """See the module."""
    if not data:
        return
    chosen, text = data[0], data[1:]
    if chosen < 128:
        _hold_counters(_FILES[_ORDER[chosen % len(_ORDER)]], text)
    else:
        _hold_places(*map(as_given, (text + b"\0\0").split(b"\0", 2)))


def _hold_counters(parse_file: Parse, text: bytes) -> None:
    counters: Counters = {}
    makes_sense = parse_file(text, counters)
    assert makes_sense in {True, False}
    given: Mapping[str, Any] = dict(counters)
    if parse_file not in _PLAIN:
        _hold_pressure(given, text)
        return
    plain = _PLAIN[parse_file](text)
    for name, number in given.items():
        assert number == plain.get(name), name
    if makes_sense:
        missing = {name for name, number in plain.items() if number is not None} - given.keys()
        assert not missing or not any(plain[name] for name in missing), missing
        assert None not in plain.values(), "nonsense goes unsaid"


def _hold_pressure(given: Mapping[str, Any], text: bytes) -> None:
    for reading in given.values():
        assert isinstance(reading, PressureReading)
        lines = {line.split()[0]: dict(pair.split(b"=") for pair in line.split()[1:]) for line in text.splitlines()}
        for kind, stall in ((b"some", reading.some), (b"full", reading.full)):
            assert (stall is None) is (kind not in lines)
            if stall is not None:
                assert stall.total_us == _number(lines[kind][b"total"])
                averages = (stall.avg10_pct, stall.avg60_pct, stall.avg300_pct)
                assert averages == tuple(float(lines[kind][name]) for name in (b"avg10", b"avg60", b"avg300"))


def _hold_places(proc_cgroup: str, mountinfo: str, parent: str) -> None:
    mounted = mounts(mountinfo)
    points = [tree.point for trees in (*mounted.v1.values(), mounted.v2) for tree in trees]
    place = locate(mounted, proc_cgroup, _ID)
    for directory in {*(place.dirs or {}).values(), place.unified_dir} - {None}:
        assert directory is not None
        assert any(directory.startswith(f"{point.rstrip('/')}/") or directory == point for point in points)
        assert "\0" not in directory
        below = min((directory.removeprefix(point) for point in points if directory.startswith(point)), key=len)
        assert ".." not in below.split("/")
        assert _ID in proc_cgroup
    if place.mode == "v2":
        assert (place.unified_dir is None) is (place.reason is not None)
    assert mounts(mountinfo, "/host/cgroup").v2 == tuple(
        tree for tree in mounted.v2 if f"{tree.point}/".startswith("/host/cgroup/")
    )
    for pattern in candidates(_ID, parent):
        assert _ID in pattern.rpartition("/")[2]
        assert not {"", ".", ".."} & set(pattern.split("/"))


_MOUNTINFO = (
    b"18 1 259:2 / / rw shared:1 - ext4 /dev/vda1 rw\n"
    b"30 24 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    b"31 24 0:31 /.. /host/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
)


def _seeds() -> Iterator[bytes]:
    for entry in entries("cgroup-files"):
        given = entry.values[0]["input"]
        if "mountinfo" in given and given.get("proc_cgroup"):
            yield b"\xff" + "\0".join((given["proc_cgroup"], given["mountinfo"], "night.slice")).encode()
        for name, text in (given.get("files") or {}).items():
            for place, known in enumerate(_ORDER):
                if isinstance(text, str) and known.endswith(f"/{name.rpartition('/')[2]}"):
                    yield bytes([place]) + text.encode()
    path = f"/../docker-{_ID}.scope/init".encode()
    yield b"\x80" + b"12:memory:" + path + b"\n0::" + path + b"\n\0" + _MOUNTINFO + b"\0/fleet/night"
    yield (
        bytes([_ORDER.index("net/dev")]) + b"Inter-|   Receive\n face |bytes\n  eth0: 1 2 3 4 5 6 7 8 9 10 11\n lo: 1\n"
    )
    yield bytes([_ORDER.index("stat")]) + b"cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 1 2\n"
    stall = b"avg10=1.00 avg60=12.34 avg300=100.00 total=12345\n"
    yield bytes([_ORDER.index("v2/cpu.pressure")]) + b"some " + stall + b"full " + stall
    yield (
        bytes([_ORDER.index("v2/io.stat")])
        + b"8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n7:1 8:16 rbytes=9\n"
    )
    yield bytes([_ORDER.index("v1/blkio.throttle.io_serviced")]) + b"8:0 Read 1\n8:0 Write 2\n8:0 Total 3\nTotal 3\n"


TARGET = Target(
    fuzz=fuzz,
    seeds=tuple(dict.fromkeys(_seeds())),
    words=(
        *(b"usage_usec ", b"nr_periods ", b"throttled_usec ", b"inactive_file ", b"total_rss ", b"oom_kill ", b"max"),
        *(b"rbytes=", b"wios=", b" Read ", b" Write ", b"Total 0\n", b"18446744073709551615", b"18446744073709551616"),
        *(b"some avg10=", b" avg60=", b" avg300=", b" total=", b"Inter-|", b"eth0:", b"\ncpu0 ", b"\nintr "),
        *(b" (deleted)", b" - cgroup2 ", b" - cgroup ", b"\\040", b"0::/", b"/..", b".scope", b".slice", _ID.encode()),
    ),
)  # fmt: skip
