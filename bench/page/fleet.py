"""A dashboard over simulated hosts, in a process of its own: `python -m bench.page.fleet HOSTS CONTAINERS INTERVAL_S`.

Prints its URL and serves until it is terminated. Not here: the browser (visit).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import anyio

from dockstats_core.feeds.local import LocalFeed
from dockstats_core.fleet.agents import Fleet
from dockstats_core.messages.stream import AgentEntry
from dockstats_core.program.access import Access
from dockstats_core.program.credentials import Credentials
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.sockets import bound_address, open_sockets
from dockstats_dashboard.app import build
from dockstats_dashboard.gathering import Gathering
from dockstats_dashboard.server import Server

_ANY_PORT = ListenAddress("127.0.0.1", 0)


@contextmanager
def fleet(hosts: int, containers: int, interval_s: float) -> Iterator[str]:
    """The URL of such a dashboard, for as long as the block."""
    command = [sys.executable, "-m", "bench.page.fleet", str(hosts), str(containers), str(interval_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def serve(hosts: int, containers: int, interval_s: float) -> None:
    """Be it, until cancelled."""
    names = [f"host-{number:02d}" for number in range(1, hosts + 1)]
    entries = [AgentEntry(id=name, label=name, url="") for name in names]
    feeds = {
        name: LocalFeed(
            source="simulated",
            simulated_containers=containers,
            simulation_seed=seed,
            poll_interval_s=interval_s,
            host_label=name,
            agent_id=name,
        )
        for seed, name in enumerate(names)
    }
    gathering = Gathering(Fleet(entries, now=datetime.now(UTC), simulated=True), feeds)
    sockets = open_sockets(_ANY_PORT)
    listen = bound_address(_ANY_PORT, sockets)
    access = Access(listen=listen, token_variable="DASHBOARD_TOKEN")
    server = Server(build(gathering, access, Credentials(None)), started=lambda: print(f"{listen.url}/", flush=True))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(gathering.run)
        await server.serve(sockets=sockets)


if __name__ == "__main__":
    anyio.run(serve, int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
