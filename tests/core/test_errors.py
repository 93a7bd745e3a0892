"""What an error tells a program beside its sentence for a person."""

from __future__ import annotations

import pytest

from dockstats_core.errors import (
    ConfigurationError,
    ContainerNotFoundError,
    DockstatsError,
    EngineApiError,
    EngineError,
    EngineNotReachableError,
    EnginePermissionError,
    EngineTimeoutError,
    MalformedAnswerError,
    MalformedMessageError,
    MessageError,
    UnknownMessageTypeError,
    in_a_sentence,
)


@pytest.mark.parametrize(
    "kind",
    [
        ContainerNotFoundError,
        EngineApiError,
        EngineNotReachableError,
        EnginePermissionError,
        EngineTimeoutError,
        MalformedAnswerError,
    ],
)
def test_every_trouble_with_the_engine_can_be_caught_as_one_and_says_what_was_answered(kind: type[EngineError]) -> None:
    with pytest.raises(EngineError, match=r"^no such container: web-1$") as caught:
        raise kind("no such container: web-1", status=404, engine_message="No such container", answered=True)
    error = caught.value
    assert (error.status, error.engine_message, error.answered) == (404, "No such container", True)


def test_engine_that_did_not_answer_left_nothing_to_tell() -> None:
    error = EngineNotReachableError("nobody listens on unix:///var/run/docker.sock")
    assert (error.status, error.engine_message, error.answered) == (None, None, False)


@pytest.mark.parametrize("error", [UnknownMessageTypeError("pong"), MalformedMessageError("cut off")])
def test_every_unusable_message_can_be_caught_as_one(error: MessageError) -> None:
    with pytest.raises(MessageError):
        raise error


@pytest.mark.parametrize("message_type", ["", "pong", "\n\x1b[31m", "x" * 1_000_000])
def test_unknown_type_is_shown_on_one_short_line(message_type: str) -> None:
    error = UnknownMessageTypeError(message_type)
    assert error.message_type == message_type[:64]
    assert str(error).isprintable()
    assert len(str(error)) < 300


def test_wrong_setting_is_no_trouble_of_engine_or_message() -> None:
    assert issubclass(ConfigurationError, DockstatsError)
    assert not issubclass(ConfigurationError, EngineError | MessageError)


@pytest.mark.parametrize(
    ("text", "shown"), [("away", "away"), ("a\n\x1b[31mb\u2028", "a  [31mb "), ("x" * 11, "x" * 9 + "…"), ("", "")]
)
def test_what_a_stranger_said_is_one_line_of_bounded_length(text: str, shown: str) -> None:
    assert in_a_sentence(text, 10) == shown
