"""What an agent says: the fixed names hold, older agents are understood, and every figure has its bounds."""

from __future__ import annotations

import json
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.errors import MalformedMessageError, MessageError
from dockstats_core.messages.agent import (
    MAX_CONTAINERS,
    MAX_LABELS,
    AgentMessage,
    AgentStatus,
    ContainerInventory,
    ContainerSample,
    ContainerStatsBatch,
    codec,
)
from tests.builders import NOW, batch
from tests.generated import any_of
from tests.vectors import entries

KEYS = [str(number) for number in range(MAX_LABELS + 1)]
FROM_AGENTS = [entry for entry in entries("seed-protocol", "message") if "agent to" in entry.values[0]["direction"]]


def sent(**fields: Any) -> bytes:
    """The JSON of a batch, with `fields` changed."""
    return json.dumps({**json.loads(codec.encode(batch())), **fields}).encode()


def with_sample(**fields: Any) -> bytes:
    """The JSON of a batch of one container."""
    return sent(containers=[{"id": "0c76ad1e7a7b", "name": "amber", **fields}])


def with_facts(facts: dict[str, object], *, times: int = 1) -> bytes:
    """The JSON of an inventory."""
    head = {"type": "container_inventory", "agent_id": "a", "sent_at": "2026-11-24T12:00:00Z"}
    return json.dumps({**head, "containers": [facts] * times}).encode()


def decoded(data: bytes) -> ContainerStatsBatch:
    message = codec.decode(data)
    assert isinstance(message, ContainerStatsBatch)
    return message


def holds(said: object, recorded: object) -> bool:
    """Whether `said` has everything that `recorded` has, with the same values; times to the microsecond."""
    if isinstance(recorded, dict):
        return isinstance(said, dict) and all(key in said and holds(said[key], recorded[key]) for key in recorded)
    if isinstance(recorded, list):
        return isinstance(said, list) and len(said) == len(recorded) and all(map(holds, said, recorded))
    if isinstance(recorded, str) and recorded.endswith("Z"):
        return isinstance(said, str) and datetime.fromisoformat(said) == datetime.fromisoformat(recorded)
    return said == recorded


@pytest.mark.parametrize("entry", FROM_AGENTS)
def test_recorded_message_of_an_existing_agent_is_understood_and_said_again_under_the_same_names(
    entry: dict[str, Any],
) -> None:
    recorded = entry["input"]["message"]
    assert holds(json.loads(codec.encode(codec.decode(json.dumps(recorded)))), recorded)


# Names that other programs speak: a change of this table breaks them.
FIXED = {
    "container_stats_batch": {
        "type", "agent_id", "agent_label", "sent_at", "sequence", "containers", "agent_metrics",
    },
    "containers[]": {"id", "name", "cpu_pct", "mem_bytes", "mem_limit_bytes", "net_io_bytes"},
    "agent_metrics": {"cpu_pct", "mem_bytes"},
    "agent_status": {"type", "agent_id", "agent_label", "sent_at", "uptime_secs", "version", "features"},
}  # fmt: skip


def test_fixed_names_are_always_said_even_where_nothing_is_known() -> None:
    said = json.loads(codec.encode(batch(containers=[ContainerSample(id="0c76ad1e7a7b", name="amber")])))
    assert said.keys() >= FIXED["container_stats_batch"]
    assert said["containers"][0].keys() >= FIXED["containers[]"]
    assert said["agent_metrics"].keys() >= FIXED["agent_metrics"]
    status = json.loads(codec.encode(AgentStatus(agent_id="a", sent_at=NOW, uptime_secs=0.0, version="1")))
    assert status.keys() == FIXED["agent_status"]


def test_unknown_figure_is_null_and_comes_back_as_none() -> None:
    said = codec.encode(batch(containers=[ContainerSample(id="0c76ad1e7a7b", name="amber")]))
    assert json.loads(said)["containers"][0]["cpu_pct"] is None
    assert decoded(said).containers[0].cpu_pct is None


