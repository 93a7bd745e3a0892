"""Tabs of one browser: one stream for all of them, and one that is not seen rests.

Not here: lost streams (test_states).
"""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.asking import until_streams
from tests.browser.places import expect_figures, row
from tests.browser.stepping import HIGH, Stepped
from tests.browser.visiting import PATIENCE_MS, go, visit

pytestmark = pytest.mark.browser

WITHOUT_WORKER = "delete globalThis.SharedWorker"
# A page that Playwright drives is never hidden, so this does what a browser does to one that is: it gives no frames.
HIDABLE = """
    const ask = globalThis.requestAnimationFrame.bind(globalThis);
    const waiting = [];
    let hidden = false;
    globalThis.requestAnimationFrame = (call) => (hidden ? waiting.push(call) : ask(call));
    globalThis.hide = () => { hidden = true; };
    globalThis.show = () => { hidden = false; waiting.splice(0).forEach((call) => ask(call)); };
    globalThis.waiting = waiting;
"""


async def another_tab(page: Page, url: str) -> Page:
    tab = await page.context.new_page()
    tab.set_default_timeout(PATIENCE_MS)
    await go(tab, url)
    await expect_figures(tab)
    return tab


async def test_two_tabs_share_one_stream_and_the_one_that_stays_keeps_it(browser: Browser, lived: Stepped) -> None:
    await until_streams(lived.url, 0)
    async with visit(browser, lived.url) as page:
        await expect_figures(page)
        other = await another_tab(page, lived.url)
        await until_streams(lived.url, 1)
        await page.close()
        lived.use(40)
        await expect(row(other, "web").locator("td.memory")).to_contain_text("40.0MiB")
        await until_streams(lived.url, 1)
        lived.use(72)
    await until_streams(lived.url, 0)


async def test_tab_that_joins_has_all_figures_at_once_from_the_others(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await expect_figures(page)
        asked: list[str] = []
        page.context.on("request", lambda request: asked.append(request.url))
        await another_tab(page, lived.url)
        assert not [url for url in asked if "stream/agents" in url]


async def test_browser_without_shared_workers_has_a_stream_a_tab(browser: Browser, lived: Stepped) -> None:
    await until_streams(lived.url, 0)
    async with visit(browser, lived.url, before=WITHOUT_WORKER) as page:
        await expect_figures(page)
        await another_tab(page, lived.url)
        await until_streams(lived.url, 2)


async def test_hidden_tab_draws_nothing_and_is_right_after_its_first_frame(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url, before=HIDABLE) as page:
        memory = row(page, "web").locator("td.memory")
        await expect(memory).to_contain_text(HIGH)
        await page.evaluate("hide()")
        shown = await page.evaluate("document.body.innerText")
        lived.use(40)
        await lived.until_kept(40)
        await page.wait_for_function("() => waiting.length > 0", polling=50)  # not from frame to frame: there are none
        assert await page.evaluate("document.body.innerText") == shown
        assert await page.evaluate("waiting.length") == 1, "however much came, one frame draws it"
        await page.evaluate("show()")
        await expect(memory).to_contain_text("40.0MiB")
        lived.use(72)


async def test_tab_that_the_browser_froze_is_right_when_it_goes_on(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        memory = row(page, "web").locator("td.memory")
        await expect(memory).to_contain_text(HIGH)
        protocol = await page.context.new_cdp_session(page)
        await protocol.send("Page.setWebLifecycleState", {"state": "frozen"})
        lived.use(40)
        await lived.until_kept(40)
        await protocol.send("Page.setWebLifecycleState", {"state": "active"})
        await expect(memory).to_contain_text("40.0MiB")
        lived.use(72)
