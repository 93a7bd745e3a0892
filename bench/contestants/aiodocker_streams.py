"""aiodocker with a task a container: the same in asyncio, which is what a web service would do.

`container.stats(stream=True)` in a task for each container, all on one event loop. Figures and ages as for docker-py.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import time
from typing import Any

from bench.contestants.contestant import Contestant, python
from bench.contestants.docker_py import read_stamp_s
from bench.tally import Reporter

AIODOCKER = Contestant(
    key="aiodocker", title="aiodocker, a stream each", kind="others", needs=("aiodocker",), command=python(__name__)
)


async def main() -> None:
    """Follow every running container, for ever."""
    aiodocker: Any = importlib.import_module("aiodocker")  # the bench itself does without
    aiohttp: Any = importlib.import_module("aiohttp")

    path = socket_path()
    connector = aiohttp.UnixConnector(path, limit=0)  # without it a hundred connections are all there are
    async with aiodocker.Docker(url="unix://localhost", connector=connector) as docker:
        reporter = Reporter()
        seen: set[str] = set()

        async def follow(container: Any) -> None:
            async for frame in container.stats(stream=True):
                reporter.delivered([time.time() - read_stamp_s(frame["read"])])
                seen.add(container.id)

        tasks = [asyncio.create_task(follow(container)) for container in await docker.containers.list()]
        while not any(task.done() for task in tasks):
            await asyncio.sleep(0.5)
            reporter.report(len(seen))
        await asyncio.gather(*tasks)


def socket_path() -> str:
    """Where the engine listens."""
    return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")


if __name__ == "__main__":
    asyncio.run(main())
