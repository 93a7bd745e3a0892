"""The engine's answers as structs: what is left out, what is refused."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import Struct

from dockstats_core.engine.models import (
    MAX_COUNTER,
    ContainerDetails,
    ContainerSummary,
    EngineInfo,
    EventBody,
    StatsBody,
    Version,
)


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (StatsBody, b'{"read":""}'),
        (Version, b"{}"),
        (EngineInfo, b"{}"),
        (ContainerSummary, b'{"Id":"a"}'),
        (ContainerDetails, b'{"Id":"a"}'),
        (EventBody, b"{}"),
    ],
)
def test_every_answer_may_leave_out_almost_everything_and_bring_more(kind: type[Struct], least: bytes) -> None:
    plain = msgspec.json.decode(least, type=kind)
    more = least.replace(b"}", b',"FromTheFuture":{"deep":[1,null]}}').replace(b"{,", b"{")
    assert msgspec.json.decode(more, type=kind) == plain


def stats(parts: str) -> StatsBody:
    return msgspec.json.decode(f'{{"read":"now",{parts}}}', type=StatsBody)


def test_largest_counter_is_read() -> None:
    assert stats(f'"pids_stats":{{"limit":{MAX_COUNTER}}}').pids_stats.limit == MAX_COUNTER


@pytest.mark.parametrize(
    "place",
    [
        '"cpu_stats":{"cpu_usage":{"total_usage":N}}',
        '"cpu_stats":{"system_cpu_usage":N}',
        '"cpu_stats":{"throttling_data":{"throttled_time":N}}',
        '"memory_stats":{"usage":N}',
        '"memory_stats":{"stats":{"anon":N}}',
        '"networks":{"eth0":{"rx_bytes":N}}',
        '"blkio_stats":{"io_service_bytes_recursive":[{"op":"read","value":N}]}',
        '"storage_stats":{"read_size_bytes":N}',
        '"pids_stats":{"current":N}',
    ],
)
def test_counter_that_no_engine_can_count_is_refused_wherever_it_stands(place: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="a counter above"):
        stats(place.replace("N", str(MAX_COUNTER + 1)))


@pytest.mark.parametrize(
    "parts", ['"networks":null', '"memory_stats":{"stats":null}', '"blkio_stats":{"io_service_bytes_recursive":null}']
)
def test_null_stands_for_nothing_where_engines_send_it(parts: str) -> None:
    body = stats(parts)
    assert (body.networks, body.memory_stats.stats, body.blkio_stats.io_service_bytes_recursive) == (None, None, None)


def test_names_of_the_engine_are_the_ones_read() -> None:
    version = msgspec.json.decode(
        b'{"Version":"29.0.1","ApiVersion":"1.52","MinAPIVersion":"1.44","Os":"linux","Components":[{"Name":"Engine"}]}',
        type=Version,
    )
    assert (version.api_version, version.min_api_version, version.os) == ("1.52", "1.44", "linux")
    details = msgspec.json.decode(
        b'{"Id":"a","State":{"OOMKilled":true,"Pid":7,"Health":{"Status":"healthy"}},'
        b'"HostConfig":{"NanoCpus":5,"PidsLimit":null,"NetworkMode":"host","CgroupParent":"/batch"}}',
        type=ContainerDetails,
    )
    assert details.state.oom_killed
    assert details.state.pid == 7
    assert details.state.health is not None
    assert details.state.health.status == "healthy"
    limits = details.host_config
    assert (limits.nano_cpus, limits.pids_limit, limits.network_mode) == (5, None, "host")
    assert limits.cgroup_parent == "/batch"
    info = msgspec.json.decode(b'{"NCPU":4,"MemTotal":1024,"Name":"heron"}', type=EngineInfo)
    assert info == EngineInfo(cpus=4, mem_total_bytes=1024, name="heron")
