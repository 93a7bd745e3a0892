"""The environment a program sees: its own variables over `.env.local` over `.env`, and files that cannot be used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.dotenv import Variable, read_environment


def write(directory: Path, name: str, text: str | bytes) -> None:
    (directory / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def test_environment_wins_over_the_local_file_and_that_over_the_shared_one(tmp_path: Path) -> None:
    write(tmp_path, ".env", "A=shared\nB=shared\nC=shared\n")
    write(tmp_path, ".env.local", "A=local\nB=local\n")
    seen = read_environment({"A": "own"}, tmp_path)
    assert seen["A"] == Variable("own")
    assert seen["B"] == Variable("local", ".env.local")
    assert seen["C"] == Variable("shared", ".env")


def test_blank_variable_hides_the_files(tmp_path: Path) -> None:
    write(tmp_path, ".env", "A=shared\n")
    assert read_environment({"A": ""}, tmp_path)["A"] == Variable("")


def test_without_files_only_the_environment_counts(tmp_path: Path) -> None:
    assert read_environment({"A": "1"}, tmp_path) == {"A": Variable("1")}


def test_directory_that_is_gone_is_no_error(tmp_path: Path) -> None:
    assert read_environment({}, tmp_path / "gone") == {}


def test_virtual_environment_named_like_the_file_is_no_error(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert read_environment({}, tmp_path) == {}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=1", "1"),
        ("export A=1", "1"),
        ("A = 1  # a comment", "1"),
        ("A='a;b|c'", "a;b|c"),
        ('A="two words"', "two words"),
        ("A=pa$WORD${HOME}", "pa$WORD${HOME}"),
        ("A=", ""),
    ],
)
def test_value_is_taken_as_it_stands_without_quotes_and_comments(tmp_path: Path, line: str, value: str) -> None:
    write(tmp_path, ".env", f"# first\n{line}\r\n")
    assert read_environment({}, tmp_path) == {"A": Variable(value, ".env")}


def test_name_without_a_value_is_not_set(tmp_path: Path) -> None:
    write(tmp_path, ".env", "A\nB=1\n")
    assert read_environment({}, tmp_path) == {"B": Variable("1", ".env")}


def test_mark_that_some_editors_put_in_front_is_not_part_of_the_first_name(tmp_path: Path) -> None:
    write(tmp_path, ".env", b"\xef\xbb\xbfA=1\n")
    assert read_environment({}, tmp_path) == {"A": Variable("1", ".env")}


def test_file_that_is_not_utf_8_is_refused_with_its_name_and_place(tmp_path: Path) -> None:
    write(tmp_path, ".env.local", b"A=caf\xe9\n")
    with pytest.raises(ConfigurationError, match=r"\.env\.local: byte 5 is not UTF-8; save it as UTF-8"):
        read_environment({}, tmp_path)


def test_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path: Path) -> None:
    os.symlink(".env", tmp_path / ".env")  # root may read every file, but nobody can follow a link to itself
    with pytest.raises(ConfigurationError, match=r"cannot read .*\.env: too many levels .*; give this user the right"):
        read_environment({}, tmp_path)
