"""A secret is compared whole, shown to nobody, and what cannot be one is refused without repeating it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.tokens import MAX_TOKEN, Token, parse_token, token_in_file

SECRET = "s3cret-s3cret-s3cret"
words = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)


@given(words, st.text())
def test_only_the_token_itself_matches(value: str, offered: str) -> None:
    assert Token(value).matches(value)
    assert Token(value).matches(offered) is (value == offered)


def test_what_no_encoding_has_does_not_match_and_is_no_error() -> None:
    assert not Token(SECRET).matches("\udcff")


def test_it_shows_itself_nowhere() -> None:
    token = Token(SECRET)
    assert SECRET not in repr(token)
    assert SECRET not in str(token)
    assert SECRET not in f"{[token]}"
    with pytest.raises(TypeError):
        msgspec.json.encode(token)


def test_equal_where_the_secrets_are() -> None:
    assert Token("a") == Token("a")
    assert hash(Token("a")) == hash(Token("a"))
    assert Token("a") != Token("b")
    assert Token("a") != "a"


def test_key_is_another_one_for_each_purpose_and_each_token() -> None:
    keys = {Token(value).key_for(purpose) for value in ("a", "b") for purpose in (b"x", b"y")}
    assert len(keys) == 4
    assert all(len(key) == 32 for key in keys)


def test_blanks_round_it_are_not_part_of_it_and_blank_is_none() -> None:
    assert parse_token(f"  {SECRET}\n") == Token(SECRET)
    assert parse_token(" \n") is None


@pytest.mark.parametrize("text", ["two words", "naïve", "tab\tbed", "x" * (MAX_TOKEN + 1), "a\nb"])
def test_what_a_header_cannot_carry_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_token(text)
    assert text[:6] not in str(refused.value)
    assert "openssl rand -hex 32" in str(refused.value)


def test_file_holds_the_token_and_the_end_of_its_line(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{SECRET}\r\n")
    assert token_in_file(f" {file} ") == Token(SECRET)
    assert token_in_file("") is None


@pytest.mark.parametrize(
    ("held", "words"),
    [("", "is empty"), (" \n", "is empty"), ("x" * 5000, "more than 4096 bytes"), ("a b", "one word")],
)
def test_file_without_a_token_is_told(tmp_path: Path, held: str, words: str) -> None:
    file = tmp_path / "token"
    file.write_text(held)
    with pytest.raises(ConfigurationError, match=words) as refused:
        token_in_file(str(file))
    assert "a b" not in str(refused.value)


def test_file_that_cannot_be_read_is_told_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no such file or directory; it should be a file"):
        token_in_file(str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="is a directory"):
        token_in_file(str(tmp_path))


def test_endless_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="more than 4096 bytes"):
        token_in_file("/dev/zero")


def test_file_of_a_named_pipe_that_holds_one_is_read(tmp_path: Path) -> None:
    """As `--token-file <(command)` of a shell has it."""
    reading, writing = os.pipe()
    os.write(writing, SECRET.encode())
    os.close(writing)
    assert token_in_file(f"/dev/fd/{reading}") == Token(SECRET)
    os.close(reading)
