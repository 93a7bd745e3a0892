"""Chunks of an answer, in any chunking of its bytes. Not here: what they say (test_frames)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.load.chunks import Chunks, Refused

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def answer(*chunks: bytes) -> bytes:
    return HEAD + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=8), st.integers(1, 200))
def test_chunks_come_whole_and_in_order_however_the_bytes_come(chunks: list[bytes], size: int) -> None:
    stream, reading = answer(*chunks), Chunks()
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert [chunk for piece in pieces for chunk in reading.feed(piece)] == chunks


def test_end_of_an_answer_is_no_chunk() -> None:
    assert Chunks().feed(answer(b"one", b"")) == [b"one"]


def test_answer_that_is_no_stream_is_refused_with_its_first_line() -> None:
    with pytest.raises(Refused, match=r"HTTP/1\.1 503 Service Unavailable"):
        Chunks().feed(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")
