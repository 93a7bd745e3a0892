"""`dockstats-dashboard` as a person starts and ends it, in a process of its own."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest

from dockstats_core.errors import ConfigurationError
from dockstats_core.messages.stream import AgentBatch, AgentConnection, AgentList, StreamMessage
from dockstats_core.program.command_line import parse
from dockstats_dashboard.cli import main
from tests.dashboard.serving import messages_of
from tests.fake_engine import FakeEngine
from tests.running import Ended, Program, ended, program, signals_as_they_were

AGENT, DASHBOARD = "dockstats-agent", "dockstats-dashboard"
LISTEN = ("--listen", "127.0.0.1:0")
END_S = 5.0  # 2 s, and what a busy machine takes for a turn; what hangs would take 10 and more


@asynccontextmanager
async def client_of(running: Program) -> AsyncIterator[httpx.AsyncClient]:
    url = f"http://127.0.0.1:{await running.port()}"
    with anyio.fail_after(30):
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as client:
            yield client


async def heard(client: httpx.AsyncClient, *, hosts: int = 1) -> list[StreamMessage]:
    """What the stream says, until so many hosts have sent a batch."""
    seen: list[StreamMessage] = []
    async with client.stream("GET", "/stream/agents") as answer:
        async for message in messages_of(answer):
            seen.append(message)
            if len({one.agent_id for one in seen if isinstance(one, AgentBatch)}) >= hosts:
                break
    return seen


async def status_of(client: httpx.AsyncClient, place: int, *wanted: str) -> str:
    """The reason that goes with the agent's status, once that is one of those wanted."""
    while True:
        connection = (await client.get("/api/agents")).json()[place]["connection"]
        if connection["status"] in wanted:
            return str(connection["reason"])
        await anyio.sleep(0.02)


async def test_demo_shows_three_hosts_of_forty_containers_and_says_that_they_are_simulated() -> None:
    # Nobody's DOCKER_HOST matters to it, not even an unusable one.
    async with program(DASHBOARD, "--demo", *LISTEN, environ={"DOCKER_HOST": "ssh://nowhere"}) as dashboard:
        assert "open http://127.0.0.1:" in await dashboard.line_with("dockstats_dashboard.app")
        async with client_of(dashboard) as client:
            seen = await heard(client, hosts=3)
        assert await dashboard.stop() == 0
    [listed] = [message for message in seen if isinstance(message, AgentList)]
    assert listed.simulated
    assert len(listed.agents) == 3
    for message in seen:
        if isinstance(message, AgentBatch):
            assert message.payload.sampling.source in {"simulated", None}
            assert sum(message.payload.containers_by_state.values()) in {40, 0}


async def test_alone_it_shows_this_machines_engine() -> None:
    async with FakeEngine(tick_s=0.1) as engine:
        engine.run("web", cores=0.5)
        async with program(DASHBOARD, *LISTEN, environ={"DOCKER_HOST": engine.host}) as dashboard:
            async with client_of(dashboard) as client, client.stream("GET", "/stream/agents") as answer:
                async for message in messages_of(answer):
                    if isinstance(message, AgentBatch) and message.payload.containers:
                        break
            assert await dashboard.stop() == 0
    assert isinstance(message, AgentBatch)
    assert [container.name for container in message.payload.containers] == ["web"]


async def test_without_docker_the_page_opens_and_the_stream_says_what_is_missing(tmp_path: Path) -> None:
    environ = {"DOCKER_HOST": f"unix://{tmp_path}/docker.sock"}
    async with program(DASHBOARD, *LISTEN, environ=environ, directory=tmp_path) as dashboard:
        async with client_of(dashboard) as client:
            assert (await client.get("/")).status_code == 200
            async with client.stream("GET", "/stream/agents") as answer:
                async for message in messages_of(answer):
                    if isinstance(message, AgentBatch) and message.payload.engine.error:
                        break
        assert await dashboard.stop() == 0
    assert isinstance(message, AgentBatch)
    assert not message.payload.engine.reachable
    assert f"{tmp_path}/docker.sock" in (message.payload.engine.error or "")


async def test_an_engine_that_comes_later_is_found_by_itself() -> None:
    async with FakeEngine(tick_s=0.1) as engine:
        engine.run("web", cores=0.5)
        await engine.go_away()
        async with program(DASHBOARD, *LISTEN, environ={"DOCKER_HOST": engine.host}) as dashboard:
            async with client_of(dashboard) as client, client.stream("GET", "/stream/agents") as answer:
                is_missing = False
                async for message in messages_of(answer):
                    if not isinstance(message, AgentBatch):
                        continue
                    if message.payload.engine.error and not is_missing:
                        is_missing = True
                        await engine.come_back()
                    if message.payload.containers:
                        break
            assert await dashboard.stop() == 0
    assert is_missing
    assert isinstance(message, AgentBatch)
    assert message.payload.engine.reachable


async def test_it_follows_agents_and_tells_of_one_that_is_not_there() -> None:
    async with program(AGENT, "--source", "simulated", "--host-label", "Rack 2", *LISTEN) as agent:
        there = f"rack|Rack 2|ws://127.0.0.1:{await agent.port()}/ws"
        async with program(DASHBOARD, "--agents", f"{there};ws://127.0.0.1:1/ws", *LISTEN) as dashboard:
            async with client_of(dashboard) as client:
                seen = await heard(client)
                reason = await status_of(client, 1, "error", "closed")
                await status_of(client, 0, "connected")
            assert await dashboard.stop() == 0
    assert any(isinstance(one, AgentConnection) and one.status == "connected" for one in seen)
    assert "127.0.0.1:1" in reason


