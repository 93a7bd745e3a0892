"""What one stats call costs in CPU: `httpx.AsyncClient.get`, httpx's transport by itself, and our EngineTransport.

All three ask the same engine for the same container in turns, round by round, in this process; what counts is this
process's own CPU time. The engine is the one that DOCKER_HOST names, if it runs a container and answers a one-shot call
at once; else the tests' fake one, in a process of its own. Run with `uv run python -m bench.engine_call`; the ratios
mean more than the milliseconds, which are the machine's. Not here: what the apps take as a whole (own_cost), what the
engine itself burns (`uv run bench`).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import anyio
import httpx

from dockstats_core.endpoints.engine import EngineEndpoint, resolve_endpoint
from dockstats_core.engine.api import EngineClient
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.engine.transport import EngineTransport
from dockstats_core.errors import EngineError
from tests.fake_engine import FakeEngine

ROUNDS = 20
CALLS = 200  # of each contestant in each round
MAX_BYTES = 1 << 20
AT_ONCE_S = 0.2

Call = Callable[[], Awaitable[bytes]]


async def main() -> None:
    """Measure and print."""
    found = await real_engine()
    with contextlib.nullcontext(found) if found else fake_engine() as (what, endpoint, container_id):
        print(f"{what}, {ROUNDS} rounds of {CALLS} calls each:")
        async with contestants(endpoint, f"/containers/{container_id}/stats?stream=false&one-shot=true") as calls:
            spent = await measured(calls)
        for name, seconds in spent.items():
            ratio = seconds / spent["httpx.AsyncClient.get"]
            print(f"  {name:28} {1000 * seconds / ROUNDS / CALLS:.3f} ms a call, {ratio:.2f} of the first")


async def measured(calls: dict[str, Call]) -> dict[str, float]:
    """CPU seconds of each contestant, over all rounds but the first, which only warms up."""
    spent = dict.fromkeys(calls, 0.0)
    for number in range(ROUNDS + 1):
        for name, call in calls.items():
            began_s = time.process_time()
            for _ in range(CALLS):
                await call()
            if number:
                spent[name] += time.process_time() - began_s
    return spent


@contextlib.asynccontextmanager
async def contestants(endpoint: EngineEndpoint, path: str) -> AsyncIterator[dict[str, Call]]:
    """One call of each kind."""
    url = endpoint.base_url + path
    async with (
        httpx.AsyncHTTPTransport(uds=endpoint.socket_path, trust_env=False) as bare,
        httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=endpoint.socket_path, trust_env=False), trust_env=False, timeout=10
        ) as client,
        EngineTransport(endpoint, EngineLimits()) as ours,
    ):
        request = httpx.Request("GET", url, extensions={"timeout": httpx.Timeout(10).as_dict()})

        async def by_client() -> bytes:
            return (await client.get(url)).content

        async def by_bare_transport() -> bytes:
            answer = await bare.handle_async_request(request)
            return await answer.aread()

        async def by_ours() -> bytes:
            return (await ours.get(path, max_bytes=MAX_BYTES))[1]

        yield {
            "httpx.AsyncClient.get": by_client,
            "httpx.AsyncHTTPTransport": by_bare_transport,
            "EngineTransport.get": by_ours,
        }


async def real_engine() -> tuple[str, EngineEndpoint, str] | None:
    """The engine that DOCKER_HOST names and a container that runs on it; None where it cannot be measured with."""
    if not os.environ.get("DOCKER_HOST"):
        return None
    endpoint = resolve_endpoint(None, os.environ)
    try:
        async with EngineClient(endpoint) as engine:
            identity = await engine.connect()
            container_id = (await engine.list_containers(all=False))[0].id
            await engine.stats_once(container_id, timeout_s=AT_ONCE_S)
    except (EngineError, IndexError) as error:
        print(f"not the engine at {endpoint.text}: {error}")
        return None
    return f"{identity.product} {identity.version}", endpoint, container_id


@contextlib.contextmanager
def fake_engine() -> Iterator[tuple[str, EngineEndpoint, str]]:
    """The tests' engine in a process of its own, and its one container."""
    command = [sys.executable, "-m", "bench.engine_call", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        host, container_id = process.stdout.readline().split()
        yield "the tests' fake engine", resolve_endpoint(host, {}), container_id


async def serve() -> None:
    """Be the fake engine until standard input ends."""
    async with FakeEngine() as engine:
        print(engine.host, engine.run("web").id, flush=True)
        await anyio.to_thread.run_sync(sys.stdin.read)


if __name__ == "__main__":
    anyio.run(serve if sys.argv[1:] == ["serve"] else main)
