"""One line a record, for people and for grep; no stranger's text can break that, and no password gets through."""

from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.program.logs import LineFormatter, set_up_logging
from dockstats_core.program.values import LogLevel


def line(
    message: str, *args: object, level: int = logging.INFO, name: str = "dockstats_core.x", **extra: object
) -> str:
    record = logging.LogRecord(name, level, "file.py", 1, message, args, None)
    record.created = 1748779200.123
    vars(record).update(extra)
    return LineFormatter().format(record)


@pytest.fixture
def clean_logging() -> Iterator[None]:
    """What logging was like before, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def logged(level: LogLevel) -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(level, stream)
    return stream


def test_record_is_time_level_logger_and_message() -> None:
    assert line("engine %s", "found") == "2025-06-01T12:00:00.123Z INFO dockstats_core.x engine found"


def test_extra_follows_as_keys_with_values_quoted_where_they_need_it() -> None:
    told = line("stopping", signal="SIGTERM", grace_s=1.5, reason='said "no"', empty="", pair="a=b")
    assert told.endswith(r'stopping empty="" grace_s=1.5 pair="a=b" reason="said \"no\"" signal=SIGTERM')


def test_servers_own_words_are_not_repeated_in_colour_nor_under_a_wrong_name() -> None:
    told = line("up", name="uvicorn.error", color_message="\x1b[1mup\x1b[0m")
    assert told == "2025-06-01T12:00:00.123Z INFO uvicorn up"


@pytest.mark.parametrize(
    "text", ["two\nlines", "two\r\nlines", "two\u2028lines", "two\x85lines", "\x1b[2Jgone", "nul\0", "\u202eenif\u202c"]
)
def test_strangers_text_can_neither_forge_a_record_nor_drive_a_terminal(text: str) -> None:
    for told in (line("name %s", text), line("name", name_of_container=text)):
        assert len(told.splitlines()) == 1
        assert told.isprintable()


@given(st.text())
def test_any_text_gives_one_line(text: str) -> None:
    assert len(line("%s", text, extra_text=text).splitlines()) == 1


def test_traceback_follows_indented() -> None:
    try:
        raise ValueError("no\ngood")
    except ValueError:
        told = line("failed", level=logging.ERROR, exc_info=sys.exc_info())
    first, *rest = told.splitlines()
    assert first.endswith("ERROR dockstats_core.x failed")
    assert rest[0] == "    Traceback (most recent call last):"
    assert all(one.startswith("    ") for one in rest)
    assert "ValueError: no" in told


@pytest.mark.parametrize(
    "url", ["ws://ada:s3cret@heron:8080/ws", "wss://s3cret@heron/ws", "http://ada:s3cret@[::1]:80"]
)
def test_password_in_a_url_is_hidden_wherever_it_stands(url: str) -> None:
    for told in (line("lost %s", url), line("lost", url=url)):
        assert "s3cret" not in told
        assert "://…@" in told


def test_password_in_a_traceback_is_hidden() -> None:
    try:
        raise ValueError("cannot open ws://ada:s3cret@heron/ws")
    except ValueError:
        told = line("failed", exc_info=sys.exc_info())
    assert "s3cret" not in told


@pytest.mark.usefixtures("clean_logging")
def test_level_decides_what_is_told() -> None:
    stream = logged("warning")
    logging.getLogger("dockstats_core.x").info("quiet")
    logging.getLogger("dockstats_core.x").warning("loud")
    assert "quiet" not in stream.getvalue()
    assert re.fullmatch(r"\S+ WARNING dockstats_core\.x loud\n", stream.getvalue())


@pytest.mark.usefixtures("clean_logging")
@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "uvicorn.error"])
def test_loggers_that_tell_of_every_request_are_heard_only_when_something_is_wrong(name: str) -> None:
    stream = logged("debug")
    logging.getLogger(name).info("GET /stream?token=s3cret")
    logging.getLogger(name).warning("trouble")
    assert "s3cret" not in stream.getvalue()
    assert "trouble" in stream.getvalue()


@pytest.mark.usefixtures("clean_logging")
def test_those_loggers_are_not_louder_than_the_level() -> None:
    stream = logged("error")
    logging.getLogger("uvicorn.error").warning("trouble")
    assert stream.getvalue() == ""


@pytest.mark.usefixtures("clean_logging")
def test_setting_up_again_replaces_the_last_time_and_leaves_strangers_handlers() -> None:
    stranger = logging.NullHandler()
    logging.getLogger().addHandler(stranger)
    first = logged("info")
    second = logged("info")
    logging.getLogger("x").info("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1
    assert stranger in logging.getLogger().handlers


@pytest.mark.usefixtures("clean_logging")
def test_standard_error_is_where_it_goes_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info")
    logging.getLogger("x").info("hello")
    assert capsys.readouterr().err.endswith("INFO x hello\n")
