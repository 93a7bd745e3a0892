"""The agent as a whole: who may ask, what it says of itself, and how it answers what it does not know."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from typing import cast

import anyio
import httpx
import pytest

from dockstats_agent.app import build, serve
from dockstats_agent.broadcast import Broadcast
from dockstats_agent.server import Server
from dockstats_core.program.command_line import parse
from dockstats_core.program.credentials import Credentials
from tests.agent.serving import ACCESS, running_agent
from tests.running import served, until
from tests.websocket_client import Rejected, websocket


async def test_schema_is_the_openapi_document_and_loads_nothing_from_elsewhere() -> None:
    async with running_agent() as agent:
        answer = await agent.http.get("/schema")
        same = await agent.http.get("/schema/openapi.json")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == same.json()
    assert set(answer.json()["paths"]) == {"/healthz", "/api/stats"}
    stats = answer.json()["paths"]["/api/stats"]["get"]["responses"]["200"]
    assert stats["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ContainerStatsBatch"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/ws", 405),
        ("GET", "/../etc/passwd", 404),
        ("POST", "/healthz", 405),
        ("DELETE", "/api/stats", 405),
    ],
)
async def test_what_it_does_not_know_is_answered_in_json(method: str, path: str, status: int) -> None:
    async with running_agent() as agent:
        answer = await agent.http.request(method, path)
    assert answer.status_code == status
    assert answer.json()["status_code"] == status


async def test_head_is_answered_with_what_is_allowed_instead() -> None:
    async with running_agent() as agent:
        answer = await agent.http.head("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.content == b""


async def test_a_websocket_elsewhere_is_refused() -> None:
    async with running_agent() as agent, websocket(agent.port, "/elsewhere") as refused:
        assert refused == Rejected(403)


async def test_a_fault_of_ours_is_a_500_without_its_traceback_which_stands_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = build(cast("Broadcast", "not a broadcast"), ACCESS, Credentials(None))
    async with (
        served(lambda started: Server(app, started=started)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        with caplog.at_level(logging.ERROR):
            answer = await client.get("/healthz")
            async with websocket(port) as ended:
                refused = ended
    assert answer.status_code == 500
    assert answer.json() == {"status_code": 500, "detail": "Internal Server Error"}
    assert refused == Rejected(403)
    assert [record.getMessage() for record in caplog.records] == ["/healthz failed", "/ws failed"]
    assert all(record.exc_info for record in caplog.records)


async def test_it_names_neither_itself_nor_its_version_in_headers() -> None:
    async with running_agent() as agent:
        answer = await agent.http.get("/healthz")
    assert "server" not in answer.headers


@pytest.mark.parametrize(("listen", "is_told"), [("127.0.0.1:0", False), (":0", True)])
async def test_it_serves_until_a_signal_and_says_where_and_whether_others_can_reach_it(
    listen: str, *, is_told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    settings = parse("agent", ["--source", "simulated", "--listen", listen], {}, Path("/nonexistent"))
    codes: list[int] = []

    async def serve_to_the_end() -> None:
        codes.append(await serve(settings))

    with caplog.at_level(logging.INFO), anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve_to_the_end)
            await until(lambda: "serving ws://127.0.0.1:" in caplog.text)
            os.kill(os.getpid(), signal.SIGTERM)
    assert codes == [0]
    assert ("without a token" in caplog.text) is is_told
