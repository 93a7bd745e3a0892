"""A dashboard that asks for a token, as a person meets it: signing in, being signed out, and never seeing the token.

Not here: the requests themselves (tests/dashboard/test_sign_in.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.places import expect_figures, notice
from tests.browser.serving import dashboard
from tests.browser.visiting import until_drawn, visit

pytestmark = pytest.mark.browser

SECRET = "s3cret-s3cret-s3cret"


@asynccontextmanager
async def asking(browser: Browser, address: str = "") -> AsyncIterator[Page]:
    """The page of a dashboard over made-up hosts, as somebody sees it who was never there."""
    async with (
        dashboard("--demo", DASHBOARD_TOKEN=SECRET) as url,
        visit(browser, "about:blank", complaints=[]) as page,
    ):
        await page.goto(url + address)
        yield page


async def sign_in(page: Page, token: str = SECRET) -> None:
    await page.get_by_label("Token").fill(token)
    await page.keyboard.press("Enter")


async def test_person_signs_in_with_the_keyboard_and_gets_the_view_that_was_asked_for(browser: Browser) -> None:
    async with asking(browser, "?filter=name:redis") as page:
        await expect(page.get_by_label("Token")).to_be_focused()
        await sign_in(page)
        await until_drawn(page)
        await expect_figures(page)
        assert page.url.endswith("/?filter=name:redis")
        assert SECRET not in await page.content()
        assert await page.evaluate("document.cookie") == ""
        assert await page.evaluate("JSON.stringify([localStorage, sessionStorage])") == "[{},{}]"


async def test_wrong_token_is_told_in_a_sentence_and_can_be_typed_over(browser: Browser) -> None:
    async with asking(browser) as page:
        await sign_in(page, "guess")
        await expect(page.get_by_role("alert")).to_have_text("That is not the token.")
        await expect(page.get_by_label("Token")).to_be_focused()
        await sign_in(page)
        await expect_figures(page)


async def test_signing_out_ends_the_session_in_this_browser(browser: Browser) -> None:
    async with asking(browser) as page:
        await sign_in(page)
        await until_drawn(page)
        await page.get_by_role("button", name="Settings").click()
        await page.get_by_role("button", name="sign out").click()
        await expect(page.get_by_label("Token")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_label("Token")).to_be_visible()


async def test_person_with_a_session_who_follows_a_link_from_another_site_gets_there(browser: Browser) -> None:
    async with asking(browser) as page:
        dashboard_url = page.url.removesuffix("sign-in")
        await sign_in(page)
        await until_drawn(page)
        link = f"<a href='{dashboard_url}?filter=name:redis'>look</a>"
        await page.route("http://chat.example/", lambda route: route.fulfill(body=link, content_type="text/html"))
        await page.goto("http://chat.example/")
        await page.get_by_role("link").click()
        await expect_figures(page)
        assert page.url == f"{dashboard_url}?filter=name:redis"


async def test_session_that_ended_meanwhile_is_told_with_the_way_back(browser: Browser) -> None:
    async with asking(browser) as page:
        await sign_in(page)
        await until_drawn(page)
        await page.context.clear_cookies()
        await page.reload()
        await expect(page.get_by_label("Token")).to_be_visible()


async def test_page_that_is_open_when_the_token_is_changed_says_so_and_leads_to_sign_in(browser: Browser) -> None:
    async with visit(browser, "about:blank", complaints=[]) as page:
        async with dashboard("--demo", DASHBOARD_TOKEN=SECRET) as url:
            await page.goto(f"{url}?group=host")
            await sign_in(page)
            await until_drawn(page)
        async with dashboard("--demo", port=urlsplit(url).port or 0, DASHBOARD_TOKEN="another-another-another"):
            await expect(notice(page, "token")).to_contain_text("You are not signed in")
            await notice(page, "token").get_by_role("button", name="Sign in").click()
            await sign_in(page, "another-another-another")
            await expect_figures(page)
            assert page.url.endswith("?group=host")


async def test_page_without_a_token_has_no_way_to_sign_out(browser: Browser) -> None:
    async with dashboard("--demo") as url, visit(browser, url) as page:
        async with page.expect_response("**/api/session"):
            await page.get_by_role("button", name="Settings").click()
        await expect(page.get_by_role("button", name="self-test")).to_be_visible()
        await expect(page.get_by_role("button", name="sign out")).to_be_hidden()
