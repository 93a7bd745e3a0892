from __future__ import annotations

import pytest

from bench.processes import Memory
from bench.promises import promises
from tests.bench.measured import measurement, result, small_result


def outcome(*arguments: object, **changed: object) -> dict[str, bool]:
    return {one.what: one.holds for one in promises(result(*arguments, **changed))}  # type: ignore[arg-type]


def test_run_of_the_usual_size_is_held_against_every_promise_it_knows_about() -> None:
    found = {one.what: one for one in promises(small_result())}
    assert found["whole cost at 500ms, of docker stats"].measured == "1/40"
    assert found["the agent itself at 500ms"].holds
    assert found["CPU a figure at 500ms, all told"].measured == "50.0 µs"
    assert found["resident memory of the agent"].measured == "50.0 MiB (Pss 45.0 MiB)"


@pytest.mark.parametrize(("watcher", "holds"), [(0.19, True), (0.21, False)])
def test_twentieth_of_docker_stats_is_the_bound_at_500_ms(watcher: float, *, holds: bool) -> None:
    found = outcome(
        measurement("idle"),
        measurement("docker-stats", watcher=0.4, engine=3.6),
        measurement("agent-cgroup-500ms", watcher=watcher),
    )
    assert found["whole cost at 500ms, of docker stats"] is holds


@pytest.mark.parametrize(("at_500", "holds"), [(0.5, True), (0.61, False), (0.39, False)])
def test_growth_is_held_both_ways(at_500: float, *, holds: bool) -> None:
    memory = Memory(rss_bytes=1, pss_bytes=1, processes=1)
    grown = tuple(
        measurement("agent-cgroup-500ms", containers=size, watcher=watcher, figures_per_s=2.0 * size, memory=memory)
        for size, watcher in ((50, 0.05), (500, at_500))
    )
    found = outcome(measurement("idle"), growth=grown)
    assert found["the agent's CPU a figure, 500 containers to 50"] is holds


@pytest.mark.parametrize(("watcher", "holds"), [(0.24, True), (0.26, False)])
def test_floor_is_the_system_calls_of_the_same_run(watcher: float, *, holds: bool) -> None:
    found = outcome(measurement("agent-cgroup-100ms", watcher=watcher), measurement("floor-100ms", watcher=0.1))
    assert found["the agent to the system calls alone, at 100ms"] is holds


def test_run_of_another_size_is_held_against_nothing() -> None:
    assert promises(result(measurement("agent-cgroup-500ms", containers=20, watcher=9.9))) == []
    assert promises(result()) == []
