"""The menu of columns: opens below its button, closes as everything that opens does, and knows what has room.

Not here: that what is chosen stays (test_settings).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.fake_agent import fake_agent
from tests.browser.hosts import MIB, facts, host, sample
from tests.browser.places import drawer, open_detail, rows
from tests.browser.serving import dashboard, following
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

HOST = host(
    [facts(1, "web"), facts(2, "free")],
    [sample(1, "web", cpu_pct=1.0, mem_bytes=MIB), sample(2, "free", cpu_pct=2.0, mem_bytes=MIB)],
)
FILLS = """async (list) => {
    const added = [];
    new MutationObserver((records) => added.push(...records)).observe(list, { childList: true });
    list.querySelector('input').click();
    for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame);
    return added.length;
}"""
"""How often the list is filled for one choice."""


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    async with fake_agent(HOST) as agent, dashboard(*following(host=agent)) as url:
        yield url


def menu(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Columns")


def opener(page: Page) -> Locator:
    return page.locator("page-head").get_by_role("button", name="columns")


async def test_escape_closes_the_menu_and_then_the_detail(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await open_detail(page, "web")
        await opener(page).click()
        await expect(menu(page).get_by_role("checkbox").first).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(menu(page)).to_be_hidden()
        await expect(opener(page)).to_be_focused()
        await expect(drawer(page)).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(drawer(page)).to_be_hidden()


async def test_escape_closes_the_menu_first_wherever_the_focus_is(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await open_detail(page, "web")
        await opener(page).click()
        await expect(menu(page)).to_be_visible()
        await page.evaluate("document.activeElement.blur()")
        await page.keyboard.press("Escape")
        await expect(menu(page)).to_be_hidden()
        await expect(drawer(page)).to_be_visible()


async def test_button_that_opened_the_menu_closes_it(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        for _ in range(2):
            await opener(page).click()
            await expect(menu(page)).to_be_visible()
            await opener(page).click()
            await expect(menu(page)).to_be_hidden()


async def test_one_choice_fills_the_list_once_however_often_it_was_opened(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        for _ in range(4):
            await opener(page).click()
            await expect(menu(page)).to_be_visible()
            await opener(page).click()
            await expect(menu(page)).to_be_hidden()
        await opener(page).click()
        assert await menu(page).locator(".choices").evaluate(FILLS) == 1


async def test_narrow_window_opens_the_menu_where_it_was_asked_and_gives_the_focus_back(
    browser: Browser, url: str
) -> None:
    async with visit(browser, url, width=1000) as page:
        await expect(rows(page)).to_have_count(2)
        more = page.get_by_role("button", name="More")
        await more.click()
        asked = await opener(page).bounding_box()
        await opener(page).click()
        await expect(menu(page)).to_be_visible()
        shown = await menu(page).bounding_box()
        assert asked is not None
        assert shown is not None
        assert shown["y"] == pytest.approx(asked["y"] + asked["height"] + 4, abs=1)
        assert shown["x"] == pytest.approx(min(asked["x"], 1000 - shown["width"] - 4), abs=1)
        await page.keyboard.press("Escape")
        await expect(menu(page)).to_be_hidden()
        await expect(more).to_be_focused()


async def test_what_has_room_now_is_told_as_soon_as_it_has(browser: Browser, url: str) -> None:
    async with visit(browser, url, width=1000) as page:
        await expect(rows(page)).to_have_count(2)
        await page.get_by_role("button", name="More").click()
        await opener(page).click()
        network = menu(page).get_by_role("listitem").filter(has_text="Network")
        await expect(network).to_contain_text("no room now")
        for name in ("Pressure", "CPU 60 s", "Host"):
            box = menu(page).get_by_role("checkbox", name=name, exact=True)
            if await box.count():
                await box.uncheck()
        await expect(network).not_to_contain_text("no room now")
