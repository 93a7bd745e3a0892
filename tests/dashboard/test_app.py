"""The dashboard as a whole: who may ask, who is followed, where everything is, and what it does not know."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from typing import cast

import anyio
import httpx
import pytest

from dockstats_core.errors import ConfigurationError
from dockstats_core.feeds.agent import AgentFeed
from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages.stream import AgentEntry
from dockstats_core.program.command_line import parse
from dockstats_core.program.credentials import Credentials
from dockstats_core.program.settings import DashboardSettings
from dockstats_dashboard.app import build, fleet_of, is_simulated, serve
from dockstats_dashboard.gathering import Gathering
from dockstats_dashboard.server import Server
from tests.dashboard.serving import ACCESS, running_dashboard
from tests.running import served, until


def settings(*argv: str, **environ: str) -> DashboardSettings:
    return parse("dashboard", argv, environ, Path("/nonexistent"), host_name="heron")


@pytest.mark.parametrize("base_path", ["", "/ops/stats"])
async def test_schema_is_the_openapi_document_of_every_route_but_the_page(base_path: str) -> None:
    async with running_dashboard({}, base_path=base_path) as dashboard:
        answer = await dashboard.client.get("/schema")
        same = await dashboard.client.get("/schema/openapi.json")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == same.json()
    routes = (
        "/api/agents",
        "/api/container",
        "/api/history",
        "/api/moment",
        "/api/session",
        "/api/sparklines",
        "/healthz",
        "/sign-in",
        "/sign-out",
        "/stream/agents",
    )
    assert set(answer.json()["paths"]) == {base_path + route for route in routes}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/api", 404),
        ("GET", "/ws", 404),
        ("POST", "/api/agents", 405),
        ("PUT", "/stream/agents", 405),
        ("DELETE", "/", 405),
    ],
)
async def test_what_it_does_not_know_is_answered_in_json(method: str, path: str, status: int) -> None:
    async with running_dashboard({}) as dashboard:
        answer = await dashboard.client.request(method, path)
    assert answer.status_code == status
    assert answer.json()["status_code"] == status


async def test_head_is_answered_with_what_is_allowed_instead() -> None:
    async with running_dashboard({}) as dashboard:
        answer = await dashboard.client.head("/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


async def test_a_fault_of_ours_is_a_500_without_its_traceback_which_stands_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = build(cast("Gathering", "not a gathering"), ACCESS, Credentials(None))
    async with (
        served(lambda started: Server(app, started=started)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        with caplog.at_level(logging.ERROR):
            answer = await client.get("/api/agents")
    assert answer.status_code == 500
    assert answer.json() == {"status_code": 500, "detail": "Internal Server Error"}
    [record] = caplog.records
    assert record.getMessage() == "/api/agents failed"
    assert record.exc_info


def test_configured_agents_are_followed_in_their_order_and_their_passwords_are_not_shown() -> None:
    entries, feeds = fleet_of(settings("--agents", "ws://ada:s3cret@a/ws;db|Data base|wss://b/ws"))
    assert entries == [
        AgentEntry(id="agent-1", label="Agent 1", url="ws://…@a/ws"),
        AgentEntry(id="db", label="Data base", url="wss://b/ws"),
    ]
    assert list(feeds) == ["agent-1", "db"]
    assert all(isinstance(feed, AgentFeed) for feed in feeds.values())


def test_without_agents_this_machine_is_followed_under_its_name() -> None:
    entries, feeds = fleet_of(settings(AGENT_HOST_LABEL="Desk"))
    assert entries == [AgentEntry(id="local", label="Desk", url="")]
    assert isinstance(feeds["local"], LocalFeed)


def test_demo_wins_over_configured_agents() -> None:
    entries, _ = fleet_of(settings("--demo", "--agents", "ws://a/ws"))
    assert len(entries) == 3


def test_an_unusable_context_is_a_configuration_error_and_not_a_crash() -> None:
    with pytest.raises(ConfigurationError, match="'gone'"):
        fleet_of(settings(DOCKER_CONTEXT="gone"))


@pytest.mark.parametrize(
    ("argv", "environ", "simulated"),
    [
        (["--demo"], {}, True),
        ([], {"AGENT_SOURCE": "simulated"}, True),
        ([], {}, False),
        (["--agents", "ws://a/ws"], {"AGENT_SOURCE": "simulated"}, False),
    ],
)
def test_a_fleet_that_is_made_up_is_known_as_such(argv: list[str], environ: dict[str, str], *, simulated: bool) -> None:
    assert is_simulated(settings(*argv, **environ)) is simulated


@pytest.mark.parametrize(("listen", "is_told"), [("127.0.0.1:0", False), (":0", True)])
async def test_it_serves_until_a_signal_and_says_where_and_whether_others_can_reach_it(
    listen: str, *, is_told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    demo = parse("dashboard", ["--demo", "--listen", listen], {}, Path("/nonexistent"))
    codes: list[int] = []

    async def serve_to_the_end() -> None:
        codes.append(await serve(demo))

    with caplog.at_level(logging.INFO), anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve_to_the_end)
            await until(lambda: "open http://127.0.0.1:" in caplog.text)
            os.kill(os.getpid(), signal.SIGTERM)
    assert codes == [0]
    assert ("without a token" in caplog.text) is is_told
