"""From settings to the exit code, in a process of its own, as the programs do it."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.command_line import parse
from dockstats_core.program.logs import LineFormatter
from dockstats_core.program.running import run
from dockstats_core.program.settings import AgentSettings

PROGRAM = """
import logging, os, signal, threading, time
import anyio
from pathlib import Path
from dockstats_core.program.command_line import parse
from dockstats_core.program.running import run

async def serve(settings):
    logging.getLogger("x").info("label=%s", settings.host_label)
    logging.getLogger("x").debug("not told")
    {body}

run("agent", parse("agent", [], {{}}, Path("/nonexistent"), host_name="heron"), serve)
"""


def ended(body: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(body=body)], capture_output=True, text=True, timeout=30, check=False
    )


def test_exit_code_is_what_serving_gives_and_the_log_has_its_level() -> None:
    done = ended("return 3")
    assert done.returncode == 3
    assert done.stderr.endswith(" INFO x label=heron\n")
    assert done.stderr.count("\n") == 1


def test_start_that_cannot_be_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    async def serve(settings: AgentSettings) -> int:
        raise ConfigurationError(f"cannot listen on {settings.listen}")

    root = logging.getLogger()
    before = root.level
    with pytest.raises(SystemExit) as left:
        run("agent", parse("agent", [], {}, Path("/nonexistent")), serve)
    root.handlers[:] = [one for one in root.handlers if not isinstance(one.formatter, LineFormatter)]
    root.setLevel(before)
    assert left.value.code == 2
    assert capsys.readouterr().err == "dockstats-agent: cannot listen on :8080\n"


def test_fault_of_ours_is_a_traceback_and_exit_code_1() -> None:
    done = ended("raise ZeroDivisionError")
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr


def test_thread_that_still_resolves_a_name_does_not_keep_the_program() -> None:
    started_s = time.monotonic()
    done = ended("threading.Thread(target=time.sleep, args=(25,)).start(); return 0")
    assert done.returncode == 0
    assert time.monotonic() - started_s < 20


def test_call_that_is_stuck_in_the_loops_own_thread_does_not_keep_the_program() -> None:
    started_s = time.monotonic()
    done = ended("import asyncio; asyncio.get_running_loop().run_in_executor(None, time.sleep, 25); return 0")
    assert done.returncode == 0
    assert time.monotonic() - started_s < 20


def test_signal_that_comes_when_serving_is_over_does_not_make_another_exit_of_it() -> None:
    late = "threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()"
    done = ended(f"{late}; threading.Thread(target=time.sleep, args=(25,)).start(); return 0")
    assert done.returncode == 0
