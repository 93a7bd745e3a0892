"""A dashboard follows agents that attack it, all at once: each is bounded, counted and told once, and an honest agent's
figures arrive as if they were not there.

Not here: one attack at a time, with its bound (tests/core/connection, tests/core/messages, tests/core/fleet).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
import httpx
import psutil
import pytest

from dockstats_core.fanout.sse import EventStreamParser
from dockstats_core.messages import stream
from dockstats_core.messages.stream import AgentBatch
from tests.browser.fake_agent import fake_agent, ticking
from tests.builders import batch
from tests.hostile.hostile_agents import ATTACKS, HostileAgent, hostile_agent
from tests.running import Program, program, until

EVERY_S = 0.5  # as an agent does
HEARD = 8
MOST_MB = 600
REFUSED = {"headers", "provisional", "another key"}
COUNTED = (
    dict.fromkeys(("pings", "fragments", "huge", "compressed", "masked", "no text"), "broken")
    | dict.fromkeys(("nonsense", "many", "long", "deep", "numbers"), "malformed")
    | {"binary": "binary"}
)
"""What is to be counted of whom."""


@asynccontextmanager
async def attacked_dashboard(honest: str) -> AsyncIterator[tuple[Program, str, Mapping[str, HostileAgent]]]:
    """One that follows `honest`, and everybody else there is."""
    async with AsyncExitStack() as here:
        hostile = {name: await here.enter_async_context(hostile_agent(attack)) for name, attack in ATTACKS.items()}
        agents = ";".join(["honest||" + honest, *(f"{name}||{one.url}" for name, one in hostile.items())])
        arguments = ("--agents", agents, "--listen", "127.0.0.1:0")
        running = await here.enter_async_context(program("dockstats-dashboard", *arguments))
        yield running, f"http://127.0.0.1:{await running.port()}", hostile


async def sequences(url: str, count: int) -> list[int]:
    """The numbers of so many of the honest agent's batches, as a browser gets them."""
    heard: list[int] = []
    parser = EventStreamParser()
    async with (
        httpx.AsyncClient(trust_env=False, timeout=20) as client,
        client.stream("GET", f"{url}/stream/agents", params={"agents": "honest"}) as answer,
    ):
        async for piece in answer.aiter_bytes():
            for event in parser.feed(piece):
                message = stream.codec.decode(event.data)
                if isinstance(message, AgentBatch):
                    heard.append(message.payload.sequence)
            if len(heard) >= count:
                break
    return heard


async def asked(url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """`/healthz`, and the agents by their ids."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as client:
        health = (await client.get("/healthz")).json()
        agents = (await client.get("/api/agents")).json()
    return health, {agent["id"]: agent for agent in agents}


def uncounted(agents: Mapping[str, Any]) -> list[str]:
    """Those of whom nothing was counted yet."""
    return [name for name, kind in COUNTED.items() if not agents[name]["unusable"][kind]]


@pytest.mark.time_limit(120)
async def test_while_agents_attack_an_honest_ones_figures_arrive_at_their_cadence() -> None:
    with anyio.fail_after(110):
        async with (
            fake_agent([batch()]) as honest,
            attacked_dashboard(honest.url) as (dashboard, url, hostile),
            ticking(honest, lambda sequence: batch(sequence), every_s=EVERY_S),
        ):
            await until(lambda: all(one.connections for one in hostile.values()), within_s=60)
            heard = await sequences(url, HEARD)
            health, agents = await asked(url)
            while uncounted(agents):  # those whose messages take long
                health, agents = await asked(url)
            memory_mb = psutil.Process(dashboard.process.pid).memory_info().rss / 1e6
            log = list(dashboard.log)
    said = heard[-1] - heard[0] + 1
    assert len(heard) >= 0.75 * said, f"{said} were said, and these came: {heard}"
    assert agents["honest"]["connection"]["status"] == "connected"
    assert agents["honest"]["unusable"] == {"type": "unusable"} | dict.fromkeys(
        ("unknown_types", "malformed", "binary", "broken", "held_back"), 0
    )
    for name in REFUSED:
        assert agents[name]["connection"]["status"] in {"error", "connecting"}, name
    assert health["fleet"]["unusable"] > len(COUNTED) - 1
    assert memory_mb < MOST_MB
    lines = Counter(line.split(" agent ")[-1].split(":")[0] for line in log if " agent " in line)
    assert max(lines.values()) <= 15, log
    assert not [line for line in log if "Traceback" in line or "ERROR" in line]
