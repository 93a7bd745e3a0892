"""What an engine's answers mean; the recorded ones go over a socket in test_transport."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.engine.answers import decoded, malformed, refusal
from dockstats_core.engine.models import EngineInfo, StatsBody, Version
from dockstats_core.errors import (
    ContainerNotFoundError,
    EngineApiError,
    EngineError,
    EnginePermissionError,
    MalformedAnswerError,
)
from tests.builders import container_id

OF_CONTAINER = f"/v1.43/containers/{container_id(1)}/json"
stats_decoder = msgspec.json.Decoder(StatsBody)


def test_container_is_gone_when_the_engine_says_so_itself() -> None:
    error = refusal(OF_CONTAINER, 404, "application/json", b'{"message":"No such container: web"}')
    assert type(error) is ContainerNotFoundError
    assert (error.status, error.engine_message, error.answered) == (404, "No such container: web", True)


@pytest.mark.parametrize(
    ("path", "content_type", "body"),
    [
        (OF_CONTAINER, "text/html", b"<h1>Not Found</h1>"),
        (OF_CONTAINER, "text/plain", b"404 page not found"),
        (OF_CONTAINER, "application/json", b'{"error":"no route"}'),
        (OF_CONTAINER, "application/json", b""),
        ("/v1.43/containers/json", "application/json", b'{"message":"page not found"}'),
        (f"/proxy/containers/{container_id(1)}/json", "application/json", b'{"message":"No such container: web"}'),
    ],
)
def test_container_is_not_gone_when_something_else_answers_404(path: str, content_type: str, body: bytes) -> None:
    error = refusal(path, 404, content_type, body)
    assert type(error) is EngineApiError
    assert error.status == 404


@pytest.mark.parametrize("status", [401, 403])
def test_forbidden_path_names_the_path_and_the_way_out(status: int) -> None:
    error = refusal("/v1.43/events?filters=x", status, "text/html", b"<h1>Forbidden</h1>")
    assert type(error) is EnginePermissionError
    assert error.answered
    assert str(error).endswith(f"forbids GET /v1.43/events: no message, status {status}; allow this path there")


def test_forbidden_path_of_one_container_is_told_as_the_path_of_all() -> None:
    error = refusal(f"/v1.43/containers/{container_id(1)}/stats?stream=true", 403, "text/html", b"")
    assert "forbids GET /v1.43/containers/{id}/stats: " in str(error)


@pytest.mark.parametrize(
    ("content_type", "body", "told"),
    [
        ("application/json", b'{"message":"shim failed","more":1}', "shim failed"),
        ("application/json", rb'{"message":"shim\n\u001b[31mfailed"}', "shim  [31mfailed"),
        ("", b"away\nfor lunch", "away"),
        ("text/plain; charset=utf-8", b"  away  ", "away"),
        ("TEXT/PLAIN", b"away", "away"),
        ("text/plain", b"\x1b[31mred", None),
        ("text/plain", b"", None),
        ("text/plain", b"\xff\xfe", "\ufffd\ufffd"),
        ("text/html", b"<h1>away</h1>", None),
        ("application/json", b"{", None),
        ("application/json", b'{"message":"\xff"}', None),
        ("application/json", b'{"message":' + b"[" * 100_000, None),
    ],
)
def test_what_the_engine_said_is_repeated_only_where_it_is_a_sentence(
    content_type: str, body: bytes, told: str | None
) -> None:
    error = refusal("/info", 500, content_type, body)
    assert error.engine_message == told
    assert str(error) == f"the engine answered GET /info with 500: {told or 'no message, status 500'}"


def test_long_message_is_cut() -> None:
    error = refusal("/info", 500, "text/plain", b"x" * 10_000)
    assert error.engine_message == "x" * 299 + "…"


@given(st.integers(201, 599), st.sampled_from(["", "text/plain", "text/html", "application/json"]), st.binary())
def test_any_answer_at_all_is_one_of_our_errors_of_bounded_length(status: int, content_type: str, body: bytes) -> None:
    error = refusal(OF_CONTAINER, status, content_type, body)
    assert isinstance(error, EngineError)
    assert error.answered
    assert 0 < len(str(error)) < 700


@pytest.mark.parametrize("kind", [Version, EngineInfo])
def test_error_object_under_200_is_an_error_even_where_every_field_is_optional(kind: type[msgspec.Struct]) -> None:
    with pytest.raises(EngineApiError, match="with an error: container stopped") as caught:
        decoded("/info", b'{"cause":"x","message":"container stopped","response":500}', msgspec.json.Decoder(kind))
    assert (caught.value.status, caught.value.engine_message) == (200, "container stopped")


def test_stats_with_a_time_are_stats_whatever_else_they_hold() -> None:
    body = b'{"read":"2026-09-21T14:13:20Z","message":"hello","response":500}'
    assert decoded("/stats", body, stats_decoder).read == "2026-09-21T14:13:20Z"


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"<html>", b"[" * 100_000, b'{"read":"\xff"}', b'{"response":1}']
)
def test_anything_else_is_malformed_and_asks_whether_it_is_an_engine(body: bytes) -> None:
    with pytest.raises(MalformedAnswerError, match=r"to GET /stats; is it a Docker Engine that is meant\?") as caught:
        decoded("/stats?stream=false", body, stats_decoder)
    assert (caught.value.status, caught.value.answered) == (200, True)


def test_malformed_before_any_status_says_that_nothing_answered() -> None:
    error = malformed("/info", "bytes that are no HTTP", status=None)
    assert (error.status, error.answered) == (None, False)
