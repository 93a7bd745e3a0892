"""Signals to both programs while they load and start, and a SIGHUP at any time.

Not here: the order to stop one that serves (tests/agent/test_cli.py, tests/dashboard/test_cli.py), one signal after the
other in exact times (tests/core/program/test_lifetime.py), one that comes after the end (test_running.py there).
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import termios
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from tests.running import Program, executable, program, until

PROGRAMS = {
    "dockstats-agent": ("--source", "simulated", "--listen", "127.0.0.1:0"),
    "dockstats-dashboard": ("--demo", "--listen", "127.0.0.1:0"),
}
CAUGHT = "SigCgt:"


async def loading(running: Program) -> None:
    """Its first lines have run: it has something of its own to do at a signal."""
    await until(lambda: _has_caught(running, signal.SIGTERM))


async def starting(running: Program) -> None:
    """Everything is loaded and it has a port, but it does not serve yet, or only just."""
    process = psutil.Process(running.process.pid)
    await until(lambda: bool(process.net_connections(kind="tcp")), within_s=40)


async def serving(running: Program) -> None:
    """It said that it serves."""
    await running.port()


Stage = Callable[[Program], Awaitable[None]]


def _has_caught(running: Program, sign: signal.Signals) -> bool:
    with suppress(OSError):
        for line in Path(f"/proc/{running.process.pid}/status").read_text().splitlines():
            if line.startswith(CAUGHT):
                return bool(int(line.removeprefix(CAUGHT), 16) >> (sign - 1) & 1)
    return False


@pytest.mark.parametrize(
    ("name", "sign", "stage"),
    [
        *((name, sign, loading) for name in PROGRAMS for sign in (signal.SIGTERM, signal.SIGINT)),
        ("dockstats-agent", signal.SIGTERM, starting),
        ("dockstats-dashboard", signal.SIGINT, starting),
    ],
)
async def test_order_to_stop_ends_it_with_0_and_a_sentence_before_it_serves(
    name: str, sign: signal.Signals, stage: Stage
) -> None:
    async with program(name, *PROGRAMS[name]) as running:
        await stage(running)
        assert await running.stop(sign) == 0
    log = "\n".join(running.log)
    assert "stopped while it was loading" in log or f"stopping signal={sign.name}" in log
    assert "Traceback" not in log


@pytest.mark.parametrize("name", PROGRAMS)
async def test_hangup_neither_ends_it_nor_stops_it_from_serving_at_any_stage(name: str) -> None:
    async with program(name, *PROGRAMS[name]) as running:
        for stage in (loading, starting, serving):
            await stage(running)
            running.process.send_signal(signal.SIGHUP)
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            for _ in range(3):
                running.process.send_signal(signal.SIGHUP)
                assert (await client.get(f"http://127.0.0.1:{await running.port()}/healthz")).status_code == 200
        assert await running.stop() == 0
    assert "Traceback" not in "\n".join(running.log)


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_goes_with_the_terminal_that_it_was_started_in(name: str) -> None:
    ours, its = os.openpty()
    with subprocess.Popen(
        [executable(name), *PROGRAMS[name]],
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    ) as running:
        os.close(its)
        said = b""
        while b"://127.0.0.1" not in said:
            said += os.read(ours, 4096)
        os.close(ours)
        assert running.wait(20) == 0
