"""Event streams as a browser reads them, in any chunking; and what is written reads back."""

from __future__ import annotations

import re
import tracemalloc
from base64 import b64decode
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dockstats_core.errors import MalformedMessageError
from dockstats_core.fanout.sse import Event, EventStreamParser, StreamLimits, comment, encode, retry
from tests.vectors import entries


def parsed(*chunks: bytes, limits: StreamLimits | None = None) -> list[Event]:
    parser = EventStreamParser(limits)
    return [event for chunk in chunks for event in parser.feed(chunk)]


def message(data: str) -> Event:
    return Event(event="message", data=data, id="")


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """`stream` in pieces, cut at each of `places` (taken modulo its length)."""
    at = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[start:end] for start, end in pairwise(at)]


# --- Reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", entries("sse-and-ws", "sse"))
def test_stream_gives_the_events_a_browser_would(entry: dict[str, Any]) -> None:
    parser = EventStreamParser()
    chunks = [b64decode(chunk) for chunk in entry["input"]["chunks_b64"]]
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    expected = entry["expected"]
    assert [{"event": event.event, "data": event.data, "id": event.id} for event in events] == expected["events"]
    assert parser.retry_ms == expected["retry_ms"]
    if not events:
        assert parser.last_event_id == expected["last_event_id"]


STREAMS = [
    b"".join(b64decode(chunk) for chunk in entry.values[0]["input"]["chunks_b64"])
    for entry in entries("sse-and-ws", "sse")
]


@given(
    st.one_of(
        st.sampled_from(STREAMS),
        st.lists(
            st.sampled_from(
                [b"data", b"event", b"id", b"retry", b":", b" ", b"\r", b"\n", b"\r\n", b"\xef\xbb\xbf", b"7", b"\xff"]
            ),
            max_size=40,
        ).map(b"".join),
        st.binary(max_size=60),
    ),
    st.lists(st.integers(0, 10_000), max_size=10),
)
@example(b"data: a\r\n\r\ndata: b\r\n\r\n", list(range(30)))
def test_chunking_makes_no_difference(stream: bytes, places: list[int]) -> None:
    whole, pieces = EventStreamParser(), EventStreamParser()
    events = whole.feed(stream)
    assert [event for chunk in cut(stream, places) for event in pieces.feed(chunk)] == events
    assert (pieces.last_event_id, pieces.retry_ms) == (whole.last_event_id, whole.retry_ms)


def test_line_end_of_one_byte_at_the_end_of_a_chunk_is_whole() -> None:
    assert parsed(b"data: a\r", b"\rdata: b\r", b"data: c\r\r") == [message("a"), message("b\nc")]


def test_nothing_arriving_changes_nothing() -> None:
    assert parsed(b"data: a\r", b"", b"\n\r", b"", b"\n") == [message("a")]
    assert parsed(b"data: a\r", b"", b"\ndata: b\r\n\r\n") == [message("a\nb")], "one line end in three chunks"


@pytest.mark.parametrize(
    ("line", "retry_ms"),
    [
        (b"retry: 0", 0),
        (b"retry:15000", 15000),
        (b"retry: 007", 7),
        (b"retry:", None),
        (b"retry: ", None),
        (b"retry: -1", None),
        (b"retry: 1.5", None),
        ("retry: ٣".encode(), None),
        (b"retry: " + b"9" * 10_000, None),
    ],
)
def test_waiting_time_is_taken_only_from_digits(line: bytes, retry_ms: int | None) -> None:
    parser = EventStreamParser()
    parser.feed(line + b"\n")
    assert parser.retry_ms == retry_ms


def test_last_event_id_is_what_a_browser_would_come_back_with() -> None:
    parser = EventStreamParser()
    parser.feed(b"id: 1\ndata: a\n\nid: 2\ndata: cut off")
    assert parser.last_event_id == "1"
    parser.feed(b"\n\n")
    assert parser.last_event_id == "2"


# --- Bounds ---------------------------------------------------------------------------------------------------------

