"""What dockstats itself takes.

An agent with 100 simulated containers and one client; a dashboard with three agents of 40 containers each and ten
browsers' streams. Each program runs in a process of its own; clients only read, here, in this process. CPU is the
program's own time over the span, 100 = one core; memory is resident, at the end of the span. Absolute figures, of the
machine it runs on. Run with `uv run python -m bench.own_cost`. Not here: what asking an engine costs (engine_call), the
agent on a real engine (`uv run bench`).
"""

from __future__ import annotations

import time

import anyio
import httpx
import psutil

from dockstats_core import AgentFeed
from tests.running import Program, program

ANY_PORT = "127.0.0.1:0"
AGENT = ("dockstats-agent", "--listen", ANY_PORT, "--source", "simulated")
SETTLE_S = 5.0
SPAN_S = 20.0
STREAMS = 10


async def main() -> None:
    """Measure both, one after the other."""
    async with program(*AGENT, "--simulated-containers", "100") as agent, anyio.create_task_group() as clients:
        clients.start_soon(follow_agent, await agent.port())
        await measured("agent, 100 simulated containers at 2 Hz, one client", agent)
        clients.cancel_scope.cancel()
    async with program(*AGENT) as one, program(*AGENT) as two, program(*AGENT) as three:
        agents = ";".join([f"ws://127.0.0.1:{await each.port()}/ws" for each in (one, two, three)])
        async with program("dockstats-dashboard", "--listen", ANY_PORT, "--agents", agents) as dashboard:
            port = await dashboard.port()
            for streams, accepts in ((0, "identity"), (STREAMS, "gzip"), (STREAMS, "identity")):
                async with anyio.create_task_group() as clients:
                    for _ in range(streams):
                        clients.start_soon(follow_dashboard, port, accepts)
                    await measured(
                        f"dashboard, 3 agents x 40 containers at 2 Hz, {streams} {accepts} streams", dashboard
                    )
                    clients.cancel_scope.cancel()


async def measured(what: str, running: Program) -> None:
    """Print what the program takes over the span."""
    process = psutil.Process(running.process.pid)
    await anyio.sleep(SETTLE_S)
    before, began_s = process.cpu_times(), time.monotonic()
    await anyio.sleep(SPAN_S)
    after, elapsed_s = process.cpu_times(), time.monotonic() - began_s
    cpu_pct = 100 * (after.user + after.system - before.user - before.system) / elapsed_s
    print(f"{what}: {cpu_pct:.1f} % of a core, {process.memory_info().rss / 2**20:.1f} MiB resident")


async def follow_agent(port: int) -> None:
    """One client of an agent."""
    async with AgentFeed(f"ws://127.0.0.1:{port}/ws") as feed:
        async for _ in feed.batches():
            pass


async def follow_dashboard(port: int, accepts: str) -> None:
    """One browser's stream, read and thrown away."""
    async with (
        httpx.AsyncClient(trust_env=False, timeout=30) as client,
        client.stream("GET", f"http://127.0.0.1:{port}/stream/agents", headers={"Accept-Encoding": accepts}) as answer,
    ):
        async for _ in answer.aiter_raw():
            pass


if __name__ == "__main__":
    anyio.run(main)
