"""Finds an engine that hangs: one that keeps its connections open and says nothing more.

Streams may be quiet for as long as nothing happens, and a hanging engine looks the same; so it is asked for a sign of
life now and then. A refusal is one. Not here: what follows from silence (feeds).
"""

from __future__ import annotations

from typing import NoReturn

import anyio
from msgspec import Struct

from dockstats_core.engine.api import EngineClient
from dockstats_core.errors import EngineError


class PulseLimits(Struct, frozen=True, kw_only=True):
    """Together they find a silent engine within 15 s, as a silent agent is found."""

    every_s: float = 5.0  # a ping costs the engine well below a millisecond
    silence_s: float = 10.0  # an engine on a busy machine may need a while


async def keep_pulse(engine: EngineClient, limits: PulseLimits | None = None) -> NoReturn:
    """Ask for signs of life until cancelled.

    Raises:
        EngineTimeoutError, EngineNotReachableError: there is none.
    """
    limits = limits or PulseLimits()
    while True:
        await anyio.sleep(limits.every_s)
        try:
            await engine.ping(timeout_s=limits.silence_s)
        except EngineError as error:
            if not error.answered:
                raise
