"""Contestants are small programs here, in processes of their own as the real ones. Not here: the real ones."""

from __future__ import annotations

import os
import sys

import pytest

from bench.contestants.contestant import Contestant
from bench.running import BenchError, running

SAYS_REPORTS = """
import time
for number in range(1, 1000):
    print('{"at_s": %f, "figures": %d, "containers": %d}' % (time.monotonic(), 10 * number, min(number, 3)), flush=True)
    time.sleep(0.02)
"""
SAYS_ITS_ENVIRONMENT = """
import json, os, sys
print(json.dumps(sorted(os.environ)), file=sys.stderr)
sys.exit(7)
"""


def contestant(script: str) -> Contestant:
    return Contestant(key="small", title="a small one", kind="others", command=[sys.executable, "-c", script])


def test_contestant_is_ready_when_it_gives_figures_of_every_container_and_ends_with_the_block() -> None:
    with running(contestant(SAYS_REPORTS)) as one:
        one.wait_until_all_followed(3, within_s=20.0)
        pid, client = one.pids
        assert pid is not None
        assert client is None
        assert one.tally.containers == 3
        assert one.bytes_read() > 0
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_nobody_is_ready_at_once() -> None:
    with running(Contestant(key="idle", title="nobody", kind="idle")) as one:
        one.wait_until_all_followed(100)
        assert one.pids == (None, None)


def test_contestant_that_ends_stops_the_run_with_its_last_words() -> None:
    with (
        pytest.raises(BenchError, match=r"(?s)a small one ended with exit code 7:.*PYTHONPATH"),
        running(contestant(SAYS_ITS_ENVIRONMENT)) as one,
    ):
        one.wait_until_all_followed(1, within_s=20.0)


def test_contestant_that_leaves_containers_out_stops_the_run() -> None:
    with running(contestant(SAYS_REPORTS)) as one:
        one.wait_until_all_followed(3, within_s=20.0)
        with pytest.raises(BenchError, match="a small one gives figures of 3 of 4 containers"):
            one.wait_until_all_followed(4, within_s=0.0)


def test_program_that_is_not_installed_stops_the_run() -> None:
    missing = Contestant(key="none", title="none", kind="others", command=["no-such-program"])
    with pytest.raises(BenchError, match="no-such-program is not installed here"), running(missing):
        raise AssertionError("it was started")


def test_agent_that_does_not_come_up_stops_the_run_with_its_last_words() -> None:
    silent = Contestant(
        key="agent",
        title="an agent",
        kind="ours",
        serves=True,
        command=[sys.executable, "-c", "import sys; sys.exit('no such option')"],
    )
    with pytest.raises(BenchError, match=r"(?s)an agent ended with exit code 1:.*no such option"), running(silent):
        raise AssertionError("it serves")
