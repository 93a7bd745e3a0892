"""Any bytes as a message of an agent, and as one of the dashboard's stream.

The law: a message, or one of the two errors of a message; what was a message is one again when it is said on, and stays
the same one when a newer peer adds fields; every number in an agent's is one that a browser can hold.
Not here: what follows from a message (fleet), frames on a socket (connection).
"""

from __future__ import annotations

import json
import math
from typing import Any, TypeVar, get_args

import msgspec

from dockstats_core.errors import MessageError
from dockstats_core.messages import agent, stream
from dockstats_core.messages.codec import Codec
from tests.fuzz.sentences import assert_is_a_sentence
from tests.fuzz.target import Target
from tests.fuzz.wholes import names, whole
from tests.vectors import entries

MessageT = TypeVar("MessageT", bound=msgspec.Struct)

_TYPES = (*get_args(agent.AgentMessage), *get_args(stream.StreamMessage))


def fuzz(data: bytes) -> None:
    """See the module."""
    said = _hold(agent.codec, data)
    if said is not None:
        assert_browsers_can_read(said)
    _hold(stream.codec, data)


def _hold(codec: Codec[MessageT], data: bytes) -> bytes | None:
    try:
        message = codec.decode(data)
    except MessageError as error:
        assert_is_a_sentence(error, most=300)
        return None
    said = codec.encode(message)
    assert codec.decode(said) == message
    assert codec.decode(said[:-1] + b',"from_the_future":[{"a":null}]}') == message
    return said


def assert_browsers_can_read(said: bytes) -> None:
    """JSON as the standard has it, on one line, whose numbers are finite as a browser holds them."""
    assert b"\n" not in said
    json.loads(said, parse_constant=_no_number, parse_int=_finite, parse_float=_finite)


def _finite(digits: str) -> float:
    number = float(digits)
    assert math.isfinite(number), f"{digits[:30]} is infinite in a browser"
    return number


def _no_number(word: str) -> Any:
    raise AssertionError(f"{word} is no JSON")


TARGET = Target(
    fuzz=fuzz,
    seeds=(
        *(json.dumps(entry.values[0]["input"]["message"]).encode() for entry in entries("seed-protocol", "message")),
        *map(whole, _TYPES),
        b'{"type":"weather"}',
    ),
    words=(*names(*_TYPES), *(b'"%b"' % str(each.__struct_config__.tag).encode() for each in _TYPES)),
    longest=12_000,
    holds_json=True,
)
