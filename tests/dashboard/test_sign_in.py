"""How a browser comes by its session: the right token once, then a cookie; every other way ends at the gate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from msgspec import structs

from dockstats_core.program.tokens import Token
from tests.dashboard.serving import ACCESS, Dashboard, running_dashboard

SECRET = "s3cret-s3cret-s3cret"
ASKING = structs.replace(ACCESS, asks_token=True)
COOKIE = f"dockstats_{ACCESS.listen.port}"
GUARDED = ["/page/main.js", "/stream/agents", "/api/agents", "/api/history", "/api/moment", "/api/sparklines"]
GUARDED += ["/api/container", "/api/session", "/schema", "/schema/openapi.json", "/nowhere", "/page/", "/healthz/x"]
OPEN = ["/healthz", "/sign-in", "/page/sign-in.js", "/page/sign-in.css", "/page/sign-in-words.js", "/page/style.css"]


@asynccontextmanager
async def asking(*, base_path: str = "") -> AsyncIterator[Dashboard]:
    async with running_dashboard({}, access=ASKING, token=Token(SECRET), base_path=base_path) as dashboard:
        yield dashboard


async def sign_in(dashboard: Dashboard, token: str = SECRET, **headers: str) -> httpx.Response:
    return await dashboard.client.post("/sign-in", json={"token": token}, headers=headers)


@pytest.mark.parametrize("path", GUARDED)
async def test_without_a_session_everything_is_refused_also_what_is_not_there(path: str) -> None:
    async with asking() as dashboard:
        assert (await dashboard.client.get(path)).status_code == 401


@pytest.mark.parametrize("base_path", ["", "/stats"])
@pytest.mark.parametrize("path", OPEN)
async def test_health_and_all_that_the_sign_in_page_needs_is_open(base_path: str, path: str) -> None:
    async with asking(base_path=base_path) as dashboard:
        assert (await dashboard.client.get(path)).status_code == 200


async def test_page_is_a_redirect_to_sign_in_for_a_browser() -> None:
    async with asking(base_path="/stats") as dashboard:
        answer = await dashboard.client.get("/?filter=db", headers={"Accept": "text/html"})
        assert answer.status_code == 303
        assert answer.headers["location"] == "sign-in?filter=db"
        assert (await dashboard.client.get("/sign-in?filter=db")).text.startswith("<!doctype html>")


async def test_right_token_gives_a_cookie_that_opens_everything() -> None:
    async with asking() as dashboard:
        answer = await sign_in(dashboard)
        assert answer.status_code == 204
        cookie = answer.headers["set-cookie"]
        assert SECRET not in cookie
        assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Max-Age=2592000"))
        assert "Secure" not in cookie
        assert (await dashboard.client.get("/api/agents")).status_code == 200
        session = (await dashboard.client.get("/api/session")).json()
        assert session["needed"] is True
        assert session["until"] > 0


@pytest.mark.parametrize("base_path", ["", "/stats"])
async def test_cookie_is_for_where_the_page_is_and_not_for_other_programs_of_its_host(base_path: str) -> None:
    async with asking(base_path=base_path) as dashboard:
        answer = await sign_in(dashboard)
        assert "Path" not in answer.headers["set-cookie"]  # so a browser takes that of /sign-in, as it sees it
        assert [cookie.path for cookie in dashboard.client.cookies.jar] == [base_path or "/"]
        assert (await dashboard.client.get("/api/agents")).status_code == 200
        await dashboard.client.post("/sign-out")
        assert not list(dashboard.client.cookies.jar)


async def test_cookie_of_a_browser_that_came_over_tls_never_leaves_it_in_clear() -> None:
    async with asking() as dashboard:
        proxied = {"Host": "stats.example", "Origin": "https://stats.example"}
        access = structs.replace(ASKING, allowed_origins=("https://stats.example",))
        async with running_dashboard({}, access=access, token=Token(SECRET)) as behind_a_proxy:
            assert "Secure" in (await sign_in(behind_a_proxy, **proxied)).headers["set-cookie"]
        assert "Secure" not in (await sign_in(dashboard)).headers["set-cookie"]


async def test_token_in_a_header_opens_everything_without_a_session() -> None:
    async with asking() as dashboard:
        answer = await dashboard.client.get("/api/agents", headers={"Authorization": f"Bearer {SECRET}"})
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers


async def test_wrong_token_gives_no_cookie_and_a_sentence() -> None:
    async with asking() as dashboard:
        answer = await sign_in(dashboard, "guess")
        assert answer.status_code == 401
        assert answer.json()["detail"] == "that is not the token"
        assert "set-cookie" not in answer.headers


async def test_guessing_is_slowed_down_and_says_for_how_long() -> None:
    async with asking() as dashboard:
        statuses = [(await sign_in(dashboard, f"guess {number}")).status_code for number in range(12)]
        assert statuses[:10] == [401] * 10
        answer = await sign_in(dashboard)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0


async def test_session_of_another_token_opens_nothing() -> None:
    async with running_dashboard({}, access=ASKING, token=Token("another")) as other:
        cookie = (await sign_in(other, "another")).cookies[COOKIE]
    async with asking() as dashboard:
        answer = await dashboard.client.get("/api/agents", headers={"Cookie": f"{COOKIE}={cookie}"})
        assert answer.status_code == 401


async def test_sign_out_takes_the_cookie_back() -> None:
    async with asking() as dashboard:
        await sign_in(dashboard)
        answer = await dashboard.client.post("/sign-out")
        assert answer.status_code == 204
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert (await dashboard.client.get("/api/agents")).status_code == 401


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
async def test_page_of_another_site_can_sign_nobody_in_or_out(path: str, origin: str) -> None:
    async with asking() as dashboard:
        await sign_in(dashboard)
        answer = await dashboard.client.post(path, json={"token": SECRET}, headers={"Origin": origin})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (f'{{"token":"{SECRET}"}}', "text/plain"),  # what a form of another site can send without being asked
        (f"token={SECRET}", "application/x-www-form-urlencoded"),
        ("{}", "application/json"),
        ('{"token":1}', "application/json"),
        ("[" * 4000, "application/json"),
        ('{"token":' + "[" * 3000, "application/json"),
        ("\udcff", "application/json"),
    ],
    ids=["text", "form", "nothing", "number", "deep", "deep token", "no utf-8"],
)
async def test_what_the_page_does_not_send_signs_nobody_in(body: str, content_type: str) -> None:
    async with asking() as dashboard:
        answer = await dashboard.client.post(
            "/sign-in", content=body.encode("utf-8", "surrogateescape"), headers={"Content-Type": content_type}
        )
        assert 400 <= answer.status_code < 500
        assert "set-cookie" not in answer.headers


async def test_more_than_a_token_is_not_even_read() -> None:
    async with asking() as dashboard:
        try:
            answer = await sign_in(dashboard, "x" * 1_000_000)
        except httpx.TransportError:
            pass  # it was not read to its end, so the answer may have been lost
        else:
            assert answer.status_code == 413
        assert (await sign_in(dashboard)).status_code == 204


async def test_where_no_token_is_asked_for_there_is_nothing_to_sign_in_to() -> None:
    async with running_dashboard({}) as dashboard:
        answer = await dashboard.client.get("/sign-in")
        assert (answer.status_code, answer.headers["location"]) == (303, "./")
        assert (await dashboard.client.get("/api/session")).json() == {"needed": False, "until": None}
        assert "set-cookie" not in (await sign_in(dashboard, "whatever")).headers
        assert (await dashboard.client.post("/sign-out")).status_code == 204


async def test_nothing_but_signing_in_and_out_changes_anything() -> None:
    async with running_dashboard({}) as dashboard:
        paths = (await dashboard.client.get("/schema/openapi.json")).json()["paths"]
    methods = {(path, method) for path, operations in paths.items() for method in operations}
    assert {(path, method) for path, method in methods if method != "get"} == {
        ("/sign-in", "post"),
        ("/sign-out", "post"),
    }


async def test_answers_are_kept_by_nobody_and_the_pages_files_only_with_a_question() -> None:
    async with running_dashboard({}) as dashboard:
        for path in ("/api/agents", "/api/session", "/api/moment?at=0", "/api/sparklines", "/healthz", "/schema"):
            assert (await dashboard.client.get(path)).headers["cache-control"] == "no-store", path
        for path in ("/", "/page/main.js"):
            assert (await dashboard.client.get(path)).headers["cache-control"] == "no-cache", path


async def test_every_answer_says_what_a_browser_may_do_with_it() -> None:
    async with asking() as dashboard:
        for path in ("/", "/healthz", "/sign-in", "/nowhere", "/page/sign-in.js"):
            headers = (await dashboard.client.get(path)).headers
            assert "default-src 'self'" in headers["content-security-policy"], path
            assert "frame-ancestors 'none'" in headers["content-security-policy"], path
            assert "unsafe" not in headers["content-security-policy"], path
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["referrer-policy"] == "no-referrer", path
            assert headers["cross-origin-resource-policy"] == "same-origin", path
            assert not [name for name in headers if name.startswith("access-control-")], path