def test_batch_of_an_older_agent_leaves_everything_ours_unknown() -> None:
    data = json.dumps(FROM_AGENTS[0].values[0]["input"]["message"]).encode()
    message = decoded(data)
    assert (message.host.cores, message.engine.reachable, message.sampling.source) == (None, False, None)
    assert message.own_usage.mem_bytes is message.containers[0].pids is message.containers[0].age_secs is None
    assert not message.containers[0].stale


@pytest.mark.parametrize("missing", ["agent_id", "sent_at", "sequence", "containers", "agent_metrics"])
def test_batch_without_a_fixed_field_is_refused_by_its_name(missing: str) -> None:
    fields = json.loads(sent())
    del fields[missing]
    with pytest.raises(MalformedMessageError, match=f"missing required field `{missing}`"):
        codec.decode(json.dumps(fields))


# --- Times --------------------------------------------------------------------------------------------------------


def test_times_are_written_in_utc_with_z() -> None:
    said = json.loads(codec.encode(batch(sent_at=datetime(2026, 11, 24, 12, 0, 0, 250_000, tzinfo=UTC))))
    assert said["sent_at"] == "2026-11-24T12:00:00.250000Z"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-24T12:00:00Z", NOW),
        ("2026-11-24T12:00:00.0Z", NOW),
        ("2026-11-24t12:00:00z", NOW),
        ("2026-11-24T12:00:00-00:00", NOW),
        ("2026-11-24T14:00:00+02:00", NOW),
        ("2026-11-24T12:00:00.123456789Z", NOW + timedelta(microseconds=123_457)),
    ],
)
def test_every_way_to_write_an_instant_is_read(text: str, time: datetime) -> None:
    assert abs(decoded(sent(sent_at=text)).sent_at - time) <= timedelta(microseconds=1)


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-24T12:00:00",
        "2026-11-24",
        "2026-13-24T12:00:00Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T12:00:60Z",
        "9999-12-31T23:59:59.9999999Z",
        "10000-01-01T00:00:00Z",
        "",
        "yesterday",
        1_795_521_600,
        None,
    ],
)
def test_time_without_a_zone_or_off_the_calendar_is_refused(time: object) -> None:
    with pytest.raises(MalformedMessageError, match="sent_at"):
        codec.decode(sent(sent_at=time))


def test_times_at_the_ends_of_the_calendar_can_be_compared_and_told() -> None:
    for text in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59"):
        message = decoded(sent(sent_at=text))
        assert abs((message.sent_at - NOW).total_seconds()) > 0
        assert decoded(codec.encode(message)) == message


# --- Bounds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(sent(agent_id="x" * 1025), id="agent's id"),
        pytest.param(sent(agent_label="x" * 1025), id="agent's label"),
        pytest.param(with_sample(name="x" * 1025), id="name"),
        pytest.param(with_sample(id="a" * 129), id="container's id"),
        pytest.param(sent(engine={"error": "x" * 1025}), id="engine's error"),
        pytest.param(sent(containers_by_state={"x" * 1025: 1}), id="a state"),
        pytest.param(with_sample(unknown={"cpu": "x" * 65}), id="a reason"),
        pytest.param(with_sample(unknown={str(n): "gap" for n in range(65)}), id="reasons"),
        pytest.param(sent(sampling={"source": "x" * 65}), id="source"),
        pytest.param(sent(containers=[{"id": "a", "name": "b"}] * (MAX_CONTAINERS + 1)), id="containers"),
        pytest.param(sent(containers_by_state={str(n): 1 for n in range(MAX_CONTAINERS + 1)}), id="states"),
        pytest.param(
            json.dumps(
                {"type": "agent_status", "agent_id": "a", "sent_at": "2026-11-24T12:00:00Z", "uptime_secs": 1}
                | {"version": "1", "features": ["x"] * 257}
            ).encode(),
            id="features",
        ),
        pytest.param(with_facts({"id": "a", "name": "b"}, times=MAX_CONTAINERS + 1), id="inventory"),
        pytest.param(with_facts({"id": "a", "name": "b", "labels": dict.fromkeys(KEYS, "")}), id="labels"),
        pytest.param(with_facts({"id": "a", "name": "b", "labels": {"x" * 129: ""}}), id="label's key"),
        pytest.param(with_facts({"id": "a", "name": "b", "labels": {"x": "x" * 1025}}), id="label"),
    ],
)
def test_text_or_list_past_its_bound_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedMessageError, match="of length <= "):
        codec.decode(data)


