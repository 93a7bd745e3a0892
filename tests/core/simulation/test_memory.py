"""A made-up program's memory: its shape, its cache, and what happens near the limit."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from dockstats_core.simulation.memory import Memory
from dockstats_core.simulation.roles import MIB, Role


def memory(*, limit_bytes: int = 256 * MIB, **role: Any) -> Memory:
    return Memory(Role(project=None, service="api", image="api:1", **role), limit_bytes)


def live(held: Memory, seconds: int, *, busy: float = 1.0) -> Memory:
    for _ in range(seconds):
        held.live(1.0, busy=busy, noise=0.0)
    return held


def test_new_run_holds_nothing_yet_but_what_the_kernel_needs_for_it() -> None:
    held = memory()
    assert held.usage_bytes == held.kernel_bytes > 0


def test_steady_program_holds_what_its_role_says_and_its_cache_fills_by_and_by() -> None:
    held = live(memory(anon_bytes=60 * MIB, file_bytes=40 * MIB), 60)
    assert held.anon_bytes == 60 * MIB
    assert 20 * MIB < held.file_bytes < 40 * MIB
    assert held.squeezed == held.limit_hits == held.major_faults == held.swap_bytes == 0


def test_cache_gives_way_to_the_program() -> None:
    held = live(memory(anon_bytes=200 * MIB, file_bytes=900 * MIB), 600)
    assert held.usage_bytes == pytest.approx(256 * MIB, abs=2)


def test_leak_is_squeezed_before_it_is_full() -> None:
    held = memory(anon_bytes=60 * MIB, memory="leak", grows_bytes_per_s=MIB)
    seen = []
    while not held.is_full:
        live(held, 1)
        seen.append(held.squeezed)
        assert len(seen) < 400
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == pytest.approx(1.0)
    assert sum(0 < squeezed < 1 for squeezed in seen) > 10, "long enough to be seen"
    assert held.limit_hits > 0
    assert held.major_faults > 0
    assert held.swap_bytes > 0
    assert held.oom_kills == 0, "the container itself dies"


def test_worker_that_leaks_is_killed_and_what_it_held_is_free_again() -> None:
    held = memory(anon_bytes=60 * MIB, memory="worker-leak", grows_bytes_per_s=MIB)
    while not held.oom_kills:
        live(held, 1)
    assert held.oom_kills == 1
    assert held.squeezed == 0
    assert held.limit_hits > 0, "as it counts since the start"
    assert held.swap_bytes == 0
    assert not held.is_full


def test_busier_program_leaks_faster() -> None:
    calm, busy = (
        live(memory(anon_bytes=60 * MIB, memory="leak", grows_bytes_per_s=MIB), 30, busy=busy) for busy in (0.5, 2.0)
    )
    assert busy.anon_bytes > calm.anon_bytes


@pytest.mark.parametrize("shape", ["leak", "worker-leak"])
def test_leak_that_was_there_before_has_some_way_to_go(shape: str) -> None:
    for seed in range(50):
        held = memory(anon_bytes=60 * MIB, memory=shape, grows_bytes_per_s=MIB)
        held.begin(3600.0, Random(seed))
        assert held.anon_bytes < 0.9 * 256 * MIB
        assert held.file_bytes > 0
