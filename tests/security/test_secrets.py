"""Tokens from end to end: with the right ones an agent, a dashboard and a browser find together; nobody is shown any.

Not here: each decision by itself (tests/core/program), the sign-in (tests/dashboard/test_sign_in.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest

from tests.running import Program, program
from tests.websocket_client import Rejected, WebSocketClient, websocket

AGENTS, PEOPLES = "s3cret-of-the-agent", "s3cret-of-the-people"
SIMULATED = ("--source", "simulated", "--simulated-containers", "3", "--listen", "127.0.0.1:0", "--log-level", "debug")
DASHBOARD = ("--listen", "127.0.0.1:0", "--log-level", "debug")


@asynccontextmanager
async def agent(**environ: str) -> AsyncIterator[tuple[Program, int]]:
    async with program("dockstats-agent", *SIMULATED, environ={"AGENT_TOKEN": AGENTS, **environ}) as running:
        yield running, await running.port()


@asynccontextmanager
async def dashboard(url: str, *arguments: str, **environ: str) -> AsyncIterator[Program]:
    environ = {"AGENT_ENDPOINTS": url, **environ}
    async with program("dockstats-dashboard", *DASHBOARD, *arguments, environ=environ) as running:
        yield running


async def test_agent_lets_in_who_shows_its_token_and_nobody_else() -> None:
    async with agent() as (_, port), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        async with websocket(port, headers={"Authorization": f"Bearer {AGENTS}"}) as let_in:
            assert isinstance(let_in, WebSocketClient)
            assert isinstance(await let_in.receive(), str)
        for headers in ({}, {"Authorization": "Bearer guess"}, {"Cookie": f"dockstats_{port}={AGENTS}"}):
            async with websocket(port, headers=headers) as refused:
                assert refused == Rejected(401)
        assert (await client.get("/api/stats")).status_code == 401
        assert (await client.get("/nowhere")).status_code == 401
        assert (await client.get("/healthz")).status_code == 200


async def test_dashboard_with_the_agents_token_follows_it_by_variable_file_or_url(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{AGENTS}\n")
    async with agent() as (_, port):
        url = f"ws://127.0.0.1:{port}/ws"
        async with dashboard(url, AGENT_TOKEN=AGENTS) as following:
            await following.line_with("agent-1: connected")
        async with dashboard(url, "--agent-token-file", str(file)) as following:
            await following.line_with("agent-1: connected")
        async with dashboard(f"ws://:{AGENTS}@127.0.0.1:{port}/ws", AGENT_TOKEN="another") as following:
            await following.line_with("agent-1: connected")


async def test_dashboard_with_the_wrong_token_says_what_to_do_and_goes_on_trying() -> None:
    async with agent() as (_, port), dashboard(f"ws://127.0.0.1:{port}/ws", AGENT_TOKEN="guess") as following:
        line = await following.line_with("agent-1: error")
        assert "it asks for a token, or for another one (401)" in line
        assert "AGENT_TOKEN" in line
        assert following.process.returncode is None


async def test_no_token_is_shown_in_any_answer_log_or_argument() -> None:
    seen: list[str] = []
    async with agent() as (sampling, port):
        url = f"ws://:{AGENTS}@127.0.0.1:{port}/ws;spare||ws://ada:{AGENTS}@127.0.0.1:9/ws"
        async with dashboard(url, DASHBOARD_TOKEN=PEOPLES) as following:
            await following.line_with("agent-1: connected")
            await following.line_with("spare: error")
            root = f"http://127.0.0.1:{await following.port()}"
            async with httpx.AsyncClient(base_url=root, trust_env=False, follow_redirects=True) as client:
                for token in ("guess", PEOPLES):
                    signed_in = await client.post("/sign-in", json={"token": token})
                    seen += [signed_in.text, str(signed_in.headers)]
                for path in (await client.get("/schema/openapi.json")).json()["paths"]:
                    if not path.startswith("/stream"):
                        answer = await client.get(path, params={"agent": "spare", "at": "0"})
                        seen += [answer.text, str(answer.headers)]
                async with client.stream("GET", "/stream/agents") as stream:
                    chunks = stream.aiter_text()
                    seen += [await anext(chunks) for _ in range(3)]
            for running in (sampling, following):
                seen += running.log
                seen.append(await anyio.Path(f"/proc/{running.process.pid}/cmdline").read_text())
            assert await following.stop() == 0
            seen += following.log
    assert len(seen) > 30
    assert [text for text in seen if AGENTS in text or PEOPLES in text] == []


@pytest.mark.parametrize(
    ("name", "arguments", "environ"),
    [
        ("dockstats-agent", (f"--token={AGENTS}",), {}),
        ("dockstats-agent", ("--token", AGENTS), {}),
        ("dockstats-agent", (), {"AGENT_TOKEN": f"{AGENTS} and more"}),
        ("dockstats-agent", (), {"AGENT_TOKEN": AGENTS, "AGENT_TOKEN_FILE": "/nowhere"}),
        ("dockstats-dashboard", ("--agents", f"ws://:{AGENTS}@/ws"), {}),
        ("dockstats-dashboard", ("--agents", f"wss://:{AGENTS} @host/ws"), {}),
        ("dockstats-dashboard", (f"--agent=ws://:{AGENTS}@host/ws",), {}),
        ("dockstats-dashboard", (f"ws://:{AGENTS}@host/ws",), {}),
    ],
)
async def test_mistake_beside_a_token_is_told_without_it(
    name: str, arguments: tuple[str, ...], environ: dict[str, str]
) -> None:
    async with program(name, *arguments, environ=environ) as running:
        assert await running.process.wait() == 2
    assert running.log
    assert not [line for line in running.log if AGENTS in line]


async def test_listening_for_others_without_a_token_is_told_at_the_start_and_on_health() -> None:
    for environ, is_told in (({}, True), ({"AGENT_TOKEN": AGENTS}, False)):
        async with program("dockstats-agent", *SIMULATED, "--listen", ":0", environ=environ) as running:
            port = await running.port()
            async with httpx.AsyncClient(trust_env=False) as client:
                exposed = (await client.get(f"http://127.0.0.1:{port}/healthz")).json()["exposed"]
            assert (exposed is not None) is is_told
            assert any("without a token: whoever reaches port" in line for line in running.log) is is_told
