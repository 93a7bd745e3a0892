from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.connection.frames import FrameWatch
from tests.core.connection.conversing import BINARY, CONTINUATION, PING, TEXT, frame

LIMIT = 1000


def passed(watch: FrameWatch, chunks: list[bytes]) -> bytes:
    """What may go on of `chunks`, up to the first refusal."""
    done = b""
    for chunk in chunks:
        allowed = watch.allowed(chunk)
        done += chunk[:allowed]
        if allowed < len(chunk):
            break
    return done


@pytest.mark.parametrize("size", [0, 1, 125, 126, LIMIT])
def test_a_message_up_to_the_limit_passes(size: int) -> None:
    data = frame(TEXT, b"x" * size)
    assert FrameWatch(LIMIT).allowed(data) == len(data)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_a_message_above_the_limit_is_stopped_before_its_header_is_whole(opcode: int) -> None:
    before = frame(TEXT, b"before")
    data = before + frame(opcode, b"x" * (LIMIT + 1))
    assert FrameWatch(LIMIT).allowed(data) == len(before) + 3  # one byte less than a header with a 16-bit length


def test_fragments_add_up() -> None:
    watch = FrameWatch(LIMIT)
    for part in (frame(TEXT, b"x" * 600, fin=False), frame(CONTINUATION, b"x" * 400, fin=False)):
        assert watch.allowed(part) == len(part)
    assert watch.allowed(frame(CONTINUATION, b"x")) == 1


def test_every_message_is_counted_anew() -> None:
    watch = FrameWatch(LIMIT)
    data = frame(TEXT, b"x" * 600) * 5 + frame(TEXT, b"x" * 600, fin=False) + frame(CONTINUATION, b"x" * 400)
    assert watch.allowed(data) == len(data)


def test_a_ping_between_fragments_does_not_count() -> None:
    watch = FrameWatch(LIMIT)
    data = frame(TEXT, b"x" * 600, fin=False) + frame(PING, b"p" * 100) + frame(CONTINUATION, b"x" * 400)
    assert watch.allowed(data) == len(data)


def test_what_is_no_length_at_all_is_left_to_wsproto() -> None:
    data = b"\x81\x7f\x80" + bytes(7)
    assert FrameWatch(LIMIT).allowed(data) == len(data)


def test_the_largest_length_there_is_is_stopped() -> None:
    assert FrameWatch(LIMIT).allowed(b"\x81\x7f\x7f" + b"\xff" * 7) == 9


@given(
    sizes=st.lists(st.integers(0, 1100), max_size=6),
    cuts=st.lists(st.integers(1, 400), min_size=1, max_size=20),
)
def test_any_chunking_passes_the_same_bytes(sizes: list[int], cuts: list[int]) -> None:
    data = b"".join(frame(TEXT, b"x" * size) for size in sizes)
    chunks, position = [], 0
    for place in range(len(data)):
        cut = cuts[place % len(cuts)]
        chunks.append(data[position : position + cut])
        position += cut
        if position >= len(data):
            break
    assert passed(FrameWatch(LIMIT), chunks) == passed(FrameWatch(LIMIT), [data])
