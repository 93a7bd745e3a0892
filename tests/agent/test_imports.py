"""What the agent leaves alone: packages that come with its dependencies and would cost more than its own code does.

Not here: how much memory it takes as a whole, which is the machine's business as well.
"""

from __future__ import annotations

import httpx

from tests.fake_engine import FakeEngine
from tests.running import program
from tests.websocket_client import WebSocketClient, websocket

TOLD = "import time:"

# Resident memory that an agent which serves already grows by, with what each brings along (CPython 3.11, byte code
# kept). The agent's own code and the library's take 1.3 MiB together.
HEAVY = {
    "cryptography",  # 7.5 MiB
    "polyfactory",  # 6.5 MiB, with faker; Litestar's, for made-up examples in tests
    "faker",  # 4.4 MiB
    "rich",  # 3 MiB; httpx's, for its command line
    "rich_click",  # 1.4 MiB; Litestar's, for its command line
    "unittest",  # 1.2 MiB
    "sqlite3",  # 0.9 MiB
}


def imported(log: list[str]) -> set[str]:
    """The packages that a process imported, by what it told of its imports."""
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in log if line.startswith(TOLD)}


async def test_an_agent_that_samples_and_serves_has_imported_nothing_heavy() -> None:
    async with FakeEngine(tick_s=0.1) as engine:
        engine.run("web")
        arguments = ("--docker-endpoint", engine.host, "--listen", "127.0.0.1:0")
        async with program("dockstats-agent", *arguments, environ={"PYTHONPROFILEIMPORTTIME": "1"}) as agent:
            port = await agent.port()
            async with websocket(port) as client, httpx.AsyncClient(trust_env=False) as asking:
                assert isinstance(client, WebSocketClient)
                while '"name":"web"' not in str(await client.receive()):
                    pass
                assert (await asking.get(f"http://127.0.0.1:{port}/healthz")).is_success
            assert await agent.stop() == 0
    packages = imported(agent.log)
    assert "litestar" in packages
    assert packages & HEAVY == set()
