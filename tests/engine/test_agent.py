"""The two commands as a person runs them, in processes of their own, on a real engine.

Not here: routes and messages in detail (tests/agent, tests/dashboard).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest

from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentStatus, ContainerInventory, ContainerStatsBatch
from dockstats_core.messages.stream import AgentBatch, AgentInventory
from tests.dashboard.serving import messages_of
from tests.engine.containers import BURN, HOST, Containers, containers
from tests.running import Program, program
from tests.websocket_client import WebSocketClient, websocket

pytestmark = pytest.mark.engine

ENDS_WITHIN_S = 2.0
SHOWN_WITHIN_S = 3.0


def options(made: Containers) -> Mapping[str, str]:
    """As environment variables, because the dashboard's embedded agent takes only those."""
    return {"AGENT_DOCKER_ENDPOINT": HOST, "AGENT_FILTER": f"label={made.label}"}


@asynccontextmanager
async def running(name: str, made: Containers) -> AsyncIterator[tuple[Program, str]]:
    """A command that serves, and its address."""
    async with program(name, "--listen", "127.0.0.1:0", environ=options(made)) as command:
        yield command, f"http://127.0.0.1:{await command.port()}"


async def test_agent_serves_the_engines_containers_on_every_route_and_ends_at_sigterm() -> None:
    async with containers() as made, running("dockstats-agent", made) as (command, url):
        await made.run("web", BURN, "--cpus", "0.1")
        async with websocket(httpx.URL(url).port or 0) as client:
            assert isinstance(client, WebSocketClient)
            with anyio.fail_after(20):
                status, inventory, batch = await _until_cpu(client, made.name("web"))
            async with httpx.AsyncClient(trust_env=False) as http:
                health = (await http.get(f"{url}/healthz")).json()
                stats = (await http.get(f"{url}/api/stats")).json()
            asked_s = time.monotonic()
            assert await command.stop() == 0
            assert time.monotonic() - asked_s < ENDS_WITHIN_S
    assert status.version
    assert [facts.name for facts in inventory.containers] == [made.name("web")]
    assert batch.engine.version
    assert health["ok"]
    assert health["engine"]["reachable"]
    assert health["sampling"]["source"] == batch.sampling.source
    assert [container["name"] for container in stats["containers"]] == [made.name("web")]
    assert stats["sequence"] >= batch.sequence


async def _until_cpu(client: WebSocketClient, name: str) -> tuple[AgentStatus, ContainerInventory, ContainerStatsBatch]:
    """What the agent says first, and on until it knows the CPU of the container with this name."""
    status: AgentStatus | None = None
    inventory: ContainerInventory | None = None
    while True:
        text = await client.receive()
        assert isinstance(text, str), text
        match agent.codec.decode(text):
            case AgentStatus() as said:
                status = said
            case ContainerInventory() as listed:
                inventory = listed
            case ContainerStatsBatch() as batch:
                assert status is not None, "who speaks is said before anything else"
                known = [one for one in batch.containers if one.name == name and one.cpu_pct is not None]
                if known and inventory is not None:
                    return status, inventory, batch


async def test_dashboard_shows_the_engines_containers_within_3_s_of_its_start_up_line() -> None:
    async with containers() as made:
        await made.run("web")
        began_s = time.monotonic()
        async with running("dockstats-dashboard", made) as (command, url):
            # As much longer as it took to start, most of all where others leave it little of the machine.
            started_s = time.monotonic() - began_s
            listed = figured = False
            with anyio.fail_after(SHOWN_WITHIN_S + started_s):
                async with (
                    httpx.AsyncClient(trust_env=False) as http,
                    http.stream("GET", f"{url}/stream/agents") as answer,
                ):
                    async for message in messages_of(answer):
                        if isinstance(message, AgentInventory):
                            listed = [facts.name for facts in message.payload.containers] == [made.name("web")]
                        elif isinstance(message, AgentBatch):
                            figured = [sample.name for sample in message.payload.containers] == [made.name("web")]
                        if listed and figured:
                            break
            asked_s = time.monotonic()
            assert await command.stop() == 0
            assert time.monotonic() - asked_s < ENDS_WITHIN_S
