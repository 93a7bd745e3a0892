"""Lines out of bytes, however the bytes were cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.engine.json_lines import JsonLines, LineTooLongError


def fed(*chunks: bytes, max_line_bytes: int = 100) -> list[bytes]:
    lines = JsonLines(max_line_bytes)
    return [line for chunk in chunks for line in lines.feed(chunk)]


@given(st.binary(max_size=200).map(lambda data: data.replace(b"{", b"\n")), st.lists(st.integers(0, 200), max_size=8))
def test_any_chunking_gives_the_same_lines(data: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[start:end] for start, end in pairwise(edges)]
    assert fed(*chunks, max_line_bytes=200) == fed(data, max_line_bytes=200)


@given(
    st.lists(st.binary(min_size=1, max_size=20).filter(lambda line: b"\n" not in line and line == line.strip() != b""))
)
def test_lines_written_are_the_lines_read(lines: list[bytes]) -> None:
    assert fed(b"".join(line + b"\n" for line in lines)) == lines


def test_line_without_its_end_is_not_given() -> None:
    lines = JsonLines(100)
    assert lines.feed(b'{"a":1}\n{"b"') == [b'{"a":1}']
    assert lines.has_rest
    assert lines.feed(b":2}\n") == [b'{"b":2}']
    assert not lines.has_rest


@pytest.mark.parametrize("data", [b"\n", b"\r\n\r\n", b" \n\t\n"])
def test_blank_lines_are_skipped(data: bytes) -> None:
    assert fed(data) == []


def test_carriage_return_before_the_end_does_not_belong_to_the_line() -> None:
    assert fed(b"{}\r\n") == [b"{}"]


def test_stream_that_ends_in_white_space_was_not_cut_off() -> None:
    lines = JsonLines(100)
    lines.feed(b"{}\n\r ")
    assert not lines.has_rest


@pytest.mark.parametrize("chunks", [[b"x" * 101], [b"x" * 60, b"x" * 41], [b"x" * 101 + b"\n"], [b"x"] * 101])
def test_line_above_its_bound_is_refused_however_it_comes(chunks: list[bytes]) -> None:
    with pytest.raises(LineTooLongError, match="longer than 100 bytes"):
        fed(*chunks)


def test_line_at_its_bound_is_given() -> None:
    assert fed(b"x" * 100 + b"\n", b"y" * 100 + b"\n") == [b"x" * 100, b"y" * 100]


def test_bound_is_of_one_line_not_of_a_chunk() -> None:
    assert len(fed(b"{}\n" * 1000)) == 1000
