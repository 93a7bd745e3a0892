"""From errors to reasons: what stands in place of a figure."""

from __future__ import annotations

import pytest

from dockstats_core.errors import (
    EngineApiError,
    EngineError,
    EngineNotReachableError,
    EnginePermissionError,
    EngineTimeoutError,
    MalformedAnswerError,
)
from dockstats_core.messages.agent import UnknownReason
from dockstats_core.sources.failures import failure_of


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (EngineTimeoutError, "time_out"),
        (EngineNotReachableError, "engine_unreachable"),
        (EngineApiError, "engine_error"),
        (EnginePermissionError, "engine_error"),
        (MalformedAnswerError, "engine_error"),
        (EngineError, "engine_error"),
    ],
)
def test_an_error_becomes_a_reason_and_keeps_its_sentence(kind: type[EngineError], reason: UnknownReason) -> None:
    failure = failure_of(kind("the engine did not answer"))
    assert (failure.reason, failure.detail) == (reason, "the engine did not answer")
