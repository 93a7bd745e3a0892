"""Which requests the agent turns away: on every route, and only those that a strange page made a browser send."""

from __future__ import annotations

import os
from typing import cast

import httpx
import pytest
from msgspec import structs

from dockstats_agent.app import build
from dockstats_agent.broadcast import Broadcast
from dockstats_agent.server import Server
from dockstats_core.program.credentials import Credentials
from dockstats_core.program.listen import ListenAddress
from tests.agent.serving import ACCESS, running_agent
from tests.running import program, served
from tests.websocket_client import Rejected, WebSocketClient, websocket

ROUTES = ["/healthz", "/api/stats", "/schema", "/schema/openapi.json"]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("host", ["rebound.example", "127.0.0.1.rebound.example:80"])
async def test_a_name_that_was_made_to_mean_this_machine_is_refused_on_loopback(path: str, host: str) -> None:
    async with running_agent() as agent:
        answer = await agent.http.get(path, headers={"Host": host})
    assert answer.status_code == 403
    assert "host name" in answer.json()["detail"]


@pytest.mark.parametrize("path", ROUTES)
async def test_a_page_of_another_site_may_not_read(path: str) -> None:
    async with running_agent() as agent:
        answer = await agent.http.get(path, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert "https://elsewhere.example" in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}],
    ids=["of another site", "that tells none"],
)
async def test_a_page_may_not_connect(headers: dict[str, str]) -> None:
    async with running_agent() as agent, websocket(agent.port, headers=headers) as refused:
        assert refused == Rejected(403)


async def test_a_page_that_is_allowed_may_connect() -> None:
    origin = "https://stats.example"
    async with (
        running_agent(access=structs.replace(ACCESS, allowed_origins=(origin,))) as agent,
        websocket(agent.port, headers={"Origin": origin}) as client,
    ):
        assert isinstance(client, WebSocketClient)
        assert isinstance(await client.receive(), str)


async def test_on_every_interface_any_host_name_is_its_own() -> None:
    app = build(cast("Broadcast", None), structs.replace(ACCESS, listen=ListenAddress("", 8080)), Credentials(None))
    async with (
        served(lambda started: Server(app, started=started)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        assert (await client.get("/schema", headers={"Host": "heron.example:8080"})).status_code == 200


async def test_to_ask_whether_a_request_may_come_in_takes_no_thread() -> None:
    simulated = ("--source", "simulated", "--simulated-containers", "5", "--listen", "127.0.0.1:0")
    async with program("dockstats-agent", *simulated) as agent:
        port = await agent.port()
        async with websocket(port) as client, httpx.AsyncClient(trust_env=False) as asking:
            assert isinstance(client, WebSocketClient)
            await client.receive()
            assert (await asking.get(f"http://127.0.0.1:{port}/healthz")).is_success
            assert len(os.listdir(f"/proc/{agent.process.pid}/task")) == 1
