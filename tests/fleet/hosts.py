"""A host of the fleet: a guest with an engine, a container, an agent, and a cable to the switch.

Its power can be cut; and it does what it is told, whatever happens to its network.
Not here: the guest itself (tests/engine/guest), what runs in it (host), the network (network).
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal, NamedTuple

import anyio
import psutil
from anyio.abc import Process

from tests.engine.guest_visit import GUEST
from tests.fleet.network import Cable

BOOT_S = 90.0
ORDER_S = 15.0
GUEST_WAIT_S = 280
MEMORY = "768M"

_HOST = Path(__file__).parent / "host"
_ENDPOINTS = {"docker": "$DOCKER_HOST", "podman": "$DOCKSTATS_GUEST_PODMAN"}
_LOOK_AGAIN_S = 0.02


class Kind(NamedTuple):
    """What a host is to be."""

    label: str
    engine: Literal["docker", "podman"]
    agent: Sequence[str]  # arguments of its agent
    crowd: int = 0  # made-up containers of a second agent, at port 8081


class Host:
    """One host; `boot` it first."""

    def __init__(self, kind: Kind, cable: Cable, directory: Path) -> None:
        self.kind = kind
        self.cable = cable
        self._directory = directory
        self._script: Process | None = None
        self._orders = 0
        self._boots = 0

    async def boot(self) -> None:
        """Switch it on; returns when its agent serves."""
        self._boots += 1
        self._orders = 0
        files = self._files()
        files.mkdir()
        kind = self.kind
        words = [_HOST, files, kind.label, _ENDPOINTS[kind.engine], str(kind.crowd), *kind.agent]
        # All but the endpoint, which is a variable of the guest.
        line = " ".join(shlex.quote(str(word)) if word not in _ENDPOINTS.values() else str(word) for word in words)
        environ = {
            "DOCKSTATS_GUEST_CARD": self.cable.card(),
            "DOCKSTATS_GUEST_ENGINES": kind.engine,
            "DOCKSTATS_GUEST_MEMORY": MEMORY,
            "DOCKSTATS_GUEST_WAIT_S": str(GUEST_WAIT_S),
        }
        with (files / "console").open("wb") as console:
            self._script = await anyio.open_process(
                [GUEST, "run", f"/host{line}"],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                env={**os.environ, **environ},
            )
        await self._until_serving(files)

    async def order(self, script: str) -> str:
        """Have it run lines of bash, once its container runs; gives what they say. They must succeed."""
        self._orders += 1
        order = self._files() / str(self._orders)
        part = order.with_suffix(".part")
        part.write_text(script)
        part.rename(order)
        status, said = order.with_suffix(".status"), order.with_suffix(".said")
        with anyio.move_on_after(ORDER_S + (BOOT_S if self._orders == 1 else 0.0)):
            while not (status.exists() and status.read_text()):  # noqa: ASYNC110 - a file tells nobody
                await anyio.sleep(_LOOK_AGAIN_S)
            assert status.read_text() == "0\n", f"{self.kind.label}: {script}: {said.read_text()}"
            return said.read_text()
        raise AssertionError(f"{self.kind.label} did not do {script!r}:\n{self._last_words()}")

    async def cut_power(self) -> None:
        """From one moment to the next: nothing in it gets to say anything."""
        assert self._script is not None
        for process in psutil.Process(self._script.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if "linux.uml" in process.name():
                    process.kill()
        await self._script.wait()

    async def end(self) -> None:
        """Switch it off, if it is on."""
        if self._script is not None:
            if self._script.returncode is None:
                self._script.terminate()
            await self._script.wait()

    def log(self) -> str:
        """What its agent has logged since the last boot."""
        return (self._files() / "agent.log").read_text()

    def _files(self) -> Path:
        """Of this boot: an order of an earlier one must not be done again."""
        return self._directory / f"{self.kind.label}.{self._boots}"

    async def _until_serving(self, files: Path) -> None:
        logs = [files / "agent.log", *([files / "crowd.log"] if self.kind.crowd else [])]
        with anyio.move_on_after(BOOT_S):
            while not all(log.exists() and " serving " in log.read_text() for log in logs):
                assert self._script is not None
                assert self._script.returncode is None, self._last_words()
                await anyio.sleep(_LOOK_AGAIN_S)
            return
        raise AssertionError(f"no agent serves on {self.kind.label}:\n{self._last_words()}")

    def _last_words(self) -> str:
        said = [file.read_text(errors="replace") for file in sorted(self._files().iterdir()) if file.stat().st_size]
        return "\n".join(said)[-4000:]


@asynccontextmanager
async def hosts(cabled: Sequence[tuple[Kind, Cable]]) -> AsyncIterator[Sequence[Host]]:
    """Hosts that have booted, one at a time on two CPUs, of which others want one; switched off in the end."""
    with tempfile.TemporaryDirectory() as directory:
        made = [Host(kind, cable, Path(directory)) for kind, cable in cabled]
        at_a_time = anyio.CapacityLimiter(max(1, (os.cpu_count() or 1) - 1))

        async def boot(host: Host) -> None:
            async with at_a_time:
                await host.boot()

        try:
            async with anyio.create_task_group() as booting:
                for host in made:
                    booting.start_soon(boot, host)
            yield made
        finally:
            with anyio.CancelScope(shield=True):
                async with anyio.create_task_group() as ending:
                    for host in made:
                        ending.start_soon(host.end)
