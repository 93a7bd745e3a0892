"""The calls are written down from real ones, on a file of the test's own. Not here: the source that makes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.kernel import Clock, floor, written_down


def test_calls_are_written_down_and_answered_as_ever(tmp_path: Path) -> None:
    file = tmp_path / "cpuacct.usage"
    file.write_bytes(b"123456789\n")
    descriptor = os.open(file, os.O_RDONLY)
    try:
        with written_down() as calls:
            assert os.pread(descriptor, 100, 0) == b"123456789\n"
            assert os.pread(descriptor, 4, 5) == b"6789"
        os.pread(descriptor, 1, 0)
        assert calls == [(descriptor, 100, 0), (descriptor, 4, 5)]
        with written_down() as again:
            floor(calls)
        assert again == calls
    finally:
        os.close(descriptor)


def test_call_that_fails_leaves_the_next_ones_unwatched() -> None:
    with pytest.raises(OSError, match="Bad file descriptor"), written_down() as calls:
        os.pread(-1, 1, 0)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.pread(-1, 1, 0)
    assert len(calls) == 1


def test_clock_stands_until_it_is_turned() -> None:
    clock = Clock()
    before_ns = clock()
    assert clock() == before_ns
    clock.now_ns += 500
    assert clock() == before_ns + 500
