"""Containers for the tests, made and removed through the docker command line.

Each has a label of its own test, which is also the filter that keeps everybody else's containers out of that test. The
label tells when it was made, so that what a crashed run left behind can be told from what another run uses right now.
Not here: what the containers are for.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio

from tests.requirements import DEFAULT_HOST, IMAGE

HOST = os.environ.get("DOCKER_HOST") or DEFAULT_HOST
"""The engine that the tests share."""

LABEL = "dockstats.test"
LEFT_BEHIND_AFTER_S = 300  # no test is allowed to take that long
_REMOVAL_S = 30.0

BURN = ("sh", "-c", "while :; do :; done")
"""Uses all the CPU it gets: give it `--cpus`."""
HOG = ("sh", "-c", "sleep 0.3; exec tail /dev/zero")
"""Takes memory until it is killed: give it `--memory`. In its first moments the engine might not notice why."""
IDLE = ("sleep", "600")


def disk_below(directory: Path) -> str | None:
    """The device file of the disk that a directory lies on; None where it cannot be told."""
    try:
        device = directory.stat().st_dev
        block = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve(strict=True)
    except OSError:
        return None
    disk = block.parent if (block / "partition").exists() else block  # only whole disks can have a limit
    return f"/dev/{disk.name}"


async def docker(*arguments: str, host: str = HOST) -> str:
    """What the docker command prints; it must succeed."""
    # Its own standard error is the reason in the failure, which an exception of anyio would leave out.
    done = await anyio.run_process(["docker", "--host", host, *arguments], check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr.decode(errors='replace').strip()}"
    return done.stdout.decode(errors="replace").strip()


class Containers:
    """One test's containers on one engine."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._token = secrets.token_hex(4)
        self.label = f"{LABEL}={int(time.time())}-{self._token}"
        self.filters: Mapping[str, Sequence[str]] = {"label": [self.label]}
        """What shows this test's containers and no others."""

    def name(self, short: str) -> str:
        """A container's whole name: other tests may use the same short one."""
        return f"{short}-{self._token}"

    async def run(self, short: str, command: Sequence[str] = IDLE, *options: str) -> str:
        """Start a container; gives its id."""
        return await self.docker("run", "--detach", *self._named(short), *options, IMAGE, *command)

    async def create(self, short: str, command: Sequence[str] = IDLE, *options: str) -> str:
        """Make a container that is not started yet; gives its id."""
        return await self.docker("create", *self._named(short), *options, IMAGE, *command)

    def _named(self, short: str) -> Sequence[str]:
        return ("--name", self.name(short), "--label", self.label)

    async def pause(self, short: str) -> None:
        """Freeze a container; again where runc gave up, as it does after milliseconds of waiting on a busy machine."""
        for is_last in (False, False, False, False, True):
            try:
                await self.docker("pause", self.name(short))
            except AssertionError as error:
                if is_last or "freeze" not in str(error):
                    raise
            else:
                return

    async def docker(self, *arguments: str) -> str:
        """The docker command on this engine."""
        return await docker(*arguments, host=self.host)

    async def events(self, short: str, action: str, *, since_s: float) -> list[float]:
        """When the engine says that `action` happened to a container: Unix seconds, oldest first."""
        span = ("--since", f"{since_s:.9f}", "--until", f"{time.time():.9f}")
        only = ("--filter", f"label={self.label}", "--filter", f"event={action}")
        told = await self.docker("events", "--format", "{{json .}}", *span, *only)
        events = [json.loads(line) for line in told.splitlines()]
        # A rename is told under the new name, so the name alone would miss it.
        wanted = self.name(short)
        return [
            event["timeNano"] / 1e9
            for event in events
            if wanted in {event["Actor"]["Attributes"].get(key, "").removeprefix("/") for key in ("name", "oldName")}
        ]

    async def remove_all(self) -> None:
        """Remove every container with this test's label."""
        listed = await self.docker("ps", "--all", "--quiet", "--filter", f"label={self.label}")
        await _remove(listed.split(), self.host)


@asynccontextmanager
async def containers(host: str = HOST, *, leave: bool = False) -> AsyncIterator[Containers]:
    """A test's containers, removed at the end whatever happens; `leave` is for an engine that ends with them."""
    for container_id in await _left_behind(host):
        with suppress(AssertionError):  # another run may remove it at the same moment
            await _remove([container_id], host)
    made = Containers(host)
    try:
        yield made
    finally:
        if not leave:
            with anyio.move_on_after(_REMOVAL_S, shield=True):
                await made.remove_all()


async def _remove(ids: Sequence[str], host: str) -> None:
    if ids:
        await docker("rm", "--force", "--volumes", *ids, host=host)


async def _left_behind(host: str) -> list[str]:
    """Ids of labelled containers that are too old to belong to a test that still runs."""
    lines = await docker(
        "ps", "--all", "--filter", f"label={LABEL}", "--format", f'{{{{.ID}}}} {{{{.Label "{LABEL}"}}}}', host=host
    )
    found = []
    for line in lines.splitlines():
        container_id, _, label = line.partition(" ")
        made_s = label.partition("-")[0]
        if made_s.isdigit() and time.time() - int(made_s) > LEFT_BEHIND_AFTER_S:
            found.append(container_id)
    return found
