"""The tests' own containers: what a crashed run left behind goes, what another run uses stays."""

from __future__ import annotations

import time

import pytest

from tests.engine.containers import IDLE, LABEL, LEFT_BEHIND_AFTER_S, Containers, containers
from tests.requirements import IMAGE

pytestmark = pytest.mark.engine


async def test_containers_of_a_crashed_run_are_removed_and_those_of_a_running_one_are_not() -> None:
    async with containers() as made:
        of_a_running_one = await made.run("used")
        old = f"{LABEL}={int(time.time()) - LEFT_BEHIND_AFTER_S - 1}-crashed"
        left_behind = await made.docker("run", "--detach", "--label", old, IMAGE, *IDLE)
        async with containers():
            there = (await made.docker("ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={LABEL}")).split()
    assert of_a_running_one in there
    assert left_behind not in there


async def test_containers_are_removed_when_their_test_fails() -> None:
    made: Containers

    async def fail() -> None:
        nonlocal made
        async with containers() as made:
            await made.run("web")
            raise RuntimeError("failed")

    with pytest.raises(RuntimeError, match="failed"):
        await fail()
    assert await made.docker("ps", "--all", "--quiet", "--filter", f"label={made.label}") == ""
