from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.connection.frames import FrameWatch
from tests.core.connection.conversing import BINARY, CONTINUATION, PING, TEXT, frame

LIMIT = 1000
AT_ONCE = 20


def watching() -> FrameWatch:
    return FrameWatch(LIMIT, AT_ONCE)


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
    assert watching().allowed(data) == len(data)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_a_message_above_the_limit_is_stopped_before_its_header_is_whole(opcode: int) -> None:
    before = frame(TEXT, b"before")
    data = before + frame(opcode, b"x" * (LIMIT + 1))
    assert watching().allowed(data) == len(before) + 3  # one byte less than a header with a 16-bit length


def test_fragments_add_up() -> None:
    watch = watching()
    for part in (frame(TEXT, b"x" * 600, fin=False), frame(CONTINUATION, b"x" * 400, fin=False)):
        assert watch.allowed(part) == len(part)
    assert watch.allowed(frame(CONTINUATION, b"x")) == 1


def test_every_message_is_counted_anew() -> None:
    watch = watching()
    data = frame(TEXT, b"x" * 600) * 5 + frame(TEXT, b"x" * 600, fin=False) + frame(CONTINUATION, b"x" * 400)
    assert watch.allowed(data) == len(data)


def test_a_ping_between_fragments_does_not_count() -> None:
    watch = watching()
    data = frame(TEXT, b"x" * 600, fin=False) + frame(PING, b"p" * 100) + frame(CONTINUATION, b"x" * 400)
    assert watch.allowed(data) == len(data)


def test_what_is_no_length_at_all_is_left_to_wsproto() -> None:
    data = b"\x81\x7f\x80" + bytes(7)
    assert watching().allowed(data) == len(data)


def test_the_largest_length_there_is_is_stopped() -> None:
    assert watching().allowed(b"\x81\x7f\x7f" + b"\xff" * 7) == 9


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
    assert passed(watching(), chunks) == passed(watching(), [data])


def test_frames_are_counted_in_the_bytes_that_they_begin_in() -> None:
    watch = watching()
    data = frame(TEXT, b"x" * 10) + frame(PING) * 3
    assert watch.allowed(data[:5]) == 5
    assert watch.frames == 1
    assert watch.allowed(data[5:]) == len(data) - 5
    assert watch.frames == 3
    assert not watch.is_flood


@pytest.mark.parametrize("flood", [frame(PING), frame(TEXT), frame(CONTINUATION, fin=False), frame(TEXT, b"{}")])
def test_frames_beyond_those_that_may_come_at_once_do_not_pass(flood: bytes) -> None:
    watch = watching()
    assert watch.allowed(flood * AT_ONCE) == len(flood) * AT_ONCE
    assert not watch.is_flood
    assert watch.allowed(flood * 1000) == len(flood) * AT_ONCE
    assert watch.is_flood
