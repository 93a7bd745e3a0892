"""What holds for every value that has the right shape, and for every place where it has another: drawn by Hypothesis.

Not here: bytes that have no shape at all (the targets), laws of one module (its own tests).
"""

from __future__ import annotations

import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from dockstats_core.engine.answers import decoded
from dockstats_core.engine.models import ContainerDetails, ContainerSummary, EngineInfo, EventBody, StatsBody, Version
from dockstats_core.errors import EngineError, MessageError
from dockstats_core.messages import agent, stream
from tests.fuzz.engine_http import body_of
from tests.fuzz.json_trees import EXTREMES
from tests.fuzz.pieces import in_chunks
from tests.fuzz.sentences import assert_is_a_sentence
from tests.fuzz.wholes import whole
from tests.generated import any_of

AGENT_TYPES = get_args(agent.AgentMessage)
STREAM_TYPES = get_args(stream.StreamMessage)
ENGINE_TYPES = (StatsBody, ContainerSummary, ContainerDetails, EventBody, Version, EngineInfo)

# Read off the structs once: that takes longer than drawing a value.
ANY = {struct: any_of(struct) for struct in AGENT_TYPES}
WHOLE = {struct: whole(struct) for struct in (*AGENT_TYPES, *STREAM_TYPES, *ENGINE_TYPES)}
SHAPES = {struct: inspect.type_info(struct) for struct in (*AGENT_TYPES, *ENGINE_TYPES)}

new_fields: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["zz_colour", "zz_next"]), st.sampled_from([None, 1, [{"id": []}], {"type": "x"}]), min_size=1
)


def with_new_fields(value: Any, info: inspect.Type, more: dict[str, Any]) -> Any:
    """A copy of a struct's JSON as a newer peer would say it: each struct in it has more fields."""
    match info:
        case inspect.StructType(fields=fields) if isinstance(value, dict):
            kinds = {field.encode_name: field.type for field in fields}
            known = {
                name: with_new_fields(part, kinds[name], more) if name in kinds else part
                for name, part in value.items()
            }
            return known | more
        case inspect.UnionType(types=types) if value is not None:
            return with_new_fields(value, next(one for one in types if not isinstance(one, inspect.NoneType)), more)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return [with_new_fields(part, item, more) for part in value]
        case inspect.DictType(value_type=inner):
            return {key: with_new_fields(part, inner, more) for key, part in value.items()}
    return value


@pytest.mark.parametrize("struct", AGENT_TYPES)
@settings(max_examples=15)
@given(data=st.data())
def test_message_of_a_newer_agent_means_what_it_would_without_its_new_fields(struct: Any, data: st.DataObject) -> None:
    message = data.draw(ANY[struct])
    newer = with_new_fields(json.loads(agent.codec.encode(message)), SHAPES[struct], data.draw(new_fields))
    assert agent.codec.decode(json.dumps(newer)) == message


@pytest.mark.parametrize("struct", ENGINE_TYPES)
@settings(max_examples=20)
@given(more=new_fields)
def test_answer_of_a_newer_engine_means_what_it_would_without_its_new_fields(struct: Any, more: dict[str, Any]) -> None:
    decoder = msgspec.json.Decoder(struct)
    newer = with_new_fields(json.loads(WHOLE[struct]), SHAPES[struct], more)
    assert decoder.decode(json.dumps(newer)) == decoder.decode(WHOLE[struct])


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a JSON value; of a list, whose items are alike, in the first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    return [place, *(found for key, part in inner for found in places(part, (*place, key)))]


def replaced(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    """A copy of a JSON value with `other` at a place."""
    if not place:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = replaced(value[place[0]], place[1:], other)
    return copy


@pytest.mark.parametrize("struct", [*AGENT_TYPES, *STREAM_TYPES])
def test_any_field_of_any_message_with_any_value_is_a_message_or_a_message_error(struct: Any) -> None:
    codec: Any = agent.codec if struct in AGENT_TYPES else stream.codec
    value = json.loads(WHOLE[struct])
    for place in places(value):
        for other in EXTREMES:
            try:
                message = codec.decode(json.dumps(replaced(value, place, other)))
            except MessageError as error:
                assert_is_a_sentence(error, most=300)
            else:
                assert codec.decode(codec.encode(message)) == message


@pytest.mark.parametrize("struct", ENGINE_TYPES)
def test_any_field_of_any_answer_with_any_value_is_a_value_or_an_engine_error(struct: Any) -> None:
    decoder = msgspec.json.Decoder(struct)
    value = json.loads(WHOLE[struct])
    for place in places(value):
        for other in EXTREMES:
            try:
                decoded("/info", json.dumps(replaced(value, place, other)).encode(), decoder)
            except EngineError as error:
                assert_is_a_sentence(error, most=400)


@settings(max_examples=25)
@given(
    parts=st.lists(st.binary(min_size=1, max_size=60), max_size=6),
    extension=st.sampled_from([b"", b";a", b';a="b;c"', b" "]),
    trailer=st.sampled_from([b"", b"X-Checksum: 1\r\n"]),
    width=st.integers(1, 60),
)
def test_chunked_body_is_the_same_however_it_is_chunked_and_cut(
    parts: list[bytes], extension: bytes, trailer: bytes, width: int
) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"%x%b\r\n%b\r\n" % (len(part), extension, part) for part in parts)
    answer = head + chunks + b"0\r\n" + trailer + b"\r\n"
    assert body_of(*in_chunks(answer, width)) == b"".join(parts)
