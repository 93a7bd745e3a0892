"""A link to exactly this: what one person looks at, a colleague sees.

Not here: the words in it (tests/page/url.test.js).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.places import drawer, filter_field, go_back, groups, head, notice, open_detail, row
from tests.browser.stepping import AROUND_S, HIGH, LOW, Stepped
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

CLIPBOARD = ("clipboard-read", "clipboard-write")


async def shared(page: Page) -> str:
    """The link that the button copies."""
    await page.locator("page-head").get_by_role("button", name="share").click()
    return await copied(page)


async def copied(page: Page) -> str:
    """What is in the clipboard once the page says that it is."""
    await expect(page.get_by_role("button", name="copied")).to_be_visible()
    return str(await page.evaluate("navigator.clipboard.readText()"))


async def test_filter_order_and_groups_are_the_same_for_a_colleague(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url, permissions=CLIPBOARD) as page:
        await filter_field(page).fill("name:web")
        await filter_field(page).press("Enter")
        await head(page, "Name").get_by_role("button", name="Name", exact=True).click()
        await page.get_by_label("Group containers by").select_option("host")
        await expect(groups(page)).to_have_count(1)
        order = await head(page, "Name").get_attribute("aria-sort")
        link = await shared(page)
    async with visit(browser, link) as colleague:
        await expect(filter_field(colleague)).to_have_value("name:web")
        await expect(head(colleague, "Name")).to_have_attribute("aria-sort", order or "none")
        await expect(groups(colleague)).to_have_count(1)
        await expect(row(colleague, "web")).to_be_visible()


async def test_open_container_and_range_are_the_same_for_a_colleague(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url, permissions=CLIPBOARD) as page:
        await open_detail(page, "web")
        await drawer(page).get_by_role("button", name="15 m").click()
        link = await shared(page)
    async with visit(browser, link) as colleague:
        await expect(drawer(colleague).locator("h2")).to_have_text("web")
        await expect(drawer(colleague).get_by_role("button", name="15 m")).to_have_attribute("aria-pressed", "true")


async def test_instant_is_the_same_for_a_colleague(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url, permissions=CLIPBOARD) as page:
        await expect(row(page, "web")).to_contain_text(HIGH)
        await go_back(page, lived.seconds_since_before())
        await expect(row(page, "web")).to_contain_text(LOW)
        paused = await page.locator("page-head .state .old").text_content()
        link = await shared(page)
    async with visit(browser, link) as colleague:
        await expect(notice(colleague, "paused")).to_be_visible()
        await expect(row(colleague, "web")).to_contain_text(LOW)
        await expect(colleague.locator("page-head .state .old")).to_have_text(paused or "?")


async def test_address_bar_is_the_link_itself(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url, permissions=CLIPBOARD) as page:
        await open_detail(page, "web")
        link = await shared(page)
        await expect(page).to_have_url(link)


async def test_instant_written_by_hand_is_shown(browser: Browser, lived: Stepped) -> None:
    instant = datetime.fromtimestamp(lived.at - AROUND_S / 2, UTC).isoformat(timespec="milliseconds")
    async with visit(browser, f"{lived.url}?at={instant.replace('+00:00', 'Z')}") as page:
        await expect(row(page, "web")).to_contain_text(LOW)
        await page.keyboard.press("l")
        await expect(row(page, "web")).to_contain_text(HIGH)
        await expect(page).to_have_url(lived.url)


async def test_address_that_makes_no_sense_shows_the_page_as_it_starts(browser: Browser, lived: Stepped) -> None:
    nonsense = "?sort=<b>&group=moon&open=nowhere&range=3m&zoom=a/b&at=yesterday&pin=/"
    async with visit(browser, lived.url + nonsense) as page:
        await expect(row(page, "web")).to_contain_text(HIGH)
        await expect(head(page, "CPU")).to_have_attribute("aria-sort", "descending")
        await expect(page.locator("page-head .state .word")).to_have_text(re.compile("Live"))


async def test_keys_alone_lead_back_in_time_and_to_a_link(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url, permissions=CLIPBOARD) as page:
        await expect(row(page, "web").locator("td.memory .value")).to_contain_text(HIGH)
        await page.keyboard.press("Space")
        await expect(notice(page, "paused")).to_be_visible()
        for _ in range(lived.seconds_since_before()):
            await page.keyboard.press("ArrowLeft")  # wherever the focus is
        await expect(row(page, "web").locator("td.memory .value")).to_contain_text(LOW)
        await page.keyboard.press("t")
        await expect(page.get_by_role("slider", name="Time")).to_be_focused()
        await page.keyboard.press("y")
        link = await copied(page)
    async with visit(browser, link) as colleague:
        await expect(row(colleague, "web").locator("td.memory .value")).to_contain_text(LOW)


async def test_closed_group_is_closed_for_a_colleague(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url, permissions=CLIPBOARD) as page:
        await page.get_by_label("Group containers by").select_option("host")
        await groups(page).first.get_by_role("button").first.click()
        await expect(row(page, "web")).to_be_hidden()
        link = await shared(page)
    async with visit(browser, link) as colleague:
        await expect(groups(colleague)).to_have_count(1)
        await expect(row(colleague, "web")).to_be_hidden()
