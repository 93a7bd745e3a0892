"""Every error a caller of this library can act on, in one tree.

Each class is one situation; its message is one sentence for a person: the thing, the value, the way out.
Not here: errors that never leave the module that raises them.
"""

from __future__ import annotations


def in_a_sentence(text: str, most: int) -> str:
    """What a stranger said as part of a sentence: unprintable characters are blanks, and past `most` it is cut."""
    shown = text if len(text) <= most else text[: most - 1] + "…"
    return shown if shown.isprintable() else "".join(each if each.isprintable() else " " for each in shown)


class DockstatsError(Exception):
    """Root of every error this library raises on purpose."""


class ConfigurationError(DockstatsError):
    """A value a person gave (flag, environment, file, argument) is unusable; the message says what would be right."""


class EngineError(DockstatsError):
    """The engine, or what stands in for it, did not give what was asked for.

    Attributes:
        status: HTTP status of the answer, or None where there was none.
        engine_message: what the engine itself said, or None.
        answered: whether anything at the other end sent an HTTP answer at all.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        engine_message: str | None = None,
        answered: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.engine_message = engine_message
        self.answered = answered


class EngineNotReachableError(EngineError):
    """Nobody listens, the name is unknown, or the connection broke."""


class EnginePermissionError(EngineError):
    """The socket may not be opened by this user, or something in front of the engine forbids the request."""


class EngineTimeoutError(EngineError):
    """No answer in time."""


class ContainerNotFoundError(EngineError):
    """The container named in the path is gone; to a sampler that is news, not a failure."""


class EngineApiError(EngineError):
    """The engine answered with an error of its own."""


class MalformedAnswerError(EngineError):
    """The answer is not what the engine's API promises: wrong JSON, wrong types, not HTTP, too large."""


class MessageError(DockstatsError):
    """A message of the agent's or the stream's protocol cannot be used; count it and go on."""


class UnknownMessageTypeError(MessageError):
    """The message's type is not one this version knows; a newer peer may send it, so it is skipped.

    Attributes:
        message_type: the unknown type, at most 64 characters of it.
    """

    def __init__(self, message_type: str) -> None:
        self.message_type: str = message_type[:64]
        super().__init__(f"unknown message type {self.message_type!r}")


class MalformedMessageError(MessageError):
    """Not JSON, cut off, not UTF-8, nested too deep, or a field of the wrong type or out of its bounds."""
