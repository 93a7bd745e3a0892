"""From the engine's errors to the reason a person reads in place of a figure.

Not here: the errors' own sentences (engine), how long an old figure is still shown (sampler).
"""

from __future__ import annotations

from dockstats_core.errors import EngineError, EngineNotReachableError, EngineTimeoutError
from dockstats_core.messages.agent import UnknownReason
from dockstats_core.sources.protocol import Failure


def failure_of(error: EngineError) -> Failure:
    """Why a container could not be read, for programs and for people."""
    reason: UnknownReason = "engine_error"
    if isinstance(error, EngineTimeoutError):
        reason = "time_out"
    elif isinstance(error, EngineNotReachableError):
        reason = "engine_unreachable"
    return Failure(reason=reason, detail=str(error))
