from __future__ import annotations

from pathlib import Path

import pytest

from bench.containers import Engine
from bench.running import BenchError


def test_engine_that_is_elsewhere_is_refused() -> None:
    with pytest.raises(BenchError, match=r"an engine of this machine, and DOCKER_HOST is tcp://10\.0\.0\.5:2375"):
        Engine("tcp://10.0.0.5:2375")


def test_engine_that_does_not_answer_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BenchError) as stopped:
        Engine(f"unix://{tmp_path}/no.sock").facts("any")
    assert "\n" not in str(stopped.value)


def test_socket_to_which_nobody_is_connected_has_no_clients(tmp_path: Path) -> None:
    assert Engine(f"unix://{tmp_path}/no.sock").connections() == 0
