"""Kernel files: read anew each time, kept open within a budget, and closed when there is nothing more to read."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from dockstats_core.sources.cgroup.files import (
    DescriptorLimits,
    Descriptors,
    KeptFile,
    allowed_descriptors,
    read_text,
)
from tests.descriptors import no_descriptor_left, open_files, soft_limit


def kept(path: Path, most: int = 10) -> tuple[KeptFile, Descriptors]:
    budget = Descriptors(most)
    return KeptFile(str(path.parent), path.name, budget), budget


def test_file_is_read_anew_each_time_through_one_descriptor(tmp_path: Path) -> None:
    path = tmp_path / "cpu.stat"
    file, budget = kept(path)
    for text in (b"usage_usec 1\n", b"usage_usec 22\n", b""):
        path.write_bytes(text)
        assert file.read() == text
        assert open_files(tmp_path) == ["cpu.stat"]
        assert budget.open == 1
    file.close()
    assert (open_files(tmp_path), budget.open) == ([], 0)


def test_closed_file_is_opened_again_by_the_next_reading_and_closing_twice_is_once(tmp_path: Path) -> None:
    path = tmp_path / "cpu.stat"
    path.write_bytes(b"1\n")
    file, budget = kept(path)
    file.close()
    for _ in range(2):
        assert file.read() == b"1\n"
        file.close()
        file.close()
        assert budget.open == 0


@pytest.mark.parametrize("size", [0, 1, 2048, 2049, 16_384, 16_385, 100_000])
@pytest.mark.parametrize("most", [0, 1])
def test_text_of_any_length_is_whole(tmp_path: Path, size: int, most: int) -> None:
    text = os.urandom(size)
    path = tmp_path / "memory.stat"
    path.write_bytes(text)
    assert kept(path, most)[0].read() == text
    assert read_text(str(path)) == text


def test_text_that_does_not_end_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "memory.stat"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    text = read_text(str(path))
    assert text is not None
    assert 1 << 22 <= len(text) < 1 << 23


def test_file_that_is_not_there_is_none_until_it_is(tmp_path: Path) -> None:
    path = tmp_path / "io.stat"
    file, budget = kept(path)
    assert file.read() is None
    assert read_text(str(path)) is None
    assert budget.open == 0
    path.write_bytes(b"8:0 rbytes=1\n")
    assert file.read() == b"8:0 rbytes=1\n"


def test_kernel_file_whose_process_ended_is_none_and_closed() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        file, budget = kept(Path(f"/proc/{process.pid}/stat"))
        text = file.read()
        assert text is not None
        assert text.startswith(b"%d (sleep)" % process.pid)
        process.kill()
        process.wait()
        for _ in range(2):
            assert file.read() is None
            assert budget.open == 0


@pytest.mark.parametrize("most", [0, 10])
def test_directory_in_its_place_is_an_error_that_names_it(tmp_path: Path, most: int) -> None:
    file, budget = kept(tmp_path, most)
    for _ in range(2):
        with pytest.raises(IsADirectoryError) as raised:
            file.read()
        assert raised.value.filename == str(tmp_path)
    file.close()
    assert budget.open == 0


def test_file_that_cannot_be_opened_is_an_error_and_takes_nothing_of_the_budget(tmp_path: Path) -> None:
    path = tmp_path / "loop"
    path.symlink_to(path)
    file, budget = kept(path)
    with pytest.raises(OSError, match="symbolic links") as raised:
        file.read()
    assert raised.value.errno == errno.ELOOP
    assert budget.open == 0


def test_over_the_budget_a_file_is_opened_for_each_reading_and_the_text_is_the_same(tmp_path: Path) -> None:
    budget = Descriptors(2)
    files = []
    for number in range(4):
        (tmp_path / str(number)).write_bytes(b"%d\n" % number)
        files.append(KeptFile(str(tmp_path), str(number), budget))
    for _ in range(2):
        assert [file.read() for file in files] == [b"0\n", b"1\n", b"2\n", b"3\n"]
        assert open_files(tmp_path) == ["0", "1"]
        assert budget.refused
    files[0].close()
    assert files[3].read() == b"3\n"  # takes the place
    assert open_files(tmp_path) == ["1", "3"]


def test_within_the_budget_nothing_was_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1\n")
    file, budget = kept(tmp_path / "a", most=1)
    file.read()
    file.read()
    assert not budget.refused


def test_when_others_took_all_descriptors_one_reading_is_lost_and_the_next_ones_keep_none(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"1\n")
    budget = Descriptors(10)
    first, second = (KeptFile(str(tmp_path), name, budget) for name in ("a", "b"))
    first.read()
    with no_descriptor_left() as taken:
        assert first.read() == b"1\n"
        with pytest.raises(OSError, match="Too many open files") as raised:
            second.read()
        assert (raised.value.errno, raised.value.filename) == (errno.EMFILE, str(tmp_path / "b"))
        assert (budget.open, budget.most) == (1, 1)
        os.close(taken.pop())
        assert second.read() == b"1\n"
        assert budget.refused
        assert open_files(tmp_path) == ["a"]


@pytest.mark.parametrize(("soft", "allowed"), [(1024, 576), (256, 0), (200, 0), (4352, 3072)])
def test_descriptors_for_kernel_files_are_a_share_of_what_others_leave(soft: int, allowed: int) -> None:
    with soft_limit(soft):
        assert allowed_descriptors() == allowed


def test_shares_of_descriptors_follow_the_limits() -> None:
    with soft_limit(1000):
        assert allowed_descriptors(DescriptorLimits(left_to_others=500, share=0.5)) == 250
