"""Any bytes as what an engine answers, all the way to the agent's message that is made of it.

The first letter is what was asked for, the second byte how the answer is cut on its way: `s` stats (a frame a line),
`e` events, `l` a list, `d` an inspection, `v` and `i` the engine and its host, `r` a refusal with its status.
The law: a value, or one EngineError of one bounded line; and an agent that holds it sends what a dashboard can read.
Not here: HTTP (engine_http).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from dockstats_core.engine.answers import decoded, refusal
from dockstats_core.engine.events import EngineEvent, container_event
from dockstats_core.engine.json_lines import JsonLines, LineTooLongError
from dockstats_core.engine.models import (
    ContainerDetails,
    ContainerSummary,
    EngineInfo,
    EventBody,
    StatsBody,
    Version,
)
from dockstats_core.engine.versions import negotiate
from dockstats_core.errors import ConfigurationError, EngineError
from dockstats_core.inventory.roster import Roster
from dockstats_core.readings import Reading
from dockstats_core.sources.engine_reading import previous_of, to_reading
from tests.builders import container, container_id
from tests.fuzz.pieces import in_chunks
from tests.fuzz.sampled import Listed, hold_messages
from tests.fuzz.sentences import assert_is_a_sentence
from tests.fuzz.target import Target
from tests.fuzz.wholes import names, whole
from tests.vectors import entries

ValueT = TypeVar("ValueT")

_PATH = f"/v1.43/containers/{container_id(1)}/json"
_LINE_BYTES = 2048
_MOST_FRAMES = 8
_MOST_CHARACTERS = 700

_stats = msgspec.json.Decoder(StatsBody)
_list = msgspec.json.Decoder(list[ContainerSummary])
_details = msgspec.json.Decoder(ContainerDetails)
_event = msgspec.json.Decoder(EventBody)
_version = msgspec.json.Decoder(Version)
_info = msgspec.json.Decoder(EngineInfo)


def fuzz(data: bytes) -> None:
    """See the module."""
    asked, width, answer = data[:1], data[1:2], data[2:]
    match asked:
        case b"s":
            _sample(_values(answer, width, _stats))
        case b"e":
            events = [container_event(body) for body in _values(answer, width, _event)]
            _tell_inventory([event for event in events if event is not None])
        case b"l":
            listed = _value(answer, _list)
            _tell_inventory(listed or [])
        case b"d":
            details = _value(answer, _details)
            _tell_inventory([] if details is None else [details])
        case b"v":
            _negotiate(_value(answer, _version))
        case b"i":
            _value(answer, _info)
        case _:
            _refuse(answer)


def _value(body: bytes, decoder: msgspec.json.Decoder[ValueT]) -> ValueT | None:
    try:
        return decoded(_PATH, body, decoder)
    except EngineError as error:
        assert_is_a_sentence(error, most=_MOST_CHARACTERS)
        return None


def _values(stream: bytes, width: bytes, decoder: msgspec.json.Decoder[ValueT]) -> list[ValueT]:
    """The values of a stream's lines, which are the same however it is cut."""
    lines = _lines([stream])
    if width:
        assert _lines(in_chunks(stream, width[0])) == lines
    values = [_value(line, decoder) for line in lines[:_MOST_FRAMES]]
    return [value for value in values if value is not None]


def _lines(chunks: Iterator[bytes] | list[bytes]) -> list[bytes]:
    """Those before the first that is too long; how many of these come through is a matter of chunks."""
    reader, lines = JsonLines(_LINE_BYTES), list[bytes]()
    try:
        for chunk in chunks:
            lines += reader.feed(chunk)
    except LineTooLongError as error:
        assert_is_a_sentence(error, most=_MOST_CHARACTERS)
        return []
    return lines


def _negotiate(told: Version | None) -> None:
    if told is None:
        return
    try:
        negotiate(told.api_version, told.min_api_version, None)
    except (EngineError, ConfigurationError) as error:
        assert_is_a_sentence(error, most=_MOST_CHARACTERS)


def _refuse(answer: bytes) -> None:
    digits, body = answer[:3], answer[3:]
    status = int(digits) if digits.isdigit() else 500
    content_type, _, text = body.partition(b"\n")
    assert_is_a_sentence(refusal(_PATH, status, content_type.decode("latin-1"), text), most=_MOST_CHARACTERS)


def _sample(frames: Sequence[StatsBody]) -> None:
    """Two containers have these counters: what one says must not spoil the other's figures."""
    ids = [container_id(1), container_id(2)]
    ticks: list[Mapping[str, Reading]] = []
    for frame in frames:
        readings: dict[str, Reading] = {}
        for one in ids:
            previous_of(one, frame, 0)
            reading = to_reading(one, frame, 0)
            if reading is not None:
                readings[one] = reading
        ticks.append(readings)
    hold_messages(Listed([container(1), container(2, cpu_limit_cores=0.5)]), ticks, 2 + len(ticks))


def _tell_inventory(told: Sequence[ContainerSummary | ContainerDetails | EngineEvent]) -> None:
    roster = Roster()
    roster.apply_list([one for one in told if isinstance(one, ContainerSummary)])
    for one in told:
        if isinstance(one, ContainerDetails):
            roster.apply_inspection(one)
        elif isinstance(one, EngineEvent):
            if not roster.knows(one.id):
                roster.apply_inspection(ContainerDetails(id=one.id))
            roster.apply_event(one)
    hold_messages(roster, [], 2)


def _bodies() -> Iterator[bytes]:
    for entry in entries("engine-stats-bodies"):
        given = entry.values[0]["input"]
        frames = [given.get("previous_body"), given.get("body")]
        yield b"\n".join(json.dumps(frame, separators=(",", ":")).encode() for frame in frames if frame) + b"\n"


def _refusals() -> Iterator[bytes]:
    for entry in entries("engine-error-bodies"):
        given = entry.values[0]["input"]
        if given.get("status") and given.get("body"):
            kind = (given.get("headers") or {}).get("Content-Type", "")
            yield b"r-%d%b\n%b" % (given["status"], kind.encode(), given["body"].encode())


TARGET = Target(
    fuzz=fuzz,
    seeds=(
        *(b"s@" + body for body in _bodies()),
        b"s@" + whole(StatsBody) + b"\n",
        b"l-[" + whole(ContainerSummary) + b"]",
        b"d-" + whole(ContainerDetails),
        b"e\x05" + whole(EventBody) + b"\n" + whole(EventBody).replace(b'"die"', b'"health_status: healthy"') + b"\n",
        b"e\x05" + whole(EventBody).replace(b'"die"', b'"rename"') + b"\n",
        b"v-" + whole(Version),
        b"i-" + whole(EngineInfo),
        *_refusals(),
        b's-{"message":"no","response":500}',
    ),
    words=names(StatsBody, ContainerSummary, ContainerDetails, EventBody, Version, EngineInfo),
    longest=12_000,
    holds_json=True,
)
