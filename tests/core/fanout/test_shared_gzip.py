"""Frames compressed once serve every client: whichever follow HEADER, in any order, they are one gzip stream."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.fanout.shared_gzip import HEADER, Frame, accepts_gzip, compress


def unzipper() -> zlib._Decompress:
    """What a browser does with `Content-Encoding: gzip`: it takes a gzip member piece by piece."""
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


@given(st.lists(st.binary(max_size=200), max_size=8), st.lists(st.integers(0, 7), max_size=20))
def test_frames_in_any_order_and_number_read_as_their_plain_bytes_one_by_one(
    plain: list[bytes], order: list[int]
) -> None:
    frames = [compress(data) for data in plain]
    reader = unzipper()
    assert reader.decompress(HEADER) == b""
    for place in [place for place in order if place < len(frames)]:
        assert reader.decompress(frames[place]) == plain[place], "shown at once, without waiting for the next"
    assert not reader.eof, "the stream is never over"
    assert reader.unused_data == b""


@given(st.lists(st.binary(max_size=100), min_size=1, max_size=5), st.lists(st.integers(1, 30), min_size=1))
def test_network_may_cut_the_stream_anywhere(plain: list[bytes], lengths: list[int]) -> None:
    stream = HEADER + b"".join(map(compress, plain))
    reader, read, at = unzipper(), b"", 0
    while at < len(stream):
        for length in lengths:
            read += reader.decompress(stream[at : at + length])
            at += length
    assert read == b"".join(plain)


def test_client_that_joins_late_needs_nothing_of_what_was_before() -> None:
    frames = [compress(b"data: the same again and again\n\n") for _ in range(3)]
    assert frames[0] == frames[1] == frames[2]
    assert unzipper().decompress(HEADER + frames[2]) == b"data: the same again and again\n\n"


def test_large_frame_gets_smaller_and_reads_back_whole() -> None:
    plain = b"".join(b'{"name":"web-%d","cpu_pct":%d.5}' % (number, number % 100) for number in range(20_000))
    packed = compress(plain)
    assert len(packed) < len(plain) / 4
    assert unzipper().decompress(HEADER + packed) == plain


class Making:
    """Makes a frame's bytes, and counts how often."""

    def __init__(self, plain: bytes = b"data: x\n\n") -> None:
        self.times = 0
        self._plain = plain

    def __call__(self) -> bytes:
        self.times += 1
        return self._plain


def test_frame_that_nobody_reads_is_never_made() -> None:
    making = Making()
    Frame(making)
    assert making.times == 0


def test_frame_is_made_and_compressed_once_for_all_its_readers() -> None:
    making = Making()
    frame = Frame(making)
    assert frame.gzipped is frame.gzipped
    assert frame.plain is frame.plain
    assert unzipper().decompress(HEADER + frame.gzipped) == frame.plain == b"data: x\n\n"
    assert making.times == 1


def test_frame_without_bytes_is_made_once_too() -> None:
    making = Making(b"")
    frame = Frame(making)
    assert (frame.plain, frame.plain) == (b"", b"")
    assert unzipper().decompress(HEADER + frame.gzipped) == b""
    assert making.times == 1


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        (None, False),
        ("", False),
        ("identity", False),
        ("gzip", True),
        ("GZIP", True),
        ("gzip, deflate, br, zstd", True),
        ("deflate,gzip", True),
        ("br", False),
        ("*", True),
        ("*;q=0", False),
        ("*;q=0.1, gzip;q=0", False),
        ("gzip;q=0.001", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0", False),
        ("gzip ; q = 0", False),
        ("gzip;q=", False),
        ("gzip;q=much", False),
        ("gzip;q=nan", False),
        ("gzip;level=9", True),
        ("xgzip", False),
        ("gzip2", False),
        (",,;,=", False),
        ("gzip;" * 10_000, True),
    ],
)
def test_accept_encoding_decides_whether_a_client_gets_gzip(header: str | None, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


@given(st.text(max_size=60))
def test_any_header_is_answered_without_fail(header: str) -> None:
    assert accepts_gzip(header) in {True, False}
