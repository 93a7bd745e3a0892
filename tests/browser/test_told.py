"""Why nothing happened: a line that is seen as well as read out, and leaves.

Not here: files that did not arrive (test_lost_files).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.fake_agent import fake_agent
from tests.browser.hosts import MIB, facts, host, sample
from tests.browser.places import drawer, head, open_detail, rows
from tests.browser.serving import dashboard, following
from tests.browser.visiting import until_drawn, visit

pytestmark = pytest.mark.browser

MANY = 9
HOST = host(
    [facts(number) for number in range(1, MANY + 1)],
    [sample(number, cpu_pct=float(number), mem_bytes=MIB) for number in range(1, MANY + 1)],
)
PIN_FIRST = "Pin containers first, with p; then c compares them."
EIGHT = "Eight containers are pinned already; unpin one first."


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    async with fake_agent(HOST) as agent, dashboard(*following(host=agent)) as url:
        yield url


def line(page: Page, text: str) -> Locator:
    return page.get_by_role("status").get_by_text(text)


async def in_sight(told: Locator) -> bool:
    """Whether a person sees all of it."""
    whole = await told.evaluate("""(line) => {
        const { left, right, top, bottom, width } = line.getBoundingClientRect();
        const { innerWidth, innerHeight } = window;
        return width > 100 && left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    }""")
    return bool(whole)


@pytest.mark.parametrize("width", [1440, 390])
async def test_refusal_is_seen(browser: Browser, url: str, width: int) -> None:
    async with visit(browser, url, width=width) as page:
        await expect(rows(page)).to_have_count(MANY)
        await page.keyboard.press("c")
        await expect(line(page, PIN_FIRST)).to_be_visible()
        assert await in_sight(line(page, PIN_FIRST))


async def test_refusal_leaves_after_some_seconds(browser: Browser, url: str) -> None:
    async with visit(browser, "about:blank", reduced_motion="reduce") as page:
        await page.clock.install()
        await page.goto(url)
        await until_drawn(page)
        await page.keyboard.press("c")
        await expect(line(page, PIN_FIRST)).to_be_visible()
        await page.clock.fast_forward(10_000)
        await expect(line(page, PIN_FIRST)).to_have_count(0)


async def test_same_refusal_again_is_new_to_who_listens(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await page.keyboard.press("c")
        await line(page, PIN_FIRST).evaluate("(line) => line.dataset.heard = ''")
        await page.keyboard.press("c")
        await expect(page.locator("[data-heard]")).to_have_count(0)
        await expect(line(page, PIN_FIRST)).to_be_visible()


@pytest.mark.parametrize("by", ["key", "button"])
async def test_ninth_pin_is_refused_in_the_same_words_by_key_and_button(browser: Browser, url: str, by: str) -> None:
    async with visit(browser, url) as page:
        for number in range(1, MANY):
            await open_detail(page, f"web-{number}")
            await drawer(page).get_by_role("button", name="pin", exact=True).click()
            await expect(drawer(page).get_by_role("button", name="pinned", exact=True)).to_be_visible()
        await open_detail(page, f"web-{MANY}")
        if by == "key":
            await page.keyboard.press("p")
        else:
            await drawer(page).get_by_role("button", name="pin", exact=True).click()
        await expect(line(page, EIGHT)).to_be_visible()


async def test_what_the_page_shows_anyway_is_only_heard(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await head(page, "Memory").locator(".sort").click()
        said = line(page, "Sorted by Memory, descending")
        await expect(said).to_have_count(1)
        assert not await in_sight(said)
