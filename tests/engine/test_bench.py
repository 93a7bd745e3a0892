"""The bench on the real engine, as small as it gets: it measures, writes, and leaves no container behind.

Not here: whether its figures are good; that takes the whole bench and a machine that does nothing else.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench.containers import LABEL
from bench.findings import Result, read
from tests.engine.containers import HOST, docker

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.engine, pytest.mark.time_limit(180)]


def start(directory: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench", "--quick", "--sizes", "0", "--out", str(directory), *arguments],
        cwd=ROOT,
        env={**os.environ, "DOCKER_HOST": HOST},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def containers_left() -> str:
    return await docker("ps", "--all", "--quiet", "--filter", f"label={LABEL}")


async def test_small_run_measures_writes_and_removes_its_containers(tmp_path: Path) -> None:
    only = ("--only", "docker-stats", "--only", "agent-cgroup-100ms", "--only", "floor-100ms")
    with start(tmp_path, *only, "--containers", "2", "--span", "3") as bench:
        out, error = bench.communicate()
    assert bench.returncode in {0, 3}, error  # 3: something else ran on this machine, which is for the bench to say
    assert "docker stats" in out
    result: Result = read(tmp_path / "results.json")
    assert {one.contestant for one in result.cost} == {"idle", "docker-stats", "agent-cgroup-100ms", "floor-100ms"}
    assert result.batch is not None
    assert result.batch.floor_us.median > 0
    assert result.batch.read_us.median > 0
    for one in result.cost:
        if one.contestant != "idle":
            assert one.usage.by_group["watcher"] > 0
            assert one.figures_per_s
    assert (tmp_path / "chart.svg").exists()
    assert await containers_left() == ""


async def test_interrupted_run_removes_its_containers_and_says_so(tmp_path: Path) -> None:
    with start(tmp_path, "--only", "docker-stats", "--containers", "5") as bench:
        assert bench.stderr is not None
        for line in bench.stderr:
            if "starting 5 containers" in line:
                bench.send_signal(signal.SIGINT)
                bench.send_signal(signal.SIGINT)  # as `uv run` does
                break
        _, error = bench.communicate()
    assert bench.returncode == 130
    assert "interrupted" in error
    assert await containers_left() == ""
