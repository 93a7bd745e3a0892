"""An engine that says nothing more is found, and one that only refuses is left alone."""

from __future__ import annotations

import anyio
import pytest

from dockstats_core.engine.api import EngineClient
from dockstats_core.engine.pulse import PulseLimits, keep_pulse
from dockstats_core.errors import EngineNotReachableError, EngineTimeoutError
from tests import faults
from tests.fake_engine import FakeEngine

QUICK = PulseLimits(every_s=0.01, silence_s=0.05)


async def test_a_silent_engine_is_a_time_out_that_names_what_was_asked() -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint) as client:
        engine.fault("/_ping", faults.hang)
        with anyio.fail_after(20), pytest.raises(EngineTimeoutError, match="did not answer GET /_ping"):
            await keep_pulse(client, QUICK)


async def test_an_engine_that_went_away_is_not_reachable() -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint) as client:
        await engine.go_away()
        with anyio.fail_after(20), pytest.raises(EngineNotReachableError):
            await keep_pulse(client, QUICK)


async def test_an_engine_that_answers_or_a_proxy_that_refuses_is_asked_again_and_again() -> None:
    async with FakeEngine() as engine, EngineClient(engine.endpoint) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(keep_pulse, client, PulseLimits(every_s=0.01))
        for refuses in (False, True):
            if refuses:
                engine.fault("/_ping", faults.status(403, "forbidden by administrative rules"))
            await engine.requested("/_ping", engine.count("/_ping") + 3)
        tasks.cancel_scope.cancel()
