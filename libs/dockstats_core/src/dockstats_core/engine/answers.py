"""What an answer of the engine means: a value, or one of our errors with a sentence. Pure.

A 404 says that a container is gone only where the path names a container and the engine says so in its own words: a
proxy's or a web server's 404 must not make containers vanish. Podman puts errors under status 200.
Not here: getting answers (transport), what the values are (models).
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec
from msgspec import Struct

from dockstats_core.errors import (
    ContainerNotFoundError,
    EngineApiError,
    EngineError,
    EnginePermissionError,
    MalformedAnswerError,
    in_a_sentence,
)

ValueT = TypeVar("ValueT")

_MAX_MESSAGE = 300
_OF_CONTAINER = re.compile(r"((?:/v[\d.]+)?/containers/)[0-9a-f]{12,64}/")


class _ErrorBody(Struct):
    message: str


class _ErrorUnder200(Struct):
    message: str
    response: int
    read: str | None = None  # what has a time is a stats body


_error_decoder = msgspec.json.Decoder(_ErrorBody)
_under_200_decoder = msgspec.json.Decoder(_ErrorUnder200)

# What msgspec lets through besides its own errors: text that is no UTF-8, and nesting past the interpreter's stack.
UNUSABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def refusal(path: str, status: int, content_type: str, body: bytes) -> EngineError:
    """The error that an answer other than 200 stands for."""
    message, is_error_object = _message(content_type, body)
    told = message or f"no message, status {status}"
    if status in {401, 403}:
        return EnginePermissionError(
            f"the engine, or what stands in front of it, forbids GET {_kind_of(path)}: {told}; allow this path there",
            status=status,
            engine_message=message,
            answered=True,
        )
    if status == 404 and is_error_object and _OF_CONTAINER.match(path):
        return ContainerNotFoundError(told, status=status, engine_message=message, answered=True)
    return EngineApiError(
        f"the engine answered GET {_shown(path)} with {status}: {told}",
        status=status,
        engine_message=message,
        answered=True,
    )


def decoded(path: str, body: bytes, decoder: msgspec.json.Decoder[ValueT]) -> ValueT:
    """The value that a 200 answer's body, or one line of it, holds.

    Raises:
        EngineApiError: an error object under status 200.
        MalformedAnswerError: anything else that is not what was asked for.
    """
    said = _under_200(body) if b'"response"' in body else None
    if said is not None:
        raise EngineApiError(
            f"the engine answered GET {_shown(path)} with an error: {said}",
            status=200,
            engine_message=said,
            answered=True,
        )
    try:
        return decoder.decode(body)
    except UNUSABLE as error:
        why = in_a_sentence(str(error), 100)
        what = f"an answer that is not what its API promises ({why})" if body else "an empty answer"
        raise malformed(path, what, status=200) from error


def malformed(path: str, what: str, *, status: int | None) -> MalformedAnswerError:
    """The error for an answer that cannot be used."""
    return MalformedAnswerError(
        f"the engine gave {what} to GET {_shown(path)}; is it a Docker Engine that is meant?",
        status=status,
        answered=status is not None,
    )


def _message(content_type: str, body: bytes) -> tuple[str | None, bool]:
    """What the answer says to people, and whether it says it as an engine does. HTML is never repeated."""
    try:
        return in_a_sentence(_error_decoder.decode(body).message, _MAX_MESSAGE), True
    except UNUSABLE:
        pass
    if content_type.partition(";")[0].strip().lower() not in {"", "text/plain"}:
        return None, False
    first_line = body.partition(b"\n")[0].decode("utf-8", "replace").strip()
    return (in_a_sentence(first_line, _MAX_MESSAGE) if first_line.isprintable() and first_line else None), False


def _under_200(body: bytes) -> str | None:
    try:
        error = _under_200_decoder.decode(body)
    except UNUSABLE:
        return None
    return in_a_sentence(error.message, _MAX_MESSAGE) if error.read is None else None


def _kind_of(path: str) -> str:
    """The path as docs/security.md lists it: who forbids one container's forbids them all."""
    return _OF_CONTAINER.sub(r"\1{id}/", _shown(path), count=1)


def _shown(path: str) -> str:
    return path.partition("?")[0][:200]
