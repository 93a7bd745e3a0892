"""Agents by name, and a name server that fails: what it says of one agent is nobody else's trouble.

Not here: the sentence for each failure (tests/core/connection/test_driver.py).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest

from tests.browser.fake_agent import fake_agent
from tests.builders import batch
from tests.reliability.name_server import ADDRESS, name_server
from tests.reliability.processes import with_own_mounts
from tests.running import command, executable

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a name server of the test's own needs root")

SILENT = 12  # more than the threads that asyncio has for names on any machine of up to seven cores


@asynccontextmanager
async def dashboard(folder: Path, agents: list[str]) -> AsyncIterator[httpx.AsyncClient]:
    """A dashboard that follows these URLs and asks the test's name server."""
    (folder / "resolv.conf").write_text(f"nameserver {ADDRESS}\n")
    words = (executable("dockstats-dashboard"), "--listen", "127.0.0.1:0", "--agents", ";".join(agents))
    mounts = f"mount --bind {folder}/resolv.conf /etc/resolv.conf"
    async with command(with_own_mounts(mounts, *words)) as running:
        url = f"http://127.0.0.1:{await running.port()}"
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as client:
            yield client
        assert await running.stop() == 0


async def until_status(client: httpx.AsyncClient, place: int, status: str, *, why: str = "") -> None:
    """Wait until an agent's connection is so."""
    with anyio.fail_after(20):
        while True:
            told = (await client.get("/api/agents")).json()[place]["connection"]
            if told["status"] == status and why in (told["reason"] or ""):
                return
            await anyio.sleep(0.05)


async def test_agent_whose_name_fails_at_first_is_connected_once_it_is_right(tmp_path: Path) -> None:
    async with name_server() as names, fake_agent([batch()]) as agent:
        url = agent.url.replace("127.0.0.1", "heron.test")
        async with dashboard(tmp_path, [url]) as client:
            await until_status(client, 0, "error", why="its name cannot be resolved")
            names.addresses["heron.test"] = "127.0.0.1"
            await until_status(client, 0, "connected")


async def test_names_of_which_nothing_is_heard_keep_no_other_agent_waiting(tmp_path: Path) -> None:
    async with name_server() as names, fake_agent([batch()]) as agent:
        lost = [f"lost-{number}.test" for number in range(SILENT)]
        names.silent |= set(lost)
        names.addresses["heron.test"] = "127.0.0.1"
        agents = [*(f"ws://{name}/ws" for name in lost), agent.url.replace("127.0.0.1", "heron.test")]
        async with dashboard(tmp_path, agents) as client:
            await until_status(client, SILENT, "connected")
            first = (await client.get("/api/agents")).json()[0]["connection"]
            assert (first["status"], first["reason"]) == ("connecting", None), "none of the others was given up yet"