async def test_an_agent_that_ends_shows_and_comes_back_by_itself() -> None:
    async with program(AGENT, "--source", "simulated", *LISTEN) as agent:
        port = await agent.port()
        async with program(DASHBOARD, "--agents", f"ws://127.0.0.1:{port}/ws", *LISTEN) as dashboard:
            async with client_of(dashboard) as client:
                await status_of(client, 0, "connected")
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(agent.stop)
                    # Seen while it ends: the next attempt, at least 0.1 s later, is refused and says so instead.
                    assert "shuts down" in await status_of(client, 0, "error", "closed")
                assert agent.process.returncode == 0
                async with program(AGENT, "--source", "simulated", "--listen", f"127.0.0.1:{port}"):
                    await status_of(client, 0, "connected")
            assert await dashboard.stop() == 0


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_with_0_within_2_s_while_ten_browsers_look(sign: signal.Signals) -> None:
    async with program(DASHBOARD, "--demo", *LISTEN) as dashboard:
        port = await dashboard.port()
        browsers = [await anyio.connect_tcp("127.0.0.1", port) for _ in range(10)]
        for browser in browsers:
            await browser.send(b"GET /stream/agents HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            await browser.receive()
        asked_s = time.monotonic()
        assert await dashboard.stop(sign) == 0
        assert time.monotonic() - asked_s < END_S
        for browser in browsers:
            await browser.aclose()
    assert "Traceback" not in "\n".join(dashboard.log)


async def test_everything_moves_below_the_base_path() -> None:
    async with program(DASHBOARD, "--demo", "--base-path", "/ops/stats", *LISTEN) as dashboard:
        assert (await dashboard.line_with("open http://")).endswith("/ops/stats/")
        async with client_of(dashboard) as client:
            for path in ("/", "/healthz", "/api/agents", "/schema"):
                assert (await client.get(f"/ops/stats{path}")).status_code == 200
            assert (await client.get("/healthz")).status_code == 404
        assert await dashboard.stop() == 0


async def test_debug_neither_floods_nor_tells_passwords() -> None:
    agents = "a|A|ws://ada:s3cret@127.0.0.1:1/ws?token=s3cret"
    async with program(DASHBOARD, "--agents", agents, "--log-level", "debug", *LISTEN) as dashboard:
        async with client_of(dashboard) as client:
            reason = await status_of(client, 0, "error", "closed")
            for _ in range(20):
                await client.get("/api/agents?token=s3cret")
        assert await dashboard.stop() == 0
    assert "s3cret" not in reason + "\n".join(dashboard.log)
    assert len(dashboard.log) < 10


@pytest.mark.parametrize(
    ("agents", "words"),
    [
        ("http://a:8080/ws", ["entry 1", "http://a:8080/ws", "ws://"]),
        ("ws://a/ws;a b", ["entry 2", "'a b'", "ws://"]),
        ("a|A|ws://a/ws;a|B|ws://b/ws", ["entry 2", "the id a is taken by entry 1"]),
        ("a|A", ["entry 1 has 2 parts", "id|label|url"]),
        ("||", ["entry 1", "ws://"]),
    ],
    ids=["a wrong scheme", "no url", "an id twice", "two parts", "nothing in it"],
)
def test_a_wrong_entry_is_refused_with_one_line_that_names_it(agents: str, words: list[str]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse("dashboard", ["--agents", agents], {}, Path("/nonexistent"))
    sentence = str(refused.value)
    assert sentence.startswith("--agents: ")
    assert len(sentence.splitlines()) == 1
    for word in words:
        assert word in sentence


async def test_a_wrong_entry_stops_the_start() -> None:
    done = await ended(DASHBOARD, environ={"AGENT_ENDPOINTS": "ws://a/ws;http://b/ws"})
    assert (done.code, done.out) == (2, "")
    assert done.error == (
        "dockstats-dashboard: AGENT_ENDPOINTS: entry 2: the URL should start with ws:// or wss:// (in 'http://b/ws')\n"
    )


async def test_a_source_that_does_not_exist_stops_the_embedded_agents_start() -> None:
    done = await ended(DASHBOARD, *LISTEN, environ={"AGENT_SOURCE": "cgroups"})
    assert done.code == 2
    assert done.error == (
        "dockstats-dashboard: AGENT_SOURCE: 'cgroups' is not usable: "
        "it should be one of auto, cgroup, one-shot, stream, simulated\n"
    )


async def test_an_address_in_use_is_one_line_that_names_who_holds_it() -> None:
    async with program(DASHBOARD, "--demo", *LISTEN) as dashboard:
        listen = f"127.0.0.1:{await dashboard.port()}"
        done = await ended(DASHBOARD, "--demo", "--listen", listen)
        holder = dashboard.process.pid
    assert done.code == 2
    assert done.error.count("\n") == 1
    assert f"cannot listen on {listen}: the port is in use by " in done.error
    assert f"(pid {holder})" in done.error


async def test_healthcheck_asks_the_dashboard_that_runs_below_its_base_path() -> None:
    async with program(DASHBOARD, "--demo", "--base-path", "/ops/stats", *LISTEN) as dashboard:
        listen = f"127.0.0.1:{await dashboard.port()}"
        environ = {"DASHBOARD_LISTEN_ADDR": listen, "DASHBOARD_BASE_PATH": "/ops/stats"}
        found = await ended(DASHBOARD, "healthcheck", environ=environ)
        elsewhere = await ended(DASHBOARD, "healthcheck", "--listen", listen)
        assert await dashboard.stop() == 0
    assert found == Ended(0, "well\n", "")
    assert elsewhere.code == 1
    assert elsewhere.error.startswith(f"http://{listen}/healthz answered 404: ")


def test_main_hears_the_arguments_of_its_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["dockstats-dashboard", "--listen", "nowhere"])
    with signals_as_they_were(), pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("dockstats-dashboard: --listen: 'nowhere'")
