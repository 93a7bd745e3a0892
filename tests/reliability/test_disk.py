"""A full disk, a read-only one, a log that cannot be written: nothing is written, so nothing happens.

Not here: what a container's layer shows of it (tests/engine/test_in_container.py).
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import anyio
import httpx
import pytest

from dockstats_core.program.sockets import bound_address, open_sockets
from tests.reliability.processes import with_own_mounts
from tests.running import ANY_PORT, executable

PROGRAMS = {
    "dockstats-agent": ("--source", "simulated"),
    "dockstats-dashboard": ("--demo",),
}


def a_free_port() -> int:
    """A port that nobody listens on: a program without a log cannot tell which one it took."""
    [free] = open_sockets(ANY_PORT)
    with free:
        return bound_address(ANY_PORT, [free]).port


@pytest.mark.parametrize("name", PROGRAMS)
async def test_program_on_a_full_disk_with_everything_else_read_only_serves_and_ends_with_0(
    name: str, tmp_path: Path
) -> None:
    port = a_free_port()
    full = tmp_path / "full"
    full.mkdir()
    script = f"""
        mount -t tmpfs -o size=16k none {full}
        head -c 1M /dev/zero 2>&- >{full}/filled || true
        mount -o remount,bind,ro / || true
        cd {full}
        exec 2>{full}/log"""
    words = with_own_mounts(script, executable(name), *PROGRAMS[name], "--listen", f"127.0.0.1:{port}")
    places = {variable: str(full) for variable in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")}
    process = await anyio.open_process(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=None, env={**os.environ, **places}
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:

            async def until_served() -> None:
                while True:
                    try:
                        assert (await client.get("/healthz")).json()["ok"]
                    except httpx.ConnectError:
                        await anyio.sleep(0.05)
                    else:
                        return

            with anyio.fail_after(30):
                await until_served()
        process.send_signal(signal.SIGTERM)
        with anyio.fail_after(20):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
        await process.aclose()
