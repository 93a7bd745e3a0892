"""Bytes to one struct of a union and back: whatever a stranger sends is a message or one of two errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Struct

from dockstats_core.errors import MalformedMessageError, MessageError, UnknownMessageTypeError
from dockstats_core.messages import agent, stream
from dockstats_core.messages.agent import AgentStatus
from dockstats_core.messages.codec import Codec
from tests.builders import NOW

BATCH: dict[str, Any] = {
    "type": "container_stats_batch",
    "agent_id": "heron",
    "agent_label": "Heron",
    "sent_at": "2026-11-24T12:00:00Z",
    "sequence": 7,
    "containers": [
        {
            "id": "0c76ad1e7a7b",
            "name": "amber",
            "cpu_pct": 37.5,
            "mem_bytes": 1,
            "unknown": {"network": "host_network"},
        },
    ],
    "agent_metrics": {"cpu_pct": 37.5, "mem_bytes": 1},
    "host": {"basis": "host", "cores": 4},
    "engine": {"reachable": True, "since": "2026-11-24T11:00:00Z"},
    "containers_by_state": {"running": 1},
}
ON_STREAM = {
    "type": "container_stats_batch",
    "agent_id": "agent-1",
    "label": "Agent 1",
    "payload": BATCH,
    "received_at": "2026-11-24T12:00:00Z",
}


class Ping(Struct, tag_field="type", tag="ping"):
    """A protocol of one message, for what every protocol has in common."""

    number: int = 0
    text: str = ""


ping = Codec((Ping,))


def batch_with(number: str) -> bytes:
    """A batch with `number` where its CPU percent is."""
    return json.dumps(BATCH).replace("37.5", number).encode()


def test_message_is_one_line_of_json_and_reads_back() -> None:
    assert ping.encode(Ping(number=3, text="a\nb")) == rb'{"type":"ping","number":3,"text":"a\nb"}'
    assert ping.decode(b'{"type":"ping","number":3,"text":"a\\nb"}') == Ping(number=3, text="a\nb")


def test_text_is_read_like_its_bytes() -> None:
    assert ping.decode('{"type":"ping","text":"Grüße 🐳"}') == Ping(text="Grüße 🐳")


def test_type_may_stand_anywhere_in_the_object() -> None:
    assert ping.decode(b'{"number": 3, "type": "ping"}') == Ping(number=3)


def test_fields_of_a_newer_peer_are_skipped() -> None:
    assert ping.decode(b'{"type":"ping","number":3,"colour":{"r":[1,{"g":null}]}}') == Ping(number=3)


def test_type_of_a_newer_peer_is_told_apart_from_a_fault() -> None:
    with pytest.raises(UnknownMessageTypeError, match=r"unknown message type 'pong'") as unknown:
        ping.decode(b'{"type":"pong","number":"not for us to judge"}')
    assert unknown.value.message_type == "pong"


def test_very_long_type_is_cut_in_the_error() -> None:
    with pytest.raises(UnknownMessageTypeError) as unknown:
        ping.decode(json.dumps({"type": "x" * 10_000_000}))
    assert unknown.value.message_type == "x" * 64
    assert len(str(unknown.value)) < 100


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00", id="nul"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"ping"', id="a string"),
        pytest.param(b'[{"type":"ping"}]', id="a list"),
        pytest.param(b"{}", id="no type"),
        pytest.param(b'{"type":null}', id="type null"),
        pytest.param(b'{"type":1}', id="type a number"),
        pytest.param(b'{"type":"pong","type":"ping","number":1}', id="two types that differ"),
        pytest.param(b'{"type":"ping","number":1', id="cut off"),
        pytest.param(b'{"type":"ping"}{"type":"ping"}', id="two messages"),
        pytest.param(b'{"type":"ping","number":"1"}', id="wrong type of field"),
        pytest.param(b'{"type":"ping","number":1.5}', id="fraction for a whole number"),
        pytest.param(b'{"type":"ping","text":"\xff\xfe"}', id="not UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"type":"ping"}', id="byte order mark"),
        pytest.param('{"type":"ping"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(rb'{"type":"ping","text":"\ud800"}', id="lone surrogate"),
        pytest.param(rb'{"type":"ping","text":"\ud800A"}', id="half a pair"),
        pytest.param(rb'{"type":"\udc00"}', id="lone surrogate as type"),
        pytest.param('{"type":"ping","text":"\ud800"}', id="lone surrogate in a str"),
        pytest.param(b"[" * 10_000, id="deep lists"),
        pytest.param(b'{"a":' * 10_000, id="deep objects"),
        pytest.param(b'{"type":"ping","x":' + b"[" * 10_000 + b"]" * 10_000 + b"}", id="deep unknown field"),
        pytest.param(b'{"type":"ping","number":' + b"9" * 5_000 + b"}", id="more digits than Python reads"),
    ],
)
def test_unusable_bytes_are_one_typed_error_with_a_short_message(data: bytes | str) -> None:
    with pytest.raises(MalformedMessageError, match="unusable message: ") as refused:
        ping.decode(data)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 400, "-0.001", "0x10", "1."]
)
def test_number_that_is_no_finite_share_of_a_core_is_refused(number: str) -> None:
    with pytest.raises(MalformedMessageError):
        agent.codec.decode(batch_with(number))


@pytest.mark.parametrize("number", ["0", "-0", "1e-400", "1e308", "12800.0", "9" * 30])
def test_number_that_is_finite_is_taken_whatever_its_size(number: str) -> None:
    message = agent.codec.decode(batch_with(number))
    assert isinstance(message, agent.ContainerStatsBatch)
    assert message.containers[0].cpu_pct == pytest.approx(float(number))


def test_error_names_the_field() -> None:
    with pytest.raises(
        MalformedMessageError, match=r"Expected `float \| null`, got `str` - at `\$.containers\[0\].cpu_pct`"
    ):
        agent.codec.decode(batch_with('"much"'))


@given(st.binary(max_size=300))
@example(b'{"type":"container_stats_batch"}')
def test_any_bytes_are_a_message_or_a_message_error(data: bytes) -> None:
    _decode_both(data)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63 - 1, 2**63, 2**64, 10**400, -1])
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["\ud800", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.9999999Z", "2026-11-24T12:00:00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, part in inner for found in paths(part, (*path, key)))]


def with_another(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """A copy of a JSON value with `other` at `path`."""
    if not path:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_another(value[path[0]], path[1:], other)
    return copy


@given(st.sampled_from([BATCH, ON_STREAM]), st.data())
def test_message_with_any_value_anywhere_is_a_message_or_a_message_error(
    valid: dict[str, Any], data: st.DataObject
) -> None:
    mutated = with_another(valid, data.draw(st.sampled_from(paths(valid))), data.draw(_json))
    _decode_both(json.dumps(mutated).encode())


@given(st.sampled_from([BATCH, ON_STREAM]), st.data())
def test_message_with_damaged_bytes_is_a_message_or_a_message_error(valid: dict[str, Any], data: st.DataObject) -> None:
    sound = json.dumps(valid).encode()
    start = data.draw(st.integers(0, len(sound)))
    end = data.draw(st.integers(start, len(sound)))
    _decode_both(sound[:start] + data.draw(st.binary(max_size=8)) + sound[end:])


@given(st.text(alphabet=st.characters(), max_size=20))
def test_any_text_is_a_message_or_a_message_error(text: str) -> None:
    _decode_both('{"type":"agent_status","agent_id":"' + text)


def _decode_both(data: bytes | str) -> None:
    """Whatever decodes can be sent on: the dashboard says again what its agents said."""
    try:
        from_agent = agent.codec.decode(data)
    except MessageError:
        pass
    else:
        assert agent.codec.decode(agent.codec.encode(from_agent)) == from_agent
    try:
        on_stream = stream.codec.decode(data)
    except MessageError:
        pass
    else:
        assert stream.codec.decode(stream.codec.encode(on_stream)) == on_stream


def test_struct_that_is_not_of_the_protocol_is_an_unknown_type_to_the_other_side() -> None:
    said = agent.codec.encode(AgentStatus(agent_id="a", sent_at=NOW, uptime_secs=1.0, version="1"))
    with pytest.raises(UnknownMessageTypeError):
        ping.decode(said)
