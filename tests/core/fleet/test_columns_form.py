"""A batch as columns says the same as the batch, in four digits and a quarter of the bytes."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from dockstats_core.fanout.shared_gzip import compress
from dockstats_core.feeds.local import LocalFeed
from dockstats_core.fleet.columns_form import columns_of
from dockstats_core.messages.agent import (
    AgentMetrics,
    ContainerFacts,
    ContainerInventory,
    ContainerSample,
    ContainerStatsBatch,
    HostFigures,
    OwnUsage,
    Pressure,
    Sampling,
)
from dockstats_core.messages.stream import AgentBatch, AgentColumns, ColumnName, codec
from tests.builders import NOW, batch, container_id
from tests.generated import any_of


def sample(number: int = 1, **figures: object) -> ContainerSample:
    return ContainerSample(id=container_id(number), name=f"web-{number}", **figures)  # type: ignore[arg-type]


def told(payload: ContainerStatsBatch) -> AgentBatch:
    return AgentBatch(agent_id="heron", label="Heron", payload=payload, received_at=NOW + timedelta(seconds=1))


def columns(*samples: ContainerSample) -> AgentColumns:
    return columns_of(told(batch(containers=list(samples))), {})


def test_envelope_is_the_batchs() -> None:
    message = columns_of(told(batch(7, agent_id="host-1", containers=[sample()])), {})
    assert (message.agent_id, message.label, message.received_at) == ("heron", "Heron", NOW + timedelta(seconds=1))
    assert (message.agent_label, message.sent_at, message.sequence) == ("Host-1", NOW, 7)


def test_every_list_has_the_containers_in_one_order() -> None:
    message = columns(sample(2, cpu_pct=1.5, stale=True), sample(1, pids=4, unknown={"cpu": "gap"}))
    assert message.ids == [container_id(2)[:12], container_id(1)[:12]]
    assert message.names == ["web-2", "web-1"]
    assert message.stale == [True, False]
    assert message.unknown == [{}, {"cpu": "gap"}]
    assert message.columns == {"cpu_pct": [1.5, None], "pids": [None, 4]}


def test_figures_that_nobody_has_are_left_out_and_no_container_has_no_columns() -> None:
    assert columns(sample(1), sample(2)).columns == {}
    assert columns().columns == {}


def test_pressure_is_its_share_of_the_interval() -> None:
    message = columns(sample(1, io_pressure=Pressure(some_pct=12.0, full_pct=3.0)), sample(2, io_pressure=Pressure()))
    assert message.columns == {"io_pressure_pct": [12, None]}


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        (0.0, "0"),
        (0.00049, "0"),
        (1.23456, "1.235"),
        (9.9996, "10"),
        (12.345678, "12.35"),
        (99.996, "100"),
        (212.8499, "212.8"),
        (999.96, "1000"),
        (1200.5, "1200"),
        (1234567.8, "1235000"),
        (1e300, "1e300"),
    ],
)
def test_rates_have_four_digits_and_no_more_than_three_decimals(figure: float, shown: str) -> None:
    [column] = columns(sample(1, net_rx_bytes_per_sec=figure)).columns.values()
    assert msgspec.json.encode(column).decode() == f"[{shown}]"


@pytest.mark.parametrize(("figure", "shown"), [(0, 0), (9999, 9999), (189_792_256, 189_800_000), (99_995, 100_000)])
def test_sizes_have_four_digits(figure: int, shown: int) -> None:
    assert columns(sample(1, mem_bytes=figure)).columns == {"mem_bytes": [shown]}


@pytest.mark.parametrize("name", ["mem_limit_bytes", "mem_limit_hits", "oom_kills", "pids"])
def test_limits_and_counts_are_whole(name: str) -> None:
    assert columns(sample(1, **{name: 1_073_741_824})).columns == {name: [1_073_741_824]}


def test_host_and_own_figures_are_short_too_and_what_is_set_is_not() -> None:
    payload = structs.replace(
        batch(),
        agent_metrics=AgentMetrics(cpu_pct=212.84999, mem_bytes=123_456_789),
        host=HostFigures(
            basis="host", cpu_pct=241.44444, mem_total_bytes=8_589_934_592, cpu_pressure=Pressure(some_pct=1.23456)
        ),
        own_usage=OwnUsage(cpu_pct=1.98765, mem_bytes=54_525_952),
        sampling=Sampling(interval_secs=0.123456, duration_secs=0.00412345),
    )
    message = columns_of(told(payload), {})
    assert message.agent_metrics == AgentMetrics(cpu_pct=212.8, mem_bytes=123_500_000)
    assert (message.host.cpu_pct, message.host.mem_total_bytes) == (241.4, 8_589_934_592)
    assert message.host.cpu_pressure == Pressure(some_pct=1.235)
    assert message.own_usage == OwnUsage(cpu_pct=1.988, mem_bytes=54_530_000)
    assert message.sampling == Sampling(interval_secs=0.123456, duration_secs=0.0041)


def test_slow_container_has_its_sentence_under_its_short_id_and_one_that_is_well_has_none() -> None:
    slow = sample(1, cpu_pct=248.0, throttled_pct=60.0, throttled_time_pct=80.0)
    facts = ContainerFacts(id=container_id(1), name="web-1", cpu_limit_cores=2.5)
    message = columns_of(told(batch(containers=[slow, sample(2, cpu_pct=1.0)])), {container_id(1): facts})
    assert list(message.diagnoses) == [container_id(1)[:12]]
    assert message.diagnoses[container_id(1)[:12]].cause == "cpu_limit"
    assert "2.5" in message.diagnoses[container_id(1)[:12]].sentence


def test_container_that_ended_for_want_of_memory_has_its_sentence_without_figures() -> None:
    killed = ContainerFacts(id=container_id(3), name="job-1", state="exited", oom_killed=True, exit_code=137)
    stopped = ContainerFacts(id=container_id(4), name="job-2", state="exited", oom_killed=False, exit_code=0)
    message = columns_of(told(batch(containers=[sample(1)])), {one.id: one for one in (killed, stopped)})
    assert message.ids == [container_id(1)[:12]]
    assert {short_id: found.cause for short_id, found in message.diagnoses.items()} == {
        container_id(3)[:12]: "out_of_memory"
    }


@given(st.lists(any_of(ContainerSample), max_size=5))
def test_any_batch_has_columns_that_read_back_as_they_are_and_are_right_to_four_digits(
    samples: list[ContainerSample],
) -> None:
    message = columns(*samples)
    assert message.columns.keys() <= set(get_args(ColumnName))
    assert {len(column) for column in message.columns.values()} <= {len(samples)}
    assert codec.decode(codec.encode(message)) == message
    for name, column in message.columns.items():
        for one, figure in zip(samples, column, strict=True):
            if name.endswith("_pressure_pct"):
                pressure = getattr(one, name.removesuffix("_pct"))
                exact = None if pressure is None else pressure.some_pct
            else:
                exact = getattr(one, name)
            if exact is None:
                assert figure is None
            else:
                assert figure == pytest.approx(exact, rel=0.0006, abs=0.00051)


# --- What it costs --------------------------------------------------------------------------------------------------


async def simulated_host() -> tuple[AgentBatch, dict[str, ContainerFacts]]:
    """A hundred containers after twenty ticks."""
    facts: dict[str, ContainerFacts] = {}
    feed = LocalFeed(source="simulated", simulated_containers=100, simulation_seed=5, poll_interval_s=0.05)
    async with feed:
        async for message in feed.events():
            if isinstance(message, ContainerInventory):
                facts = {container.id: container for container in message.containers}
            elif isinstance(message, ContainerStatsBatch) and message.sequence >= 20:
                return told(message), facts
    raise AssertionError("the simulation ended")


async def test_a_hundred_containers_are_less_than_a_third_of_the_whole_batch() -> None:
    whole, facts = await simulated_host()
    assert len(whole.payload.containers) > 90
    form = columns_of(whole, facts)
    assert len(compress(codec.encode(form))) < 6_600
    assert len(compress(codec.encode(form))) < len(compress(codec.encode(whole))) / 3
