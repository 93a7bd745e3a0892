"""A file that did not arrive once: who asked is told, and the next wish brings it.

One of the start has the page loaded anew.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.browser.fake_agent import fake_agent
from tests.browser.hosts import MIB, facts, host, sample
from tests.browser.places import filter_field, open_detail, row
from tests.browser.serving import dashboard, following
from tests.browser.visiting import until_drawn, visit

pytestmark = pytest.mark.browser

HOST = host(
    [facts(1, "web"), facts(2, "free")],
    [sample(1, "web", cpu_pct=1.0, mem_bytes=MIB), sample(2, "free", cpu_pct=2.0, mem_bytes=MIB)],
)
NOT_ARRIVED = "A file of this page did not arrive; try again."

Act = Callable[[Page], Awaitable[object]]


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    async with fake_agent(HOST) as agent, dashboard(*following(host=agent)) as url:
        yield url


@asynccontextmanager
async def without_once(browser: Browser, url: str, name: str) -> AsyncIterator[Page]:
    """A visit in which the first request for the file `name` fails, and nothing else."""
    complaints: list[str] = []
    async with visit(browser, "about:blank", complaints=complaints, permissions=("clipboard-write",)) as page:
        # Before the page is there: to one that is, Chromium tells it so late that a first request may get by.
        await page.route(f"**/page/{name}", lambda route: route.abort(), times=1)
        await page.goto(url)
        await until_drawn(page)
        await expect(row(page, "web")).to_be_visible()
        yield page
    assert [text for text in complaints if "ERR_FAILED" not in text] == []


def told(page: Page) -> Locator:
    """The line that answers what a person did."""
    return page.get_by_role("status").filter(has_text=re.compile(".")).locator("visible=true")


def press(name: str) -> Act:
    return lambda page: page.get_by_role("button", name=name, exact=True).first.click()


def key(name: str) -> Act:
    return lambda page: page.keyboard.press(name)


@pytest.mark.parametrize("name", ["detail.css", "detail-drawer.js", "detail-charts.js", "plots.js"])
async def test_detail_comes_by_itself_once_its_files_do(browser: Browser, url: str, name: str) -> None:
    async with without_once(browser, url, name) as page:
        await open_detail(page, "web")


@pytest.mark.parametrize("name", ["dialogs.css", "dialog.js"])
@pytest.mark.parametrize(("act", "title"), [(key(","), "Settings"), (key("?"), "Keys")], ids=["settings", "keys"])
async def test_dialog_comes_at_the_next_wish(browser: Browser, url: str, name: str, act: Act, title: str) -> None:
    async with without_once(browser, url, name) as page:
        await act(page)
        await expect(told(page)).to_have_text(NOT_ARRIVED)
        await act(page)
        await expect(page.get_by_role("dialog", name=title)).to_be_visible()


async def test_menu_of_columns_comes_at_the_next_wish_with_its_look(browser: Browser, url: str) -> None:
    async with without_once(browser, url, "dialogs.css") as page:
        await press("columns")(page)
        await expect(told(page)).to_have_text(NOT_ARRIVED)
        await press("columns")(page)
        await expect(page.get_by_role("dialog", name="Columns")).to_have_css("width", "290px")


async def test_export_is_there_at_the_next_press(browser: Browser, url: str) -> None:
    async with without_once(browser, url, "export.js") as page:
        await press("export")(page)
        await expect(told(page)).to_have_text(NOT_ARRIVED)
        async with page.expect_download():
            await press("export")(page)


async def test_what_changed_opens_at_the_next_press(browser: Browser, url: str) -> None:
    async with without_once(browser, url, "changes-panel.js") as page:
        await key("d")(page)
        await expect(told(page)).to_have_text(NOT_ARRIVED)
        await key("d")(page)
        await expect(page.locator("changes-panel")).to_be_visible()


async def test_link_is_copied_at_the_next_press(browser: Browser, url: str) -> None:
    async with without_once(browser, url, "clipboard.js") as page:
        await press("share")(page)
        await expect(told(page)).to_have_text(NOT_ARRIVED)
        await press("share")(page)
        await expect(page.get_by_role("button", name="copied")).to_be_visible()


@pytest.mark.parametrize(
    ("target", "term"),
    [("fleet-bar .running", "state:running"), ("host-line .pick", "host:host")],
    ids=["state", "host"],
)
async def test_filter_of_a_click_is_there_at_the_next_click(browser: Browser, url: str, target: str, term: str) -> None:
    async with without_once(browser, url, "filter-terms.js") as page:
        await page.locator(target).first.click()
        await expect(told(page)).to_have_text(NOT_ARRIVED)
        await page.locator(target).first.click()
        await expect(filter_field(page)).to_have_value(term)


async def test_address_follows_from_the_next_change_on(browser: Browser, url: str) -> None:
    async with without_once(browser, url, "address.js") as page:
        async with page.expect_event("requestfailed"):
            await key("g")(page)
        await key("g")(page)
        await expect(page).to_have_url(re.compile("group=project"))


async def test_part_whose_file_stays_away_is_asked_for_and_told_until_it_comes(browser: Browser, url: str) -> None:
    async with without_once(browser, url, "nothing") as page:
        lost = "**/page/detail.css"
        await page.route(lost, lambda route: route.abort())
        await row(page, "web").locator("button.name").click()
        await expect(told(page)).to_have_text(re.compile("did not arrive"))
        await page.unroute_all(behavior="wait")
        await expect(page.locator("detail-drawer h2")).to_have_text("web")


async def test_page_whose_dashboard_went_away_while_it_loaded_waits_for_it(browser: Browser, url: str) -> None:
    """Loaded again at once it would be the browser's own page, on which nothing is tried any more."""
    is_away = True

    async def answer(route: Route) -> None:
        await (route.abort("connectionrefused") if is_away else route.continue_())

    async with visit(browser, "about:blank", complaints=[]) as page:
        await page.route("**/page/rest.js", lambda route: route.abort("connectionrefused"), times=1)
        await page.route("**/healthz", answer)
        await page.goto(url)
        await expect(page.get_by_text("A file of this page did not arrive")).to_be_visible()
        for _ in range(2):
            async with page.expect_request("**/healthz"):
                pass
        await expect(row(page, "web")).to_be_visible()  # what had come is still there
        is_away = False
        await until_drawn(page)
