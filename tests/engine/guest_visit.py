"""One visit to the guest for all tests that want something of it: to boot it takes as long as most of them.

Both of its engines are observed (matrix), then some of the tests of this machine's engine run there, on cgroup v2 and
another Python. Any other of them can be run there by hand:
`tests/engine/guest run 'python3 -m pytest -n 0 -p no:cacheprovider tests/engine/test_life.py'` takes two minutes.
Not here: the guest itself (tests/engine/guest), what must come out (test_matrix, test_guest).
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.engine.matrix import Observation

GUEST = Path(__file__).parent / "guest"
WAIT_S = 550  # it takes 150 s where nothing else wants a core
ALL_DONE = 3  # the status of the last command: not 0, so that it is seen to come out of the guest

# Podman first: its /version takes a second of the only core at best, and beside the containers that an observation
# leaves several at a time take longer than anybody waits for an answer.
_ENGINES: Mapping[str, str] = {"podman": "$DOCKSTATS_GUEST_PODMAN", "docker": "$DOCKER_HOST"}
_OBSERVE = "python3 -m tests.engine.matrix --leave --disk /disk --interval 1 --docker-host {host} --out {out}"
_TESTS = ("test_started_container_shows_in_time_and_then_its_limits", "test_container_out_of_memory_shows_so_in_time")
_TEST = f"python3 -m pytest -n 0 -p no:cacheprovider {' '.join(f'tests/engine/test_life.py::{one}' for one in _TESTS)}"


class Visit(NamedTuple):
    """What came of it. `observed` is by engine, docker or podman, as far as it came; `passed` is of the tests."""

    status: int
    output: str
    observed: Mapping[str, Observation]
    passed: bool


@cache
def visit() -> Visit:
    """Boot, observe, test, power off; once a run of the tests, whatever comes of it."""
    with tempfile.TemporaryDirectory() as directory:
        outs = {name: Path(directory, f"{name}.json") for name in _ENGINES}
        observe = [_OBSERVE.format(host=host, out=f"/host{outs[name]}") for name, host in _ENGINES.items()]
        passed = Path(directory, "passed")
        done = subprocess.run(
            [GUEST, "run", "; ".join([*observe, f"{_TEST} && touch /host{passed}", f"exit {ALL_DONE}"])],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "DOCKSTATS_GUEST_WAIT_S": str(WAIT_S)},
            check=False,
        )
        observed = {
            name: msgspec.json.decode(out.read_bytes(), type=Observation) for name, out in outs.items() if out.exists()
        }
        return Visit(done.returncode, done.stdout, observed, passed.exists())
