"""Tabs of one browser: one stream for all of them, and one that is not seen rests.

Not here: lost streams (test_states).
"""

from __future__ import annotations

import time

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.asking import until_streams
from tests.browser.places import expect_figures, row
from tests.browser.stepping import HIGH, Stepped
from tests.browser.visiting import PATIENCE_MS, tabs_of_a_person, until_drawn, visit

pytestmark = pytest.mark.browser

WITHOUT_WORKER = "delete globalThis.SharedWorker"
HIDDEN_S = 2.5  # timers of a hidden tab run once a second
STEPPED_FRAMES = """
const next = requestAnimationFrame;
let waiting = null;
globalThis.holdFrames = () => { waiting = []; return new Promise((held) => next(held)); };
globalThis.frameWanted = () => waiting.length > 0;
globalThis.oneFrame = () => { for (const call of waiting.splice(0)) call(performance.now()); };
globalThis.requestAnimationFrame = (call) => waiting === null ? next(call) : waiting.push(call);
"""
"""Once they are held, frames of the page come only when asked for; the last one before that comes by itself."""
KNOWN = """(mebibytes) => {
    const [host] = document.querySelector('container-table').app.live.hosts;
    const [web] = host.containers.values();
    return web.sample?.mem_bytes.toPrecision(3) === (mebibytes * 2 ** 20).toPrecision(3);
}"""
"""Whether the page knows so much of its only container, drawn or not."""
WATCH = """() => {
    window.changes = 0;
    const watcher = new MutationObserver((changes) => { window.changes += changes.length; });
    watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    const look = () => { window.seen = document.querySelector('tr.row td.memory').innerText; };
    document.addEventListener('visibilitychange', () => requestAnimationFrame(look));
}"""
"""Counts whatever changes on the page, and keeps what its only row says in the first frame after its tab was hidden."""


async def another_tab(page: Page, url: str) -> Page:
    tab = await page.context.new_page()
    tab.set_default_timeout(PATIENCE_MS)
    await tab.goto(url)
    await expect_figures(tab)
    return tab


async def until_known(page: Page, mebibytes: int) -> None:
    """Wait until the page knows that `web` has so much."""
    await page.wait_for_function(KNOWN, arg=mebibytes, polling=50)


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


async def test_tab_whose_own_stream_did_not_arrive_asks_for_it_again(browser: Browser, lived: Stepped) -> None:
    asked: list[str] = []

    async def miss_first(route: Route) -> None:
        asked.append(route.request.url)
        await (route.abort() if len(asked) == 1 else route.continue_())

    async with visit(browser, lived.url, before=WITHOUT_WORKER, complaints=[]) as page:
        await page.route("**/page/dashboard-stream.js", miss_first)
        await page.reload()
        await expect_figures(page)
    assert len(asked) == 2


async def test_hidden_tab_draws_nothing_and_is_right_in_its_first_frame(lived: Stepped) -> None:
    async with tabs_of_a_person() as tabs:
        page = await another_tab(tabs.pages[0], lived.url)
        await until_drawn(page)  # what comes late would be built while it is hidden
        memory = row(page, "web").locator("td.memory")
        await expect(memory).to_contain_text(HIGH)
        await tabs.pages[0].bring_to_front()
        await page.wait_for_function("() => document.hidden", polling=50)  # not from frame to frame: there are none
        await page.evaluate(WATCH)
        lived.use(40)
        await until_known(page, 40)
        since = time.time()
        await lived.until_points(lambda points: points[-1][0] > since + HIDDEN_S)
        assert await page.evaluate("changes") == 0
        await page.bring_to_front()
        seen = await page.wait_for_function("() => window.seen")
        assert "40.0MiB" in (await seen.evaluate("(text) => text")).replace("\n", "")
        lived.use(72)


async def test_tab_hidden_in_the_middle_of_a_pass_begins_anew(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url, before=STEPPED_FRAMES) as page:
        memory = row(page, "web").locator("td.memory")
        await expect(memory).to_contain_text(HIGH)
        await page.evaluate("holdFrames()")
        await page.evaluate("() => { while (frameWanted()) oneFrame(); }")  # what is left of the pass before
        await page.wait_for_function("() => frameWanted()", polling=50)
        await page.evaluate("oneFrame()")  # the table is drawn, and the rest would follow
        assert await page.evaluate("frameWanted()")
        lived.use(40)
        await until_known(page, 40)
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await page.evaluate("oneFrame()")
        await expect(memory).to_contain_text("40.0MiB", timeout=1)
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
