"""Which requests the dashboard turns away: on every route, and only those that a strange page made a browser send."""

from __future__ import annotations

import os

import httpx
import pytest
from msgspec import structs

from tests.dashboard.serving import ACCESS, running_dashboard
from tests.running import program

ROUTES = [
    "/",
    "/page/main.js",
    "/stream/agents",
    "/api/agents",
    "/api/history",
    "/api/moment",
    "/api/sparklines",
    "/healthz",
    "/schema",
    "/schema/openapi.json",
]


@pytest.mark.parametrize("path", ROUTES)
async def test_a_name_that_was_made_to_mean_this_machine_is_refused(path: str) -> None:
    async with running_dashboard({}) as dashboard:
        answer = await dashboard.client.get(path, headers={"Host": "rebound.example"})
    assert answer.status_code == 403
    assert "rebound.example" in answer.json()["detail"]


@pytest.mark.parametrize("path", ROUTES)
async def test_a_page_of_another_site_may_not_read(path: str) -> None:
    async with running_dashboard({}) as dashboard:
        answer = await dashboard.client.get(path, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert "https://elsewhere.example" in answer.json()["detail"]


@pytest.mark.parametrize("path", ROUTES)
async def test_a_page_of_another_site_may_not_have_a_picture_or_script_from_here(path: str) -> None:
    async with running_dashboard({}) as dashboard:
        marks = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
        assert (await dashboard.client.get(path, headers=marks)).status_code == 403


async def test_its_own_page_may_read_and_so_may_an_allowed_one_behind_a_proxy() -> None:
    async with running_dashboard(
        {}, access=structs.replace(ACCESS, allowed_origins=("https://stats.example",))
    ) as dashboard:
        own = await dashboard.client.get("/api/agents", headers={"Origin": f"http://127.0.0.1:{dashboard.port}"})
        proxied = await dashboard.client.get(
            "/api/agents", headers={"Host": "stats.example", "Origin": "https://stats.example"}
        )
    assert own.status_code == 200
    assert proxied.status_code == 200


async def test_to_ask_whether_a_request_may_come_in_takes_no_thread() -> None:
    async with program("dockstats-dashboard", "--demo", "--listen", "127.0.0.1:0") as dashboard:
        port = await dashboard.port()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as asking:
            for path in ("/", "/page/main.js", "/api/agents", "/api/moment?at=0", "/healthz"):
                assert (await asking.get(path)).is_success, path
            assert len(os.listdir(f"/proc/{dashboard.process.pid}/task")) == 1
