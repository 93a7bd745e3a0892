"""`dockstats-dashboard` as a person starts and ends it, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import anyio
import httpx
import pytest

from dockstats_core.messages.stream import AgentBatch, AgentConnection, AgentList, StreamMessage
from tests.dashboard.serving import messages_of
from tests.running import Program, program

COMMAND = str(Path(sys.executable).parent / "dockstats-dashboard")
LISTEN = ("--listen", "127.0.0.1:0")


async def until(running: Program, wanted: int) -> list[StreamMessage]:
    """What its stream says, until `wanted` hosts have sent a batch."""
    url = f"http://127.0.0.1:{await running.port()}/stream/agents"
    seen: list[StreamMessage] = []
    with anyio.fail_after(20):
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client, client.stream("GET", url) as answer:
            async for message in messages_of(answer):
                seen.append(message)
                if len({one.agent_id for one in seen if isinstance(one, AgentBatch)}) >= wanted:
                    break
    return seen


async def test_demo_shows_three_hosts_of_forty_containers_and_says_that_they_are_simulated() -> None:
    async with program("dockstats-dashboard", "--demo", *LISTEN) as dashboard:
        seen = await until(dashboard, 3)
        assert await dashboard.stop() == 0
    [listed] = [message for message in seen if isinstance(message, AgentList)]
    assert listed.simulated
    assert len(listed.agents) == 3
    for message in seen:
        if isinstance(message, AgentBatch):
            assert message.payload.sampling.source == "simulated"
            assert sum(message.payload.containers_by_state.values()) == 40


async def test_without_docker_the_stream_says_in_one_sentence_what_is_missing(tmp_path: Path) -> None:
    environ = {"DOCKER_HOST": f"unix://{tmp_path}/docker.sock"}
    async with program("dockstats-dashboard", *LISTEN, environ=environ, directory=tmp_path) as dashboard:
        url = f"http://127.0.0.1:{await dashboard.port()}"
        with anyio.fail_after(10):
            async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
                assert (await client.get(url)).status_code == 200
                async with client.stream("GET", f"{url}/stream/agents") as answer:
                    async for message in messages_of(answer):
                        if isinstance(message, AgentBatch) and message.payload.engine.error:
                            break
        assert await dashboard.stop() == 0
    assert isinstance(message, AgentBatch)
    assert not message.payload.engine.reachable
    assert f"{tmp_path}/docker.sock" in (message.payload.engine.error or "")


async def test_it_follows_agents_and_tells_of_one_that_is_not_there() -> None:
    async with program("dockstats-agent", "--source", "simulated", "--host-label", "Rack 2", *LISTEN) as agent:
        there = f"rack|Rack 2|ws://127.0.0.1:{await agent.port()}/ws"
        async with program("dockstats-dashboard", "--agents", f"{there};ws://127.0.0.1:1/ws", *LISTEN) as dashboard:
            seen = await until(dashboard, 1)
            url = f"http://127.0.0.1:{await dashboard.port()}/api/agents"
            with anyio.fail_after(10):
                async with httpx.AsyncClient(trust_env=False) as client:
                    agents = (await client.get(url)).json()
                    while agents[1]["connection"]["status"] == "connecting":
                        agents = (await client.get(url)).json()
            assert await dashboard.stop() == 0
    assert any(isinstance(one, AgentConnection) and one.status == "connected" for one in seen)
    assert agents[0]["connection"]["status"] == "connected"
    assert agents[1]["connection"]["status"] == "error"
    assert "127.0.0.1:1" in agents[1]["connection"]["reason"]


async def test_an_agent_that_ends_shows_and_comes_back_by_itself() -> None:
    async with program("dockstats-agent", "--source", "simulated", *LISTEN) as agent:
        port = await agent.port()
        async with program("dockstats-dashboard", "--agents", f"ws://127.0.0.1:{port}/ws", *LISTEN) as dashboard:
            url = f"http://127.0.0.1:{await dashboard.port()}/api/agents"
            async with httpx.AsyncClient(trust_env=False) as client:

                async def until_status(*wanted: str) -> str:
                    with anyio.fail_after(20):
                        while True:
                            [one] = (await client.get(url)).json()
                            if one["connection"]["status"] in wanted:
                                return str(one["connection"]["reason"])
                            await anyio.sleep(0.02)

                await until_status("connected")
                assert await agent.stop() == 0
                assert "shuts down" in await until_status("error", "closed")
                async with program("dockstats-agent", "--source", "simulated", "--listen", f"127.0.0.1:{port}"):
                    await until_status("connected")
            assert await dashboard.stop() == 0


async def test_sigterm_ends_it_with_0_within_2_s_while_browsers_look() -> None:
    async with program("dockstats-dashboard", "--demo", *LISTEN) as dashboard:
        port = await dashboard.port()
        browsers = [await anyio.connect_tcp("127.0.0.1", port) for _ in range(5)]
        for browser in browsers:
            await browser.send(b"GET /stream/agents HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            await browser.receive()
        asked_s = time.monotonic()
        assert await dashboard.stop() == 0
        assert time.monotonic() - asked_s < 2.0
        for browser in browsers:
            await browser.aclose()


@pytest.mark.parametrize(
    ("agents", "words"),
    [
        ("http://a:8080/ws", ["--agents", "http://a:8080/ws", "ws://"]),
        ("a|A|ws://a/ws;a|B|ws://b/ws", ["--agents", "'a'"]),
        ("a|A", ["--agents", "a|A"]),
    ],
    ids=["a wrong scheme", "an id twice", "no url"],
)
def test_a_wrong_entry_stops_the_start_with_one_line_that_names_it(agents: str, words: list[str]) -> None:
    ended = subprocess.run([COMMAND, "--agents", agents], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1, ended.stderr
    for word in words:
        assert word in ended.stderr