SMALL = StreamLimits(max_line_bytes=100, max_event_bytes=200)


def test_line_that_never_ends_is_refused_at_the_bound() -> None:
    parser = EventStreamParser(SMALL)
    for _ in range(100):
        assert parser.feed(b"x") == []
    with pytest.raises(MalformedMessageError, match="a line of the event stream passes 100 bytes"):
        parser.feed(b"x")


def test_event_that_never_ends_is_refused_at_the_bound() -> None:
    parser = EventStreamParser(SMALL)
    for _ in range(100):
        assert parser.feed(b"data: x\n") == []
    with pytest.raises(MalformedMessageError, match="an event of the stream passes 200 bytes"):
        parser.feed(b"data: x\n")


def test_line_and_event_within_the_bounds_are_taken_again_and_again() -> None:
    line = b"data: " + b"x" * 90 + b"\n"
    events = parsed(*[line * 2 + b"\n"] * 50, limits=SMALL)
    assert len(events) == 50


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"data\n", id="empty lines"),
        pytest.param(b"data:x\n", id="tiny lines"),
        pytest.param(b"id: " + b"7" * 50 + b"\n", id="ids"),
        pytest.param(b"event: " + b"x" * 50 + b"\n", id="names"),
        pytest.param(b": comment\n", id="comments"),
        pytest.param(b"x", id="one line"),
    ],
)
def test_event_that_is_never_ended_holds_no_more_memory_than_its_bounds(line: bytes) -> None:
    limits = StreamLimits(max_line_bytes=50_000, max_event_bytes=50_000)
    parser, chunk = EventStreamParser(limits), line * 100
    tracemalloc.start()
    try:
        with suppress(MalformedMessageError):
            for _ in range(300):
                parser.feed(chunk)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 4 * limits.max_event_bytes


# --- Writing --------------------------------------------------------------------------------------------------------


def test_message_is_one_data_line() -> None:
    assert encode(b'{"type":"agent_list"}') == b'data: {"type":"agent_list"}\n\n'


def test_name_and_id_stand_before_the_data() -> None:
    assert encode(b"x", event="state", id="7") == b"event: state\nid: 7\ndata: x\n\n"


def test_comment_keeps_the_stream_alive_and_is_no_event() -> None:
    assert comment() == b": \n\n"
    assert comment("ping\r\n17") == b": ping\n: 17\n\n"
    assert parsed(comment(), comment("data: a\n\ndata: b"), encode(b"x")) == [message("x")]


def test_waiting_time_that_is_told_is_read() -> None:
    parser = EventStreamParser()
    assert parser.feed(retry(2500)) == []
    assert parser.retry_ms == 2500
    with pytest.raises(ValueError, match="cannot be negative: -1 ms"):
        retry(-1)


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "\r\n", "a\n"])
def test_name_or_id_of_several_lines_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="event must be one line"):
        encode(b"x", event=text)
    with pytest.raises(ValueError, match="id must be one line"):
        encode(b"x", id=text)


def test_id_with_nul_is_refused_because_a_browser_would_ignore_it() -> None:
    with pytest.raises(ValueError, match="NUL"):
        encode(b"x", id="a\0b")


one_line = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=10)
texts = st.one_of(
    st.text(max_size=30), st.lists(st.sampled_from(["a", " ", ":", "\n", "\r", "\r\n", "data: "])).map("".join)
)


@given(
    st.lists(st.tuples(texts, st.none() | one_line, st.none() | one_line), max_size=5), st.lists(st.integers(0, 9999))
)
def test_what_is_written_reads_back_with_its_line_ends_as_line_feeds(
    events: list[tuple[str, str | None, str | None]], places: list[int]
) -> None:
    stream = b"".join(encode(data.encode(), event=event, id=id_) for data, event, id_ in events)
    expected, last_id = [], ""
    for data, event, id_ in events:
        last_id = last_id if id_ is None else id_
        expected.append(Event(event=event or "message", data=re.sub("\r\n|\r", "\n", data), id=last_id))
    assert parsed(*cut(stream, places)) == expected