def test_text_and_list_at_their_bounds_are_taken() -> None:
    many = decoded(sent(agent_id="x" * 1024, containers=[{"id": "a" * 128, "name": "b" * 1024}] * 20))
    assert (len(many.agent_id), len(many.containers)) == (1024, 20)
    assert len(decoded(sent(containers=[{"id": "a", "name": "b"}] * MAX_CONTAINERS)).containers) == MAX_CONTAINERS


@pytest.mark.parametrize("figure", ["mem_bytes", "net_io_bytes", "pids", "cpu_pct", "net_rx_bytes_per_sec", "age_secs"])
def test_negative_figure_is_refused(figure: str) -> None:
    with pytest.raises(MalformedMessageError, match=f"Expected `.*` >= 0.* at .*{figure}"):
        codec.decode(with_sample(**{figure: -1}))


@pytest.mark.parametrize("number", [2**63, 2**64, 10**400])
def test_count_that_nothing_real_reaches_is_refused(number: int) -> None:
    for data in (sent(sequence=number), with_sample(mem_bytes=number), with_sample(pids=number)):
        with pytest.raises(MalformedMessageError):
            codec.decode(data)
    assert decoded(with_sample(mem_bytes=2**63 - 1)).containers[0].mem_bytes == 2**63 - 1


@pytest.mark.parametrize("number", [2**64, 10**400])
def test_limit_and_exit_code_that_a_browser_could_not_hold_are_refused(number: int) -> None:
    with pytest.raises(MalformedMessageError, match="a limit above"):
        codec.decode(with_sample(mem_limit_bytes=number))
    facts = {"id": "0c76ad1e7a7b", "name": "amber", "exit_code": number}
    inventory = {"type": "container_inventory", "agent_id": "heron", "sent_at": "2026-11-24T12:00:00Z"}
    with pytest.raises(MalformedMessageError, match="exit_code"):
        codec.decode(json.dumps({**inventory, "containers": [facts]}))


def test_limit_of_an_older_agent_may_be_the_engines_word_for_none() -> None:
    assert decoded(with_sample(mem_limit_bytes=2**64 - 1)).containers[0].mem_limit_bytes == 2**64 - 1


def test_reason_group_and_source_of_a_newer_agent_are_passed_on_as_they_are() -> None:
    sample = decoded(with_sample(unknown={"cpu": "solar_flare", "gpu": "gap"})).containers[0]
    assert sample.unknown == {"cpu": "solar_flare", "gpu": "gap"}
    assert decoded(sent(sampling={"source": "ebpf"})).sampling.source == "ebpf"


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(sent(containers=[{"id": "", "name": ""}] * 40_000), id="containers"),
        pytest.param(with_sample(name="x" * 1_000_000), id="name"),
        pytest.param(sent(colour=[[], {}, "ab", 12] * 40_000), id="unknown field"),
        pytest.param(sent(containers_by_state={f"{n:x}": 1 for n in range(60_000)}), id="states"),
    ],
)
def test_hostile_message_costs_memory_in_proportion_to_its_bytes_and_keeps_none(hostile: bytes) -> None:
    """The bound on a message's bytes is the connection's; this is what a byte can cost."""
    tracemalloc.start()
    try:
        with suppress(MessageError):
            codec.decode(hostile)
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 25 * len(hostile)
    assert kept < 100_000


# --- Round trip ---------------------------------------------------------------------------------------------------


@given(st.one_of(any_of(ContainerStatsBatch), any_of(ContainerInventory), any_of(AgentStatus)))
def test_every_message_reads_back_as_it_was(message: AgentMessage) -> None:
    assert codec.decode(codec.encode(message)) == message
